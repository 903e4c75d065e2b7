"""A world that arrives step by step, in which each step leaves something in every table of every store.

Whoever adds a table adds an action here that fills it: a proof over an empty table would prove nothing, and a test
says so. What must not be found anywhere in clear is noted as `secrets`, by kind.
"""

import secrets as random_source
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from functools import partial
from types import SimpleNamespace

from flask import Flask
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from heartport import clock
from heartport.assessments.copies import Reader
from heartport.assessments.results import list_results
from heartport.assessments.reviews import sign_off
from heartport.assessments.shares import share_result, withdraw_share
from heartport.booking.availability import replace_openings
from heartport.booking.counselling.feeds import rotate_feed
from heartport.booking.counselling.models import Waiting
from heartport.booking.counselling.places import save_place
from heartport.booking.feedback.rules import Said
from heartport.booking.feedback.tokens import feedback_token, give_feedback, issue_token
from heartport.booking.lectures.models import Lecture
from heartport.booking.resources import add_person, resource_of_staff
from heartport.booking.rules.meeting_places import MeetingPlace
from heartport.booking.rules.openings import Change, OpenDay, Opening
from heartport.callers import COUNSELLOR, Caller
from heartport.case_records.records import write_record
from heartport.case_records.rules import Entry as CaseEntry
from heartport.case_records.rules import Referral, Risk
from heartport.columns import new_public_id
from heartport.duty.roster import extend_roster
from heartport.duty.rules import Shift
from heartport.followups import calls
from heartport.followups.rules.steps import AttemptOutcome, CloseOutcome
from heartport.insights import openings, sealing
from heartport.insights.rules.months import Part
from heartport.insights.rules.service import Measure
from heartport.insights.service_publishing import publish_part
from heartport.library.documents import digest_of
from heartport.library.revisions import Act, Slugs, mark_loaded, revise
from heartport.library.rules import ThingKind
from heartport.local_time import SHANGHAI
from heartport.members import erasures, sessions
from heartport.members.profiles import save_profile
from heartport.members.standing import read_standing
from heartport.own_library import layout
from heartport.own_library.refs import REF_BYTES
from heartport.own_library.rules import Given, Heard, OwnLibrary, Why, with_favourite, with_given, with_progress
from heartport.own_library.service import change_own_library
from heartport.recommendations.report import Figures, _publish
from heartport.staff import accounts, grants
from heartport.staff.attempts import count_attempt
from heartport.stores import Store, write_transaction
from heartport.units import invites, tree
from heartport.units.rules import Level, UnitEntry
from heartport.vault.door import current_vault
from heartport.vault.listing import id_text
from heartport.vault.records import RESULT
from heartport.web.models import IdempotencyKey
from tests.booking.lectures import hall
from tests.booking.workshops.stored import store_workshops
from tests.conftest import Person, agree, signed_in
from tests.duty.teams import PEOPLE, TEAM
from tests.messages.letters import subscribe, told, told_staff
from tests.staff.doors import PASSWORD, WHO, make_staff
from tests.vault.dumps import Key, keys_by_table

NICKNAMES = ("开心的小林", "13912345678", "🙂🙂 Building 7", "短名字", "二十个字长的昵称正好放得下的那一个")
CITY = UnitEntry("c-1", "云岬市", Level.CITY, None)
DISTRICT = UnitEntry("d-1", "灯塔区", Level.DISTRICT, "c-1")
YARD = UnitEntry("e-1", "远帆造船厂", Level.ENTERPRISE, "d-1")
OPEN_IN = timedelta(days=20)
"""Whatever the calendar of holidays knows: a single day that is open is open."""
SHEETS = {
    "phq9": {f"q{n}": 1 for n in range(1, 10)},
    "gad7": {f"q{n}": n % 4 for n in range(1, 8)},
    "dass21": {f"q{n}": (n * n) % 4 for n in range(1, 22)} | {"q3": None},
    "k10": {f"q{n}": 5 for n in range(1, 11)},
}


@dataclass
class World:
    """Who came, what they left that nobody may find, and which rows each step brought."""

    app: Flask
    secrets: dict[str, list[str | bytes]] = field(default_factory=dict)
    account_ids: list[str] = field(default_factory=list)
    present: dict[str, set[Key]] = field(default_factory=dict)
    arrivals: list[dict[str, set[Key]]] = field(default_factory=list)
    sought_after: str = ""
    """A lecture with one seat, for which everybody waits."""

    def note(self, kind: str, *values: str | bytes) -> None:
        self.secrets.setdefault(kind, []).extend(values)


