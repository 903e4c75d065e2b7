"""Reads the captions of a track: WebVTT with cues of text and nothing else."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from heartport.library.bodies import Wrong

TIME = r"(?:([0-9]{2,}):)?([0-5][0-9]):([0-5][0-9])\.([0-9]{3})"
TIMES = re.compile(rf"{TIME} --> {TIME}\Z")
WIDEST = 60
"""Characters of one cue: three lines of twenty on a phone."""


@dataclass(frozen=True, slots=True)
class Cue:
    """What is shown from one moment to another, in milliseconds from the beginning."""

    starts_ms: int
    ends_ms: int
    text: str


def read_captions(text: str, seconds: int) -> tuple[tuple[Cue, ...], tuple[Wrong, ...]]:
    """Return the cues of a track of so many seconds, and what is wrong, each with its line."""
    lines = [(place, line.rstrip()) for place, line in enumerate(text.split("\n"), start=1)]
    stretches = [list(group) for is_text, group in groupby(lines, key=lambda each: bool(each[1])) if is_text]
    if not stretches or stretches[0] != [(1, "WEBVTT")]:
        return (), (Wrong(1, "The first line is WEBVTT, and the next is empty."),)
    found = [_cue(stretch) for stretch in stretches[1:] if not stretch[0][1].startswith("NOTE")]
    cues = [(line, each) for line, each in found if isinstance(each, Cue)]
    wrongs = [each for _, each in found if isinstance(each, Wrong)]
    wrongs += [*_misplaced(cues, seconds), *_too_wide(cues)]
    if not cues and not wrongs:
        wrongs = [Wrong(1, "There is no cue.")]
    return tuple(cue for _, cue in cues), tuple(sorted(wrongs, key=lambda each: each.line))


def _cue(stretch: Sequence[tuple[int, str]]) -> tuple[int, Cue | Wrong]:
    line, times = stretch[0]
    found = TIMES.match(times)
    text = "\n".join(each for _, each in stretch[1:])
    if not found:
        return line, Wrong(line, "A cue begins with its times, such as 00:05.000 --> 00:09.500.")
    if not text or "<" in text or "-->" in text:
        return line, Wrong(line, "A cue holds text and no marks.")
    return line, Cue(_milliseconds(found.groups()[:4]), _milliseconds(found.groups()[4:]), text)


def _milliseconds(parts: Sequence[str | None]) -> int:
    hours, minutes, seconds, rest = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest


def _misplaced(cues: Sequence[tuple[int, Cue]], seconds: int) -> Iterator[Wrong]:
    for line, cue in cues:
        if cue.ends_ms <= cue.starts_ms:
            yield Wrong(line, "The cue ends before it begins.")
        if cue.ends_ms > seconds * 1000:
            yield Wrong(line, f"The cue ends after the {seconds} seconds of its track.")
    for (_, before), (line, after) in pairwise(cues):
        if after.starts_ms < before.ends_ms:
            yield Wrong(line, "The cue begins before the one above it ends.")


def _too_wide(cues: Sequence[tuple[int, Cue]]) -> Iterator[Wrong]:
    for line, cue in cues:
        if len(cue.text) > WIDEST:
            yield Wrong(line, f"The cue has {len(cue.text)} characters; {WIDEST} are the most.")
