import hashlib
import io
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import structlog
from flask import Flask
from sqlalchemy import func, select

from heartport.callers import EMPLOYEE, SIGNED_IN
from heartport.errors import NotSignedIn
from heartport.members import sessions
from heartport.members.models import AccessToken, Account, Consent
from heartport.members.policies import Purpose
from heartport.stores import Store, reading
from heartport.vault.door import Vault, current_vault
from heartport.vault.models import SubjectKey
from heartport.vault.records import RESULT
from heartport.web import logs
from heartport.wechat.connection import Patience
from heartport.wechat.mini_program import MiniProgram
from tests.conftest import Person, signed_in
from tests.emulator import Emulator
from tests.threads import at_once

LITTLE = Patience(connect_seconds=0.3, read_seconds=0.4, total_seconds=0.6)
SLACK_SECONDS = 2.0
DAYS_30 = timedelta(days=30)


def rows(model: type, store: Store = Store.MAIN) -> int:
    with reading(store) as session:
        return session.execute(select(func.count()).select_from(model)).scalar_one()


def stored() -> tuple[int, ...]:
    """Count accounts, consents, tokens and keys."""
    return rows(Account), rows(Consent), rows(AccessToken), rows(SubjectKey, Store.KEYS)


def column(attribute) -> list:
    with reading(Store.MAIN) as session:
        return list(session.execute(select(attribute)).scalars())


def sign_in(client: Person, code: object):
    return client.post("auth/wechat", {"code": code})


class TestSigningIn:
    def test_the_first_time_makes_account_consents_key_and_token(self, client, emulator):
        answer = sign_in(client, emulator.login_code())
        assert answer.status_code == 201
        assert stored() == (1, 6, 1, 1)
        assert column(Consent.granted) == [False] * 6
        assert set(column(Consent.purpose)) == {purpose.value for purpose in Purpose}
        assert column(Consent.policy_version) == column(Consent.decided_at) == [None] * 6
        assert current_vault().records(column(Account.id)[0], RESULT).live(["2026H2"]) == []

    def test_the_second_time_finds_the_same_account(self, client, emulator):
        first = sign_in(client, emulator.login_code()).json
        second = sign_in(client, emulator.login_code()).json
        assert first["member"] == second["member"]
        assert first["token"] != second["token"]
        assert stored() == (1, 6, 2, 1)

    def test_two_people_get_two_accounts(self, client, emulator):
        ids = {sign_in(client, emulator.login_code(name)).json["member"]["id"] for name in ("小林", "阿敏")}
        assert len(ids) == 2
        assert stored() == (2, 12, 2, 2)

    def test_the_openid_is_stored_sealed_and_can_be_opened(self, client, emulator):
        account_id = sign_in(client, emulator.login_code()).json["member"]["id"]
        (sealed,) = column(Account.openid_sealed)
        assert current_vault().open_column("openid", account_id, sealed) == emulator.openid_of()
        assert emulator.openid_of().encode() not in sealed

    @pytest.mark.parametrize("length", [8, 28, 128])
    def test_the_sealed_openid_has_one_length_for_all(self, app, length):
        sessions.find_or_create_account("o" * length)
        assert {len(each) for each in column(Account.openid_sealed)} == {190}

    def test_eight_first_sign_ins_at_once_make_one_account(self, app, emulator):
        codes = [emulator.login_code() for _ in range(8)]
        answers = at_once(app, lambda number: sign_in(Person(app), codes[number]), 8)
        assert [answer.status_code for answer in answers] == [201] * 8
        assert len({answer.json["member"]["id"] for answer in answers}) == 1
        assert len({answer.json["token"] for answer in answers}) == 8
        assert stored() == (1, 6, 8, 1)

    def test_an_account_that_was_made_meanwhile_is_taken(self, app, monkeypatch):
        """Between looking for the account and making it, somebody else makes it."""
        seal = sessions.seal_profile
        others = []

        def meanwhile(account_id, profile):
            if not others:
                others.append(None)
                others.append(sessions.find_or_create_account("openid-of-one"))
            return seal(account_id, profile)

        monkeypatch.setattr(sessions, "seal_profile", meanwhile)
        assert sessions.find_or_create_account("openid-of-one") == others[1]
        assert stored()[:2] == (1, 6)


