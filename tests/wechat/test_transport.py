import socket
import threading
import time

import pytest
import requests

from heartport.wechat.connection import Patience
from heartport.wechat.deadline import Deadline
from heartport.wechat.errors import WeChatUnavailable
from heartport.wechat.transport import (
    WECHAT_API,
    ApiBase,
    Unanswered,
    WeChatAdapter,
    WeChatSession,
    parse_api_base,
)
from tests.wechat.authorities import make_authority
from tests.wechat.conftest import LITTLE, SLACK_SECONDS
from tests.wechat.servers import ANSWER, OPENID, http_answer, raw_server, read_head, says


def session_to(base_url: str, patience: Patience = LITTLE) -> WeChatSession:
    return WeChatSession(WeChatAdapter(parse_api_base(base_url), patience))


def why(session: WeChatSession, url: str = WECHAT_API + "x", **options) -> str:
    with pytest.raises(Unanswered) as problem:
        session.get(url, **options)
    return problem.value.why


def test_patience_is_two_seconds_to_connect_four_to_read_and_five_in_all():
    assert Patience() == Patience(2.0, 4.0, 5.0, 256 * 1024)


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("https://api.weixin.qq.com", ApiBase(True, "api.weixin.qq.com", 443, "")),
        ("https://api.weixin.qq.com/", ApiBase(True, "api.weixin.qq.com", 443, "")),
        ("https://gateway.example:8443/wechat/", ApiBase(True, "gateway.example", 8443, "/wechat")),
        ("http://127.0.0.1:8900", ApiBase(False, "127.0.0.1", 8900, "")),
        ("http://[::1]:8900", ApiBase(False, "::1", 8900, "")),
        ("http://localhost", ApiBase(False, "localhost", 80, "")),
    ],
)
def test_a_base_is_read(text, base):
    assert parse_api_base(text) == base


@pytest.mark.parametrize(
    "text",
    [
        "",
        "api.weixin.qq.com",
        "ftp://api.weixin.qq.com",
        "https://",
        "https://user:secret@host/",
        "https://host/?secret=1",
        "https://host/#secret",
        "http://api.weixin.qq.com/",
        "http://10.0.0.1/",
        "http://127.0.0.1.evil.example/",
    ],
)
def test_a_base_that_would_leak_is_refused(text):
    with pytest.raises(ValueError, match="WeChat API base") as refused:
        parse_api_base(text)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://mp.weixin.qq.com/x",
        "https://api.weixin.qq.com.evil.example/x",
        "https://api.weixin.qq.com@evil.example/x",
        "https://api.weixin.qq.com:444/x",
        "http://api.weixin.qq.com/x",
        "http://127.0.0.1/x",
    ],
)
def test_every_other_host_is_denied(url):
    with raw_server(says(http_answer())) as server:
        assert why(session_to(server.base_url), url) == "host_denied"
    assert server.heads == []


def test_the_configured_base_is_denied_too_when_named_as_such():
    with raw_server(says(http_answer())) as server:
        assert why(session_to(server.base_url), server.base_url + "/x") == "host_denied"


