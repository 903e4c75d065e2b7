import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, update

from heartport.errors import Invalid
from heartport.members.models import Account
from heartport.members.profiles import Profile, read_profile, save_profile
from heartport.stores import Store, reading, write_transaction
from heartport.vault.providers import WrongKey
from tests.conftest import Person, signed_in

FULL = {"nickname": "小林", "sex": "female", "birth_year": 1990, "age_group": "18+"}
UNSAID = {"nickname": None, "sex": None, "birth_year": None, "age_group": None}


@pytest.fixture
def person(app) -> Person:
    return signed_in(app, "openid-of-one")


def shown(person: Person) -> dict[str, object]:
    answer = person.get("me").json
    return {name: answer[name] for name in FULL}


def test_at_first_everything_is_unsaid(person):
    assert shown(person) == UNSAID


def test_a_profile_that_was_saved_comes_back(person):
    answer = person.put("me", FULL)
    assert answer.status_code == 200
    assert {name: answer.json[name] for name in FULL} == shown(person) == FULL


def test_putting_replaces_the_whole_profile(person):
    person.put("me", FULL)
    person.put("me", {"age_group": "18+"})
    assert shown(person) == UNSAID | {"age_group": "18+"}


def test_putting_null_unsays_it(person):
    person.put("me", FULL)
    person.put("me", {"nickname": None, "sex": None, "birth_year": None, "age_group": "under_16"})
    assert shown(person) == UNSAID | {"age_group": "under_16"}


def test_another_persons_profile_stays_as_it_is(app, person):
    other = signed_in(app, "openid-of-another")
    other.put("me", FULL)
    person.put("me", {"nickname": "阿敏", "age_group": "16-17"})
    assert shown(other) == FULL


WRONG = [
    ("nickname", "x" * 21, "须为 1 至 20 个字。"),
    ("nickname", "心" * 21, "须为 1 至 20 个字。"),
    ("nickname", "🙂" * 21, "须为 1 至 20 个字。"),
    ("nickname", "", "须为 1 至 20 个字。"),
    ("nickname", 7, "须为文字。"),
    ("nickname", True, "须为文字。"),
    ("nickname", ["小林"], "须为文字。"),
    ("nickname", "a\0b", "不能含有控制字符。"),
    ("nickname", "a\nb", "不能含有控制字符。"),
    ("nickname", "小林\n", "不能含有控制字符。"),
    ("nickname", "\x1b[31m", "不能含有控制字符。"),
    ("nickname", "a\x7f", "不能含有控制字符。"),
    ("nickname", "a\x85b", "不能含有控制字符。"),
    ("nickname", "a\u2028b", "不能含有控制字符。"),
    ("nickname", "\u202egnp.exe", "不能含有控制字符。"),
    ("nickname", "\u2066a\u2069", "不能含有控制字符。"),
    ("sex", "f", "只能是 female、male、other 之一。"),
    ("sex", "FEMALE", "只能是 female、male、other 之一。"),
    ("sex", "", "只能是 female、male、other 之一。"),
    ("sex", 1, "须为文字。"),
    ("sex", True, "须为文字。"),
    ("birth_year", True, "须为整数。"),
    ("birth_year", False, "须为整数。"),
    ("birth_year", 1990.0, "须为整数。"),
    ("birth_year", "1990", "须为整数。"),
    ("birth_year", [1990], "须为整数。"),
    ("birth_year", 1905, "须为 1906 至 2026 的年份。"),
    ("birth_year", 2027, "须为 1906 至 2026 的年份。"),
    ("birth_year", -1, "须为 1906 至 2026 的年份。"),
    ("birth_year", 0, "须为 1906 至 2026 的年份。"),
    ("birth_year", 2**63 - 1, "须为 1906 至 2026 的年份。"),
    ("birth_year", 2015, "与所选年龄段不符。"),
    ("age_group", "adult", "只能是 under_16、16-17、18+ 之一。"),
    ("age_group", "", "只能是 under_16、16-17、18+ 之一。"),
    ("age_group", None, "不能为空。"),
    ("age_group", 18, "须为文字。"),
    ("age_group", True, "须为文字。"),
    ("age_group", "16-17", "与出生年份不符。"),
    ("openid", "o", "没有这个字段。"),
    ("id", "other", "没有这个字段。"),
    ("roles", ["admin"], "没有这个字段。"),
    ("unit", "other", "没有这个字段。"),
]


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(("name", "value", "message"), WRONG, ids=range(len(WRONG)))
def test_each_wrong_field_is_named_in_chinese_and_nothing_changes(person, name, value, message):
    person.put("me", FULL)
    answer = person.put("me", FULL | {"nickname": "changed"} | {name: value})
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")
    assert answer.json["errors"][name] == [message]
    contradiction = {"birth_year", "age_group"} if "不符" in message else {name}
    assert set(answer.json["errors"]) == contradiction
    assert shown(person) == FULL


