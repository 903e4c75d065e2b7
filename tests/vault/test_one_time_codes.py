import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from heartport.vault.one_time_codes import code_at, matching_steps, new_secret, secret_address, step_of

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
STEP = timedelta(seconds=30)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_rfc_6238(seconds, code):
    """Appendix B lists eight digits; an app shows the last six."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    assert code_at(RFC_SECRET, moment) == code
    assert matching_steps(RFC_SECRET, code, moment) == {step_of(moment)}


@pytest.mark.parametrize(("steps", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_ahead_or_behind(steps, counts):
    code = code_at(RFC_SECRET, AT + steps * STEP)
    assert matching_steps(RFC_SECRET, code, AT) == ({step_of(AT) + steps} if counts else set())


def test_without_a_secret_no_code_counts():
    assert matching_steps(None, code_at("A" * 32, AT), AT) == set()


@pytest.mark.parametrize("code", ["", "1", "12345", "1234567", "abcdef", "１２３４５６", "-12345", "🙂", "\0" * 6])
def test_whatever_is_no_code_counts_for_nothing(code):
    assert matching_steps(RFC_SECRET, code, AT) == set()


def test_a_code_may_be_typed_with_a_space():
    code = code_at(RFC_SECRET, AT)
    assert matching_steps(RFC_SECRET, f" {code[:3]} {code[3:]}", AT)


def test_secrets_are_random_and_long_enough():
    secrets = {new_secret() for _ in range(20)}
    assert len(secrets) == 20
    assert {len(base64.b32decode(each)) for each in secrets} == {20}


def test_an_app_reads_the_address():
    address = urlsplit(secret_address(RFC_SECRET, "alice"))
    assert (address.scheme, address.netloc, unquote(address.path)) == ("otpauth", "totp", "/HeartPort:alice")
    assert parse_qs(address.query) == {"secret": [RFC_SECRET], "issuer": ["HeartPort"]}
