"""Who signed a scale file off for this deployment; the signature holds for one file, named by its hash."""

import time

from sqlalchemy import select

from heartport import clock
from heartport.assessments.models import ScaleReview
from heartport.scoring.language import Scale
from heartport.stores import Store, insert_if_absent, reading, write_transaction

FRESH_SECONDS = 30.0


class ReviewedFiles:
    """The hashes of all signed files, read again when the last reading is half a minute old."""

    def __init__(self) -> None:
        self._hashes: frozenset[bytes] = frozenset()
        self._read_at = float("-inf")

    def holds(self, file_hash: str) -> bool:
        """Tell whether the file with this SHA-256 (hex, `Scale.reviewed_hash`) is signed off."""
        if time.monotonic() - self._read_at > FRESH_SECONDS:
            with reading(Store.MAIN) as session:
                self._hashes = frozenset(session.execute(select(ScaleReview.file_hash)).scalars())
            self._read_at = time.monotonic()
        return bytes.fromhex(file_hash) in self._hashes


def sign_off(scale: Scale, reviewer: str, credential: str) -> bool:
    """Record that a professional answers for this file; return False where somebody did already."""
    row = {
        "file_hash": bytes.fromhex(scale.reviewed_hash),
        "scale_id": scale.id,
        "scale_version": scale.version,
        "reviewer": reviewer,
        "credential": credential,
        "signed_on": clock.today(),
    }

    return write_transaction(Store.MAIN, lambda session: insert_if_absent(session, ScaleReview, row))
