"""Sealed copies of results: what one counsellor may read for one appointment, each under a key of its own.

The key is found by appointment, counsellor and a number. A counsellor who takes over an appointment computes another
address, so that no copy follows.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

import orjson

from heartport.assessments.records import Record, decode, encode
from heartport.assessments.shelf import current_shelf
from heartport.vault.copies import copy_under
from heartport.vault.door import current_vault

PLACES = range(5)
"""So many results can be shared for one appointment: more than a conversation of an hour can look at."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who may read a copy, and for which appointment."""

    appointment_id: str
    counsellor_id: str


@dataclass(frozen=True, slots=True)
class Copy:
    """What a counsellor reads: the record without answers, and the day on which it was shared."""

    record: Record
    on: date


def link_of(reader: Reader, number: int) -> bytes:
    """Return where the key of a copy stands."""
    return current_vault().copy_keys.link_of(reader.appointment_id, reader.counsellor_id, number)


def links_of(readers: Iterable[Reader]) -> list[bytes]:
    """Return all places in which there may be keys for these readers."""
    return [link_of(reader, number) for reader in readers for number in PLACES]


def copies_for(reader: Reader) -> list[Copy]:
    """Return what one reader may read for one appointment, in the order in which places were taken."""
    keys = current_vault().copy_keys.open(links_of([reader]))
    found = (copy_under(keys[link]).read() for link in links_of([reader]) if link in keys)
    return [_decode_copy(each.payload) for each in found if each.payload]


def encode_copy(copy: Copy) -> bytes:
    """Return the compact form that is sealed, without what a counsellor is not to read."""
    return orjson.dumps({"on": copy.on.isoformat(), "record": orjson.Fragment(encode(_without_answers(copy.record)))})


def _decode_copy(payload: bytes) -> Copy:
    fields = orjson.loads(payload)
    return Copy(decode(orjson.dumps(fields["record"])), date.fromisoformat(fields["on"]))


def _without_answers(record: Record) -> Record:
    """Return what a counsellor may know of a record: what came of it, not what was answered, where and how fast.

    Sex and birth year stay only where norms or bands of the scale may differ by them.
    """
    scale = current_shelf().version(record.scale_id, record.scale_version)
    differs = scale and (scale.norms or any(each.by_sex for bands in scale.bands for each in bands.sets))
    profile = record.profile if differs else {}
    return replace(record, answers={}, profile=profile, duration_ms=None, consents=(), unit=None)
