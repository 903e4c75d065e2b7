"""What a request costs the server: submit-and-score on both databases, a scale with its tag, resident memory."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from bench import databases, inserting, reading, requests, servers
from bench.load import ask
from bench.people import Prepared, prepare
from bench.rounds import Figures, Goal, Measurement, Opened, Row, Side, last
from bench.servers import Server, Wanted, running
from bench.sizes import Sizes

MIB = 1024 * 1024
BARE_YARDSTICK = "bare Flask answering JSON"
MINIMAL_YARDSTICK = "minimal FastAPI + SQLAlchemy, scored and stored in clear"
INSERT_YARDSTICK = "single-insert transactions/s"


def asked(server: Server, sizes: Sizes, sent: Sequence[str], times: int = 1, expected: int = 200) -> Figures:
    """Send requests and give what they cost the server, and how fast they were answered."""
    before = server.cpu_seconds()
    answers = ask(server.port, sizes.connections, sent, times, expected)
    # The clock of /proc ticks a hundred times a second: a tiny run may end within one tick.
    used = max(server.cpu_seconds() - before, 1 / servers.TICKS_A_SECOND)
    count = len(sent) * times
    return {
        "cpu_us": used / count * 1e6,
        "per_second": count / answers.seconds,
        "p50_ms": answers.p50_ms,
        "p99_ms": answers.p99_ms,
    }


def bare_side(server: Server, sizes: Sizes) -> Side:
    """Ask bare Flask."""
    return lambda _number: asked(server, sizes, [requests.BARE], times=sizes.bare_requests)


def submitting_side(server: Server, sizes: Sizes, prepared: Prepared, kind: int = 1) -> Side:
    """Let each person submit once a round; the results that they have pile up from round to round.

    Two sides that share the people need different kinds, so that each submission is a new one.
    """
    version, _ = requests.version_and_tag(server.port, prepared.tokens[0])
    at_first: list[float] = []

    def submit(number: int) -> Figures:
        sent = requests.submissions(prepared.tokens, version, f"{kind} {number}")
        cost = asked(server, sizes, sent, expected=201)
        mib = server.worker_bytes() / MIB
        at_first.append(mib)
        return {**cost, "mib": mib, "grown": mib / at_first[0]}

    return submit


def minimal_side(server: Server, sizes: Sizes) -> Side:
    """Let as many people submit to the minimal application, which does not know them."""
    people = [""] * sizes.people
    return lambda number: asked(server, sizes, requests.submissions(people, "1.0.0", str(number)), expected=201)


def tagged_side(server: Server, sizes: Sizes, prepared: Prepared) -> Side:
    """Ask for a scale that one has already, one person after the other."""
    _, tag = requests.version_and_tag(server.port, prepared.tokens[0])
    sent = requests.tagged(prepared.tokens, tag, sizes.tagged_requests)
    return lambda _number: asked(server, sizes, sent, expected=304)


def conditions(server: Server, prepared: Prepared, sizes: Sizes) -> dict[str, str]:
    """Name what every figure of a served request depends on."""
    return {
        "server": server.words,
        "database": prepared.database,
        "load": f"{sizes.connections} connections kept alive, from a process of its own on the same machine",
        "work": f"{sizes.people} submissions a round, one a person",
    }


@contextmanager
def open_sqlite(sizes: Sizes) -> Iterator[Opened]:
    """Submit, and ask for a scale that one has already, on SQLite and beside bare Flask."""
    with ExitStack() as stack:
        prepared = prepare(stack.enter_context(databases.sqlite()), sizes.people)
        figures = reading.questions(prepared.stores, sizes.tagged_requests)
        clear = str(stack.enter_context(databases.folder()) / "clear.sqlite3")
        wanted = (
            Wanted(servers.BARE),
            Wanted(servers.MINIMAL, {"BENCH_MINIMAL_DATABASE": clear}),
            Wanted(servers.SERVICE, prepared.stores.environ),
        )
        bare, minimal, service = stack.enter_context(running(*wanted))
        sides = {
            "bare": bare_side(bare, sizes),
            "minimal": minimal_side(minimal, sizes),
            "submit": submitting_side(service, sizes, prepared),
            "tagged": tagged_side(service, sizes, prepared),
            "figure": lambda _number: asked(service, sizes, figures),
        }
        yield Opened(sides, conditions(service, prepared, sizes))


@contextmanager
def open_postgresql(sizes: Sizes) -> Iterator[Opened]:
    """Submit on PostgreSQL, with one worker and with two, beside bare Flask and beside single inserts."""
    with ExitStack() as stack:
        prepared = prepare(stack.enter_context(databases.postgresql()), sizes.people)
        one = Wanted(servers.SERVICE, prepared.stores.environ)
        bare, single, double = stack.enter_context(running(Wanted(servers.BARE), one, replace(one, workers=2)))
        program, conninfo = inserting.pgbench(), str(prepared.stores.conninfo)
        inserting.make_table(conninfo)

        def insert(_number: int) -> Figures:
            rate = inserting.transactions_a_second(conninfo, sizes.connections, sizes.inserting_seconds, program)
            inserting.clean_up(conninfo)
            return {"per_second": rate}

        sides = {
            "bare": bare_side(bare, sizes),
            "single": submitting_side(single, sizes, prepared, kind=1),
            "insert": insert,
            "double": submitting_side(double, sizes, prepared, kind=2),
        }
        inserts = f"{inserting.words(program)}, {sizes.connections} clients, prepared statements"
        server = f"{single.words} (where the row says 2 workers: {double.words})"
        yield Opened(sides, {**conditions(single, prepared, sizes), "server": server, "inserts": inserts})


SUBMIT = "submit-and-score on"

SQLITE = Measurement(
    "sqlite",
    open_sqlite,
    (
        Row(
            name="submit-sqlite-cpu",
            what=f"{SUBMIT} SQLite, server CPU",
            side="submit",
            figure="cpu_us",
            unit="µs",
            yardstick=BARE_YARDSTICK,
            beside="bare",
            goal=Goal(10),
        ),
        Row(
            name="submit-sqlite-cpu-minimal",
            what=f"{SUBMIT} SQLite, server CPU",
            side="submit",
            figure="cpu_us",
            unit="µs",
            yardstick=MINIMAL_YARDSTICK,
            beside="minimal",
            goal=Goal(1.2),
        ),
        Row(
            name="figure-read-cpu",
            what="a published figure with its interval, server CPU",
            side="figure",
            figure="cpu_us",
            unit="µs",
            yardstick=BARE_YARDSTICK,
            beside="bare",
            goal=Goal(4.0),
        ),
        Row(
            name="tagged-scale-cpu",
            what="GET /scales/{id} with matching ETag, server CPU",
            side="tagged",
            figure="cpu_us",
            unit="µs",
            yardstick=BARE_YARDSTICK,
            beside="bare",
            goal=Goal(2),
        ),
        Row(
            name="worker-memory",
            what="resident memory of a worker after the last round",
            side="submit",
            figure="mib",
            unit="MiB",
            goal=Goal(130),
            of_rounds=last,
        ),
        Row(
            name="worker-memory-growth",
            what="resident memory of a worker, last round : rehearsal",
            side="submit",
            figure="grown",
            unit="×",
            goal=Goal(1.03),
            of_rounds=last,
        ),
    ),
)

POSTGRESQL = Measurement(
    "postgresql",
    open_postgresql,
    (
        Row(
            name="submit-postgresql",
            what=f"{SUBMIT} PostgreSQL, requests/s",
            side="single",
            figure="per_second",
            unit="/s",
            yardstick=INSERT_YARDSTICK,
            beside="insert",
            goal=Goal(0.10, at_most=False),
        ),
        Row(
            name="submit-postgresql-2-workers",
            what=f"{SUBMIT} PostgreSQL, 2 workers, requests/s",
            side="double",
            figure="per_second",
            unit="/s",
            yardstick=INSERT_YARDSTICK,
            beside="insert",
            goal=Goal(0.10, at_most=False),
        ),
        Row(
            name="submit-postgresql-cpu",
            what=f"{SUBMIT} PostgreSQL, server CPU",
            side="single",
            figure="cpu_us",
            unit="µs",
            yardstick=BARE_YARDSTICK,
            beside="bare",
            goal=Goal(10),
        ),
    ),
)
