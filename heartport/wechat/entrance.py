"""The mini-program, made by the first who signs in: its libraries would take a tenth of every start."""

import threading
from functools import cached_property
from typing import TYPE_CHECKING

from heartport.config import WECHAT_API, Settings

if TYPE_CHECKING:
    from heartport.wechat.mini_program import MiniProgram


class Entrance:
    """The way in through WeChat."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._making = threading.Lock()

    def login(self, code: str) -> str:
        """Return the openid of a login code; raises as `MiniProgram.login` does."""
        with self._making:
            mini_program = self._mini_program
        return mini_program.login(code)

    @cached_property
    def _mini_program(self) -> "MiniProgram":
        from heartport.wechat.mini_program import MiniProgram  # noqa: PLC0415 - see above

        settings = self._settings
        return MiniProgram(settings.wechat_app_id, settings.wechat_app_secret, settings.wechat_api_base or WECHAT_API)
