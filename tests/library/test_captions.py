import pytest

from heartport.library.captions import Cue, read_captions

RIGHT = """WEBVTT

00:00.000 --> 00:05.800
驾驶时请勿收听

NOTE 给编辑看的话

01:00:00.000 --> 01:00:02.500
两行
字
"""


def test_cues_are_read_in_milliseconds():
    cues, wrongs = read_captions(RIGHT, 3700)
    assert wrongs == ()
    assert cues == (Cue(0, 5800, "驾驶时请勿收听"), Cue(3_600_000, 3_602_500, "两行\n字"))


CUE = "00:01.000 --> 00:02.000\n字\n"


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("", 1, "The first line is WEBVTT"),
        ("1\n" + CUE, 1, "The first line is WEBVTT"),
        ("WEBVTT\n" + CUE, 1, "The first line is WEBVTT"),
        ("WEBVTT\n\n", 1, "There is no cue."),
        ("WEBVTT\n\n00:01 --> 00:02\n字", 3, "A cue begins with its times"),
        ("WEBVTT\n\n00:01,000 --> 00:02,000\n字", 3, "A cue begins with its times"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n", 3, "A cue holds text"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n<b>字</b>", 3, "A cue holds text"),
        ("WEBVTT\n\n00:02.000 --> 00:02.000\n字", 3, "The cue ends before it begins."),
        ("WEBVTT\n\n00:02.000 --> 00:10.500\n字", 3, "The cue ends after the 10 seconds"),
        ("WEBVTT\n\n" + CUE + "\n00:01.900 --> 00:03.000\n字", 6, "The cue begins before the one above it ends."),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n" + "字" * 61, 3, "The cue has 61 characters"),
    ],
)
def test_wrong_captions_are_told_by_line(text, line, what):
    _, wrongs = read_captions(text, 10)
    assert [(wrong.line, wrong.what[: len(what)]) for wrong in wrongs] == [(line, what)]
