"""How a person's library is laid out: it comes back as it was, and its fullest form fits whatever is in it."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from flask import Flask

from heartport.members.standing import read_standing
from heartport.own_library import rules
from heartport.own_library.layout import EPOCH, decode, encode
from heartport.own_library.rules import Given, Opinion, OwnLibrary, Trace, Why
from heartport.own_library.service import change_own_library, read_own_library
from heartport.vault.records import RecordTooLong
from tests.conftest import Person

DAY = date(2026, 11, 22)
MOMENT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def full(favourites: int = rules.MOST_FAVOURITES) -> OwnLibrary:
    """Return as much as there can be, all of it at random, which deflates to no less."""
    draw = Random(7)

    def day() -> date:
        return EPOCH + timedelta(days=draw.randrange(0x10000))

    def trace() -> Trace:
        opinion, why = draw.choice([None, *Opinion]), draw.choice([None, *Why])
        moment = datetime.fromtimestamp(1 + draw.randrange(0xFFFFFFFF), UTC)
        seconds = draw.randrange(rules.LONGEST_SECONDS + 1)
        return Trace(day(), draw.random() < 0.5, draw.random() < 0.5, opinion, why, seconds, moment)

    def given() -> Given:
        return Given(draw.randbytes(6), day(), draw.choice([*Why]), draw.randbytes(6), draw.choice([None, *Opinion]))

    return OwnLibrary(
        favourites={draw.randbytes(6): day() for _ in range(favourites)},
        traces={draw.randbytes(6): trace() for _ in range(rules.MOST_TRACES)},
        given=tuple(given() for _ in range(rules.MOST_GIVEN)),
        drawn=5,
        grounds=draw.randbytes(6),
        cleared_at=MOMENT,
    )


@pytest.mark.parametrize(
    "own",
    [
        OwnLibrary(),
        OwnLibrary(paused=True, cleared_at=MOMENT),
        OwnLibrary(
            favourites={b"second": DAY, b"first.": DAY},
            traces={b"never.": Trace(DAY), b"heard.": Trace(DAY, True, seconds=90, heard_at=MOMENT)},
            given=(Given(b"rain..", DAY, Why.LIGHT), Given(b"waves.", DAY, Why.RESULT, b"advice")),
            drawn=2,
            grounds=b"ground",
        ),
        full(),
    ],
    ids=["empty", "paused", "some", "full"],
)
def test_it_comes_back_as_it_was_in_its_order(own: OwnLibrary) -> None:
    again = decode(encode(own))
    assert again == own
    assert (list(again.favourites), list(again.traces)) == (list(own.favourites), list(own.traces))


@pytest.mark.parametrize("why", Why)
@pytest.mark.parametrize("opinion", [None, *Opinion])
def test_every_reason_and_every_opinion_has_its_place(why: Why, opinion: Opinion | None) -> None:
    own = OwnLibrary(
        traces={b"rain..": Trace(DAY, opinion=opinion, why=why)}, given=(Given(b"rain..", DAY, why, b"", opinion),)
    )
    assert decode(encode(own)) == own


def test_the_fullest_fits_into_its_one_length_and_control_more_does_not(app: Flask, employee: Person) -> None:
    standing, most = read_standing(employee.account_id), full()
    change_own_library(standing, lambda _: most)
    assert read_own_library(standing) == most
    with pytest.raises(RecordTooLong):
        change_own_library(standing, lambda _: full(rules.MOST_FAVOURITES + 10))
    assert read_own_library(standing) == most
