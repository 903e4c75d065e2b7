"""The erasure ledger: a file outside all backups that names every erased account by a keyed hash.

A restored backup brings erased people back; with the ledger they are erased again before the service opens. So it is
with copies of results that were withdrawn, whose line is derived from the key of the copy, and with half-years whose
figures were published, which are not counted anew. Any other line is the link of one account: without the
deployment's keys it means nothing, and with them only whoever still holds the account's id, as a backup does, can
tell whose it is. It holds no id, no openid and no date, and no line is ever taken out.
"""

import fcntl
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from flask import Flask, current_app

from heartport.errors import Unavailable

HEADER = b"# heartport erasure ledger 1\n"
LINK_BYTES = 32


class LedgerMissing(Unavailable):
    """There is no erasure ledger; an operator has to find it or to begin a new one (`flask restore check`)."""

    code = "erasure_ledger_missing"


class LedgerUnusable(Unavailable):
    """The erasure ledger cannot be read or written, or is another file; an operator has to look."""

    code = "erasure_ledger_unusable"


class ErasureLedger:
    """One file; every process of the deployment writes to the same one."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def exists(self) -> bool:
        """Tell whether there is a ledger, usable or not."""
        return self.path.exists()

    def begin(self) -> None:
        """Make the file, for its owner alone, unless there is one; raises `LedgerUnusable`."""
        folder = self.path.parent
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor, unfinished = tempfile.mkstemp(dir=folder, prefix=f".{self.path.name}.")
            try:
                _write(descriptor, HEADER)
                with suppress(FileExistsError):
                    os.link(unfinished, self.path)  # Whole or not at all, and never in place of another.
            finally:
                os.close(descriptor)
                os.unlink(unfinished)
            _sync_folder(folder)
        except OSError:
            raise LedgerUnusable from None

    def check(self) -> None:
        """Make sure that it can be written to; raises `LedgerMissing` or `LedgerUnusable`."""
        os.close(self._open(os.O_RDWR | os.O_APPEND))
        self.links()

    def note(self, link: bytes) -> None:
        """Add a line unless it is there, and return when it is on the disk; raises as `check` does."""
        descriptor = self._open(os.O_RDWR | os.O_APPEND)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            content = _read(descriptor)
            if link not in _links(content):
                # A line that a power cut left half-written is ended first, and counts for nothing.
                _write(descriptor, (b"" if content.endswith(b"\n") else b"\n") + link.hex().encode() + b"\n")
        except OSError:
            raise LedgerUnusable from None
        finally:
            os.close(descriptor)

    def links(self) -> frozenset[bytes]:
        """Return the links of all erased accounts; raises as `check` does."""
        descriptor = self._open(os.O_RDONLY)
        try:
            return _links(_read(descriptor))
        except OSError:
            raise LedgerUnusable from None
        finally:
            os.close(descriptor)

    def _open(self, flags: int) -> int:
        try:
            return os.open(self.path, flags)
        except FileNotFoundError:
            raise LedgerMissing from None
        except OSError:
            raise LedgerUnusable from None


def init_app(app: Flask, path: Path) -> None:
    """Name the file of this application."""
    app.extensions["heartport.erasure_ledger"] = ErasureLedger(path)


def current_ledger() -> ErasureLedger:
    """Return the ledger of the current application."""
    ledger: ErasureLedger = current_app.extensions["heartport.erasure_ledger"]
    return ledger


def _read(descriptor: int) -> bytes:
    with os.fdopen(os.dup(descriptor), "rb") as file:
        file.seek(0)
        return file.read()


def _write(descriptor: int, content: bytes) -> None:
    """Write all of it and wait for the disk."""
    while content:
        content = content[os.write(descriptor, content) :]
    os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    """Wait until the file's name is on the disk, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _links(content: bytes) -> frozenset[bytes]:
    """Return the whole lines; raises `LedgerUnusable` where this is no ledger."""
    if not content.startswith(HEADER):
        raise LedgerUnusable
    return frozenset(link for line in content.split(b"\n")[1:] if (link := _link(line)) is not None)


def _link(line: bytes) -> bytes | None:
    try:
        link = bytes.fromhex(line.decode("ascii"))
    except ValueError:
        return None
    return link if len(link) == LINK_BYTES else None
