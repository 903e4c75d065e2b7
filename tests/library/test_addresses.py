"""Addresses of files: stable for caches, ours alone, ended in time; those of S3 as AWS itself writes them."""

import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from heartport.library.addresses import OwnAddresses, PlainAddresses, S3Addresses

FACTS = {"name": "media/rain.m4a", "bytes": 5, "digest": "ab" * 16}
NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


def keyed(name: str, content: bytes) -> bytes:
    return hmac.digest(b"key", name.encode() + content, "sha256")


def signature_of(address: str) -> str:
    return address.split("/")[4]


@pytest.mark.parametrize("days", [1, 7, 30, 365])
def test_an_address_is_the_same_for_a_window_and_holds_for_one_more(days):
    addresses = OwnAddresses(keyed, days)
    seen = {}
    for hours in range(0, 24 * days * 3, 7 * days):
        moment = NOW + timedelta(hours=hours)
        address = addresses.of(FACTS, moment)
        seen.setdefault(address, []).append(moment)
        until = addresses.until(signature_of(address), FACTS)
        assert timedelta(days=days) <= until - moment <= timedelta(days=2 * days)
    assert len(seen) <= 4


def test_another_file_content_day_or_key_makes_another_signature():
    address = OwnAddresses(keyed, 30).of(FACTS, NOW)
    for other in (
        OwnAddresses(keyed, 30).of({**FACTS, "name": "media/rain.mp4"}, NOW),
        OwnAddresses(keyed, 30).of({**FACTS, "digest": "cd" * 16}, NOW),
        OwnAddresses(keyed, 30).of(FACTS, NOW + timedelta(days=30)),
        OwnAddresses(lambda name, content: keyed(name, content + b"x"), 30).of(FACTS, NOW),
    ):
        assert signature_of(other) != signature_of(address)


def test_an_altered_signature_is_none_of_ours():
    addresses = OwnAddresses(keyed, 30)
    right = signature_of(addresses.of(FACTS, NOW))
    day, _, mac = right.partition(".")
    assert addresses.until(right, FACTS) is not None
    flipped = mac[:-1] + ("A" if mac[-1] != "A" else "B")
    for altered in (
        "", ".", mac, f"{day}.", f"{day}.{flipped}", f"{int(day) + 1}.{mac}", f"0{day}.{mac}", f"{day}.{mac}A",
        f"９{day[1:]}.{mac}", f"-{day}.{mac}", f"{day}.é{mac[1:]}", f"{'9' * 400}.{mac}",
    ):  # fmt: skip
        assert addresses.until(altered, FACTS) is None, altered


def test_a_presigned_address_is_the_one_of_the_worked_example_of_aws():
    """AWS, “Authenticating Requests: Using Query Parameters (AWS Signature Version 4)”, example of GET."""
    addresses = S3Addresses(
        "https://examplebucket.s3.amazonaws.com",
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "us-east-1",
    )
    address = addresses.presigned("test.txt", datetime(2013, 5, 24, tzinfo=UTC), timedelta(days=1))
    assert address == (
        "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
        "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
        "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    )


def test_a_presigned_address_is_stable_and_holds_for_three_days_and_no_more_than_seven():
    addresses = S3Addresses("https://store.example/bucket", "id", "secret", "cn-east-1")
    seen = set()
    for hours in range(0, 24 * 9, 5):
        moment = NOW + timedelta(hours=hours)
        address = addresses.of(FACTS, moment)
        seen.add(address)
        asked = parse_qs(urlsplit(address).query)
        begins = datetime.strptime(asked["X-Amz-Date"][0], "%Y%m%dT%H%M%S%z")
        ends = begins + timedelta(seconds=int(asked["X-Amz-Expires"][0]))
        assert begins <= moment
        assert ends - moment >= timedelta(days=3)
        assert int(asked["X-Amz-Expires"][0]) <= 7 * 86400
    assert len(seen) <= 4
    assert urlsplit(address).path == "/bucket/media/rain.m4a"
    assert "secret" not in address


def test_a_public_store_is_asked_anew_when_the_content_changes():
    addresses = PlainAddresses("https://cdn.example/heartport")
    assert addresses.of(FACTS, NOW) == "https://cdn.example/heartport/media/rain.m4a?v=abababab"
    assert addresses.of({**FACTS, "digest": "cd" * 16}, NOW) != addresses.of(FACTS, NOW)