@dataclass
class Newcomer:
    """One person in the world, with the number of the step in which they came."""

    world: World
    number: int
    person: Person

    @property
    def account_id(self) -> str:
        return self.person.account_id

    @property
    def app(self) -> Flask:
        return self.world.app


Action = Callable[[Newcomer], object]


def describe(newcomer: Newcomer) -> None:
    nickname = (NICKNAMES[newcomer.number % len(NICKNAMES)] + random_source.token_hex(4))[-20:]
    profile = {"nickname": nickname, "sex": "female", "birth_year": 1990, "age_group": "18+"}
    assert newcomer.person.put("me", profile).status_code == 200
    newcomer.world.note("nickname", nickname)
    if "139" in nickname:
        newcomer.world.note("phone", "13912345678")


def decide(newcomer: Newcomer) -> None:
    for purpose in ("assessment", "keep_results", "aggregate")[: 2 + newcomer.number % 2]:
        agree(newcomer.person, purpose)


def join(newcomer: Newcomer) -> None:
    """Join a department of one's own, by an invite of which another was replaced by it."""
    key = f"department-{newcomer.number}"
    department = UnitEntry(key, f"第 {newcomer.number} 车间", Level.DEPARTMENT, YARD.key)
    tree.take_over([CITY, DISTRICT, YARD, department])
    replaced = invites.make_invite(tree.find_unit(key).id, 9, 9)
    code = invites.rotate_invite(replaced).code
    assert newcomer.person.post("me/unit", {"invite_code": code}).status_code == 200
    newcomer.world.note("invite code", code, replaced)


def take_scales(newcomer: Newcomer) -> None:
    """Submit two sheets, and delete the result of one."""
    kept = [submit(newcomer, scale_id) for scale_id in turn(list(SHEETS), newcomer.number, 2)]
    records = current_vault().records(newcomer.account_id, RESULT)
    for entry in records.live(["2026H1", "2026H2", "2027H1", "2027H2"]):
        newcomer.world.note("record", entry.payload)
        newcomer.world.note("result id", entry.id, id_text(entry.id))
    assert newcomer.person.delete(f"me/results/{kept[0]}").status_code == 204


def submit(newcomer: Newcomer, scale_id: str) -> str:
    attempt_id = random_source.token_urlsafe(12)
    body = {"version": "1.0.0", "attempt_id": attempt_id, "answers": SHEETS[scale_id]}
    answer = newcomer.person.post(f"scales/{scale_id}/submissions", body)
    assert answer.status_code == 201, answer.json
    newcomer.world.note("attempt id", attempt_id)
    newcomer.world.note("answers", '"scale_id":"', f'"{scale_id}"', '"answers":{', '"scores":{', "suicide_item")
    return answer.json["id"]


def keep_drafts(newcomer: Newcomer) -> None:
    """Keep a short draft and a long one, and erase another."""
    revision = 10**15 + random_source.randbelow(10**15)
    everything = {item: {"value": value, "revision": revision} for item, value in SHEETS["dass21"].items()}
    drafts = {"gad7": {"q1": {"value": 1, "revision": revision}}, "dass21": everything, "k10": {"q1": {"revision": 1}}}
    for scale_id, answers in drafts.items():
        body = {"version": "1.0.0", "answers": answers}
        assert newcomer.person.put(f"scales/{scale_id}/draft", body).status_code == 200
    assert newcomer.person.delete("scales/gad7/draft").status_code == 204
    newcomer.world.note("revision", str(revision))


def repeat_a_request(newcomer: Newcomer) -> None:
    """Leave the row that a creating request leaves."""
    key, body = random_source.token_urlsafe(12), b'{"phone": "13912345678"}'
    scope = f"{newcomer.account_id}\nPOST /api/v1/things\n".encode()
    row = {
        "account_id": newcomer.account_id,
        "key_hash": current_vault().fingerprint("idempotency key", scope + key.encode()),
        "body_hash": current_vault().fingerprint("idempotency body", scope + body),
        "created_at": clock.now(),
        "resource_id": new_public_id(),
    }
    write_transaction(Store.MAIN, lambda session: session.execute(insert(IdempotencyKey).values(row)) and None)
    newcomer.world.note("idempotency key", key)
    newcomer.world.note("body", body)


