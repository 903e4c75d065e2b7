"""Files of units: a YAML list in which each unit names its key, its name, its level and the key of its parent."""

from pathlib import Path

from marshmallow import Schema, fields, validate

from heartport.content import NOT_BLANK, ContentRefused, read_content
from heartport.units.rules import Level, UnitEntry, tree_problems
from heartport.units.tree import Changes, stored_entries, take_over

KEY = validate.Regexp(r"[a-z0-9][a-z0-9-]{0,39}\Z", error="Must be 1 to 40 of a-z, 0-9 and -.")
PRINTABLE = r"[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]*\Z"


class UnitLine(Schema):
    """One unit as an administrator writes it."""

    key = fields.String(required=True, validate=KEY)
    name = fields.String(
        required=True,
        validate=[
            NOT_BLANK,
            validate.Length(max=60),
            validate.Regexp(PRINTABLE, error="Must not hold control characters."),
        ],
    )
    level = fields.Enum(Level, by_value=True, required=True)
    parent = fields.String(load_default=None, validate=KEY)


class UnitsFile(Schema):
    """All units of a file, in any order."""

    units = fields.List(fields.Nested(UnitLine), required=True, validate=validate.Length(min=1))


def read_units(path: Path) -> list[UnitEntry]:
    """Return the units of a file; raises `ContentRefused` with every problem and its place."""
    return [UnitEntry(**line) for line in read_content(path, UnitsFile())["units"]]


def load_units(path: Path) -> Changes:
    """Bring the stored tree to what a file says; raises `ContentRefused`, having changed nothing."""
    entries = read_units(path)
    if problems := tree_problems(entries, stored_entries()):
        raise ContentRefused([f"{path} › {problem}" for problem in problems])
    return take_over(entries)
