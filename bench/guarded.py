"""Runs one command and ends it, with all its children, when standard input ends.

Standard input is a pipe from whoever started us, so it ends with them, however they end: a killed benchmark
leaves no server behind.
"""

import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress

PATIENCE_SECONDS = 8.0


def main() -> int:
    """Run the command that the arguments name."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: None)  # Ignoring would be inherited; a handler is not.
    child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True)
    while child.poll() is None:
        if select.select([sys.stdin], [], [], 0.5)[0]:
            break
    _end(child)
    return child.returncode


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.terminate()
        with suppress(subprocess.TimeoutExpired):
            child.wait(PATIENCE_SECONDS)
    deadline = time.monotonic() + 1.0
    while time.monotonic() < deadline and _signal_group(child.pid, 0):
        time.sleep(0.05)
    _signal_group(child.pid, signal.SIGKILL)
    child.wait()


def _signal_group(pgid: int, number: int) -> bool:
    try:
        os.killpg(pgid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
