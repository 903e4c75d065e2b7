"""Every route declares who may call it, whatever is not listed is denied, and only a live token opens a door."""

from pathlib import Path

import pytest
from flask import Blueprint, Flask

from heartport.app import create_app
from heartport.callers import ANYONE, CLINICAL_LEAD, COORDINATOR, COUNSELLOR, EMPLOYEE, SIGNED_IN, UNIT_HEAD, Caller
from heartport.config import load_settings
from heartport.errors import NotSignedIn
from heartport.local_time import start_of_day
from heartport.members import sessions
from heartport.web import access
from heartport.web.access import ROLE_OF_BLUEPRINT, also_requires, current_caller, roles_of_endpoint
from heartport.web.contract import Api
from heartport.web.contract import Blueprint as ContractBlueprint
from tests.conftest import Clock, Logged, Person
from tests.web.bare import bare_app

DUTY = frozenset({"counsellor", "clinical_lead", "coordinator"})
"""Any one of these will do."""
WORKSHOPS = DUTY | {UNIT_HEAD}
LECTURES = frozenset({EMPLOYEE, COORDINATOR})

# A new route is added here by hand, so that somebody decides who may call it.
ROLES = {
    "health.healthz": (ANYONE,),
    "health.readyz": (ANYONE,),
    "document.show_document": (ANYONE,),
    "document_page.show_page": (ANYONE,),
    "document_page.show_file": (ANYONE,),
    "hotlines.show_hotlines": (ANYONE,),
    "policies.show_policy": (ANYONE,),
    "invites.show_invite": (ANYONE,),
    "sign_in.sign_in_through_wechat": (ANYONE,),
    "staff_sign_in.sign_in_as_staff": (ANYONE,),
    "session.sign_out": (SIGNED_IN,),
    "session.list_sessions": (SIGNED_IN,),
    "session.end_session": (SIGNED_IN,),
    "me.show_me": (EMPLOYEE,),
    "me.save_me": (EMPLOYEE,),
    "me.list_consents": (EMPLOYEE,),
    "me.decide_consent": (EMPLOYEE,),
    "me.export_me": (EMPLOYEE,),
    "me.erase_me": (EMPLOYEE,),
    "own_unit.join_unit": (EMPLOYEE,),
    "own_unit.leave_unit": (EMPLOYEE,),
    "scales.list_scales": (EMPLOYEE,),
    "scales.show_scale": (EMPLOYEE,),
    "scales.show_draft": (EMPLOYEE,),
    "scales.keep_draft": (EMPLOYEE,),
    "scales.delete_draft": (EMPLOYEE,),
    "scales.submit": (EMPLOYEE,),
    "recommendations.give_feedback": (EMPLOYEE,),
    "recommendations.show_recommendations": (EMPLOYEE,),
    "own_library.clear_history": (EMPLOYEE,),
    "own_library.drop_favourite": (EMPLOYEE,),
    "own_library.forget_trace": (EMPLOYEE,),
    "own_library.keep_favourite": (EMPLOYEE,),
    "own_library.keep_history": (EMPLOYEE,),
    "own_library.note_opened": (EMPLOYEE,),
    "own_library.note_progress": (EMPLOYEE,),
    "own_library.show_library": (EMPLOYEE,),
    "notes.delete_note": (EMPLOYEE,),
    "notes.list_notes": (EMPLOYEE,),
    "notes.show_note": (EMPLOYEE,),
    "reflections.list_reflections": (EMPLOYEE,),
    "results.show_report": (EMPLOYEE,),
    "trends.show_picture": (EMPLOYEE,),
    "trends.show_trend": (EMPLOYEE,),
    "reflections.reflect": (EMPLOYEE,),
    "reflections.show_reflection": (EMPLOYEE,),
    "results.list_own_results": (EMPLOYEE,),
    "results.show_result": (EMPLOYEE,),
    "results.show_working": (EMPLOYEE,),
    "results.erase_result": (EMPLOYEE,),
    "own_follow_ups.show_availability": (EMPLOYEE,),
    "own_follow_ups.ask_for_call": (EMPLOYEE,),
    "own_follow_ups.list_own_follow_ups": (EMPLOYEE,),
    "own_follow_ups.withdraw": (EMPLOYEE,),
    "follow_up_queue.list_queue": (DUTY,),
    "follow_up_queue.show_first_contact": (DUTY, COORDINATOR),
    "follow_up_queue.show_follow_up": (DUTY,),
    "follow_up_queue.accept": (DUTY,),
    "follow_up_queue.note_attempt": (DUTY,),
    "follow_up_queue.release": (DUTY,),
    "follow_up_queue.close": (DUTY,),
    "duty_shifts.show_roster": (DUTY,),
    "insights.show_releases": (DUTY,),
    "insights.show_distribution": (DUTY,),
    "insights.show_trend": (DUTY,),
    "insights.show_service": (DUTY,),
    "insights.show_units": (DUTY,),
    "insights.show_export": (DUTY,),
    "suggestions.show_suggestions": ("unit_head",),
    "sealings.show_sealings": ("custodian",),
    "sealings.confirm": ("custodian",),
    "duty_shifts.save_roster": (DUTY, COORDINATOR),
    "messages.list_messages": (SIGNED_IN,),
    "messages.mark_read": (SIGNED_IN,),
    "subscriptions.note_answer": (EMPLOYEE,),
    "workshops.show_workshops": (WORKSHOPS,),
    "workshops.show_workshop": (WORKSHOPS,),
    "workshops.cancel": (WORKSHOPS, frozenset({UNIT_HEAD, COORDINATOR})),
    "unit_workshops.create": (UNIT_HEAD,),
    "unit_workshops.show_entitlement": (UNIT_HEAD,),
    "unit_workshops.edit": (UNIT_HEAD,),
    "unit_workshops.submit": (UNIT_HEAD,),
    "unit_workshops.confirm": (UNIT_HEAD,),
    "unit_workshops.decline": (UNIT_HEAD,),
    "unit_workshops.withdraw": (UNIT_HEAD,),
    "unit_workshops.recount": (UNIT_HEAD,),
    "unit_workshops.reschedule": (UNIT_HEAD,),
    "unit_workshops.keep": (UNIT_HEAD,),
    "unit_workshops.give_feedback": (UNIT_HEAD,),
    "workshop_desk.show_matches": (COORDINATOR,),
    "workshop_desk.propose": (COORDINATOR,),
    "workshop_desk.waitlist": (COORDINATOR,),
    "workshop_desk.reject": (COORDINATOR,),
    "workshop_desk.merge": (COORDINATOR,),
    "workshop_desk.close": (COORDINATOR,),
    "led_workshops.deliver": (DUTY,),
    "lectures.list_lectures": (LECTURES,),
    "lectures.show_lecture": (LECTURES,),
    "lecture_registrations.register": (EMPLOYEE,),
    "lecture_registrations.give_up": (EMPLOYEE,),
    "lecture_registrations.check_in": (EMPLOYEE,),
    "lecture_registrations.show_feedback_token": (EMPLOYEE,),
    "lecture_plans.draft": (COORDINATOR,),
    "lecture_plans.change": (COORDINATOR,),
    "lecture_plans.resume": (COORDINATOR,),
    "lecture_plans.open_lecture": (COORDINATOR,),
    "lecture_plans.close": (COORDINATOR,),
    "lecture_plans.postpone": (COORDINATOR,),
    "lecture_plans.cancel": (COORDINATOR,),
    "lecture_plans.hold": (COORDINATOR,),
    "lecture_plans.show_code": (COORDINATOR,),
    "lecture_plans.show_feedback": (COORDINATOR,),
    "offers.list_offers": (EMPLOYEE,),
    "offers.accept_offer": (EMPLOYEE,),
    "offers.decline_offer": (EMPLOYEE,),
    "feedback.give": (ANYONE,),
    "periods.export": (COORDINATOR,),
    "catalogue.list_themes": (SIGNED_IN,),
    "catalogue.show_topic": (SIGNED_IN,),
    "articles.list_articles": (SIGNED_IN,),
    "articles.show_article": (SIGNED_IN,),
    "tracks.list_tracks": (SIGNED_IN,),
    "tracks.show_track": (SIGNED_IN,),
    "news.list_news": (SIGNED_IN,),
    "news.show_news_item": (SIGNED_IN,),
    "categories.show_categories": (SIGNED_IN,),
    "media.send_media": (ANYONE,),
    "search.search_library": (SIGNED_IN,),
    "appointments.cancel": (frozenset({COUNSELLOR, EMPLOYEE}),),
    "appointments.list_appointments": (frozenset({COUNSELLOR, EMPLOYEE}),),
    "appointments.show_appointment": (frozenset({COUNSELLOR, EMPLOYEE}),),
    "booking_files.show_file": (frozenset({CLINICAL_LEAD, COORDINATOR, COUNSELLOR, EMPLOYEE, UNIT_HEAD}),),
    "calendar.replace_availability": (COUNSELLOR,),
    "calendar.replace_place": (COUNSELLOR,),
    "calendar.rotate_feed": (COUNSELLOR,),
    "calendar.show_availability": (COUNSELLOR,),
    "calendar.show_place": (COUNSELLOR,),
    "calendar_feed.show_feed": (ANYONE,),
    "case_records.show_case_record": (frozenset({CLINICAL_LEAD, COUNSELLOR}),),
    "case_records.write_case_record": (
        frozenset({CLINICAL_LEAD, COUNSELLOR}),
        COUNSELLOR,
    ),
    "counselling_desk.attend": (COUNSELLOR,),
    "counselling_desk.check_in": (COUNSELLOR,),
    "counselling_desk.note_no_show": (COUNSELLOR,),
    "counsellors.show_consent_text": (EMPLOYEE,),
    "counsellors.show_counsellors": (EMPLOYEE,),
    "counsellors.show_slots": (EMPLOYEE,),
    "counsellors.wait_for": (EMPLOYEE,),
    "counsellors.wait_no_more": (EMPLOYEE,),
    "own_appointments.confirm": (EMPLOYEE,),
    "own_appointments.hold_time": (EMPLOYEE,),
    "own_appointments.reschedule": (EMPLOYEE,),
    "own_shares.list_shares": (EMPLOYEE,),
    "own_shares.share_result": (EMPLOYEE,),
    "own_shares.withdraw_share": (EMPLOYEE,),
    "shared_results.list_shared_results": (COUNSELLOR,),
    "shared_results.open_scale": (COUNSELLOR,),
}

