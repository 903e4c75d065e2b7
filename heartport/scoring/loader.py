"""Loads one scale file: reads it, checks everything, and compiles it, or refuses it with every problem."""

import re
from dataclasses import dataclass
from hashlib import sha256

from heartport.scoring.constructs import Definition
from heartport.scoring.example_checks import run_examples
from heartport.scoring.language import Scale, compile_scale
from heartport.scoring.linter import lint
from heartport.scoring.overlays import overlaid
from heartport.scoring.places import Place
from heartport.scoring.problems import Report, ScalesRefused
from heartport.scoring.reader import read_nodes
from heartport.scoring.sections import read_definition

RETIRED = re.compile(rb"^(status: *)retired\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of a file and its name."""

    data: bytes
    file: str


def load_scale(data: bytes, file: str, wording: Source | None = None) -> Scale:
    """Make a scale of the bytes of a file, with the words of an overlay if there is one.

    Raises `ScalesRefused` if anything at all is wrong with either.
    """
    report = Report(file)
    node = read_nodes(data, report)
    if node is None:
        raise ScalesRefused(report.problems)
    definition = read_definition(Place(node, (), report), report)
    lint(definition, report)
    scale = _compiled(definition, data, wording, report)
    run_examples(scale, report)
    _refuse_any(report)
    return scale


def _compiled(definition: Definition, data: bytes, wording: Source | None, report: Report) -> Scale:
    _refuse_any(report)
    if wording is not None:
        definition = _overlaid(definition, wording)
    published = RETIRED.sub(rb"\1published", data, count=1) if definition.status == "retired" else data
    return compile_scale(definition, _digest(data), _digest(published), _digest(wording.data) if wording else None)


def _overlaid(definition: Definition, wording: Source) -> Definition:
    report = Report(wording.file)
    node = read_nodes(wording.data, report)
    if node is not None:
        definition = overlaid(definition, Place(node, (), report), report)
    _refuse_any(report)
    return definition


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def _refuse_any(report: Report) -> None:
    if report.problems:
        raise ScalesRefused(report.problems)
