"""From where a client fetches sound, pictures and captions: from us by a signed address, or from an object store.

An address is the credential: a player in WeChat sends no token. It stays the same for a whole window of days, so that
caches work, and holds for at least one window more.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Protocol
from urllib.parse import quote, urlencode, urlsplit

from heartport.library.documents import FileFacts

PATH = "/api/v1/media"
MAC_LENGTH = 22
S3_DAYS = 3
"""An address of S3 holds for seven days at most (Signature Version 4); two windows must fit."""
DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Fingerprint = Callable[[str, bytes], bytes]
"""A keyed hash; the key is in no database."""


class Addresses(Protocol):
    """Makes the addresses of files."""

    def of(self, facts: FileFacts, now: datetime) -> str:
        """Return where a file is fetched from."""


class OwnAddresses:
    """Addresses of this service: until when, a keyed hash of name, content and that day, and the name."""

    def __init__(self, fingerprint: Fingerprint, days: int) -> None:
        self._fingerprint = fingerprint
        self._days = days

    def of(self, facts: FileFacts, now: datetime) -> str:
        """Return the path of a file, which holds for `days` to twice as many."""
        until = ((now - EPOCH).days // self._days + 2) * self._days
        return f"{PATH}/{until}.{self._mac(facts, until)}/{facts['name'].rpartition('/')[2]}"

    def until(self, signature: str, facts: FileFacts) -> datetime | None:
        """Return the moment at which a signature ends, or None where it is none of ours for this file as it is now."""
        day, _, mac = signature.partition(".")
        if not (day.isascii() and day.isdigit() and len(day) <= 6 and mac.isascii()):
            return None
        if not hmac.compare_digest(mac, self._mac(facts, int(day))) or day != str(int(day)):
            return None
        return EPOCH + int(day) * DAY

    def _mac(self, facts: FileFacts, until: int) -> str:
        content = f"{facts['name']}\n{facts['digest']}\n{until}".encode()
        return urlsafe_b64encode(self._fingerprint("media address", content)).decode()[:MAC_LENGTH]


class PlainAddresses:
    """Addresses of a public store; the content's digest makes a changed file another one for every cache."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url

    def of(self, facts: FileFacts, now: datetime) -> str:
        """Return the address of a file."""
        return f"{self._base_url}/{quote(facts['name'])}?v={facts['digest'][:8]}"


class S3Addresses:
    """Presigned addresses of an S3-compatible store: AWS Signature Version 4 in the query, for GET.

    Source: AWS, “Authenticating Requests: Using Query Parameters”; the test has its worked example.
    """

    def __init__(self, base_url: str, key_id: str, secret_key: str, region: str) -> None:
        self._base_url = base_url
        self._key_id = key_id
        self._secret_key = secret_key
        self._region = region

    def of(self, facts: FileFacts, now: datetime) -> str:
        """Return the address of a file, which holds for three to six days."""
        begins = EPOCH + (now - EPOCH).days // S3_DAYS * S3_DAYS * DAY
        return self.presigned(facts["name"], begins, 2 * S3_DAYS * DAY)

    def presigned(self, name: str, begins: datetime, lasts: timedelta) -> str:
        """Return the address of one object from a moment on."""
        scope = f"{begins:%Y%m%d}/{self._region}/s3/aws4_request"
        parts = urlsplit(self._base_url)
        path = f"{parts.path}/{quote(name)}"
        query = _query(
            {
                "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
                "X-Amz-Credential": f"{self._key_id}/{scope}",
                "X-Amz-Date": f"{begins:%Y%m%dT%H%M%SZ}",
                "X-Amz-Expires": str(int(lasts.total_seconds())),
                "X-Amz-SignedHeaders": "host",
            }
        )
        asked = "\n".join(("GET", path, query, f"host:{parts.netloc}", "", "host", "UNSIGNED-PAYLOAD"))
        said = "\n".join(("AWS4-HMAC-SHA256", f"{begins:%Y%m%dT%H%M%SZ}", scope, sha256(asked.encode()).hexdigest()))
        signature = hmac.new(self._signing_key(scope), said.encode(), sha256).hexdigest()
        return f"{parts.scheme}://{parts.netloc}{path}?{query}&X-Amz-Signature={signature}"

    def _signing_key(self, scope: str) -> bytes:
        key = f"AWS4{self._secret_key}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        return key


def _query(values: Mapping[str, str]) -> str:
    return urlencode(sorted(values.items()), quote_via=quote, safe="")
