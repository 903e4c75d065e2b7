"""What happens to lectures by themselves: lines move, lectures close, are held and archived; nothing waits for it."""

from collections.abc import Callable

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking.audit import BookingChanged, Step, change_state, forget_events, service_actor
from heartport.booking.feedback.tokens import burn_tokens
from heartport.booking.lectures.line import pass_seats_on
from heartport.booking.lectures.models import Lecture, Registration, UnitSeats
from heartport.booking.lectures.planning import LECTURES, close_lecture, lock_time, note_held
from heartport.booking.lectures.rules.states import CANCELLED, HELD, OPEN, SHOWN, Act
from heartport.booking.lectures.rules.times import ARCHIVED_AFTER, DOORS_CLOSE, FEEDBACK_FOR
from heartport.booking.lectures.seats import hold_lecture
from heartport.booking.occupancy import release
from heartport.booking.rules.grid import tick_at_or_after
from heartport.booking.rules.machines import BookingStateWrong
from heartport.stores import Store, reading, write_transaction


def let_offers_expire() -> int:
    """Let offers expire that nobody answered, pass their seats on, and return how many expired."""
    with_offers = select(Registration.lecture_id).where(Registration.offered_until <= clock.now())
    return sum(_pass_on(lecture_id) for lecture_id in _found(Lecture.id.in_(with_offers)))


def close_begun() -> int:
    """Close the lectures that have begun and return how many."""
    begun = (Lecture.state == OPEN) & (Lecture.starts < tick_at_or_after(clock.now()))
    return _each(begun, lambda lecture_id: close_lecture(service_actor(), lecture_id, None))


def note_ended() -> int:
    """Note the lectures that are over as held and return how many."""
    over = Lecture.state.in_(SHOWN) & (Lecture.ends < tick_at_or_after(clock.now() - DOORS_CLOSE))
    return _each(over, lambda lecture_id: note_held(service_actor(), lecture_id, None))


def archive_old() -> int:
    """Archive lectures of over a month ago, forget who came to them, and return how many."""
    old = Lecture.ends < tick_at_or_after(clock.now() - ARCHIVED_AFTER)
    return _each(Lecture.state.in_((HELD, CANCELLED)) & old, archive_lecture)


def end_feedback() -> int:
    """Take no more feedback of lectures of over two weeks ago, and return how many tokens were left."""
    ended = select(Lecture.id).where(Lecture.ends < tick_at_or_after(clock.now() - FEEDBACK_FOR))
    return write_transaction(Store.MAIN, lambda session: burn_tokens(session, list(session.execute(ended).scalars())))


def archive_lecture(lecture_id: str) -> None:
    """Keep of a lecture that it took place and how many came; who they were, and of which units, is deleted."""

    def work(session: Session) -> None:
        lock_time(session, lecture_id)
        hold_lecture(session, lecture_id)
        change_state(session, LECTURES, lecture_id, Step(Act.ARCHIVE, service_actor()))
        release(session, lecture_id)
        came = select(Registration.id).where(Registration.lecture_id == lecture_id)
        forget_events(session, session.execute(came).scalars().all())
        for model in (Registration, UnitSeats):
            session.execute(delete(model).where(model.lecture_id == lecture_id))

    write_transaction(Store.MAIN, work)


def _pass_on(lecture_id: str) -> int:
    return write_transaction(Store.MAIN, lambda session: pass_seats_on(session, hold_lecture(session, lecture_id)))


def _each(which: ColumnElement[bool], act: Callable[[str], object]) -> int:
    """Do something with each lecture, one transaction each, and return how many; another process may be quicker."""
    done = 0
    for lecture_id in _found(which):
        try:
            act(lecture_id)
        except (BookingStateWrong, BookingChanged):
            continue
        done += 1
    return done


def _found(which: ColumnElement[bool]) -> list[str]:
    with reading(Store.MAIN) as session:
        return list(session.execute(select(Lecture.id).where(which).order_by(Lecture.id)).scalars())
