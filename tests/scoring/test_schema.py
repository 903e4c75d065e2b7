"""The schema for editors: current, as wide as the readers and no wider, and narrow enough to catch slips of shape."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import jsonschema_rs
import pytest

from heartport.scoring.loader import load_scale
from heartport.scoring.places import Place
from heartport.scoring.problems import Report
from heartport.scoring.reader import Listing, Mapping, Scalar, read_nodes
from heartport.scoring.schema import overlay_schema, scale_schema, schema_as_json
from tests.scoring.invented import calm, data_of, edited, nightly, overlay, restricted, winding, without, words
from tests.scoring.test_lookups import BY_BOTH
from tests.scoring.test_manner import LONG, PACE, check, judged
from tests.scoring.test_norms import norm, normed

SCALES = Path(__file__).resolve().parents[2] / "scales"
FILES = sorted(path for path in SCALES.rglob("*.y*ml"))
SCHEMA, OVERLAYS = scale_schema(), overlay_schema()
VALIDATOR, OVERLAY_VALIDATOR = jsonschema_rs.validator_for(SCHEMA), jsonschema_rs.validator_for(OVERLAYS)


def plain(node):
    """Give what an editor's own YAML reader makes of a file."""
    match node:
        case Scalar(_, value):
            return float(value) if isinstance(value, Fraction) else value
        case Listing(_, nodes):
            return [plain(each) for each in nodes]
        case Mapping(_, entries):
            return {key: plain(each) for key, (_, each) in entries.items()}


def document_of(data: bytes):
    return plain(read_nodes(data, Report("x")))


def faults(document):
    return [error.message for error in VALIDATOR.iter_errors(document_of(data_of(document)))]


@pytest.mark.parametrize(("name", "schema"), [("schema.json", SCHEMA), ("wording.schema.json", OVERLAYS)])
def test_the_schemas_in_the_folder_are_those_of_the_grammar(name, schema):
    """Write them anew with `flask scales schema > scales/schema.json`, and with `--wording`."""
    assert (SCALES / name).read_text(encoding="utf-8") == schema_as_json(schema)
    jsonschema_rs.meta.validate(schema)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_scale_that_we_ship_is_accepted(path):
    assert [error.message for error in VALIDATOR.iter_errors(document_of(path.read_bytes()))] == []


TALKS = edited(calm(), "advice", 1, "offer", to=["clinic", {"workshop": "F"}, {"workshop": "B04"}])
TALKS = edited(TALKS, "advice", 1, "content", to={"topics": ["sleep"], "kinds": ["track"], "limit": 2})
TALKS = edited(edited(TALKS, "flags", 0, "offer", to=["hotline"]), "audience", to=words())
TALKS = edited(TALKS, "change", to={"total": {"at_least": 5, "source": "x"}})
TALKS = edited(TALKS, "provenance", "notes", to="x")
TALKS = edited(edited(TALKS, "tests", 0, "year", to=2026), "tests", 0, "duration_ms", to=9)
CONTRADICTION = {"contradiction": {"pairs": [["q1", "q2"]], "apart": 2, "at_least": 1}}
DOUBTS = judged(
    check(**PACE),
    check("long", **LONG, do=["annotate", "ask_again"]),
    check("against", **CONTRADICTION),
    check("inattentive", attention={"item": "hard", "expects": 1}),
    check("odd", when="total == 0 and hard == 1"),
)
PERCENTILES = norm(id="p", yields="percentile", cells=[{"score": "total", "percentiles": {5: 10}}])
CELL = {"score": "total", "sex": "female", "age": [18, 34], "mean": 10, "sd": 2}
NORMS = normed(norm(), norm(id="both", by=["sex", "age"], cells=[CELL]), PERCENTILES)
RICH = [calm(), winding(), nightly(), restricted(), BY_BOTH, NORMS, DOUBTS, TALKS]


@pytest.mark.parametrize("document", RICH, ids=range(len(RICH)))
def test_every_construct_is_accepted(document):
    load_scale(data_of(document), "x")
    assert faults(document) == []


def test_an_overlay_is_accepted_and_one_with_a_slip_is_not():
    assert list(OVERLAY_VALIDATOR.iter_errors(document_of(data_of(overlay())))) == []
    for broken in (without(overlay(), "licence"), edited(overlay(), "scale", to=1), edited(overlay(), "scores", to={})):
        assert list(OVERLAY_VALIDATOR.iter_errors(document_of(data_of(broken))))