class TestLoginCodes:
    def test_a_code_works_once(self, client, emulator):
        code = emulator.login_code()
        assert sign_in(client, code).status_code == 201
        answer = sign_in(client, code)
        assert (answer.status_code, answer.json["code"]) == (422, "login_code_used")
        assert stored() == (1, 6, 1, 1)

    def test_a_code_is_dead_after_five_minutes(self, client, emulator):
        code = emulator.login_code()
        emulator.post("clock", advance_seconds=300)
        answer = sign_in(client, code)
        assert (answer.status_code, answer.json["code"]) == (422, "login_code_invalid")
        assert stored() == (0, 0, 0, 0)

    def test_a_blocked_person_is_refused(self, client, emulator):
        emulator.post("block", person="小林")
        answer = sign_in(client, emulator.login_code())
        assert (answer.status_code, answer.json["code"]) == (403, "login_blocked")
        assert stored() == (0, 0, 0, 0)

    @pytest.mark.parametrize(
        "code",
        ["", "0" * 32, "x" * 10_000, "a\x00b", "a\r\nb", "代码", " ", "a&appid=b", "../x", "%00", "🙂"],
        ids=range(11),
    )
    def test_a_text_that_is_no_code_of_ours_is_named_and_not_repeated(self, client, code):
        answer = sign_in(client, code)
        assert (answer.status_code, answer.json["code"]) == (422, "login_code_invalid")
        assert set(answer.json["errors"]) == {"code"}
        assert len(code) < 3 or code not in answer.get_data(as_text=True)
        assert stored() == (0, 0, 0, 0)

    @pytest.mark.parametrize("code", [7, 1.5, True, None, ["a"], {"a": "b"}], ids=str)
    def test_a_code_of_another_type_is_a_wrong_field(self, client, code):
        answer = sign_in(client, code)
        assert (answer.status_code, answer.json["code"]) == (422, "invalid")
        assert answer.json["errors"]["code"] in (["须为文字。"], ["不能为空。"])

    @pytest.mark.parametrize("body", [{}, {"code": "a", "more": 1}, [], "code", 7])
    def test_the_body_is_one_object_with_a_code(self, client, body):
        answer = client.post("auth/wechat", body)
        assert (answer.status_code, answer.json["code"]) == (422, "invalid")
        assert answer.json["errors"]


class TestTokens:
    def test_a_token_has_256_bits_and_is_stored_as_its_hash_only(self, client, emulator):
        token = sign_in(client, emulator.login_code()).json["token"]
        assert len(token) == 43  # 256 bits in base64 without padding
        assert column(AccessToken.token_hash) == [hashlib.sha256(token.encode()).digest()]

    def test_tokens_are_all_different(self, app):
        account_id = signed_in(app, "openid-of-one").account_id
        tokens = [sessions.open_session(account_id).token for _ in range(50)]
        assert len({token[:8] for token in tokens}) == 50

    @pytest.mark.parametrize("hour", [0, 4, 15])
    def test_a_token_lives_to_the_end_of_the_thirtieth_day(self, app, clock, hour):
        clock.moment = clock.moment.replace(hour=hour)  # 8, 12 and 23 o'clock in Shanghai
        person = signed_in(app, "openid-of-one")
        clock.moment = datetime(2026, 12, 21, 15, 59, 59, tzinfo=UTC)
        assert person.get("me").status_code == 200
        clock.advance(seconds=1)
        answer = person.get("me")
        assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")
        assert answer.headers["WWW-Authenticate"] == "Bearer"

    def test_the_end_is_told_in_local_time(self, client, emulator, clock):
        answer = sign_in(client, emulator.login_code())
        assert answer.json["expires_at"] == "2026-12-22T00:00:00+08:00"
        assert column(AccessToken.expires_at) == [datetime(2026, 12, 21, 16, tzinfo=UTC)]

    def test_of_a_sign_in_the_day_alone_is_stored(self, app, clock):
        """Two who signed in at different moments of one day cannot be told apart by that."""
        for number in range(3):
            signed_in(app, f"openid-of-{number}")
            clock.advance(hours=1, minutes=7, seconds=3)
        assert len(set(column(AccessToken.expires_at))) == 1

    def test_using_a_token_changes_nothing_of_it(self, app, clock):
        person = signed_in(app, "openid-of-one")
        before = column(AccessToken.expires_at)
        clock.advance(days=29)
        assert person.get("me").status_code == 200
        assert column(AccessToken.expires_at) == before

    def test_a_new_sign_in_does_not_end_the_old_one(self, app, client, emulator):
        first, second = (sign_in(client, emulator.login_code()).json["token"] for _ in range(2))
        assert [Person(app, token).get("me").status_code for token in (first, second)] == [200, 200]

    def test_signing_out_kills_this_token_at_once_and_no_other(self, app):
        person, elsewhere = signed_in(app, "openid-of-one"), signed_in(app, "openid-of-one")
        stranger = signed_in(app, "openid-of-another")
        assert person.delete("auth/session").status_code == 204
        assert [each.get("me").status_code for each in (person, elsewhere, stranger)] == [401, 200, 200]
        assert person.delete("auth/session").status_code == 401
        assert rows(AccessToken) == 2

    def test_a_token_opens_only_its_own_account(self, app):
        ids = [signed_in(app, f"openid-of-{number}") for number in range(3)]
        assert [person.get("me").json["id"] for person in ids] == [person.account_id for person in ids]

    def test_the_caller_is_an_employee(self, app):
        person = signed_in(app, "openid-of-one")
        caller = sessions.identify(person.token)
        assert (caller.account_id, caller.roles) == (person.account_id, {SIGNED_IN, EMPLOYEE})

    @pytest.mark.parametrize("token", ["", "A" * 43, "0" * 64, "心" * 43, "\0" * 43])
    def test_a_token_that_was_never_given_is_dead(self, app, token):
        with pytest.raises(NotSignedIn):
            sessions.identify(token)

    def test_the_stored_hash_is_no_token(self, app):
        signed_in(app, "openid-of-one")
        (token_hash,) = column(AccessToken.token_hash)
        with pytest.raises(NotSignedIn):
            sessions.identify(token_hash.hex())

    @pytest.mark.parametrize("scheme", ["Bearer  ", "bearer ", "Token ", "Bearer\t", ""])
    def test_only_the_one_form_of_the_header_counts(self, app, scheme):
        person = signed_in(app, "openid-of-one")
        answer = Person(app).get("me", headers={"Authorization": scheme + person.token})
        assert answer.status_code == 401

    def test_only_dead_tokens_are_cleared_away(self, app, clock):
        old = signed_in(app, "openid-of-one")
        clock.advance(days=1)
        young = signed_in(app, "openid-of-one")
        clock.advance(days=29)
        assert sessions.delete_expired_tokens() == 1
        assert sessions.delete_expired_tokens() == 0
        assert [each.get("me").status_code for each in (old, young)] == [401, 200]

    def test_a_token_does_not_show_in_a_log(self, app):
        opened = sessions.open_session(signed_in(app, "openid-of-one").account_id)
        assert opened.token not in repr(opened)


