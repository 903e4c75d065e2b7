"""Every setting, read from the environment once, typed, and checked at start.

Production is `HEARTPORT_DEMO` unset: then nothing has a convenient default and what is missing stops the start
with one line that names it. No message repeats a received value, since some of them are secrets.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

T = TypeVar("T")

ROOT = Path(__file__).resolve().parent.parent
WECHAT_API = "https://api.weixin.qq.com"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
STORES = ("main", "keys", "vault")
DEMO_APP_ID = "wx0demo0heartport0"
DEMO_APP_SECRET = "demo-secret-of-the-local-emulator"  # noqa: S105 - it opens only the emulator


class SettingsError(Exception):
    """A setting is wrong or missing; `str()` is one line that names it."""


@dataclass(frozen=True, slots=True)
class MediaSettings:
    """From where sound, pictures and captions are fetched; without a `base_url` from this service."""

    days: int
    accel: str | None
    base_url: str | None
    key_id: str | None
    secret_key: str | None = field(repr=False)
    region: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What the deployment decided; secrets stay out of `repr`."""

    demo: bool
    port: int
    data_dir: Path
    content_dir: Path
    scale_dirs: tuple[Path, ...]
    noncommercial: bool
    database_url: URL | None = field(repr=False)
    store_urls: Mapping[str, URL] = field(repr=False)
    redis_url: str | None = field(repr=False)
    wechat_api_base: str | None
    wechat_app_id: str
    wechat_app_secret: str = field(repr=False)
    key_file: Path | None
    keys: str | None = field(repr=False)
    trusted_proxies: int
    log_level: str
    erasure_ledger: Path
    results_half_years: int
    insights_floor: int
    shared_result_days: int
    case_record_years: int
    appointment_days: int
    appointment_phone_days: int
    media: MediaSettings


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read all settings; raises `SettingsError` for the first one that is wrong or missing."""
    demo = _flag(environ, "HEARTPORT_DEMO")
    data_dir = Path(environ.get("HEARTPORT_DATA_DIR") or ROOT / "var").absolute()
    database_url = _database_url(environ, "HEARTPORT_DATABASE_URL")
    return Settings(
        demo=demo,
        port=_whole_number(environ, "HEARTPORT_PORT", default=8000, lowest=1, highest=65535),
        data_dir=data_dir,
        content_dir=content_directory(environ),
        scale_dirs=scale_directories(environ),
        noncommercial=_flag(environ, "HEARTPORT_NONCOMMERCIAL"),
        database_url=database_url,
        store_urls=_store_urls(environ, database_url, data_dir, demo),
        redis_url=_redis_url(environ, "HEARTPORT_REDIS_URL"),
        wechat_api_base=_wechat_api_base(environ, demo),
        wechat_app_id=_needed(environ, "HEARTPORT_WECHAT_APP_ID", DEMO_APP_ID if demo else None),
        wechat_app_secret=_needed(environ, "HEARTPORT_WECHAT_APP_SECRET", DEMO_APP_SECRET if demo else None),
        key_file=_key_file(environ, demo),
        keys=environ.get("HEARTPORT_KEYS") or None,
        trusted_proxies=_whole_number(environ, "HEARTPORT_TRUSTED_PROXIES", default=0, lowest=0, highest=9),
        log_level=_one_of(environ, "HEARTPORT_LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO"),
        erasure_ledger=_absolute(environ, "HEARTPORT_ERASURE_LEDGER", data_dir / "erasures.log"),
        results_half_years=_whole_number(
            environ, "HEARTPORT_RETENTION_RESULTS_HALF_YEARS", default=6, lowest=2, highest=40
        ),
        insights_floor=_whole_number(environ, "HEARTPORT_INSIGHTS_FLOOR", default=10, lowest=10, highest=1000),
        shared_result_days=_whole_number(
            environ, "HEARTPORT_RETENTION_SHARED_RESULTS_DAYS", default=30, lowest=1, highest=180
        ),
        case_record_years=_whole_number(
            environ, "HEARTPORT_RETENTION_CASE_RECORDS_YEARS", default=10, lowest=1, highest=30
        ),
        appointment_days=_whole_number(
            environ, "HEARTPORT_RETENTION_APPOINTMENTS_DAYS", default=180, lowest=180, highest=3650
        ),
        appointment_phone_days=_whole_number(
            environ, "HEARTPORT_RETENTION_APPOINTMENT_PHONES_DAYS", default=7, lowest=1, highest=90
        ),
        media=_media(environ, demo),
    )


def scale_directories(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Return the folders that hold scale files: our own first, then those of `HEARTPORT_SCALE_DIRS`."""
    named = [Path(part) for part in environ.get("HEARTPORT_SCALE_DIRS", "").split(os.pathsep) if part]
    for number, folder in enumerate(named, start=1):
        if not folder.is_dir():
            raise SettingsError(f"HEARTPORT_SCALE_DIRS: folder number {number} does not exist")
    return (ROOT / "scales", *named)


