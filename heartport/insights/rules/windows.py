"""When a window is over, and which window a word names."""

import re
from datetime import date

from heartport.errors import Conflict, Invalid
from heartport.vault.windows import window_of, windows_between

WINDOW = re.compile(r"[0-9]{4}H[12]")


class WindowUnknown(Invalid):
    """The word names no half-year."""

    code = "window_unknown"
    detail = "统计时段须写成半年，例如 2026H1 或 2026H2。"


class WindowOpen(Conflict):
    """The half-year is not over, and nothing of it is counted before it is."""

    code = "window_open"
    detail = "这个半年还没有结束，结束之前不做任何统计。"


def check_window(window: str) -> None:
    """Raise `WindowUnknown` unless the word is a half-year such as `2026H1`."""
    if not WINDOW.fullmatch(window):
        raise WindowUnknown


def check_closed(window: str, today: date) -> None:
    """Raise `WindowUnknown` or `WindowOpen` unless the half-year is over on this local date."""
    check_window(window)
    if not is_closed(window, today):
        raise WindowOpen


def is_closed(window: str, today: date) -> bool:
    """Tell whether a half-year is over; labels of four-digit years sort by time."""
    return window < window_of(today)


def closed_since(first: str, today: date) -> tuple[str, ...]:
    """Return the half-years since `first` that are over, the oldest first."""
    now = window_of(today)
    return tuple(reversed(windows_between(first, now)[1:])) if first < now else ()


def window_before(window: str) -> str:
    """Return the half-year before one."""
    return f"{window[:4]}H1" if window.endswith("H2") else f"{int(window[:4]) - 1}H2"


def in_words(window: str) -> str:
    """Say a half-year: 2026 年上半年."""
    return f"{window[:4]} 年{'上' if window.endswith('1') else '下'}半年"
