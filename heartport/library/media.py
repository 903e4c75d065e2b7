"""Sound, pictures and captions: where each is fetched from, and the files themselves where this service sends them."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog
from flask import Flask, current_app

from heartport import clock
from heartport.config import MediaSettings, Settings
from heartport.errors import NotAllowed, NotFound
from heartport.library.addresses import Addresses, OwnAddresses, PlainAddresses, S3Addresses
from heartport.library.documents import FileFacts
from heartport.library.shelf import shown_file
from heartport.vault.door import current_vault

log = structlog.get_logger("heartport.library")
CONTENT_TYPES = {
    ".m4a": "audio/mp4",
    ".mp4": "video/mp4",
    ".vtt": "text/vtt; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".png": "image/png",
}


class MediaUnknown(NotFound):
    """There is no such file, it belongs to nothing that is shown, or the signature is not ours for it."""

    code = "media_unknown"
    detail = "没有找到这段声音或图片，请回到内容页重新打开。"


class MediaExpired(NotAllowed):
    """The signature was ours, and its time is over."""

    code = "media_expired"
    detail = "这个播放地址已经过期，请回到内容页重新打开。"


@dataclass(frozen=True, slots=True)
class Media:
    """The files of a deployment and their addresses; `accel` is where nginx finds the folder."""

    own: OwnAddresses
    addresses: Addresses
    folder: Path
    accel: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """A file that may be sent: where it lies, what it is, and until when its address holds."""

    path: Path
    facts: FileFacts
    until: datetime

    @property
    def content_type(self) -> str:
        """The type in which it is sent."""
        return content_type_of(self.facts)


def init_app(app: Flask, settings: Settings) -> None:
    """Choose where files are fetched from."""
    own = OwnAddresses(lambda *named: current_vault().fingerprint(*named), settings.media.days)
    addresses = _store_addresses(settings.media) or own
    app.extensions["heartport.media"] = Media(own, addresses, settings.content_dir, settings.media.accel)


def address_of(facts: FileFacts) -> str:
    """Return where a client fetches a file: a path of this service, or an address elsewhere."""
    return current_media().addresses.of(facts, clock.now())


def content_type_of(facts: FileFacts) -> str:
    """Return the type in which a file is sent."""
    return CONTENT_TYPES[Path(facts["name"]).suffix]


def find_file(signature: str, name: str) -> Found:
    """Return the file of an address; raises `MediaUnknown` or `MediaExpired`."""
    facts, media = shown_file(name), current_media()
    until = media.own.until(signature, facts) if facts else None
    if facts is None or until is None:
        raise MediaUnknown
    if until <= clock.now():
        raise MediaExpired
    path = media.folder / facts["name"]
    if not path.is_file() or path.stat().st_size != facts["bytes"]:
        # Somebody changed the folder and did not load it; half of one file and half of another would be worse.
        log.error("media_file_differs", name=facts["name"])
        raise MediaUnknown
    return Found(path, facts, until)


def current_media() -> Media:
    """Return the media of the current application."""
    media: Media = current_app.extensions["heartport.media"]
    return media


def _store_addresses(settings: MediaSettings) -> Addresses | None:
    if settings.base_url is None:
        return None
    if settings.key_id is None or settings.secret_key is None:
        return PlainAddresses(settings.base_url)
    return S3Addresses(settings.base_url, settings.key_id, settings.secret_key, settings.region)
