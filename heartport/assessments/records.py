"""One taken scale as it is sealed: what was answered and what came of it, never computed again in place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

import orjson

Number = int | Fraction


@dataclass(frozen=True, slots=True)
class Record:
    """A scored answer sheet; all that is told by its id, numbers exact, with everything it was scored under."""

    scale_id: str
    scale_version: str
    scale_hash: str
    engine: str
    submitted_at: datetime
    answers: Mapping[str, Any]
    profile: Mapping[str, Any]
    scores: Mapping[str, Number | None]
    bands: Mapping[str, str | None]
    flags: tuple[str, ...]
    advice: tuple[str, ...]
    missing: tuple[str, ...]
    duration_ms: int | None
    consents: tuple[str, ...]
    unit: str | None = None
    validity: tuple[str, ...] = ()
    norm: str | None = None
    campaign: str | None = None
    """The label of the campaign in which it was taken; shown in the person's own export alone."""


def encode(record: Record) -> bytes:
    """Return the compact form that is sealed."""
    fields = {name: getattr(record, name) for name in Record.__slots__}
    fields["submitted_at"] = record.submitted_at.isoformat()
    fields["scores"] = {name: _number_out(value) for name, value in record.scores.items()}
    return orjson.dumps(fields)


def decode(payload: bytes) -> Record:
    """Return the record of a sealed form."""
    fields = orjson.loads(payload)
    fields["submitted_at"] = datetime.fromisoformat(fields["submitted_at"])
    fields["scores"] = {name: _number_in(value) for name, value in fields["scores"].items()}
    for name in ("flags", "advice", "missing", "consents", "validity"):
        fields[name] = tuple(fields.get(name, ()))
    return Record(**fields)


def _number_out(value: Number | None) -> int | str | None:
    """Return whole numbers as such and fractions as text, so that nothing is rounded on the way."""
    return str(value) if isinstance(value, Fraction) else value


def _number_in(value: int | str | None) -> Number | None:
    return Fraction(value) if isinstance(value, str) else value
