"""A broken service for a negative control: it answers a submission first, and stores it a moment later."""

import threading
import time
from collections.abc import Sequence
from typing import Any

from flask import Flask, current_app

from heartport.vault.records import Entry, Records
from wsgi import app

LATER_SECONDS = 0.3
insert_once = Records.insert_once


def _insert_later(
    self: Records, record_id: bytes, payload: bytes, windows: Sequence[str], **options: Any
) -> tuple[Entry, bool]:
    service: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def later() -> None:
        time.sleep(LATER_SECONDS)
        with service.app_context():
            insert_once(self, record_id, payload, windows, **options)

    threading.Thread(target=later).start()
    return Entry(windows[0], 0, record_id, payload), True


Records.insert_once = _insert_later  # type: ignore[method-assign]
__all__ = ["app"]
