"""Loads one scale file: reads it, checks everything, and compiles it, or refuses it with every problem."""

import re
from hashlib import sha256

from heartport.scoring.constructs import Definition
from heartport.scoring.example_checks import run_examples
from heartport.scoring.language import Scale, compile_scale
from heartport.scoring.linter import lint
from heartport.scoring.places import Place
from heartport.scoring.problems import Report, ScalesRefused
from heartport.scoring.reader import read_nodes
from heartport.scoring.sections import read_definition

RETIRED = re.compile(rb"^(status: *)retired\b", re.MULTILINE)


def load_scale(data: bytes, file: str) -> Scale:
    """Make a scale of the bytes of a file; raise `ScalesRefused` if anything at all is wrong with it."""
    report = Report(file)
    node = read_nodes(data, report)
    if node is None:
        raise ScalesRefused(report.problems)
    definition = read_definition(Place(node, (), report), report)
    lint(definition, report)
    scale = _compiled(definition, data, report)
    run_examples(scale, report)
    return _sound(scale, report)


def _compiled(definition: Definition, data: bytes, report: Report) -> Scale:
    if report.problems:
        raise ScalesRefused(report.problems)
    published = RETIRED.sub(rb"\1published", data, count=1) if definition.status == "retired" else data
    return compile_scale(definition, sha256(data).hexdigest(), sha256(published).hexdigest())


def _sound(scale: Scale, report: Report) -> Scale:
    if report.problems:
        raise ScalesRefused(report.problems)
    return scale
