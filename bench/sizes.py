"""How much of everything a run does; `--quick` only shows that every measurement works."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """Counts of one round, unless they say otherwise."""

    rehearsals: int = 1
    """Rounds before the first, which do not count."""
    people: int = 500
    """Accounts; each of them submits once a round, so that all are far from the limit of writes an account."""
    connections: int = 16
    bare_requests: int = 6000
    tagged_requests: int = 1500
    inserting_seconds: int = 2
    scorings: int = 20_000
    growing_people: int = 100
    stored: tuple[int, int, int] = (10_000, 100_000, 1_000_000)
    """Records of other people in the vault, for each of three stores."""
    sealed_people: int = 100_000
    sealed_counted: int = 6400
    """How many of them are counted a round."""
    batch_rows: int = 1_000_000
    bookings: int = 2000
    contests: int = 10
    """Hours a round that 48 clients want."""


FULL = Sizes()
QUICK = Sizes(
    rehearsals=0,
    people=24,
    connections=8,
    bare_requests=1000,
    tagged_requests=100,
    inserting_seconds=1,
    scorings=500,
    growing_people=5,
    stored=(50, 100, 200),
    batch_rows=20_000,
    bookings=100,
    contests=2,
    sealed_people=200,
    sealed_counted=64,
)
