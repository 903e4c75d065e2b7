"""No secret, code, openid or session key in any exception or log line, however far one digs."""

import logging
import traceback

import pytest
from structlog.testing import capture_logs

from heartport.errors import Refusal
from heartport.wechat.mini_program import MiniProgram
from tests.wechat.conftest import LITTLE
from tests.wechat.servers import http_answer, raw_server, says
from tests.wechat.test_client import stock_client
from tests.wechat.test_mini_program import NONSENSE, SLOWNESS

SECRET, CODE = "the-app-secret-47", "0the-login-code-11"
PERSON = "小林"
OPENID, SESSION_KEY = "o with-the-openid-23", "the-session-key-95"
SECRETS = (SECRET, CODE, OPENID, SESSION_KEY, "jscode2session")


def chain(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    ahead: list[BaseException | None] = [error]
    while ahead:
        one = ahead.pop()
        if one is not None and one not in found:
            found.append(one)
            ahead += [one.__cause__, one.__context__]
    return found


def everything_said_by(error: BaseException) -> str:
    """All that a log, a debugger's first look or an error tracker would take from an exception."""
    texts = ["".join(traceback.format_exception(error))]
    for one in chain(error):
        texts += [str(one), repr(one), repr(one.args), repr(getattr(one, "__notes__", ""))]
        for value in vars(one).values():
            texts += [repr(value), repr(getattr(value, "__dict__", ""))]
    return "\n".join(texts)


FAULTS = [
    *NONSENSE,
    *(fault for fault, _ in SLOWNESS),
    *({"kind": "errcode", "errcode": number} for number in (-1, 40029, 40163, 40226, 45011, 40013, 40164, 1)),
    {"kind": "answer", "text": f'{{"openid":"{OPENID}","session_key":"{SESSION_KEY}"}}'},
    {"kind": "answer", "text": f'{{"errcode":40029,"errmsg":"invalid code {CODE} {SECRET}"}}'},
    {"kind": "answer", "text": f'{{"errcode":"{CODE}","errmsg":"{SECRET}"}}'},
    {"kind": "answer", "text": f"{CODE} {SECRET} {SESSION_KEY} {OPENID}"},
    {"kind": "status", "status": 500, "text": f"{CODE} {SECRET}"},
]


@pytest.fixture
def log_file(caplog, monkeypatch):
    """Everything that is logged, libraries at their most talkative included."""
    caplog.set_level(logging.DEBUG)
    for name in ("urllib3", "requests", "wechatpy", "heartport"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield caplog
    for name in ("urllib3", "requests", "wechatpy", "heartport"):
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: " ".join(str(v)[:30] for v in fault.values()))
def test_a_refusal_and_the_logs_hold_no_secret(emulator, log_file, fault):
    code = emulator.login_code(PERSON)
    program = MiniProgram(emulator.app_id, emulator.app_secret, emulator.base_url, patience=LITTLE)
    emulator.fault(**fault)
    log_file.clear()
    with pytest.raises(Refusal) as refused, capture_logs() as lines:
        program.login(code)
    assert len(chain(refused.value)) == 1
    said = everything_said_by(refused.value) + repr(lines) + log_file.text
    secrets = (*SECRETS, code, emulator.app_secret, emulator.openid_of(PERSON), "session_key")
    assert not [secret for secret in secrets if secret in said]


def test_a_success_logs_nothing(emulator, mini_program, log_file):
    code = emulator.login_code()
    log_file.clear()
    with capture_logs() as lines:
        mini_program.login(code)
    assert lines == []
    assert log_file.text == ""


def test_wechat_down_holds_no_secret(log_file, free_port):
    program = MiniProgram("wx0", SECRET, f"http://127.0.0.1:{free_port}", patience=LITTLE)
    with pytest.raises(Refusal) as refused, capture_logs() as lines:
        program.login(CODE)
    assert len(chain(refused.value)) == 1
    said = everything_said_by(refused.value) + repr(lines) + log_file.text
    assert not [secret for secret in SECRETS if secret in said]


def test_the_program_itself_shows_no_secret():
    program = MiniProgram("wx0", SECRET)
    assert SECRET not in repr(program) + str(vars(program))


@pytest.mark.parametrize("answer", [http_answer(b"", "500 Oops"), b"not http"], ids=["status 500", "garbage"])
def test_stock_exceptions_and_logs_do_hold_the_secret(log_file, answer):
    """The control: the same digging finds it in what stock wechatpy raises and urllib3 logs."""
    with raw_server(says(answer)) as server:
        client = stock_client(server.base_url)
        client.session.set(client.access_token_key, "t")
        with pytest.raises(Exception) as raised:  # noqa: PT011 - whatever it is, the control holds
            client.wxa.code_to_session(CODE)
    assert "the-app-secret" in everything_said_by(raised.value) + log_file.text
