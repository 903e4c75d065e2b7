"""Files over HTTP as players ask for them: in parts, with their length, by addresses that nobody can make up."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from heartport.config import load_settings
from heartport.library import media
from heartport.library.loading import load_library
from heartport.library.rules import ThingKind
from heartport.library.shelf import find_thing
from tests.conftest import Clock, Person, signed_in
from tests.library.shelves import load_shipped, shipped_library, small_library
from tests.library.test_loading import edit_here


@pytest.fixture
def reader(app: Flask) -> Person:
    load_shipped()
    return signed_in(app, "openid-of-a-reader-0000000001")


@pytest.fixture
def rain(reader: Person) -> dict:
    """A track as a client sees it."""
    return reader.get("tracks/rain").json


def content_of(name: str) -> bytes:
    track = next(each for each in shipped_library().tracks if each.slug == "rain")
    return {"media": track.media, "captions": track.captions, "cover": track.cover}[name].read_bytes()


def fetch(app: Flask, url: str, method: str = "GET", **headers: str):
    """Fetch as a player does, which sends no token."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = Person(app).call(method, url, headers=named)
    assert answer.data is not None  # read to its end
    answer.close()
    return answer


def test_a_track_its_captions_and_its_cover_are_whole_and_of_their_type(app: Flask, rain: dict):
    for name, url, content_type in (
        ("media", rain["media"]["url"], "audio/mp4"),
        ("captions", rain["captions"]["url"], "text/vtt; charset=utf-8"),
        ("cover", rain["cover"], "image/svg+xml; charset=utf-8"),
    ):
        answer = fetch(app, url)
        assert (answer.status_code, answer.content_type) == (200, content_type)
        assert answer.data == content_of(name)
        assert answer.headers["Accept-Ranges"] == "bytes"
        assert re.fullmatch(r"public, max-age=\d+, immutable", answer.headers["Cache-Control"])
        assert answer.headers["Content-Length"] == str(len(answer.data))
    assert rain["media"]["bytes"] == len(content_of("media"))
    assert rain["media"]["content_type"] == "audio/mp4"


SIZE = len(content_of("media"))


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-", (0, SIZE - 1)),
        ("bytes=0-1", (0, 1)),
        ("bytes=100-199", (100, 199)),
        ("bytes=-50", (SIZE - 50, SIZE - 1)),
        (f"bytes={SIZE - 1}-", (SIZE - 1, SIZE - 1)),
        (f"bytes=5-{SIZE * 9}", (5, SIZE - 1)),
    ],
)
def test_a_part_is_that_part_and_says_which(app: Flask, rain: dict, asked: str, part: tuple[int, int]):
    answer = fetch(app, rain["media"]["url"], Range=asked)
    first, last = part
    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert answer.data == content_of("media")[first : last + 1]
    assert answer.headers["Content-Length"] == str(last - first + 1)


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", "bytes=9-5", "bytes=x-y", "bytes=", "bytes=-0", "bytes=--1"])
def test_a_part_that_makes_no_sense_is_refused_with_the_size(app: Flask, rain: dict, asked: str):
    answer = fetch(app, rain["media"]["url"], Range=asked)
    assert (answer.status_code, answer.json["code"]) == (416, "range_not_satisfiable")
    assert answer.headers["Content-Range"] == f"bytes */{SIZE}"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("asked", ["bytes=0-1,5-9", "lines=1-2", "seconds", "bytes=0-0,-1", "x" * 5000])
def test_several_parts_and_other_units_are_answered_with_the_whole(app: Flask, rain: dict, asked: str):
    answer = fetch(app, rain["media"]["url"], Range=asked)
    assert (answer.status_code, len(answer.data)) == (200, SIZE)


def test_head_says_all_of_it_and_sends_nothing(app: Flask, rain: dict):
    for headers in ({}, {"Range": "bytes=0-9"}):
        answer = fetch(app, rain["media"]["url"], "HEAD", **headers)
        assert (answer.status_code, answer.data) == (200, b"")
        assert answer.headers["Content-Length"] == str(SIZE)
        assert answer.headers["Accept-Ranges"] == "bytes"


def test_the_rest_comes_only_of_the_same_content(app: Flask, rain: dict):
    tag = fetch(app, rain["media"]["url"]).headers["ETag"]
    assert fetch(app, rain["media"]["url"], Range="bytes=9-", If_Range=tag).status_code == 206
    assert fetch(app, rain["media"]["url"], Range="bytes=9-", If_Range='"other"').status_code == 200
    assert fetch(app, rain["media"]["url"], If_None_Match=tag).status_code == 304