def test_a_request_for_wechat_goes_to_the_base_with_its_path_in_front():
    with raw_server(says(http_answer())) as server:
        answer = session_to(server.base_url + "/gateway/").get(WECHAT_API + "sns/x", params=[("a", "b c")])
    assert answer.json()["openid"] == OPENID
    assert server.heads[0].startswith(b"GET /gateway/sns/x?a=b+c HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{server.port}\r\n".encode() in server.heads[0]


def test_a_body_is_sent():
    def talk(line, server):
        head = read_head(line, server)
        assert head.endswith(b'{"a": 1}') or line.recv(100) == b'{"a": 1}'
        line.sendall(http_answer())

    with raw_server(talk) as server:
        assert session_to(server.base_url).post(WECHAT_API + "x", json={"a": 1}).status_code == 200
    assert server.heads[0].lower().count(b"content-length") == 1


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_not_followed(status):
    with raw_server(says(http_answer())) as target:
        moved = http_answer(b"", status, f"Location: {target.base_url}/x")
        with raw_server(says(moved)) as server:
            assert why(session_to(server.base_url)) == f"status_{status[:3]}"
        back = http_answer(b"", status, f"Location: {WECHAT_API}y")
        with raw_server(says(back)) as server:
            assert why(session_to(server.base_url)) == f"status_{status[:3]}"
        assert len(server.heads) == 1
    assert target.heads == []


def test_cookies_are_not_kept():
    with raw_server(says(http_answer(ANSWER, "200 OK", "Set-Cookie: a=b; Path=/"))) as server:
        session = session_to(server.base_url)
        session.get(WECHAT_API + "x")
        session.get(WECHAT_API + "x")
    assert len(session.cookies) == 0
    assert not any(b"cookie" in head.lower() for head in server.heads)


def test_proxies_and_netrc_of_the_environment_are_ignored(monkeypatch, tmp_path, free_port):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine api.weixin.qq.com login a password b\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port}")
    with raw_server(says(http_answer())) as server:
        assert session_to(server.base_url).get(WECHAT_API + "x").json()["openid"] == OPENID
        with pytest.raises(requests.exceptions.ProxyError):  # The control: stock requests obeys.
            requests.get(server.base_url, timeout=1)
    assert b"Authorization" not in server.heads[0]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "connection"),
        (b"\x00\xff garbage", "connection"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "connection"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", "cut_short"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", "cut_short"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{", "connection"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "connection"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n", "connection"),
        (b"HTTP/1.1 200 OK\r\nA: " + b"b" * 100_000 + b"\r\n\r\n", "connection"),
        (http_answer(ANSWER, "200 OK", "Content-Encoding: gzip"), "encoding"),
        (http_answer(ANSWER, "200 OK", "Content-Encoding: br"), "encoding"),
        (http_answer(b"x" * (256 * 1024 + 1)), "too_large"),
        (http_answer(b"x" * (256 * 1024 + 1), length=10**12), "too_large"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (256 * 1024 + 1), "too_large"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + (b"8000\r\n" + b"x" * 32768 + b"\r\n") * 9,
            "too_large",
        ),
    ],
    ids=range(15),
)
def test_what_is_not_a_sound_answer_is_unanswered(answer, reason):
    with raw_server(says(answer)) as server:
        assert why(session_to(server.base_url)) == reason


def test_sound_answers_are_read_whichever_way_they_are_framed():
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (
        len(ANSWER),
        ANSWER,
    )
    for answer in (
        chunked,
        b"HTTP/1.1 200 OK\r\n\r\n" + ANSWER,
        http_answer(b" " * (256 * 1024 - len(ANSWER)) + ANSWER),
    ):
        with raw_server(says(answer)) as server:
            assert session_to(server.base_url).get(WECHAT_API + "x").json()["openid"] == OPENID


def drips(first: bytes, drop: bytes):
    """Send `first`, then `drop` again and again, faster than the read timeout."""

    def talk(line, server):
        read_head(line, server)
        line.sendall(first)
        while not server.stopping.wait(0.02):
            line.sendall(drop)

    return talk


@pytest.mark.parametrize(
    ("first", "drop"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\n", b"A"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0"),
    ],
    ids=["status line", "header", "100 Continue", "body", "body to the end", "chunks", "chunk size"],
)
def test_a_server_that_drips_does_not_hold_the_thread(first, drop):
    with raw_server(drips(first, drop)) as server:
        started = time.monotonic()
        assert why(session_to(server.base_url)) == "timeout"
        assert LITTLE.total_seconds - 0.05 <= time.monotonic() - started <= LITTLE.total_seconds + SLACK_SECONDS


def test_stock_requests_is_held_by_a_server_that_drips():
    """The control: a read timeout alone does not end it."""
    with raw_server(drips(b"HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n", b"x")) as server:
        started = time.monotonic()
        assert requests.get(server.base_url, timeout=(0.3, 0.3)).content == b"x" * 30
        assert time.monotonic() - started > 0.5


def test_a_silent_server_is_left_after_the_read_timeout():
    with raw_server(lambda line, server: server.stopping.wait()) as server:
        started = time.monotonic()
        assert why(session_to(server.base_url)) == "timeout"
        assert LITTLE.read_seconds - 0.05 <= time.monotonic() - started <= LITTLE.read_seconds + SLACK_SECONDS