def employ(newcomer: Newcomer) -> None:
    """Let somebody of the staff come who has a role and had another, and signs in; somebody tries a name in vain."""
    unit = tree.find_unit(YARD.key).id
    staff = make_staff(newcomer.app, f"worker-{newcomer.number}", ("counsellor", unit), ("auditor", None))
    grants.revoke_role(staff.username, "auditor", None, WHO)
    token = staff.signed_in().token
    count_attempt(f"guessed-{newcomer.number}")
    newcomer.world.note("staff password", PASSWORD)
    newcomer.world.note("totp secret", staff.secret)
    newcomer.world.note("staff token", token)
    newcomer.world.note("guessed name", f"guessed-{newcomer.number}")


def sign_a_scale_off(newcomer: Newcomer) -> None:
    file = SimpleNamespace(reviewed_hash=random_source.token_hex(32), id="phq9", version=f"0.{newcomer.number}.0")
    assert sign_off(file, "王医师", "精神科副主任医师")


def begin_an_erasure(newcomer: Newcomer) -> None:
    """Let somebody else come who begins to be erased."""
    openid = random_source.token_urlsafe(21)
    leaver = signed_in(newcomer.app, openid)
    erasures._mark(leaver.account_id)
    newcomer.world.account_ids.append(leaver.account_id)
    newcomer.world.note("openid", openid)


def ask_for_a_call(newcomer: Newcomer) -> None:
    """Let the roster have one shift more, and a call-back wait."""
    if newcomer.number == 0:
        for name, role in TEAM.items():
            make_staff(newcomer.app, name, (role, None))
    begins = clock.now() + timedelta(hours=8 * newcomer.number)
    extend_roster([Shift(begins, begins + timedelta(hours=7), *PEOPLE)])
    agree(newcomer.person, "follow_up")
    left = {
        "phone": f"139{newcomer.number:08}",
        "call_me": f"叫我第 {newcomer.number} 位就好",
        "note": "想找人说说话，别打到单位",
    }
    body = {**left, "urgency": "normal", "voicemail_ok": False}
    key = {"Idempotency-Key": random_source.token_urlsafe(12)}
    follow_up_id = newcomer.person.post("follow-ups", body, headers=key).json["id"]
    caller = Caller(accounts.staff_id_of("anne"), b"", frozenset({COUNSELLOR}), {})
    calls.accept(caller, follow_up_id, 1)
    calls.note_attempt(caller, follow_up_id, 2, AttemptOutcome.REACHED)
    if newcomer.number % 2:
        calls.close(caller, follow_up_id, 3, CloseOutcome.TALKED)
    newcomer.world.note("left with a call-back", *left.values())


def keep_a_note(newcomer: Newcomer) -> None:
    """Keep the answers to a reflection with words of one's own."""
    words = f"第 {newcomer.number} 个晚上，早点睡"
    body = {"version": "1.0.0", "answers": {"q1": "falling"}, "keep": True, "note": words}
    attempt_id = random_source.token_urlsafe(12)
    assert newcomer.person.post("reflections/sleep", {**body, "attempt_id": attempt_id}).status_code == 201
    newcomer.world.note("note", words, attempt_id)


def keep_a_library(newcomer: Newcomer) -> None:
    """Keep a favourite, and let something be opened, heard and recommended."""
    ref, today = random_source.token_bytes(REF_BYTES), clock.today()

    def change(own: OwnLibrary) -> OwnLibrary:
        own = with_given(with_favourite(own, ref, today), [Given(ref, today, Why.RANDOM)], ref)
        return with_progress(own, ref, Heard(90, 300, clock.now()), today)

    kept = change_own_library(read_standing(newcomer.account_id), change)
    newcomer.world.note("own library", layout.encode(kept))


def edit_the_library(newcomer: Newcomer) -> None:
    """Let an editor put one news item more on the shelf."""
    name = f"news-{random_source.token_hex(8)}"
    document = {
        "title": f"消息 {name}",
        "summary": "一句话",
        "author": "心港编辑组",
        "body": "一段。",
        "slug": name,
        "topics": [],
        "sources": [],
        "status": "draft",
        "published_on": "2026-11-20",
        "publish_time": None,
    }
    key = (ThingKind.NEWS, name)

    def work(session: Session) -> None:
        revise(session, key, None, document, act=Act.LOADED, by="王编辑")
        mark_loaded(session, key, digest_of(document))
        Slugs(session).take(*key, name)

    write_transaction(Store.MAIN, work)