def test_an_address_that_was_altered_leads_nowhere(app: Flask, rain: dict):
    url = rain["media"]["url"]
    _, _, _, _, signature, name = url.split("/")
    day, mac = signature.split(".")
    for altered in (
        url.replace(mac, mac[::-1]),
        url.replace(f"{day}.", f"{int(day) + 30}."),
        url.replace(name, "waves.m4a"),
        url.replace(name, "nowhere.m4a"),
        url.replace(name, "..%2Fhotlines.yaml"),
        url.replace(name, "rain.vtt"),
        url.replace(signature, "x"),
    ):
        answer = fetch(app, altered)
        assert answer.status_code == 404, altered
        assert answer.json["code"] in ("media_unknown", "not_found")


def test_an_address_ends_and_says_so(app: Flask, clock: Clock, reader: Person):
    url = reader.get("tracks/rain").json["media"]["url"]
    clock.advance(days=29)
    assert fetch(app, url).status_code == 200
    clock.advance(days=31)
    answer = fetch(app, url)
    assert (answer.status_code, answer.json["code"]) == (403, "media_expired")
    fresh = signed_in(app, "openid-of-a-reader-0000000001").get("tracks/rain").json["media"]["url"]
    assert fetch(app, fresh).status_code == 200


def test_the_address_stays_the_same_so_that_caches_work(reader: Person, rain: dict):
    assert reader.get("tracks/rain").json["media"] == rain["media"]


def test_what_is_not_shown_is_not_sent(app: Flask, rain: dict):
    edit_here((ThingKind.TRACK, "rain"), status="retired")
    app.extensions["heartport.library"].looked_at = 0.0
    assert fetch(app, rain["media"]["url"]).json["code"] == "media_unknown"


def test_a_file_that_was_changed_and_not_loaded_is_not_sent_as_what_it_was(app: Flask, tmp_path: Path, monkeypatch):
    load_library(small_library(tmp_path))
    monkeypatch.setitem(app.extensions, "heartport.media", replace(media.current_media(), folder=tmp_path))
    url = media.address_of(find_thing(ThingKind.TRACK, "rain").document["files"]["media"])
    assert fetch(app, url).data == b"sound"
    (tmp_path / "media" / "rain.m4a").write_bytes(b"another sound")
    assert fetch(app, url).json["code"] == "media_unknown"
    (tmp_path / "media" / "rain.m4a").unlink()
    assert fetch(app, url).json["code"] == "media_unknown"


def test_nginx_is_told_where_the_file_lies_and_gets_no_bytes(app: Flask, rain: dict, monkeypatch):
    monkeypatch.setitem(app.extensions, "heartport.media", replace(media.current_media(), accel="/_media/"))
    answer = fetch(app, rain["media"]["url"], Range="bytes=0-9")
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["X-Accel-Redirect"] == "/_media/media/rain.m4a"
    assert answer.content_type == "audio/mp4"
    assert "X-Accel-Redirect" not in fetch(app, rain["media"]["url"].replace(".m4a", ".mp4")).headers


@pytest.mark.parametrize(
    ("settings", "beginning"),
    [
        ({}, "/api/v1/media/"),
        ({"HEARTPORT_MEDIA_BASE_URL": "https://cdn.example/x/"}, "https://cdn.example/x/media/rain.m4a?v="),
        (
            {
                "HEARTPORT_MEDIA_BASE_URL": "https://store.example/bucket",
                "HEARTPORT_MEDIA_KEY_ID": "id",
                "HEARTPORT_MEDIA_SECRET_KEY": "secret",
            },
            "https://store.example/bucket/media/rain.m4a?X-Amz-Algorithm=",
        ),
    ],
)
def test_settings_choose_where_files_are_fetched(app: Flask, reader: Person, monkeypatch, settings, beginning):
    monkeypatch.setitem(app.extensions, "heartport.media", media.current_media())
    media.init_app(app, load_settings({"HEARTPORT_DEMO": "1", **settings}))
    assert reader.get("tracks/rain").json["media"]["url"].startswith(beginning)
    assert all(
        each["cover"].startswith(beginning.partition("media/")[0]) for each in reader.get("articles").json["items"]
    )
