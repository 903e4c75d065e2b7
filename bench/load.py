"""Asks a server for something many times, from a process of its own and over connections that stay open."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from bench.rounds import NotMeasurable
from heartport.config import ROOT
from heartport.launch import HOST

ASKED_WITHIN_SECONDS = 120


@dataclass(frozen=True)
class Answers:
    """How it went."""

    seconds: float
    p50_ms: float
    p99_ms: float


def request_text(method: str, path: str, headers: dict[str, str], body: str = "") -> str:
    """Give a whole HTTP/1.1 request."""
    if body:
        headers = {**headers, "Content-Type": "application/json", "Content-Length": str(len(body.encode()))}
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines) + "\r\n\r\n" + body


def ask(port: int, connections: int, requests: Sequence[str], times: int = 1, expected: int = 200) -> Answers:
    """Send all requests `times` times; raises `NotMeasurable` where an answer has another status."""
    plan = {
        "host": HOST,
        "port": port,
        "connections": connections,
        "requests": requests,
        "times": times,
        "expected": expected,
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.client"],
        check=False,
        cwd=ROOT,
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        timeout=ASKED_WITHIN_SECONDS,
    )
    if done.returncode != 0:
        raise NotMeasurable(f"the load ended early: {done.stderr.strip()[-500:]}")
    return Answers(**json.loads(done.stdout))