def test_a_server_that_never_accepts_is_left_after_the_connect_timeout():
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        queue = [socket.socket() for _ in range(4)]
        for waiting in queue:
            waiting.setblocking(False)
            waiting.connect_ex(address)
        started = time.monotonic()
        reason = why(session_to(f"http://127.0.0.1:{address[1]}"))
        took = time.monotonic() - started
        for waiting in queue:
            waiting.close()
    assert reason == "timeout"
    assert LITTLE.connect_seconds - 0.05 <= took <= LITTLE.connect_seconds + SLACK_SECONDS


def test_a_resolver_that_hangs_is_left_after_the_connect_timeout(monkeypatch):
    answered = threading.Event()

    def hang(*_args, **_options):
        answered.wait(5)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    started = time.monotonic()
    assert why(session_to("https://wechat.example")) == "timeout"
    assert LITTLE.connect_seconds - 0.05 <= time.monotonic() - started <= LITTLE.connect_seconds + SLACK_SECONDS
    answered.set()


@pytest.mark.parametrize("problem", [socket.gaierror(), UnicodeError()], ids=["no address", "no name"])
def test_a_host_without_address_is_unanswered(monkeypatch, problem):
    def fail(*_args, **_options):
        raise problem

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    assert why(session_to("https://wechat.example")) == "connection"


def test_the_next_address_is_tried_when_one_does_not_answer(monkeypatch, free_port):
    with raw_server(says(http_answer())) as server:
        addresses = [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in (free_port, server.port)
        ]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: addresses)
        assert session_to("http://localhost:1").get(WECHAT_API + "x").json()["openid"] == OPENID


def test_requests_can_share_one_deadline():
    with raw_server(says(http_answer())) as server:
        session, deadline = session_to(server.base_url), Deadline(0.2)
        session.get(WECHAT_API + "x", timeout=deadline)
        time.sleep(0.2)
        assert why(session, timeout=deadline) == "timeout"


def test_no_caller_can_ask_for_more_than_the_read_timeout():
    with raw_server(lambda line, server: server.stopping.wait()) as server:
        started = time.monotonic()
        assert why(session_to(server.base_url), timeout=60) == "timeout"
        assert time.monotonic() - started <= LITTLE.read_seconds + SLACK_SECONDS


def test_a_trusted_gateway_is_reached_with_encryption(tmp_path, program_at):
    authority, context = make_authority(tmp_path)
    with raw_server(says(http_answer()), wrap=lambda line: context.wrap_socket(line, server_side=True)) as server:
        program = program_at(f"https://localhost:{server.port}", authorities=authority)
        assert program.login("0code") == OPENID


@pytest.mark.parametrize("trusted", [False, True], ids=["unknown authority", "another host's certificate"])
def test_a_server_that_cannot_prove_who_it_is_gets_no_secret(tmp_path, program_at, trusted):
    authority, context = make_authority(tmp_path, host="other.example")
    with raw_server(says(http_answer()), wrap=lambda line: context.wrap_socket(line, server_side=True)) as server:
        program = program_at(f"https://localhost:{server.port}", authorities=authority if trusted else None)
        with pytest.raises(WeChatUnavailable):
            program.login("0code")
    assert server.heads == []


def test_a_handshake_that_drips_is_left_after_the_connect_timeout():
    def talk(line, server):
        line.sendall(b"\x16\x03\x03\x40\x00")  # A handshake record of 16 KiB begins.
        while not server.stopping.wait(0.02):
            line.sendall(b"\x02")

    with raw_server(talk) as server:
        started = time.monotonic()
        assert why(session_to(f"https://localhost:{server.port}")) == "timeout"
        assert time.monotonic() - started <= LITTLE.connect_seconds + SLACK_SECONDS


def test_an_encrypted_server_that_drips_does_not_hold_the_thread(tmp_path):
    authority, context = make_authority(tmp_path)
    talk = drips(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x")
    with raw_server(talk, wrap=lambda line: context.wrap_socket(line, server_side=True)) as server:
        base = parse_api_base(f"https://localhost:{server.port}")
        started = time.monotonic()
        assert why(WeChatSession(WeChatAdapter(base, LITTLE, authority))) == "timeout"
        assert time.monotonic() - started <= LITTLE.total_seconds + SLACK_SECONDS
