"""Which state of a booking follows which: one small table for each kind of booking, read by all of them alike."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from heartport.errors import Conflict


class BookingStateWrong(Conflict):
    """The booking stands where this step is not possible."""

    code = "booking_state"
    detail = "预约现在的状态不能进行这一步，请刷新后再看。"


@dataclass(frozen=True, slots=True)
class Move:
    """One act: from which states it is possible, and to which it leads."""

    before: Collection[str]
    after: str


@dataclass(frozen=True, slots=True)
class Machine:
    """All acts of one kind of booking; `first` is what a new one begins as, `live` are the states that hold time.

    `kind` names the kind of booking in occupancies and audit.
    """

    kind: str
    first: Collection[str]
    moves: Mapping[str, Move]
    live: Collection[str] = ()

    @property
    def states(self) -> frozenset[str]:
        """Every state that there is."""
        return frozenset([*self.first, *(each.after for each in self.moves.values())]) | {
            state for each in self.moves.values() for state in each.before
        }

    def after(self, state: str, act: str) -> str:
        """Return the state after an act; raises `BookingStateWrong` with the state in which it stands."""
        move = self.moves[act]
        if state not in move.before:
            raise BookingStateWrong(members={"state": str(state)})
        return move.after

    def wrong(self) -> Iterator[tuple[str, str]]:
        """Give every pair of a state and an act that is not possible in it: the table that tests walk."""
        for act, move in self.moves.items():
            for state in sorted(self.states - set(move.before)):
                yield state, act
