"""`python -m heartport.wechat.emulator`: serve until SIGTERM or SIGINT."""

import argparse
import ipaddress
import os
import signal
import sys
import threading
from collections.abc import Sequence

from heartport.wechat.emulator.server import listening
from heartport.wechat.emulator.world import APP_ID, APP_SECRET, World


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one line when it listens, and return 0 when told to stop."""
    options = _parser().parse_args(arguments)
    stop = threading.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, lambda *_: stop.set())
    with listening(World(options.app_id, options.app_secret), options.host, options.port) as base_url:
        print(f"WeChat emulator listens on {base_url}", flush=True)
        stop.wait()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m heartport.wechat.emulator", description=__doc__)
    parser.add_argument("--host", type=_loopback, default="127.0.0.1", help="a loopback address")
    parser.add_argument("--port", type=int, default=8900, help="0 takes a free port")
    # The service and the emulator that runs beside it are told about the app by the same variables.
    parser.add_argument("--app-id", default=os.environ.get("HEARTPORT_WECHAT_APP_ID") or APP_ID)
    parser.add_argument("--app-secret", default=os.environ.get("HEARTPORT_WECHAT_APP_SECRET") or APP_SECRET)
    return parser


def _loopback(text: str) -> str:
    try:
        if ipaddress.ip_address(text).is_loopback:
            return text
    except ValueError:
        pass
    raise argparse.ArgumentTypeError("must be a loopback address such as 127.0.0.1, since anybody may sign in here")


if __name__ == "__main__":
    sys.exit(main())
