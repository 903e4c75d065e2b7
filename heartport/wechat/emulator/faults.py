"""What can go wrong between WeChat and us, ordered by path and spent one call at a time."""

import gzip
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from werkzeug.wrappers import Request, Response

from heartport.wechat.emulator import answers
from heartport.wechat.emulator.inputs import TEXT, Field, one_of, seconds, whole_number

_PAGE = "<!DOCTYPE html><html><head><title>请先登录网络</title></head><body>请先登录网络</body></html>"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call that something goes wrong with; `answer` lets it take effect and returns the true answer."""

    request: Request
    answer: Callable[[], Response]
    now: float
    closing: threading.Event

    def wait(self, duration_seconds: float) -> None:
        """Wait, but no longer than the server runs."""
        self.closing.wait(duration_seconds)

    def hang_up(self, *parts: bytes, pause_seconds: float = 0) -> NoReturn:
        """Send these bytes as they are, close the connection, and end the call."""
        line: socket.socket = self.request.environ["werkzeug.socket"]
        for part in parts:
            line.sendall(part)
            self.wait(pause_seconds)
            if self.closing.is_set():
                break
        line.shutdown(socket.SHUT_RDWR)
        raise ConnectionAbortedError


@dataclass(slots=True)
class Fault:
    """A fault that waits for calls; `times_left` is None until it is mended."""

    path: str
    kind: str
    settings: Mapping[str, Any]
    times_left: int | None

    def strike(self, exchange: Exchange) -> Response:
        """Let it go wrong."""
        return KINDS[self.kind].strike(exchange, **self.settings)


class Faults:
    """The faults that are ordered; the first one for a path strikes first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []

    def order(self, fault: Fault) -> None:
        """Add a fault behind those that wait already."""
        with self._lock:
            self._waiting.append(fault)

    def mend(self) -> None:
        """Remove all faults."""
        with self._lock:
            self._waiting.clear()

    def take(self, path: str) -> Fault | None:
        """Return the fault that strikes this call, if any, and count it."""
        with self._lock:
            fault = next((f for f in self._waiting if f.path == path), None)
            if fault is not None and fault.times_left is not None:
                fault.times_left -= 1
                if fault.times_left == 0:
                    self._waiting.remove(fault)
            return fault


def _errcode(exchange: Exchange, errcode: int) -> Response:
    return answers.error(errcode, exchange.now)


def _status(exchange: Exchange, status: int, text: str) -> Response:
    return Response(text, status=status, content_type="text/html; charset=utf-8")


def _redirect(exchange: Exchange, location: str) -> Response:
    return Response(status=302, headers={"Location": location})


def _answer(exchange: Exchange, text: str) -> Response:
    return Response(text, content_type="text/plain")


def _garbage(exchange: Exchange) -> Response:
    return Response(_PAGE, content_type="text/html; charset=utf-8")


def _huge(exchange: Exchange, bytes: int) -> Response:
    return Response(b'{"openid":"' + b"o" * bytes + b'"}', content_type="text/plain")


def _encoding(exchange: Exchange) -> Response:
    packed = gzip.compress(exchange.answer().get_data())
    return Response(packed, content_type="text/plain", headers={"Content-Encoding": "gzip"})


def _delay(exchange: Exchange, seconds: float) -> Response:
    exchange.wait(seconds)
    return exchange.answer()


def _drop(exchange: Exchange) -> NoReturn:
    exchange.hang_up()


def _lost(exchange: Exchange) -> NoReturn:
    exchange.answer()
    exchange.hang_up()


def _truncated(exchange: Exchange) -> NoReturn:
    head, body = _on_the_wire(exchange.answer())
    exchange.hang_up(head + body[: len(body) // 2])


def _drip(exchange: Exchange, part: str, seconds_per_byte: float) -> NoReturn:
    head, body = _on_the_wire(exchange.answer())
    at_once, slowly = (head, body) if part == "body" else (b"", head + body)
    exchange.hang_up(at_once, *_single_bytes(slowly), pause_seconds=seconds_per_byte)


def _on_the_wire(response: Response) -> tuple[bytes, bytes]:
    body = response.get_data()
    lines = [
        "HTTP/1.1 200 OK",
        "Content-Type: text/plain",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    return "\r\n".join([*lines, "", ""]).encode(), body


def _single_bytes(text: bytes) -> list[bytes]:
    return [text[at : at + 1] for at in range(len(text))]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of fault does, and the fields that it takes."""

    strike: Callable[..., Response]
    fields: Mapping[str, Field]


KINDS: Mapping[str, Kind] = {
    "errcode": Kind(_errcode, {"errcode": whole_number(-1, 999_999_999)}),
    "status": Kind(_status, {"status": whole_number(200, 599), "text": TEXT.optional("")}),
    "redirect": Kind(_redirect, {"location": TEXT}),
    "answer": Kind(_answer, {"text": TEXT}),
    "garbage": Kind(_garbage, {}),
    "huge": Kind(_huge, {"bytes": whole_number(1, 64 * 1024 * 1024).optional(1024 * 1024)}),
    "encoding": Kind(_encoding, {}),
    "delay": Kind(_delay, {"seconds": seconds(600)}),
    "drop": Kind(_drop, {}),
    "lost": Kind(_lost, {}),
    "truncated": Kind(_truncated, {}),
    "drip": Kind(
        _drip,
        {"part": one_of("head", "body").optional("body"), "seconds_per_byte": seconds(60).optional(1.0)},
    ),
}
"""`errcode` to `garbage`, `huge` and `drop` strike before the call takes effect, the others after it."""