def test_a_wrong_value_is_never_sent_back(person):
    answer = person.put("me", {"nickname": "secret-nickname-too-long", "sex": "secret-sex", "age_group": "secret-age"})
    assert answer.status_code == 422
    assert "secret" not in answer.get_data(as_text=True)


@pytest.mark.usefixtures("clock")
def test_all_wrong_fields_are_named_at_once(person):
    answer = person.put("me", {"nickname": "x" * 21, "sex": "f", "birth_year": 1700, "age_group": "old", "more": 1})
    assert set(answer.json["errors"]) == {"nickname", "sex", "birth_year", "age_group", "more"}


@pytest.mark.usefixtures("clock")
def test_a_contradiction_is_named_beside_the_other_errors(person):
    answer = person.put("me", {"nickname": "x" * 21, "birth_year": 2015, "age_group": "18+"})
    assert set(answer.json["errors"]) == {"nickname", "birth_year", "age_group"}


def test_the_age_group_is_asked_for(person):
    answer = person.put("me", {"nickname": "小林"})
    assert answer.json["errors"] == {"age_group": ["必须填写。"]}


@pytest.mark.parametrize("body", [[], [FULL], "age_group", 7, True])
def test_the_body_is_one_object(person, body):
    answer = person.put("me", body)
    assert (answer.status_code, answer.json["errors"]) == (422, {"body": ["须为一个 JSON 对象。"]})


@pytest.mark.parametrize(
    "text",
    [
        '{"nickname":"\\ud83d","age_group":"18+"}',
        '{"nickname":"a","nickname":"b","age_group":"18+"}',
        '{"birth_year":1e400,"age_group":"18+"}',
        '{"birth_year":NaN,"age_group":"18+"}',
        '{"birth_year":' + "9" * 10_000 + ',"age_group":"18+"}',
        '{"age_group":"18+"',
    ],
    ids=["lone surrogate", "twice", "infinite", "not a number", "ten thousand nines", "cut off"],
)
def test_what_is_no_sound_json_is_refused_and_changes_nothing(person, text):
    answer = person.call("PUT", "me", data=text, content_type="application/json")
    assert answer.status_code == 400
    assert shown(person) == UNSAID


@pytest.mark.parametrize(
    "nickname",
    ["林", "心" * 20, "🙂" * 20, "👨‍👩‍👧‍👦", "O'Brien \"<b>\\", '"' * 20, "\\" * 20, "ñandú", "𠮷野家", " 小 林 "],
    ids=range(10),
)
def test_every_other_nickname_is_kept_as_it_was_sent(person, nickname):
    assert person.put("me", {**FULL, "nickname": nickname}).status_code == 200
    assert shown(person)["nickname"] == nickname


@pytest.mark.parametrize(
    "profile",
    [
        Profile(),
        Profile(age_group="18+"),
        Profile("🙂" * 20, "female", 2016, "under_16"),
        Profile('"' * 20, "female", 2016, "under_16"),
    ],
    ids=range(4),
)
def test_every_sealed_profile_has_one_length(app, clock, profile):
    account_id = signed_in(app, "openid-of-one").account_id
    save_profile(account_id, profile)
    with reading(Store.MAIN) as session:
        assert session.execute(select(func.length(Account.profile_sealed))).scalar() == 286
    assert read_profile(account_id) == profile


def test_the_service_refuses_a_contradiction_too(app, clock):
    account_id = signed_in(app, "openid-of-one").account_id
    with pytest.raises(Invalid):
        save_profile(account_id, Profile(birth_year=2015, age_group="18+"))
    assert read_profile(account_id) == Profile()


def test_whose_birthday_it_may_be_is_judged_by_the_local_date(app, clock):
    clock.moment = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    person = signed_in(app, "openid-of-one")
    body = {"birth_year": 2027, "age_group": "under_16"}
    assert person.put("me", body).status_code == 422
    clock.advance(minutes=1)
    assert person.put("me", body).status_code == 200


@pytest.mark.breaks
def test_a_profile_that_was_copied_to_another_account_does_not_open(app):
    one, other = signed_in(app, "openid-of-one"), signed_in(app, "openid-of-another")
    one.put("me", FULL)
    with reading(Store.MAIN) as session:
        sealed = session.execute(select(Account.profile_sealed).where(Account.id == one.account_id)).scalar_one()
    statement = update(Account).where(Account.id == other.account_id).values(profile_sealed=sealed)
    write_transaction(Store.MAIN, lambda session: session.execute(statement) and None)
    with pytest.raises(WrongKey):
        read_profile(other.account_id)
    answer = other.get("me")
    assert answer.status_code == 500
    assert "小林" not in json.dumps(answer.json, ensure_ascii=False)
