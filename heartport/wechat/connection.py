"""A connection that ends by its deadline, however slowly the other side answers.

`http.client` bounds each single read. A server that sends a byte a second, in its headers or its body, would
hold a thread for as long as it likes; so every step here asks the deadline how long it may take. The adapter
that `requests` brings has no place for that, and urllib3 under it logs each URL, the app secret included.
"""

import http.client
import io
import queue
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from heartport.wechat.deadline import Deadline

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer

Addresses = list[tuple[Any, ...]]

_lookups = threading.BoundedSemaphore(8)
"""Look-ups that may be under way at once; a resolver that hangs would otherwise gather threads."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the steps of one exchange may take, in seconds, and how many bytes its answer may have."""

    connect_seconds: float = 2.0
    read_seconds: float = 4.0
    total_seconds: float = 5.0
    body_bytes: int = 256 * 1024


class BoundedConnection(http.client.HTTPConnection):
    """An HTTP connection for one exchange, encrypted when `tls` is given, that no proxy setting touches."""

    def __init__(
        self, host: str, port: int, tls: ssl.SSLContext | None, patience: Patience, deadline: Deadline
    ) -> None:
        super().__init__(host, port)
        self.default_port = http.client.HTTPS_PORT if tls else http.client.HTTP_PORT
        self._tls, self._patience, self._deadline = tls, patience, deadline

    def connect(self) -> None:
        """Connect, and shake hands, within the time for connecting."""
        deadline = self._deadline.sooner(self._patience.connect_seconds)
        self.sock = open_socket(self.host, self.port, deadline)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._tls:
            # The handshake as a whole, not each of its reads, is bounded by the socket's timeout.
            self.sock.settimeout(deadline.left(self._patience.connect_seconds))
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self.host)
        # http.client sends, makes one file to read from, and closes; nothing else.
        self.sock = _BoundedSocket(self.sock, self._time_for_a_step)

    def _time_for_a_step(self) -> float:
        return self._deadline.left(self._patience.read_seconds)


def open_socket(host: str, port: int, deadline: Deadline) -> socket.socket:
    """Return a connected socket; each address of the host gets its share of the time that is left."""
    problem: OSError = ConnectionError()
    addresses = look_up(host, port, deadline)
    for tried, (family, kind, protocol, _, address) in enumerate(addresses):
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(deadline.left(float("inf")) / (len(addresses) - tried))
            sock.connect(address)
        except OSError as error:
            sock.close()
            problem = error
        else:
            return sock
    raise problem


def look_up(host: str, port: int, deadline: Deadline) -> Addresses:
    """Return the host's addresses; the system's look-up knows no timeout, so it runs beside us."""
    answers: queue.SimpleQueue[Addresses] = queue.SimpleQueue()
    if not _lookups.acquire(timeout=deadline.left(float("inf"))):
        raise TimeoutError
    try:
        threading.Thread(target=_ask_resolver, args=(host, port, answers), daemon=True).start()
    except RuntimeError:  # The system has no thread to spare.
        _lookups.release()
        raise ConnectionError from None
    try:
        return answers.get(timeout=deadline.left(float("inf")))
    except queue.Empty:
        raise TimeoutError from None


def _ask_resolver(host: str, port: int, answers: "queue.SimpleQueue[Addresses]") -> None:
    try:
        answers.put(list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
    except (OSError, UnicodeError):  # A name that cannot be encoded has no address either.
        answers.put([])
    finally:
        _lookups.release()


class _BoundedSocket:
    """As much of a socket as `http.client` uses, with the time left set before each step."""

    def __init__(self, sock: socket.socket, time_for_a_step: Callable[[], float]) -> None:
        self._sock, self._time_for_a_step = sock, time_for_a_step

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(self._time_for_a_step())
        self._sock.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_BoundedReader(self._sock, self._time_for_a_step))

    def close(self) -> None:
        self._sock.close()


class _BoundedReader(io.RawIOBase):
    """Reads from a socket, at most as long as is left."""

    def __init__(self, sock: socket.socket, time_for_a_step: Callable[[], float]) -> None:
        self._sock, self._time_for_a_step = sock, time_for_a_step
        self._file = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer") -> int | None:
        self._sock.settimeout(self._time_for_a_step())
        return self._file.readinto(buffer)

    def close(self) -> None:
        self._file.close()
        super().close()