def publish_a_month(newcomer: Newcomer) -> None:
    """Let a month be published to editors, with figures of many people, in no order of time."""
    number = newcomer.number * 37 % 60
    _publish(f"{2100 + number}-01", [Figures("track", f"rain-{number}", 40, 30, 20, 10)])


def publish_service_figures(newcomer: Newcomer) -> None:
    """Let a month of the service be published, of a district and of many people, in no order of time."""
    month = f"{2100 + newcomer.number * 37 % 60}-01"
    publish_part(month, Part.SIGN_INS, {("灯塔区", Measure.VISITORS): 40})
    publish_part(month, Part.BOOKINGS, {("灯塔区", Measure.LECTURES): 2, ("灯塔区", Measure.ATTENDED): 30})


def tell_something(newcomer: Newcomer) -> None:
    """Tell the person and somebody of the staff something, and let the person accept a template."""
    about_id = told(newcomer.account_id)
    told_staff(accounts.staff_id_of(f"worker-{newcomer.number}"))
    subscribe(newcomer.person)
    newcomer.world.note("message", about_id)


def hold_workshops(newcomer: Newcomer) -> None:
    """Let the department have had a workshop, and somebody of the staff lead it."""
    unit_id, staff_id = (
        tree.find_unit(f"department-{newcomer.number}").id,
        accounts.staff_id_of(f"worker-{newcomer.number}"),
    )
    left = store_workshops(unit_id, staff_id, newcomer.number)
    newcomer.world.note("workshop details", left.contact, left.note or "", left.venue or "")


def seal_a_half_year(newcomer: Newcomer) -> None:
    """Let a half-year be opened, confirmed by somebody and published, each time another one, in no order of time."""
    number = newcomer.number * 37 % 60
    window = f"{1990 + number // 2}H{1 + number % 2}"
    custodian = make_staff(newcomer.app, f"custodian-{newcomer.number}", ("custodian", None))
    openings.confirm_sealing(openings.open_sealing(window).id, accounts.staff_id_of(custodian.username))
    sealing.seal(window, lambda: random_source.randbelow)


def be_open(newcomer: Newcomer) -> None:
    """Let the member of staff of this step be booked, with openings, a stretch that is held, and a place."""
    number, name = newcomer.number, f"worker-{newcomer.number}"
    resource_id = add_person(accounts.staff_id_of(name), "灯塔区")
    today = clock.today()
    weekly, changes = (
        [Opening(OpenDay.MON, 540, 720)],
        [Change(today + timedelta(days=60 + number), 540, 720, opens=True)],
    )
    changes.append(Change(today + OPEN_IN, 540, 720, opens=True))
    replace_openings(resource_id, weekly, changes, 1)
    rotate_feed(accounts.staff_id_of(name))
    link = f"https://meet.example/{random_source.token_urlsafe(16)}"
    save_place(resource_id, MeetingPlace(f"文化宫 3 楼第 {number} 间", f"走第 {number} 个小门进来", link))
    newcomer.world.note("meeting link", link)


def book_a_counsellor(newcomer: Newcomer) -> None:
    """Confirm an hour by phone with the counsellor of this step, hold another one, and wait for somebody else."""
    resource_id = str(resource_of_staff(accounts.staff_id_of(f"worker-{newcomer.number}")))
    phone = f"137{newcomer.number:08}"
    standing = read_standing(newcomer.account_id)
    save_profile(newcomer.account_id, replace(standing.profile, age_group="18+"))
    day = clock.today() + OPEN_IN
    for hour, minute in ((9, 0), (10, 15)):
        starts_at = datetime.combine(day, time(hour, minute), SHANGHAI).isoformat()
        body = {"counsellor_id": resource_id, "starts_at": starts_at, "mode": "phone", "phone": phone}
        key = {"Idempotency-Key": random_source.token_urlsafe(12)}
        held = newcomer.person.post("appointments", body, headers=key)
        assert held.status_code == 201, held.json
        if minute == 0:
            confirmed = {"version": 1, "consent_version": "2026-11"}
            answer = newcomer.person.post(f"appointments/{held.json['id']}/confirm", confirmed)
            assert answer.status_code == 200, answer.json
    row = {
        "account_id": newcomer.account_id,
        "counsellor_id": resource_id,
        "turn": newcomer.number + 1,
        "mode": "phone",
    }
    write_transaction(Store.MAIN, lambda session: session.execute(insert(Waiting).values(row)) and None)
    newcomer.world.note("phone", phone)


