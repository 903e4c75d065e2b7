"""What the emulated WeChat remembers: people, login codes, who is blocked, and what time it is."""

import base64
import hashlib
import hmac
import secrets
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass

from heartport.wechat.emulator.faults import Faults

# The demo's settings name the same app; the pair opens nothing but this emulator.
APP_ID = "wx0demo0heartport0"
APP_SECRET = "demo-secret-of-the-local-emulator"  # noqa: S105

CODE_SECONDS = 5 * 60
LOGINS_A_MINUTE = 100


@dataclass(slots=True)
class LoginCode:
    """A code that a person's phone was given."""

    person: str
    issued_at: float
    used: bool = False


class World:
    """All state, behind one lock; people need no sign-up, since a person's openid follows from the name."""

    def __init__(
        self, app_id: str = APP_ID, app_secret: str = APP_SECRET, clock: Callable[[], float] = time.time
    ) -> None:
        self.app_id, self.app_secret, self._clock = app_id, app_secret, clock
        self.faults = Faults()
        self.closing = threading.Event()
        """Set when the server stops, so that no fault goes on waiting."""
        self._lock = threading.Lock()
        self._forget()

    def _forget(self) -> None:
        self._ahead_seconds = 0.0
        self._codes: dict[str, LoginCode] = {}
        self._blocked: set[str] = set()
        self._logins: defaultdict[str, deque[float]] = defaultdict(deque)
        self._calls: Counter[str] = Counter()

    def reset(self) -> None:
        """Forget everything; the same people keep the same openids."""
        with self._lock:
            self._forget()
        self.faults.mend()

    def now(self) -> float:
        """Return the emulated time, in seconds since 1970."""
        return self._clock() + self._ahead_seconds

    def advance(self, seconds: float) -> float:
        """Move the clock forward and return the new time."""
        with self._lock:
            self._ahead_seconds += seconds
        return self.now()

    def count_call(self, path: str) -> None:
        """Remember that this path was called."""
        with self._lock:
            self._calls[path] += 1

    def calls(self, path: str) -> int:
        """Return how often this path was called since the last reset."""
        with self._lock:
            return self._calls[path]

    def openid_of(self, person: str) -> str:
        """Return the person's openid for this app: always the same, 28 characters, as WeChat's are."""
        return self._derived("openid", person)

    def unionid_of(self, person: str) -> str:
        """Return the id that all apps of one owner would share."""
        return self._derived("unionid", person)

    def _derived(self, kind: str, person: str) -> str:
        digest = hmac.digest(f"{kind} {self.app_id}".encode(), person.encode(), hashlib.sha256)
        return "o" + base64.urlsafe_b64encode(digest).decode()[:27]

    def block(self, person: str, blocked: bool) -> None:
        """Let WeChat consider this person a risk, or no longer."""
        with self._lock:
            (self._blocked.add if blocked else self._blocked.discard)(person)

    def issue_code(self, person: str) -> str:
        """Return a new login code for this person's phone, as `wx.login` does."""
        code = "0" + secrets.token_hex(16)[1:]
        with self._lock:
            now = self.now()
            self._codes = {k: v for k, v in self._codes.items() if now - v.issued_at < CODE_SECONDS}
            self._codes[code] = LoginCode(person, now)
        return code

    def redeem(self, code: str) -> str | int:
        """Spend a login code and return whose it was, or the error code of a refusal."""
        with self._lock:
            now = self.now()
            known = self._codes.get(code)
            if known is None or now - known.issued_at >= CODE_SECONDS:
                return 40029
            if not self._within_limit(known.person, now):
                return 45011
            if known.person in self._blocked:
                return 40226
            if known.used:
                return 40163
            known.used = True
            return known.person

    def _within_limit(self, person: str, now: float) -> bool:
        logins = self._logins[person]
        while logins and now - logins[0] >= 60:
            logins.popleft()
        if len(logins) >= LOGINS_A_MINUTE:
            return False
        logins.append(now)
        return True
