"""The load client: a process of its own, started by `bench.load`, that asks a server many times.

It is one thread that waits on all connections at once and reads of an answer no more than its status and length,
so that on two cores the server gets as much of the machine as possible. It imports nothing of the service.
"""

import json
import re
import selectors
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

PATIENCE_SECONDS = 30
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass
class _Line:
    """One connection, and the answer that it is receiving."""

    socket: socket.socket
    received: bytearray = field(default_factory=bytearray)
    sent_at: float = 0.0

    def send(self, request: bytes) -> None:
        self.received.clear()
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> int | None:
        """Read what is there; give the status once the answer is complete."""
        piece = self.socket.recv(65536)
        if not piece:
            raise ConnectionError("the server closed a connection")
        self.received += piece
        end = self.received.find(b"\r\n\r\n")
        if end < 0:
            return None
        length = LENGTH.search(self.received, 0, end)
        status = int(self.received[9:12])
        if length is None and status != 304:
            raise ConnectionError("an answer has no length")
        complete = end + 4 + (int(length[1]) if length and status != 304 else 0)
        return status if len(self.received) >= complete else None


def _run(host: str, port: int, connections: int, requests: Iterator[bytes], expected: int) -> dict[str, float]:
    selector = selectors.DefaultSelector()
    for _ in range(connections):
        line = _Line(socket.create_connection((host, port), timeout=PATIENCE_SECONDS))
        line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(line.socket, selectors.EVENT_READ, line)
    waits: list[float] = []
    started = time.perf_counter()
    busy = sum(_send_next(key.data, requests) for key in selector.get_map().values())
    while busy:
        ready = selector.select(timeout=PATIENCE_SECONDS)
        if not ready:
            raise TimeoutError(f"no answer for {PATIENCE_SECONDS} seconds")
        for key, _ in ready:
            status = key.data.receive()
            if status is None:
                continue
            if status != expected:
                raise ConnectionError(f"status {status} in place of {expected}: {bytes(key.data.received[-300:])!r}")
            waits.append(time.perf_counter() - key.data.sent_at)
            busy -= not _send_next(key.data, requests)
    seconds = time.perf_counter() - started
    waits.sort()
    p50, p99 = waits[len(waits) // 2], waits[len(waits) * 99 // 100]
    return {"seconds": seconds, "p50_ms": p50 * 1000, "p99_ms": p99 * 1000}


def _send_next(line: _Line, requests: Iterator[bytes]) -> bool:
    request = next(requests, None)
    if request is None:
        return False
    line.send(request)
    return True


def main() -> int:
    """Carry out the plan that stands on standard input."""
    plan = json.load(sys.stdin)
    requests = [text.encode() for text in plan["requests"]] * plan["times"]
    try:
        found = _run(plan["host"], plan["port"], plan["connections"], iter(requests), plan["expected"])
    except OSError as problem:
        print(problem, file=sys.stderr)
        return 1
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