def listen(newcomer: Newcomer) -> None:
    """Plan a lecture and register for it; wait for another one, in which the first who came gives up the one seat."""
    number, world = newcomer.number, newcomer.world
    lecturer_id = str(resource_of_staff(accounts.staff_id_of(f"worker-{number}")))
    more = {"lecturer_id": lecturer_id, "room_id": hall.room(100), "title": f"第 {number} 场公开讲座"}
    starts_at = datetime.combine(clock.today() + timedelta(days=30 + number), time(14), SHANGHAI)
    lecture_id = hall.opened(**more, starts_at=starts_at, unit_quota=20, capacity=20)
    if number == 0:
        world.sought_after = hall.opened(**more, starts_at=starts_at + timedelta(days=200), capacity=1)
    hall.registered(lecture_id, newcomer.account_id, unit_id=tree.find_unit(YARD.key).id)
    hall.registered(world.sought_after, newcomer.account_id, wait=True)
    if number == 1:
        hall.given_up(world.sought_after, world.account_ids[0])
    tokens = [feedback_token(newcomer.account_id, each) for each in (lecture_id, world.sought_after)]
    for about_id, token in zip((lecture_id, world.sought_after), tokens, strict=True):
        write_transaction(Store.MAIN, partial(issue_token, about_id=about_id, token=token))
    give_feedback(tokens[0], Said(rating=5, useful=4, again=True))
    came = update(Lecture).where(Lecture.id == lecture_id).values(attended=1)
    write_transaction(Store.MAIN, lambda session: session.execute(came) and None)
    world.note("feedback token", *tokens)


def talk_to_a_counsellor(newcomer: Newcomer) -> None:
    """Share a result for one appointment and for another, withdraw one, and let the counsellor write a case record."""
    standing = read_standing(newcomer.account_id)
    kept = list_results(standing, None, 1)[0]
    readers = [Reader(new_public_id(), new_public_id()) for _ in range(2)]
    for reader in readers:
        share_result(standing, kept.id, kept.record, reader)
    withdraw_share(standing, kept.id, readers[0].appointment_id)
    words = f"第 {newcomer.number} 次：提到睡得浅，没有危险"
    entry = CaseEntry(Risk.WATCH, words, "谈了作息", Referral.NONE, "", None, "")
    write_record(readers[1].appointment_id, readers[1].counsellor_id, 0, entry)
    newcomer.world.note("case record", words)
    newcomer.world.note("shared for", *(each.appointment_id for each in readers))


ACTIONS: tuple[Action, ...] = (
    describe,
    decide,
    join,
    take_scales,
    talk_to_a_counsellor,
    keep_drafts,
    repeat_a_request,
    employ,
    sign_a_scale_off,
    begin_an_erasure,
    ask_for_a_call,
    keep_a_note,
    keep_a_library,
    edit_the_library,
    publish_a_month,
    publish_service_figures,
    tell_something,
    seal_a_half_year,
    be_open,
    book_a_counsellor,
    listen,
    hold_workshops,
)


def arrive(world: World, number: int, actions: Sequence[Action]) -> None:
    """Let one person come and do all of it; note which rows are new."""
    world.app.extensions["heartport.limits"].reset()
    openid = random_source.token_urlsafe(21)
    person = signed_in(world.app, openid)
    world.account_ids.append(person.account_id)
    world.note("openid", openid)
    world.note("token", person.token, sessions.open_session(person.account_id).token)
    for action in actions:
        action(Newcomer(world, number, person))
    now = keys_by_table()
    world.arrivals.append({table: keys - world.present.get(table, set()) for table, keys in now.items()})
    world.present = now


def populated(app: Flask, people: int, actions: Sequence[Action] = ACTIONS) -> World:
    """Return a world of so many people, within the application's context and over empty stores."""
    current_vault().check_keys()
    world = World(app, present=keys_by_table())
    for number in range(people):
        arrive(world, number, actions)
    return world


def turn(values: list[str], start: int, count: int) -> list[str]:
    """Return some of these values, others each time."""
    return [values[(start + place) % len(values)] for place in range(count)]