class TestInterruptions:
    @pytest.mark.breaks
    def test_a_kill_between_account_and_key_leaves_an_account_that_works(self, client, emulator, monkeypatch):
        with monkeypatch.context() as patch:
            patch.setattr(Vault, "ensure_subject", fail)
            assert sign_in(client, emulator.login_code()).status_code == 500
        assert stored() == (1, 6, 0, 0)
        self.check_whole(client, emulator)

    @pytest.mark.breaks
    def test_a_kill_between_key_and_token_leaves_an_account_that_works(self, client, emulator, monkeypatch):
        with monkeypatch.context() as patch:
            patch.setattr(sessions, "open_session", fail)
            assert sign_in(client, emulator.login_code()).status_code == 500
        assert stored() == (1, 6, 0, 1)
        self.check_whole(client, emulator)

    @pytest.mark.breaks
    def test_a_kill_within_the_first_step_leaves_nothing(self, client, emulator, monkeypatch):
        with monkeypatch.context() as patch:
            patch.setattr(sessions, "_id_by_index", fail_after(1))
            assert sign_in(client, emulator.login_code()).status_code == 500
        assert stored() == (0, 0, 0, 0)
        self.check_whole(client, emulator)

    def check_whole(self, client: Person, emulator: Emulator) -> None:
        answer = sign_in(client, emulator.login_code())
        assert answer.status_code == 201
        assert stored() == (1, 6, 1, 1)
        person = Person(client.app, answer.json["token"])
        assert person.put("me", {"age_group": "18+"}).status_code == 200
        assert current_vault().records(answer.json["member"]["id"], RESULT).live(["2026H2"]) == []


def fail(*_args: object) -> None:
    raise RuntimeError("killed here")


def fail_after(times: int) -> Callable[..., object]:
    """Answer as usual so many times, and then fail."""
    usual, calls = sessions._id_by_index, []

    def answer(index: bytes) -> object:
        calls.append(index)
        return fail() if len(calls) > times else usual(index)

    return answer