def content_directory(environ: Mapping[str, str]) -> Path:
    """Return the folder that holds the content: ours, or that of `HEARTPORT_CONTENT_DIR`."""
    return _folder(environ, "HEARTPORT_CONTENT_DIR", ROOT / "content")


def _media(environ: Mapping[str, str], demo: bool) -> MediaSettings:
    made = MediaSettings(
        days=_whole_number(environ, "HEARTPORT_MEDIA_DAYS", default=30, lowest=1, highest=365),
        accel=environ.get("HEARTPORT_MEDIA_ACCEL") or None,
        base_url=_server(environ, "HEARTPORT_MEDIA_BASE_URL", demo),
        key_id=environ.get("HEARTPORT_MEDIA_KEY_ID") or None,
        secret_key=environ.get("HEARTPORT_MEDIA_SECRET_KEY") or None,
        region=environ.get("HEARTPORT_MEDIA_REGION") or "us-east-1",
    )
    if made.accel and not re.fullmatch(r"/([A-Za-z0-9_-]+/)+", made.accel):
        raise SettingsError("HEARTPORT_MEDIA_ACCEL: must be a path such as /_media/")
    if not re.fullmatch(r"[a-z0-9-]{1,40}", made.region):
        raise SettingsError("HEARTPORT_MEDIA_REGION: must be the name of a region, such as us-east-1")
    if made.key_id and not (made.secret_key and made.base_url):
        raise SettingsError("HEARTPORT_MEDIA_KEY_ID: needs HEARTPORT_MEDIA_SECRET_KEY and HEARTPORT_MEDIA_BASE_URL")
    if made.secret_key and not made.key_id:
        raise SettingsError("HEARTPORT_MEDIA_SECRET_KEY: needs HEARTPORT_MEDIA_KEY_ID")
    return made


def _flag(environ: Mapping[str, str], name: str) -> bool:
    return _one_of(environ, name, ("0", "1"), "0") == "1"


def _one_of(environ: Mapping[str, str], name: str, allowed: tuple[str, ...], default: str) -> str:
    value = environ.get(name) or default
    if value not in allowed:
        raise SettingsError(f"{name}: must be one of {', '.join(allowed)}")
    return value


def _whole_number(environ: Mapping[str, str], name: str, *, default: int, lowest: int, highest: int) -> int:
    text = environ.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and len(text) < 10 and lowest <= int(text) <= highest):
        raise SettingsError(f"{name}: must be a whole number from {lowest} to {highest}")
    return int(text)


def _needed(environ: Mapping[str, str], name: str, default: str | None) -> str:
    value = environ.get(name) or default
    if value is None:
        raise SettingsError(f"{name}: is missing (set it, or HEARTPORT_DEMO=1 for a trial)")
    return value


def _folder(environ: Mapping[str, str], name: str, default: Path) -> Path:
    folder = Path(environ.get(name) or default)
    if not folder.is_dir():
        raise SettingsError(f"{name}: this folder does not exist")
    return folder


def _absolute(environ: Mapping[str, str], name: str, default: Path) -> Path:
    path = Path(environ.get(name) or default)
    if not path.is_absolute():
        # Server, scheduler and commands must mean the same file wherever they are started.
        raise SettingsError(f"{name}: must be an absolute path")
    return path


def _parsed(name: str, parse: Callable[[], T], why: str) -> T:
    """Return `parse()`, or a `SettingsError` that holds nothing of the value or of the first exception."""
    try:
        return parse()
    except (ValueError, ArgumentError):
        problem = SettingsError(f"{name}: {why}")
    raise problem


