"""What tidies the calendar up by itself; correctness never waits for it."""

from heartport.booking.occupancy import clear_expired
from heartport.stores import Store, write_transaction


def clear_expired_holds() -> int:
    """Delete the holds whose time is over and return how many."""
    return write_transaction(Store.MAIN, clear_expired)
