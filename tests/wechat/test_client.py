"""What stock wechatpy gets wrong, shown on stock wechatpy first, then that ours does not."""

import json

import pytest
import requests
from requests.adapters import HTTPAdapter
from wechatpy.client import WeChatClient
from wechatpy.exceptions import WeChatClientException

from heartport.wechat.client import CorrectedClient, Rejected
from heartport.wechat.deadline import Deadline
from heartport.wechat.transport import WECHAT_API, Unanswered, WeChatAdapter, WeChatSession, parse_api_base
from tests.wechat.conftest import LITTLE
from tests.wechat.servers import ANSWER, OPENID, http_answer, raw_server, read_head

TOKEN = b'{"access_token":"t","expires_in":7200}'


class Rerouted(HTTPAdapter):
    """Carries stock wechatpy's calls to a local server, and changes nothing else."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self.base_url = base_url

    def send(self, request, **options):
        request.url = request.url.replace(WECHAT_API, self.base_url + "/")
        return super().send(request, **options)


def stock_client(base_url: str) -> WeChatClient:
    client = WeChatClient("wx0", "the-app-secret", timeout=2)
    client._http.trust_env = False
    client._http.mount(WECHAT_API, Rerouted(base_url))
    return client


def our_client(base_url: str) -> CorrectedClient:
    return CorrectedClient("wx0", "the-app-secret", WeChatSession(WeChatAdapter(parse_api_base(base_url), LITTLE)))


def wechat(*, token: bytes, sign_in: bytes = http_answer()):
    """A WeChat whose token endpoint and sign-in answer these bytes."""

    def talk(line, server):
        head = read_head(line, server)
        line.sendall(token if b"/cgi-bin/token" in head else sign_in)

    return talk


TOKENS_DOWN = http_answer(b"", "503 Service Unavailable")


def test_stock_sign_in_works_only_as_long_as_tokens_do():
    with raw_server(wechat(token=http_answer(TOKEN))) as server:
        assert stock_client(server.base_url).wxa.code_to_session("0code")["openid"] == OPENID
        assert b"/cgi-bin/token" in server.heads[0]
    with raw_server(wechat(token=TOKENS_DOWN)) as server:
        with pytest.raises(WeChatClientException):
            stock_client(server.base_url).wxa.code_to_session("0code")
        assert len(server.heads) == 1


def test_our_sign_in_works_while_tokens_do_not():
    with raw_server(wechat(token=TOKENS_DOWN)) as server:
        answer = our_client(server.base_url).wxa.code_to_session("0code", Deadline(1))
    assert answer["openid"] == OPENID
    assert len(server.heads) == 1
    assert b"access_token" not in server.heads[0]


class Enough(Exception):
    """Stock wechatpy itself would stop only at the recursion limit."""


def stop_after(calls: int, heads: list[bytes]) -> None:
    if len(heads) >= calls:
        raise Enough


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
def test_stock_answers_a_dead_token_without_end_and_ours_with_one_error(errcode):
    dead = http_answer(json.dumps({"errcode": errcode, "errmsg": "dead"}).encode())
    talk = wechat(token=http_answer(TOKEN), sign_in=dead)
    with raw_server(talk) as server:
        client = stock_client(server.base_url)
        client.fetch_access_token = lambda: stop_after(20, server.heads)
        with pytest.raises(Enough):
            client.wxa.code_to_session("0code")
    with raw_server(talk) as server:
        with pytest.raises(Rejected) as refused:
            our_client(server.base_url).wxa.code_to_session("0code", Deadline(1))
        assert refused.value.errcode == errcode
        assert len(server.heads) == 1


def test_stock_repairs_an_openid_that_is_broken_and_ours_refuses_it():
    broken = wechat(token=http_answer(TOKEN), sign_in=http_answer(b'{"openid":"oABCDEFGHIJ\xffKLMNOP"}'))
    with raw_server(broken) as server:
        assert stock_client(server.base_url).wxa.code_to_session("0code")["openid"] == "oABCDEFGHIJKLMNOP"
        with pytest.raises(Unanswered, match="unreadable"):
            our_client(server.base_url).wxa.code_to_session("0code", Deadline(1))


def test_a_call_that_would_need_a_token_is_refused_before_it_is_made():
    with raw_server(wechat(token=http_answer(TOKEN))) as server:
        with pytest.raises(NotImplementedError):
            our_client(server.base_url).wxa.get_category()
        assert server.heads == []


def test_the_result_is_handed_to_the_calls_own_reader():
    response = requests.Response()
    response._content = ANSWER
    client = our_client("http://127.0.0.1:1")
    assert client._handle_result(response, result_processor=lambda answer: answer["openid"]) == OPENID
