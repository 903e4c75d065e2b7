"""Which way imports point, and what only one room may do; each rule is shown to catch its breach."""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

import pytest

from heartport.config import ROOT

FEATURES = {
    "members",
    "staff",
    "units",
    "assessments",
    "reflections",
    "hotlines",
    "duty",
    "followups",
    "library",
    "own_library",
    "recommendations",
    "catalogue",
    "booking",
    "messages",
    "case_records",
    "sharing",
    "insights",
    "console",
}
FOUNDATIONS = {"scoring", "vault", "web", "wechat"}
READS_ACROSS = {"insights"}
SHARED_WITHIN_BOOKING = {
    "counselling": {"offers.kinds"},
    "lectures": {"offers.kinds", "feedback.rules", "feedback.schemas", "feedback.tokens", "periods.rules"},
    "workshops": {"periods.rules"},
}
"""What may be imported between the rooms within booking; whatever is not named here is not."""
BOOKING_ROOMS = {"counselling", "lectures", "workshops", "offers", "periods", "feedback"}

MAY_IMPORT = {
    "routes": {"schemas", "service", "rules"},
    "commands": {"schemas", "service", "rules"},
    "schemas": {"service", "rules"},
    "service": {"schemas", "service", "rules", "models"},
    "rules": {"rules"},
    "models": set(),
}
"""Within one feature; every file whose name is none of these counts as a service, being named by its noun.

A service may shape what goes out where that is made once, at start; what comes in is the routes' matter.
"""

ONLY_DOOR = {"wechatpy": "wechat", "apscheduler": "jobs", "cryptography": "vault", "argon2": "vault", "pyotp": "vault"}
IMPURE = {"flask", "werkzeug", "sqlalchemy", "requests", "time", "random", "secrets", "os", "socket", "subprocess"}
IMPURE_OURS = {"heartport.clock", "heartport.stores", "heartport.extensions", "heartport.config", "heartport.web"}
CLOCK_CALLS = {"now", "utcnow", "today"}
DRAWN_LATE = {
    "heartport.assessments.report": {"heartport.assessments.report_pages"},
    "heartport.insights.sealing": {"heartport.insights.noise"},
    "heartport.demo.insights": {"heartport.insights.noise"},
    "heartport.booking.files": {"heartport.booking.calendar_files"},
    "heartport.insights.exports": {"heartport.insights.workbook", "heartport.insights.brief_pages"},
    "heartport.booking.lectures.check_ins": {"heartport.booking.lectures.pictures"},
    "heartport.booking.periods.tables": {"heartport.booking.periods.workbooks"},
    "heartport.library.stock": {"heartport.library.pages"},
    "heartport.web.limits": {"heartport.web.redis_counters"},
    "heartport.wechat.entrance": {"heartport.wechat.mini_program"},
}
"""What a module may import where it first needs it: it would cost every start, and most processes never need it."""
HEAVY = {"numpy", "polars", "opendp"}
ON_HEAVY = {"heartport.scoring.columns", "heartport.insights.noise"}
"""What is written in a heavy library throughout."""
LATE = HEAVY | ON_HEAVY
"""What only commands import, and only when they run, so that the web process never does."""
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "base", "common", "misc"}


@dataclass(frozen=True)
class Module:
    """One parsed file: its dotted name and what it holds."""

    name: str
    source: str
    is_package: bool = False

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @property
    def room(self) -> str:
        """The folder under heartport/, or nothing for a file that stands there itself."""
        parts = self.name.split(".")
        return parts[1] if len(parts) > 2 or (len(parts) == 2 and self.is_package) else ""

    @property
    def part(self) -> str:
        """What the file is within its feature."""
        return part_of(self.name)

    @cached_property
    def imports(self) -> frozenset[str]:
        return frozenset(imported(self.tree))


def part_of(name: str) -> str:
    parts = name.split(".")
    return next((part for part in parts[2:] if part in MAY_IMPORT), "service")