@pytest.fixture
def impatient(app: Flask, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the application wait for WeChat no longer than 0.6 seconds."""
    program = MiniProgram(emulator.app_id, emulator.app_secret, emulator.base_url, patience=LITTLE)
    monkeypatch.setitem(app.extensions, "heartport.login", program.login)


FAULTS = {
    "slow": ("delay", {"seconds": 30}),
    "down": ("drop", {}),
    "a byte a second": ("drip", {"part": "body"}),
    "took effect, answer lost": ("lost", {}),
    "a page": ("garbage", {}),
    "status 500": ("status", {"status": 500}),
    "no openid": ("answer", {"text": '{"session_key":"c2Vzc2lvbi1rZXk="}'}),
    "an openid that is none": ("answer", {"text": '{"openid":"<script>","session_key":"k"}'}),
    "a number": ("answer", {"text": "7"}),
    "busy": ("errcode", {"errcode": -1}),
    "our address refused": ("errcode", {"errcode": 40164}),
    "too large": ("huge", {}),
}


@pytest.mark.usefixtures("impatient")
class TestWeChatInTrouble:
    @pytest.mark.parametrize(("kind", "settings"), FAULTS.values(), ids=FAULTS)
    def test_sign_in_waits_no_longer_than_it_may_writes_nothing_and_recovers(self, client, emulator, kind, settings):
        emulator.fault(kind, **settings)
        started = time.monotonic()
        answer = sign_in(client, emulator.login_code())
        assert time.monotonic() - started < LITTLE.total_seconds + SLACK_SECONDS
        assert (answer.status_code, answer.json["code"]) == (503, "wechat_unavailable")
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
        assert stored() == (0, 0, 0, 0)
        emulator.mend()
        assert sign_in(client, emulator.login_code()).status_code == 201

    def test_a_wechat_that_is_not_there_is_the_same(self, app, client, emulator, monkeypatch):
        program = MiniProgram("wx0", "secret", "http://127.0.0.1:9", patience=LITTLE)
        with monkeypatch.context() as patch:
            patch.setitem(app.extensions, "heartport.login", program.login)
            assert sign_in(client, emulator.login_code()).status_code == 503
        assert stored() == (0, 0, 0, 0)

    def test_those_who_are_signed_in_notice_nothing(self, app, emulator):
        person = signed_in(app, "openid-of-one")
        emulator.fault("drop")
        assert person.get("me").status_code == 200


@pytest.fixture
def log(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """All that the process writes on standard error, at the level that tells most."""
    written = io.StringIO()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", written)
        logs.configure("DEBUG")
        yield written
    logs.configure(app.extensions["heartport.settings"].log_level)


OPENID, SESSION_KEY, UNIONID = "oTheOpenidOfThePerson0000001", "VGhlU2Vzc2lvbktleQ==", "uTheUnionidOfThePerson000001"
SECRETS = (OPENID, SESSION_KEY, UNIONID)


class TestSecrecy:
    @pytest.fixture(autouse=True)
    def known_answer(self, emulator: Emulator) -> None:
        text = f'{{"openid":"{OPENID}","session_key":"{SESSION_KEY}","unionid":"{UNIONID}"}}'
        emulator.fault("answer", text=text)

    def check(self, log: io.StringIO, *told: str) -> None:
        assert '"request"' in log.getvalue()  # So that the log is known to be the right one.
        for text in (log.getvalue(), *told):
            assert not any(secret in text for secret in SECRETS)

    def test_neither_answer_nor_log_tell_openid_or_session_key(self, client, emulator, log):
        code = emulator.login_code()
        answer = sign_in(client, code)
        assert answer.status_code == 201
        self.check(log, answer.get_data(as_text=True), str(answer.headers))
        assert code not in log.getvalue()
        assert answer.json["token"] not in log.getvalue()
        assert answer.json["member"]["id"] not in log.getvalue()

    @pytest.mark.breaks
    def test_nor_does_an_error_whose_text_holds_them(self, client, emulator, log, monkeypatch):
        monkeypatch.setattr(sessions, "find_or_create_account", fail_with_its_arguments)
        answer = sign_in(client, emulator.login_code())
        assert answer.status_code == 500
        self.check(log, answer.get_data(as_text=True), str(answer.headers))

    @pytest.mark.breaks
    def test_nor_does_an_error_of_the_database(self, client, emulator, log, monkeypatch):
        monkeypatch.setattr(sessions, "new_public_id", lambda: None)
        answer = sign_in(client, emulator.login_code())
        assert answer.status_code == 500
        self.check(log, answer.get_data(as_text=True))

    def test_the_session_key_and_the_unionid_are_not_kept(self, client, emulator):
        sign_in(client, emulator.login_code())
        with reading(Store.MAIN) as session:
            row = session.execute(select(Account.__table__)).one()
        assert not any(secret in str(row) for secret in SECRETS)

    def test_a_log_line_with_an_openid_would_be_caught(self, client, emulator, log, monkeypatch):
        def telling(code: str) -> str:
            structlog.get_logger().info("signed_in", openid=OPENID)
            return OPENID

        monkeypatch.setitem(client.app.extensions, "heartport.login", telling)
        sign_in(client, emulator.login_code())
        with pytest.raises(AssertionError):
            self.check(log)


def fail_with_its_arguments(openid: str) -> None:
    raise RuntimeError(f"cannot make the account of {openid} {SESSION_KEY} {UNIONID}")
