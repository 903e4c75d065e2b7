"""A running emulator, and mini-programs that talk to it."""

import socket
from collections.abc import Callable, Iterator

import pytest

from heartport.wechat.connection import Patience
from heartport.wechat.mini_program import MiniProgram
from tests.emulator import Emulator, running_emulator

LITTLE = Patience(connect_seconds=0.25, read_seconds=0.35, total_seconds=0.45)
SLACK_SECONDS = 0.8
"""What a busy machine may add to a bound; a server that drips would otherwise hold its caller for minutes."""


@pytest.fixture(scope="session")
def one_emulator() -> Iterator[Emulator]:
    with running_emulator() as running:
        yield running


@pytest.fixture
def emulator(one_emulator: Emulator) -> Emulator:
    one_emulator.world.reset()
    return one_emulator


@pytest.fixture
def mini_program(emulator: Emulator) -> MiniProgram:
    return MiniProgram(emulator.app_id, emulator.app_secret, emulator.base_url)


@pytest.fixture
def hasty(emulator: Emulator) -> MiniProgram:
    """The same with little patience, so that slowness can be tested quickly."""
    return MiniProgram(emulator.app_id, emulator.app_secret, emulator.base_url, patience=LITTLE)


@pytest.fixture
def program_at() -> Callable[..., MiniProgram]:
    """Makes a mini-program for another base."""

    def make(base: str, **options: object) -> MiniProgram:
        return MiniProgram("wx0", "the-app-secret", base, **options)

    return make


@pytest.fixture
def free_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]
