"""The `requests` session through which wechatpy reaches WeChat, and nothing but WeChat.

wechatpy writes `https://api.weixin.qq.com/` into its code. One adapter is mounted for that host and carries
each request to the configured base; every other host is denied. Each exchange has its own connection, since
sign-ins are rare and a kept connection that a firewall dropped in silence would cost somebody
the whole timeout. What goes wrong is raised as `Unanswered`, which holds one word and nothing else, for URLs
hold the app secret.
"""

import http.client
import io
import ipaddress
import re
import ssl
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

import certifi
import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from heartport.wechat.connection import BoundedConnection, Patience
from heartport.wechat.deadline import Deadline

WECHAT_API = "https://api.weixin.qq.com/"


class Unanswered(Exception):
    """WeChat gave no usable answer; `why` is one word for the log."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class ApiBase:
    """Where the API is served: WeChat itself, a gateway in front of it, or the emulator."""

    secure: bool
    host: str
    port: int
    path: str


def parse_api_base(text: str) -> ApiBase:
    """Return the base; without encryption only on this machine, where the emulator listens."""
    parts = urlsplit(text)
    extras = parts.username or parts.password or parts.query or parts.fragment
    if parts.scheme not in ("http", "https") or not parts.hostname or extras:
        raise ValueError("The WeChat API base must be https://host/, with no user, query or fragment.")
    secure = parts.scheme == "https"
    if not secure and not _is_loopback(parts.hostname):
        raise ValueError("The WeChat API base must be https; plain http is for the emulator on this machine.")
    return ApiBase(secure, parts.hostname, parts.port or (443 if secure else 80), parts.path.rstrip("/"))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def trusting(authorities: str) -> ssl.SSLContext:
    """Return the encryption settings: TLS 1.2 or later, certificates checked against these authorities.

    Made by hand, because `ssl.create_default_context` obeys `SSLKEYLOGFILE` from the environment.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(authorities)
    return context


class WeChatAdapter(BaseAdapter):
    """Carries a request for WeChat's API to the configured base, within its deadline; thread-safe."""

    def __init__(self, base: ApiBase, patience: Patience, authorities: str | None = None) -> None:
        super().__init__()
        self._base, self._patience, self._authorities = base, patience, authorities

    @cached_property
    def _tls(self) -> ssl.SSLContext | None:
        return trusting(self._authorities or certifi.where()) if self._base.secure else None

    def send(  # type: ignore[override]
        self, request: requests.PreparedRequest, timeout: object = None, **_ignored: object
    ) -> requests.Response:
        """Return WeChat's answer, fully read; `timeout` may be a `Deadline` that several requests share."""
        deadline = timeout if isinstance(timeout, Deadline) else Deadline(self._patience.total_seconds)
        outcome = self._exchange(request, deadline)
        if isinstance(outcome, str):
            # Raised here, after the `except` blocks, so that no cause or context hangs on it.
            raise Unanswered(outcome)
        return outcome

    def close(self) -> None:
        """Nothing is kept open."""

    def _exchange(self, request: requests.PreparedRequest, deadline: Deadline) -> requests.Response | str:
        connection = None
        try:
            connection = BoundedConnection(self._base.host, self._base.port, self._tls, self._patience, deadline)
            connection.request(
                request.method or "GET",
                self._base.path + request.path_url,
                body=request.body,
                headers=dict(request.headers),
            )
            return self._read(connection.getresponse(), request)
        except TimeoutError:
            return "timeout"
        except ssl.SSLError:
            return "tls"
        except (OSError, http.client.HTTPException, ValueError):
            return "connection"
        finally:
            if connection:
                connection.close()

    def _read(self, answer: http.client.HTTPResponse, request: requests.PreparedRequest) -> requests.Response | str:
        if answer.status != http.client.OK:
            return f"status_{answer.status}"
        if answer.getheader("Content-Encoding", "identity").lower() != "identity":
            return "encoding"
        body = answer.read(self._patience.body_bytes + 1)
        if len(body) > self._patience.body_bytes:
            return "too_large"
        if answer.length:
            return "cut_short"
        return _response(answer, body, request)


def _response(answer: http.client.HTTPResponse, body: bytes, request: requests.PreparedRequest) -> requests.Response:
    response = requests.Response()
    response.status_code = answer.status
    response.headers = CaseInsensitiveDict(answer.getheaders())
    response.raw = io.BytesIO(body)
    response.request = request
    return response


class WeChatSession(requests.Session):
    """A session that knows one host, keeps no cookies, and takes no setting from the environment."""

    def __init__(self, adapter: WeChatAdapter) -> None:
        super().__init__()
        self.trust_env = False
        self.headers = CaseInsensitiveDict(
            {"User-Agent": "heartport", "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}
        )
        self.adapters.clear()
        self.mount(WECHAT_API, adapter)

    def get_adapter(self, url: str | bytes) -> BaseAdapter:
        """Return the one adapter; the stock message for any other host would quote its URL."""
        if not re.match(re.escape(WECHAT_API), str(url), re.IGNORECASE):
            raise Unanswered("host_denied")
        return super().get_adapter(url)  # type: ignore[arg-type]