def imported(tree: ast.AST) -> Iterator[str]:
    """Name every module that is imported; `from a import b` counts as `a` and as `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")
            yield from (f"{node.module}.{alias.name}" for alias in node.names if node.level == 0)


def calls(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Give every `x.name(...)` as its receiver's text and its name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield ast.unparse(node.func.value), node.func.attr


def outside_functions(tree: ast.AST) -> Iterator[ast.AST]:
    """Give what runs when a module is imported."""
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield node
            yield from outside_functions(node)


def is_within(name: str, packages: set[str]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def ours(module: Module) -> Iterator[str]:
    return (name for name in module.imports if is_within(name, {"heartport"}))


# The rules: each gives what is wrong in one module.

Rule = Callable[[Module], Iterator[str]]


def imports_are_absolute(module: Module) -> Iterator[str]:
    yield from (f"relative import of {name}" for name in module.imports if name.startswith("."))


def layers_point_down(module: Module) -> Iterator[str]:
    if module.room not in FEATURES:
        return
    own = f"heartport.{module.room}"
    for name in ours(module):
        if is_within(name, {own}) and len(name.split(".")) > 2 and part_of(name) not in MAY_IMPORT[module.part]:
            # `from heartport.members.rules import x` also gives `…rules.x`, which lies in the same part.
            yield f"{module.part} imports {name}"


def scoring_and_rules_are_pure(module: Module) -> Iterator[str]:
    if module.room != "scoring" and module.part != "rules":
        return
    yield from (f"imports {name}" for name in module.imports if is_within(name, IMPURE))
    yield from (f"imports {name}" for name in ours(module) if is_within(name, IMPURE_OURS))
    yield from (f"asks the clock: {of}.{name}()" for of, name in calls(module.tree) if name in CLOCK_CALLS)


def libraries_have_one_door(module: Module) -> Iterator[str]:
    for library, room in ONLY_DOOR.items():
        plays_wechat = is_within(module.name, {"heartport.wechat.emulator"})
        if module.room != room and not plays_wechat:
            yield from (f"imports {name}" for name in module.imports if is_within(name, {library}))


def the_lowest_modules_import_nothing_of_ours(module: Module) -> Iterator[str]:
    if module.name in ("heartport.extensions", "heartport.errors", "heartport.callers", "heartport.local_time"):
        yield from (f"imports {name}" for name in ours(module))


def refusals_know_no_http(module: Module) -> Iterator[str]:
    if module.name == "heartport.errors":
        yield from (f"imports {name}" for name in module.imports if is_within(name, {"flask", "werkzeug", "http"}))


def nobody_imports_foreign_models(module: Module) -> Iterator[str]:
    for name in ours(module):
        parts = name.split(".")
        if "models" in parts[2:] and parts[1] != module.room and module.room not in READS_ACROSS:
            yield f"imports {name}"


def kinds_of_booking_know_nothing_of_each_other(module: Module) -> Iterator[str]:
    room = _booking_room(module.name)
    allowed = {f"heartport.booking.{name}" for name in SHARED_WITHIN_BOOKING.get(room, ())}
    for name in ours(module):
        if room and _booking_room(name) not in {"", room} and not is_within(name, allowed):
            yield f"imports {name}"


def _booking_room(name: str) -> str:
    """Return the room within booking in which a module stands, or nothing."""
    parts = name.split(".")
    return parts[2] if parts[1:2] == ["booking"] and parts[2:] and parts[2] in BOOKING_ROOMS else ""


def foundations_know_no_feature(module: Module) -> Iterator[str]:
    features = {f"heartport.{feature}" for feature in FEATURES}
    if module.room in FOUNDATIONS:
        yield from (f"imports {name}" for name in ours(module) if is_within(name, features))


def imports_stand_at_the_top(module: Module) -> Iterator[str]:
    for function in ast.walk(module.tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            late = set(imported(function))
            if module.part == "commands" and all(is_within(name, LATE) for name in late):
                continue
            late = {name for name in late if not is_within(name, DRAWN_LATE.get(module.name, set()))}
            yield from (f"imports {name} inside a function" for name in late)


def heavy_libraries_are_imported_late(module: Module) -> Iterator[str]:
    if is_within(module.name, ON_HEAVY):
        return
    for node in outside_functions(module.tree):
        names = set(imported(node)) if isinstance(node, ast.Import | ast.ImportFrom) else set()
        yield from (f"imports {name} at the top" for name in sorted(names) if is_within(name, LATE))


def only_the_stores_commit(module: Module) -> Iterator[str]:
    if module.name != "heartport.stores":
        yield from (f"{of}.{name}()" for of, name in calls(module.tree) if name in ("commit", "rollback"))


def json_is_read_by_one_reader(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and (
            node.attr == "get_json" or (node.attr == "json" and ast.unparse(node.value) == "request")
        ):
            yield ast.unparse(node)


def the_emulator_serves_the_demo_only(module: Module) -> Iterator[str]:
    emulator = {"heartport.wechat.emulator"}
    if module.room != "demo" and not is_within(module.name, emulator):
        yield from (f"imports {name}" for name in module.imports if is_within(name, emulator))


def names_say_something(module: Module) -> Iterator[str]:
    yield from (f"is named {part}" for part in module.name.split(".") if part in VAGUE_NAMES)


def packages_hold_a_docstring(module: Module) -> Iterator[str]:
    if module.is_package and module.room in FEATURES:
        if ast.get_docstring(module.tree) is None:
            yield "has no docstring"
        yield from (f"imports {name}" for name in ours(module))


RULES: tuple[Rule, ...] = (
    imports_are_absolute,
    layers_point_down,
    scoring_and_rules_are_pure,
    libraries_have_one_door,
    the_lowest_modules_import_nothing_of_ours,
    refusals_know_no_http,
    nobody_imports_foreign_models,
    kinds_of_booking_know_nothing_of_each_other,
    foundations_know_no_feature,
    imports_stand_at_the_top,
    heavy_libraries_are_imported_late,
    only_the_stores_commit,
    json_is_read_by_one_reader,
    the_emulator_serves_the_demo_only,
    names_say_something,
    packages_hold_a_docstring,
)


def house() -> list[Module]:
    """Parse everything under heartport/."""
    found = []
    for path in sorted((ROOT / "heartport").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        found.append(Module(name, path.read_text(encoding="utf-8"), is_package))
    return found


HOUSE = house()


def cycle_in(modules: list[Module]) -> list[str] | None:
    """Return one ring of imports, or None."""
    names = {module.name for module in modules}
    graph: Mapping[str, set[str]] = {module.name: (module.imports & names) - {module.name} for module in modules}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as problem:
        return list(problem.args[1])
    return None


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_its_rules(rule: Rule) -> None:
    found = [f"{module.name}: {problem}" for module in HOUSE for problem in sorted(rule(module))]
    assert found == []


def test_no_imports_run_in_a_ring() -> None:
    assert cycle_in(HOUSE) is None


def test_every_room_is_known_here() -> None:
    rooms = {module.room for module in HOUSE} - {""}
    assert rooms <= FEATURES | FOUNDATIONS | {"jobs", "demo"}


def test_the_search_sees_the_whole_house() -> None:
    assert {"heartport.stores", "heartport.web.access", "heartport.members.rules"} <= {m.name for m in HOUSE}
    assert len(HOUSE) > 60


BREACHES: list[tuple[Rule, str, str]] = [
    (imports_are_absolute, "heartport.members.routes", "from . import models"),
    (imports_are_absolute, "heartport.members.routes", "from .models import Account"),
    (layers_point_down, "heartport.members.models", "from heartport.members.policies import Purpose"),
    (layers_point_down, "heartport.members.models", "from heartport.members import rules"),
    (layers_point_down, "heartport.members.rules", "from heartport.members.models import Account"),
    (layers_point_down, "heartport.members.rules", "import heartport.members.sessions"),
    (layers_point_down, "heartport.members.sessions", "from heartport.members import routes"),
    (layers_point_down, "heartport.members.schemas", "from heartport.members.models import Account"),
    (layers_point_down, "heartport.members.routes", "from heartport.members.models import Account"),
    (layers_point_down, "heartport.booking.rules.seats", "from heartport.booking.models import Seat"),
    (scoring_and_rules_are_pure, "heartport.scoring.engine", "from flask import current_app"),
    (scoring_and_rules_are_pure, "heartport.scoring.engine", "from sqlalchemy.orm import Session"),
    (scoring_and_rules_are_pure, "heartport.members.rules", "import sqlalchemy"),
    (scoring_and_rules_are_pure, "heartport.members.rules", "from heartport import clock"),
    (scoring_and_rules_are_pure, "heartport.members.rules", "import random"),
    (scoring_and_rules_are_pure, "heartport.members.rules", "def f():\n    return datetime.now(UTC)"),
    (scoring_and_rules_are_pure, "heartport.scoring.flags", "WHEN = date.today()"),
    (scoring_and_rules_are_pure, "heartport.scoring.flags", "from time import time"),
    (libraries_have_one_door, "heartport.members.sessions", "from wechatpy import WeChatClient"),
    (libraries_have_one_door, "heartport.members.sessions", "import apscheduler.schedulers"),
    (libraries_have_one_door, "heartport.wechat.client", "from cryptography.fernet import Fernet"),
    (libraries_have_one_door, "heartport.staff.sign_in", "from argon2 import PasswordHasher"),
    (libraries_have_one_door, "heartport.staff.sign_in", "import pyotp"),
    (the_lowest_modules_import_nothing_of_ours, "heartport.extensions", "from heartport.config import Settings"),
    (the_lowest_modules_import_nothing_of_ours, "heartport.errors", "import heartport.web.problems"),
    (refusals_know_no_http, "heartport.errors", "from http import HTTPStatus"),
    (nobody_imports_foreign_models, "heartport.assessments.results", "from heartport.members.models import Account"),
    (nobody_imports_foreign_models, "heartport.members.sessions", "from heartport.vault import models"),
    (nobody_imports_foreign_models, "heartport.features", "import heartport.booking.models"),
    (
        kinds_of_booking_know_nothing_of_each_other,
        "heartport.booking.lectures.seats",
        "import heartport.booking.workshops.rows",
    ),
    (
        kinds_of_booking_know_nothing_of_each_other,
        "heartport.booking.offers.kinds",
        "from heartport.booking import lectures",
    ),
    (
        kinds_of_booking_know_nothing_of_each_other,
        "heartport.booking.lectures.a",
        "import heartport.booking.feedback.models",
    ),
    (foundations_know_no_feature, "heartport.web.access", "from heartport.members import sessions"),
    (foundations_know_no_feature, "heartport.scoring.engine", "import heartport.assessments.shelf"),
    (imports_stand_at_the_top, "heartport.members.sessions", "def f():\n    from heartport import clock"),
    (imports_stand_at_the_top, "heartport.members.sessions", "class A:\n    def f(self):\n        import json"),
    (imports_stand_at_the_top, "heartport.insights.commands", "def f():\n    import polars, json"),
    (imports_stand_at_the_top, "heartport.insights.sealing", "def f():\n    import polars"),
    (imports_stand_at_the_top, "heartport.scoring.sheets", "def f():\n    import heartport.scoring.columns.plans"),
    (heavy_libraries_are_imported_late, "heartport.insights.commands", "import numpy as np"),
    (
        heavy_libraries_are_imported_late,
        "heartport.scoring.sheets",
        "try:\n    from polars import DataFrame\nfinally:\n    pass",
    ),
    (
        heavy_libraries_are_imported_late,
        "heartport.scoring.plans",
        "from heartport.scoring.columns.plans import ColumnPlan",
    ),
    (heavy_libraries_are_imported_late, "heartport.assessments.commands", "from heartport.scoring import columns"),
    (only_the_stores_commit, "heartport.members.sessions", "def f(session):\n    session.commit()"),
    (only_the_stores_commit, "heartport.members.routes", "db.session.commit()"),
    (json_is_read_by_one_reader, "heartport.members.routes", "body = request.get_json(silent=True)"),
    (json_is_read_by_one_reader, "heartport.members.routes", "body = request.json['a']"),
    (the_emulator_serves_the_demo_only, "heartport.features", "from heartport.wechat.emulator.world import World"),
    (names_say_something, "heartport.members.utils", ""),
    (names_say_something, "heartport.common.text", ""),
]


@pytest.mark.parametrize(("rule", "name", "source"), BREACHES)
def test_a_breach_is_caught(rule: Rule, name: str, source: str) -> None:
    assert list(rule(Module(name, source)))


def test_every_rule_is_shown_to_catch_something() -> None:
    assert {rule for rule, _, _ in BREACHES} | {packages_hold_a_docstring} == set(RULES)


@pytest.mark.parametrize("source", ["", '"""Docstring."""\nfrom heartport.members.routes import me'])
def test_a_feature_that_imports_its_own_views_is_caught(source: str) -> None:
    assert list(packages_hold_a_docstring(Module("heartport.members", source, is_package=True)))


def test_a_ring_of_imports_is_caught() -> None:
    ring = [
        Module("heartport.a", "from heartport import b"),
        Module("heartport.b", "import heartport.c"),
        Module("heartport.c", "from heartport.a import name"),
    ]
    assert cycle_in(ring) is not None
    assert cycle_in(ring[:2]) is None


ALLOWED: list[tuple[str, str]] = [
    ("heartport.members.routes", "from heartport.members.schemas import LoginIn\nfrom heartport.web import access"),
    ("heartport.members.sessions", "from heartport.members.models import Account\nfrom heartport import clock"),
    ("heartport.members.rules", "import re\nfrom datetime import date\nfrom heartport.errors import Invalid"),
    ("heartport.assessments.submissions", "from heartport.members.standing import read_standing"),
    ("heartport.insights.sealing", "from heartport.members.models import Account"),
    ("heartport.insights.commands", "def f():\n    import polars"),
    ("heartport.assessments.commands", "def f():\n    from heartport.scoring.columns.running import Batch"),
    ("heartport.scoring.columns.plans", "import numpy as np\nfrom heartport.scoring.columns.domains import Column"),
    ("heartport.wechat.emulator.phone", "from cryptography.hazmat.primitives import ciphers"),
    ("heartport.vault.sealing", "from cryptography.hazmat.primitives.ciphers.aead import AESGCM"),
    ("heartport.stores", "def f(session):\n    session.commit()"),
    ("heartport.demo.people", "from heartport.wechat.emulator.world import World"),
]


@pytest.mark.parametrize(("name", "source"), ALLOWED)
def test_what_is_allowed_is_not_caught(name: str, source: str) -> None:
    module = Module(name, source)
    assert [problem for rule in RULES for problem in rule(module)] == []
