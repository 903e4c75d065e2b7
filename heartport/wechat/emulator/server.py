"""Serves the emulator on this machine only, a thread a call."""

import ipaddress
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.serving import WSGIRequestHandler, make_server

from heartport.wechat.emulator.app import EmulatorApp
from heartport.wechat.emulator.world import World


class _SilentHandler(WSGIRequestHandler):
    """Logs no calls: their URLs hold login codes and the app secret."""

    def log(self, type: str, message: str, *args: object) -> None:
        pass


@contextmanager
def listening(world: World, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve this world while the block runs, and give its base URL; port 0 takes a free one."""
    if not ipaddress.ip_address(host).is_loopback:
        raise ValueError("The emulator lets anybody sign in as anybody: it listens on loopback only.")
    server = make_server(host, port, EmulatorApp(world), threaded=True, request_handler=_SilentHandler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://{f'[{host}]' if ':' in host else host}:{server.server_port}"
    finally:
        world.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()