def _url(environ: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str | None:
    text = environ.get(name) or None
    if text is None:
        return None
    parts, _ = _parsed(name, lambda: ((split := urlsplit(text)), split.port), "is not a URL")
    if parts.scheme not in schemes or not (parts.netloc or parts.path):
        raise SettingsError(f"{name}: must be a URL that begins with {' or '.join(s + '://' for s in schemes)}")
    return text


def _redis_url(environ: Mapping[str, str], name: str) -> str | None:
    url = _url(environ, name, ("redis", "rediss", "redis+unix"))
    if url is not None:
        parts = _parsed(name, lambda: _redis_parts(url), "is not a URL that Redis understands")
        if parts.query or parts.fragment:
            raise SettingsError(f"{name}: takes no query; the number of the database stands in the path")
    return url


def _redis_parts(url: str) -> SplitResult:
    """Return the parts of the URL; raises `ValueError`. Written out here, since the library itself is heavy to load."""
    parts = urlsplit(url)
    number = "" if parts.scheme == "redis+unix" else parts.path.strip("/")
    if parts.port == 0 or not (number == "" or (number.isascii() and number.isdigit())):
        raise ValueError
    return parts


def _wechat_api_base(environ: Mapping[str, str], demo: bool) -> str | None:
    # Pointing production at an emulator would be a way round sign-in.
    return _server(environ, "HEARTPORT_WECHAT_API_BASE", demo)


def _server(environ: Mapping[str, str], name: str, demo: bool) -> str | None:
    base = _url(environ, name, ("https", "http"))
    if base is None:
        return None
    parts = urlsplit(base)
    if not parts.hostname or parts.username or parts.password or parts.query or parts.fragment:
        raise SettingsError(f"{name}: must be https://server/ with no user, query or fragment")
    if parts.scheme == "http" and not (demo and parts.hostname in LOOPBACK):
        raise SettingsError(f"{name}: must begin with https:// (http:// only with HEARTPORT_DEMO=1, on this machine)")
    return base.rstrip("/")


def _key_file(environ: Mapping[str, str], demo: bool) -> Path | None:
    text = environ.get("HEARTPORT_KEY_FILE")
    if text and environ.get("HEARTPORT_KEYS"):
        raise SettingsError("HEARTPORT_KEY_FILE: give either this or HEARTPORT_KEYS, not both")
    if not text:
        if not demo and not environ.get("HEARTPORT_KEYS"):
            raise SettingsError(
                "HEARTPORT_KEY_FILE: is missing (`flask --app wsgi keys new FILE` makes one; "
                "the development key serves only with HEARTPORT_DEMO=1)"
            )
        return None
    if not Path(text).is_file():
        raise SettingsError("HEARTPORT_KEY_FILE: this file does not exist")
    return Path(text)


def _database_url(environ: Mapping[str, str], name: str) -> URL | None:
    text = environ.get(name)
    if not text:
        return None
    url = _parsed(name, lambda: make_url(text), "is not a database URL")
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("postgresql+psycopg", "sqlite"):
        raise SettingsError(f"{name}: must begin with postgresql:// or sqlite:///")
    if url.drivername == "sqlite" and url.database in (None, "", ":memory:"):
        raise SettingsError(f"{name}: must name a file (sqlite:///path); three stores cannot share a memory")
    if url.drivername != "sqlite" and not url.database:
        raise SettingsError(f"{name}: must name a database (postgresql://server/database)")
    return url


def _store_urls(environ: Mapping[str, str], database_url: URL | None, data_dir: Path, demo: bool) -> Mapping[str, URL]:
    urls = {}
    for store in STORES:
        name = f"HEARTPORT_DATABASE_URL_{store.upper()}"
        url = _database_url(environ, name) or _derived_url(store, database_url, data_dir, demo)
        if url.drivername == "sqlite" and not demo:
            raise SettingsError("HEARTPORT_DATABASE_URL: production needs postgresql://")
        urls[store] = url
    if len({_place(url) for url in urls.values()}) < len(STORES):
        raise SettingsError("HEARTPORT_DATABASE_URL_MAIN, _KEYS, _VAULT: the three stores must differ")
    return urls


def _place(url: URL) -> tuple[object, ...]:
    """Return what two stores must not have in common, however it is spelled: a file, or a role in a database."""
    if url.drivername == "sqlite":
        return (os.path.realpath(str(url.database)),)
    return (url.host, url.port or 5432, url.database, url.username)


def _derived_url(store: str, database_url: URL | None, data_dir: Path, demo: bool) -> URL:
    if database_url is None:
        if not demo:
            raise SettingsError("HEARTPORT_DATABASE_URL: is missing (postgresql://server/database)")
        return URL.create("sqlite", database=str(data_dir / f"{store}.sqlite3"))
    if database_url.drivername == "sqlite":
        path = Path(str(database_url.database))
        return database_url.set(database=str(path.with_name(f"{path.stem}-{store}{path.suffix}")))
    return database_url.set(username=f"heartport_{store}")