BROKEN = [
    (("schema",), "heartport-scale/2"),
    (("version",), "1.0"),
    (("status",), "live"),
    (("title",), {"en": "calm"}),
    (("title",), "平静"),
    (("title", "Chinese"), "x"),
    (("minutes",), 0),
    (("minutes",), 2.5),
    (("recall", "unit"), "fortnight"),
    (("instruktion",), {}),
    (("licence", "wording", "checked_on"), "yesterday"),
    (("options", "often", 1), {"label": words()}),
    (("options", "often"), [{"v": 0}]),
    (("items", 1, "kind"), "slider"),
    (("items", 1, "ids"), "r1..r2"),
    (("items", 1, "range"), [0, 1]),
    (("items", 0, "ids"), "q1 q2"),
    (("scores", "total", "mean"), "q1..q9"),
    (("scores", "total"), {"label": words()}),
    (("scores", "total", "missing", "allow"), 0),
    (("scores", "total", "missing", "then"), "zero"),
    (("scores", "total", "round"), {"to": 1}),
    (("scores", "Total"), {"label": words(), "sum": "q1"}),
    (("scores", "total", "cut"), {"of": "total", "edges": [1], "gives": [0, 1]}),
    (("bands", "total", "edges", 1, "to"), 9),
    (("bands", "total", "edges", 1, "from"), "5"),
    (("bands", "total", "edges", 1, "from"), {"female": 3}),
    (("flags", 0, "level"), "high"),
    (("flags", 0, "when"), 7),
    (("advice", 1, "offer"), ["doctor"]),
    (("advice", 1, "reason"), None),
    (("keying",), [{"items": "q1"}]),
    (("keying",), [{"items": "q1", "reverse": [0, 3], "map": {0: 0}}]),
    (("keying",), [{"items": "q1", "map": {"a": 0}}]),
    (("tests", 0, "expect"), {}),
    (("norms",), [norm(yields="stanine")]),
    (("change",), {"total": {"at_least": 0, "source": "x"}}),
    (("validity",), [check()]),
]


@pytest.mark.parametrize(("path", "value"), BROKEN)
def test_a_slip_of_shape_is_caught_while_typing(path, value):
    assert faults(edited(calm(), *path, to=value))


# --- As wide as the readers: every mapping that they read is in the schema with the same keys ----------------


def resolved(schema):
    return SCHEMA["$defs"][schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema


def alternatives(schema) -> Iterator[dict]:
    schema = resolved(schema)
    yield schema
    for each in schema.get("anyOf", []):
        yield from alternatives(each)


def below(schema, key):
    if key in schema.get("properties", {}):
        return schema["properties"][key]
    other = schema.get("additionalProperties")
    return other if isinstance(other, dict) else None


def read_mappings(document, monkeypatch):
    """Load a document and give every mapping that was read: its node with the keys it needs and may have."""
    seen = []
    original = Place.fields

    def fields(self, *, required=(), optional=(), **more):
        if self.is_mapping:
            seen.append((self._node, frozenset(required), frozenset(optional)))
        return original(self, required=required, optional=optional, **more)

    monkeypatch.setattr(Place, "fields", fields)
    load_scale(data_of(document), "x")
    monkeypatch.undo()
    return seen


def shapes(node, found) -> Iterator[tuple[object, list[dict]]]:
    """Walk a file and its schema together; give each node with the subschemas that may be meant."""
    found = [deeper for schema in found for deeper in alternatives(schema)]
    yield node, found
    if isinstance(node, Listing):
        for each in node.nodes:
            yield from shapes(each, [schema["items"] for schema in found if "items" in schema])
    elif isinstance(node, Mapping):
        for key, (_, each) in node.entries.items():
            yield from shapes(each, [deeper for schema in found if (deeper := below(schema, key)) is not None])


BY_GROUP = {"sex", "age", "mean", "sd", "percentiles"}
"""What a row of a table or of a norm needs depends on what stands beside it, which a shape cannot say."""


def known_shapes(data):
    """Give for each mapping of a file, by its line and keys, what the schema has for it: needed keys and all keys."""
    found = {}
    for node, schemas in shapes(read_nodes(data, Report("x")), [SCHEMA]):
        if isinstance(node, Mapping):
            keys = [(set(each.get("required", ())), set(each.get("properties", ()))) for each in schemas]
            found.setdefault((node.line, frozenset(node.entries)), []).extend(keys)
    return found


def misfits(document, monkeypatch):
    """Give the mappings that are read with other keys than the schema has for them."""
    known, seen = known_shapes(data_of(document)), read_mappings(document, monkeypatch)
    assert len(seen) > 20
    return [
        sorted(required | optional)
        for node, required, optional in seen
        if (required - BY_GROUP, (required | optional) - BY_GROUP)
        not in [(needed - BY_GROUP, keys - BY_GROUP) for needed, keys in known[node.line, frozenset(node.entries)]]
    ]


@pytest.mark.parametrize("document", RICH, ids=range(len(RICH)))
def test_every_mapping_that_is_read_has_its_keys_in_the_schema(document, monkeypatch):
    assert misfits(document, monkeypatch) == []


def test_a_key_that_the_schema_forgot_would_be_caught(monkeypatch):
    """The negative control."""
    forgetful = {key: each for key, each in SCHEMA["$defs"]["band"]["properties"].items() if key != "at_risk"}
    monkeypatch.setitem(SCHEMA["$defs"]["band"], "properties", forgetful)
    assert misfits(calm(), monkeypatch)
