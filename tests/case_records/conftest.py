"""The people of `tests.sharing`."""

from tests.sharing.conftest import anne, team

__all__ = ["anne", "team"]
