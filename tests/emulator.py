"""Runs the WeChat emulator on a free port, for any test that needs WeChat over real HTTP."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import requests

from heartport.wechat.emulator.server import listening
from heartport.wechat.emulator.world import World

LOGIN_PATH = "/sns/jscode2session"


@dataclass(frozen=True)
class Emulator:
    """A running emulator, seen from outside."""

    base_url: str
    world: World

    @property
    def app_id(self) -> str:
        return self.world.app_id

    @property
    def app_secret(self) -> str:
        return self.world.app_secret

    def post(self, name: str, **fields: object) -> dict:
        """Do something on the phone's side; fails unless the emulator agrees."""
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(f"{self.base_url}/_emu/{name}", json=fields, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def login_code(self, person: str = "小林") -> str:
        return self.post("login_code", person=person)["code"]

    def openid_of(self, person: str = "小林") -> str:
        return self.world.openid_of(person)

    def fault(self, kind: str, *, path: str = LOGIN_PATH, **fields: object) -> None:
        """Order a fault; give `times`, or it stays until `mend`."""
        self.post("fault", path=path, kind=kind, **fields)

    def mend(self) -> None:
        self.post("mend")

    def calls(self, path: str = LOGIN_PATH) -> int:
        return self.world.calls(path)


@contextmanager
def running_emulator(clock: Callable[[], float] = time.time) -> Iterator[Emulator]:
    """Run an emulator with a world of its own until the block ends."""
    world = World(clock=clock)
    with listening(world) as base_url:
        yield Emulator(base_url, world)
