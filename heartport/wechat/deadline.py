"""One deadline for all steps of an exchange: look-up, connection, encryption, sending, every byte read."""

import time


class Deadline:
    """A moment after which nothing of an exchange may go on; real time, since sockets know no other."""

    def __init__(self, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds

    def left(self, at_most: float) -> float:
        """Return the seconds that one step may take: what is left, up to `at_most`; raises `TimeoutError`."""
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return min(at_most, left)

    def sooner(self, seconds: float) -> "Deadline":
        """Return a deadline that ends in `seconds`, or with this one if that is earlier."""
        return Deadline(self.left(seconds))
