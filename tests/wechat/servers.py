"""Servers that misbehave below HTTP, where the emulator's own server cannot."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

ANSWER = b'{"openid":"oABCDEFGHIJKLMNOPQRSTUVWXYZ1","session_key":"c2Vzc2lvbi1rZXktZHJvcHBlZA=="}'
OPENID = "oABCDEFGHIJKLMNOPQRSTUVWXYZ1"


def http_answer(body: bytes = ANSWER, status: str = "200 OK", *lines: str, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    head = [f"HTTP/1.1 {status}", f"Content-Length: {size}", "Connection: close", *lines, "", ""]
    return "\r\n".join(head).encode() + body


@dataclass
class RawServer:
    port: int
    heads: list[bytes] = field(default_factory=list)
    """What each caller sent, up to the empty line."""
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


Talk = Callable[[socket.socket, RawServer], None]


@contextmanager
def raw_server(
    talk: Talk, *, port: int = 0, wrap: Callable[[socket.socket], socket.socket] | None = None
) -> Iterator[RawServer]:
    """Let `talk` answer each connection; `wrap` may put TLS round it."""
    listener = socket.create_server(("127.0.0.1", port))
    server = RawServer(listener.getsockname()[1])
    threads: list[threading.Thread] = []

    def serve(line: socket.socket) -> None:
        with line, suppress(OSError), wrap(line) if wrap else line as talking:
            talk(talking, server)

    def accept() -> None:
        with suppress(OSError):
            while True:
                line, _ = listener.accept()
                threads.append(threading.Thread(target=serve, args=(line,)))
                threads[-1].start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield server
    finally:
        server.stopping.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in [accepting, *threads]:
            thread.join(5)


def read_head(line: socket.socket, server: RawServer) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        part = line.recv(4096)
        if not part:
            raise ConnectionError
        head += part
    server.heads.append(head)
    return head


def says(answer: bytes) -> Talk:
    """Answer every request with these bytes."""

    def talk(line: socket.socket, server: RawServer) -> None:
        read_head(line, server)
        line.sendall(answer)

    return talk