TOKENS = {
    "good-token-of-a-clerk".ljust(43, "x"): Caller("clerk", b"", frozenset({SIGNED_IN})),
    "good-token-of-an-employee".ljust(43, "x"): Caller("employee", b"", frozenset({SIGNED_IN, EMPLOYEE})),
    "good-token-of-a-counsellor".ljust(43, "x"): Caller("counsellor", b"", frozenset({SIGNED_IN, "counsellor"})),
}
CLERK, EMPLOYEE_TOKEN, COUNSELLOR = TOKENS


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The whole application over empty stores."""
    return new_house(tmp_path_factory.mktemp("stores"))


def new_house(folder: Path) -> Flask:
    return create_app(load_settings({"HEARTPORT_DEMO": "1", "HEARTPORT_DATA_DIR": str(folder)}))


def declared_roles(app: Flask) -> dict[str, tuple[access.Need, ...]]:
    return {rule.endpoint: roles_of_endpoint(app, rule.endpoint) for rule in app.url_map.iter_rules()}


def test_every_route_has_the_role_that_this_table_says(house: Flask) -> None:
    assert declared_roles(house) == ROLES


def test_every_listed_blueprint_is_there_and_every_one_there_is_listed(house: Flask) -> None:
    assert set(house.blueprints) == set(ROLE_OF_BLUEPRINT)


def test_only_the_open_routes_answer_without_a_token(house: Flask) -> None:
    for rule in house.url_map.iter_rules():
        path = rule.build(dict.fromkeys(rule.arguments, "x"))[1]
        for method in rule.methods or ():
            status = house.test_client().open(path, method=method).status_code
            assert (status == 401) == (ROLES[rule.endpoint] != (ANYONE,)), f"{method} {rule.rule} answers {status}"


def test_a_forgotten_route_would_be_seen_and_denied(tmp_path: Path) -> None:
    """The negative control of the tests above: a route that nobody listed."""
    forgetful = new_house(tmp_path)
    extra = Blueprint("extra", __name__)
    extra.get("/extra")(lambda: "open to all")
    forgetful.register_blueprint(extra)
    forgetful.get("/bare")(lambda: "open to all")
    found = declared_roles(forgetful)
    assert found != ROLES
    assert found["extra.<lambda>"] == ()
    for path in ("/extra", "/bare"):
        for token in (None, EMPLOYEE_TOKEN):
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            answer = forgetful.test_client().get(path, headers=headers)
            assert (answer.status_code, answer.json["code"]) == (403, "not_allowed")


# The door itself, with callers of our own


DOORS = {
    "open": ANYONE,
    "inner": SIGNED_IN,
    "own": EMPLOYEE,
    "shared": frozenset({EMPLOYEE, "counsellor"}),
    "others": frozenset({"editor", "admin"}),
}


@pytest.fixture
def doors(monkeypatch: pytest.MonkeyPatch) -> Flask:
    """One route a role: open, signed in, employee, one of several; each has one that asks for a counsellor besides."""
    for name, role in DOORS.items():
        monkeypatch.setitem(access.ROLE_OF_BLUEPRINT, name, role)
    made = bare_app({})
    access.init_app(made, identify)
    api = Api(made, spec_kwargs={"title": "t", "version": "1", "openapi_version": "3.1.0"})
    for name in DOORS:
        blueprint = ContractBlueprint(name, __name__)
        blueprint.get(f"/{name}")(lambda: "in")
        blueprint.get(f"/{name}/more")(more)
        api.register_blueprint(blueprint)
    return made


@also_requires("counsellor")
def more() -> str:
    return current_caller().account_id


def identify(token: str) -> Caller:
    try:
        return TOKENS[token]
    except KeyError:
        raise NotSignedIn from None


@pytest.mark.parametrize(
    ("path", "statuses"),
    [
        ("/open", (200, 200, 200, 200)),
        ("/inner", (401, 200, 200, 200)),
        ("/own", (401, 403, 200, 403)),
        ("/shared", (401, 403, 200, 200)),
        ("/others", (401, 403, 403, 403)),
        ("/open/more", (401, 403, 403, 200)),
        ("/inner/more", (401, 403, 403, 200)),
        ("/own/more", (401, 403, 403, 403)),
        ("/shared/more", (401, 403, 403, 200)),
        ("/others/more", (401, 403, 403, 403)),
    ],
)
def test_a_door_opens_to_whoever_meets_every_need(doors: Flask, path: str, statuses: tuple[int, ...]) -> None:
    for token, status in zip((None, *TOKENS), statuses, strict=True):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        assert doors.test_client().get(path, headers=headers).status_code == status


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        f"Basic {EMPLOYEE_TOKEN}",
        EMPLOYEE_TOKEN,
        f"Bearer  {EMPLOYEE_TOKEN}",
        f"Bearer {EMPLOYEE_TOKEN} x",
        f"Bearer {EMPLOYEE_TOKEN}\t",
        f"Bearer {EMPLOYEE_TOKEN}x",
        f"Bearer {EMPLOYEE_TOKEN[:-1]}",
        f"Bearer {EMPLOYEE_TOKEN[:-1]}é",
        f"Bearer {EMPLOYEE_TOKEN}, Bearer {EMPLOYEE_TOKEN}",
        f"Bearer {'y' * 43}",
        "Bearer " + "A" * 100_000,
    ],
)
def test_anything_but_one_live_token_is_401_and_never_cached(doors: Flask, header: str) -> None:
    answer = doors.test_client().get("/own", headers={"Authorization": header})
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("name", ["token", "access_token", "Authorization", "bearer"])
def test_a_token_elsewhere_than_in_its_header_is_ignored(doors: Flask, name: str) -> None:
    client = doors.test_client()
    client.set_cookie(name, EMPLOYEE_TOKEN)
    assert client.get(f"/own?{name}={EMPLOYEE_TOKEN}").status_code == 401
    assert client.get("/own", data={name: EMPLOYEE_TOKEN}).status_code == 401


def test_a_header_cannot_choose_another_method(doors: Flask) -> None:
    headers = {"X-HTTP-Method-Override": "GET", "Authorization": f"Bearer {EMPLOYEE_TOKEN}"}
    assert doors.test_client().post("/own", headers=headers).status_code == 405


# The door of the real house


def test_a_live_token_opens_and_its_answer_is_never_stored(employee: Person) -> None:
    answer = employee.get("me")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_token_is_dead_from_its_last_moment_on(app: Flask, employee: Person, clock: Clock) -> None:
    token = sessions.open_session(employee.account_id).token
    person = Person(app, token)
    clock.moment = start_of_day(clock.moment) + sessions.TOKEN_LIFE
    clock.advance(seconds=-1)
    assert person.get("me").status_code == 200
    clock.advance(seconds=1)
    assert person.get("me").status_code == 401


def test_a_token_is_dead_after_sign_out_and_the_others_are_not(app: Flask, employee: Person) -> None:
    other = Person(app, sessions.open_session(employee.account_id).token)
    assert employee.delete("auth/session").status_code == 204
    assert employee.get("me").status_code == 401
    assert employee.delete("auth/session").status_code == 401
    assert other.get("me").status_code == 200


def test_a_token_of_nobody_is_dead(app: Flask, employee: Person) -> None:
    foreign = employee.token[:-1] + ("A" if employee.token[-1] != "A" else "B")
    for token in (foreign, employee.token.swapcase(), sessions.hash_token(employee.token).hex()[:43]):
        assert Person(app, token).get("me").status_code == 401


def test_nothing_of_a_refused_token_is_logged(app: Flask, logged: Logged) -> None:
    token = "refused-token-of-somebody".ljust(43, "x")
    assert Person(app, token).get(f"me?token={token}").status_code == 401
    assert "refused-token" not in logged.text
    assert logged.of("refused")
