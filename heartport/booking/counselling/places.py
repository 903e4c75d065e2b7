"""Where a counsellor is met: they say it, whoever is booked and concerned is told, and it is read when it is shown."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking.counselling.models import Appointment
from heartport.booking.counselling.notices import tell_of_place
from heartport.booking.counselling.rules.places import Where, changed_modes, where_to_meet
from heartport.booking.counselling.rules.states import AHEAD
from heartport.booking.meeting_places import read_places, replace_place
from heartport.booking.occupancy import lock_resources
from heartport.booking.resources import ResourceUnknown
from heartport.booking.rules.grid import moment_of, tick_at_or_after
from heartport.booking.rules.meeting_places import NOWHERE, MeetingPlace
from heartport.stores import Store, write_transaction


def save_place(counsellor_id: str, place: MeetingPlace) -> None:
    """Say anew where a counsellor is met, and tell everybody whom it concerns; the same again tells nobody anything.

    Raises `ResourceUnknown`, also of somebody out of service, or `PlaceChanged`.
    """

    def work(session: Session) -> None:
        if not lock_resources(session, [counsellor_id]).get(counsellor_id):
            raise ResourceUnknown
        before = replace_place(session, counsellor_id, place)
        for row in session.execute(_coming(counsellor_id, changed_modes(before, place))).scalars().all():
            tell_of_place(session, row, before.version + 1)

    write_transaction(Store.MAIN, work)


def whereabouts_of(session: Session, rows: Sequence[Appointment]) -> dict[str, Where]:
    """Return what is shown of where appointments take place, by id: nothing of one that is not booked, or over.

    It is the place of whoever counsels now.
    """
    now = clock.now()
    ahead = [row for row in rows if row.state in AHEAD and now < moment_of(row.ends)]
    places = read_places(session, {row.counsellor_id for row in ahead})
    shown = {row.id: where_to_meet(row.mode, places.get(row.counsellor_id, NOWHERE)) for row in ahead}
    return {row.id: shown.get(row.id, Where()) for row in rows}


def _coming(counsellor_id: str, modes: Iterable[str]) -> Select[Appointment]:
    """Select whom a change of the place concerns in these modes: what is booked and has not begun."""
    booked = (Appointment.counsellor_id == counsellor_id) & Appointment.state.in_(AHEAD)
    ahead = Appointment.starts >= tick_at_or_after(clock.now())
    return select(Appointment).where(booked, ahead, Appointment.mode.in_(list(modes))).order_by(Appointment.id)
