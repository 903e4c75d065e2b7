"""The document of the whole application: complete, true to the role table, and valid; what it says of bodies is so."""

import json
import re
from collections.abc import Iterator
from types import FunctionType
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

import jsonschema_rs
import pytest
from flask import Flask, Response
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from heartport.app import create_app
from heartport.callers import ANYONE, SIGNED_IN
from heartport.config import ROOT, load_settings
from heartport.errors import Refusal
from heartport.web.access import roles_of_endpoint
from heartport.web.contract import Api
from heartport.web.problems import status_of
from tests.contract import OUTSIDE, PROBLEM, api_of

HTTP_METHODS = {"GET", "POST", "PUT", "DELETE"}
SUCCESSES = {"200", "201", "202", "204", "304"}


class Operation(NamedTuple):
    path: str
    method: str
    told: dict[str, Any]

    @property
    def place(self) -> str:
        return f"{self.method.upper()} {self.path}"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The whole application over empty stores."""
    return new_house(str(tmp_path_factory.mktemp("stores")))


def new_house(folder: str) -> Flask:
    return create_app(load_settings({"HEARTPORT_DEMO": "1", "HEARTPORT_DATA_DIR": folder}))


@pytest.fixture(scope="module")
def document(house: Flask) -> dict[str, Any]:
    """As a client reads it."""
    return json.loads(house.test_client().get("/api/v1/openapi.json").data)


@pytest.fixture(scope="module")
def operations(document: dict[str, Any]) -> list[Operation]:
    return [
        Operation(path, method, told) for path, methods in document["paths"].items() for method, told in methods.items()
    ]


def routes(app: Flask) -> dict[tuple[str, str], str]:
    """Return the endpoint of each route under /api/v1."""
    return {
        (rule.rule.replace("<", "{").replace(">", "}"), method): rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_stands_in_the_document_and_nothing_else_does(house: Flask, operations: list[Operation]) -> None:
    assert {(each.path, each.method.upper()) for each in operations} == set(routes(house))


def test_a_route_that_nobody_documents_would_be_seen(house: Flask, tmp_path: Any) -> None:
    """The negative control of the test above."""
    forgetful = new_house(str(tmp_path))
    forgetful.get("/api/v1/forgotten")(lambda: "here")
    assert set(routes(forgetful)) - set(routes(house)) == {("/api/v1/forgotten", "GET")}


def test_it_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert [str(problem) for problem in OPENAPI_31_VALIDATOR.iter_errors(document)] == []
    assert not OPENAPI_31_VALIDATOR.is_valid({**document, "paths": {"no-slash": 3}})


def test_every_operation_says_what_it_is_what_it_answers_and_what_it_refuses(operations: list[Operation]) -> None:
    for _, method, told in operations:
        place = told["operationId"]
        assert told["summary"].endswith("."), place
        assert told["description"], place
        assert SUCCESSES & told["responses"].keys(), place
        assert all(each.get("$ref") or each["description"] for each in told["responses"].values()), place
        for status, answer in told["responses"].items():
            if status in {"200", "201", "202"}:
                assert answer["content"], place
            if status in {"204", "304"}:
                assert "content" not in answer, place
        if "requestBody" in told:
            assert {"400", "413", "415", "422"} <= told["responses"].keys(), place
        if method.upper() not in HTTP_METHODS:
            pytest.fail(f"{place} uses {method}")


def test_operations_and_tags_have_names_of_their_own(document: dict[str, Any], operations: list[Operation]) -> None:
    ids = [each.told["operationId"] for each in operations]
    assert len(ids) == len(set(ids))
    tags = [tag["name"] for tag in document["tags"]]
    assert len(tags) == len(set(tags))
    assert all(tag["description"] for tag in document["tags"])
    assert {tag for each in operations for tag in each.told["tags"]} == set(tags)


def lets_in(needed: list[str | frozenset[str]], way: set[str]) -> bool:
    return all(way & ({need} if isinstance(need, str) else need) for need in needed)


def test_who_may_call_is_what_the_role_table_says(house: Flask, operations: list[Operation]) -> None:
    endpoints = routes(house)
    for path, method, told in operations:
        roles = roles_of_endpoint(house, endpoints[path, method.upper()])
        needed = [need for need in roles if need not in (ANYONE, SIGNED_IN)]
        ways = [set(way["bearer"]) for way in told["security"]]
        assert bool(ways) == (roles != (ANYONE,))
        assert all(lets_in(needed, way) for way in ways)
        assert not any(lets_in(needed, way - {role}) for way in ways for role in way)
        for need in needed:
            assert any(way & ({need} if isinstance(need, str) else need) for way in ways)
        assert ("401" in told["responses"]) == (roles != (ANYONE,))
        assert ("403" in told["responses"]) >= bool(needed)


def test_every_part_of_a_path_is_described_and_bounded(operations: list[Operation]) -> None:
    for each in operations:
        told = {
            parameter["name"]: parameter for parameter in each.told.get("parameters", ()) if parameter["in"] == "path"
        }
        assert set(told) == set(re.findall(r"{(\w+)}", each.path)), each.place
        for parameter in told.values():
            assert parameter["description"], each.place
            assert {"pattern", "enum", "maxLength"} & parameter["schema"].keys(), each.place


def test_every_parameter_is_told_once_with_its_type(operations: list[Operation]) -> None:
    for each in operations:
        told = [(parameter["in"], parameter["name"]) for parameter in each.told.get("parameters", ())]
        assert len(told) == len(set(told)), each.place
        assert all(parameter["schema"]["type"] for parameter in each.told.get("parameters", ())), each.place


def test_every_body_is_closed_and_its_example_fits(document: dict[str, Any], operations: list[Operation]) -> None:
    bodies = [each for each in operations if "requestBody" in each.told]
    assert len(bodies) > 5
    for each in bodies:
        body = each.told["requestBody"]
        assert body["required"]
        content = body["content"]["application/json"]
        validator = validator_of(document, content["schema"])
        assert validator.is_valid(content["example"]), each.place
        assert not validator.is_valid({**content["example"], "surprise": 1}), each.place
        assert not validator.is_valid([]), each.place


def test_every_parameters_example_fits(document: dict[str, Any], operations: list[Operation]) -> None:
    for each in operations:
        for parameter in each.told.get("parameters", ()):
            if "example" in parameter:
                assert validator_of(document, parameter["schema"]).is_valid(parameter["example"]), each.place


def validator_of(document: dict[str, Any], schema: dict[str, Any]) -> jsonschema_rs.Validator:
    return jsonschema_rs.Draft202012Validator({**schema, "components": document["components"]})


def test_every_reference_leads_somewhere_and_every_component_is_used(document: dict[str, Any]) -> None:
    used = set(references(document))
    there = {
        f"#/components/{kind}/{name}" for kind in ("schemas", "responses") for name in document["components"][kind]
    }
    assert used == there


def test_every_schema_can_be_compiled(document: dict[str, Any]) -> None:
    """A pattern that only Python understands could not."""
    for name, schema in document["components"]["schemas"].items():
        assert validator_of(document, schema), name
    with pytest.raises(jsonschema_rs.ValidationError):
        validator_of(document, {"pattern": r"a\Z"})


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from ([value["$ref"]] if "$ref" in value else [])
        for inner in value.values():
            yield from references(inner)
    if isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_every_part_of_the_export_is_told(house: Flask, document: dict[str, Any]) -> None:
    told = document["paths"]["/api/v1/me/export"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert {"format", "account", "unit", "results", "drafts", "not_included"} <= told["properties"].keys()
    assert set(told["required"]) == told["properties"].keys()


def test_what_a_view_says_above_it_is_what_its_signature_says(house: Flask) -> None:
    """The type is checked by mypy against what is returned, so that the declaration above must be that type."""
    checked = 0
    for endpoint in set(routes(house).values()):
        view = house.view_functions[endpoint]
        body = body_of(get_type_hints(view, include_extras=True)["return"])
        shapes = [each.shape for each in view._apidoc["contract"].answers if each.shape is not None]
        if body is Response or any(isinstance(shape, FunctionType) for shape in shapes):
            continue  # Made once as bytes; or of parts that the features name.
        assert shapes == ([body] * len(shapes) if body is not str else []), endpoint
        checked += 1
    assert checked > 15


def body_of(returned: Any) -> Any:
    return get_args(returned)[0] if get_origin(returned) is tuple else returned


# When it is made


def test_starting_makes_no_document_and_it_is_made_once(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    describe = Api.describe
    monkeypatch.setattr(Api, "describe", lambda api: made.append(api) or describe(api))
    client = new_house(str(tmp_path)).test_client()
    assert made == []
    first = client.get("/api/v1/openapi.json")
    assert client.get("/api/v1/openapi.json").data == first.data
    assert len(made) == 1


def test_it_is_the_same_whenever_it_is_made(house: Flask) -> None:
    assert json.dumps(api_of(house).describe()) == json.dumps(api_of(house).describe())


def test_whoever_has_it_already_gets_no_body(house: Flask) -> None:
    client = house.test_client()
    tag = client.get("/api/v1/openapi.json").headers["ETag"]
    again = client.get("/api/v1/openapi.json", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


# The table of problems in docs/api.md


def all_refusals(family: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for each in family.__subclasses__():
        yield each
        yield from all_refusals(each)


def codes(document: dict[str, Any], operations: list[Operation]) -> set[tuple[int, str]]:
    """Return every status with every code that some operation answers, and what is answered outside of all."""
    found = set(OUTSIDE.items())
    for each in operations:
        for status, answer in each.told["responses"].items():
            content = resolved(document, answer).get("content", {})
            if PROBLEM in content:
                usual = content[PROBLEM]["schema"]["allOf"][1]
                found |= {(int(status), code) for code in usual["properties"]["code"]["enum"]}
    return found


def resolved(document: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    name = answer.get("$ref", "").rpartition("/")[2]
    return document["components"]["responses"][name] if name else answer


def row(status: int, code: str) -> str:
    """Return what the table says of a code: the first line about its class, and what the person reads."""
    kinds = [each for each in all_refusals() if each.__dict__.get("code") == code and status_of(each()) == status]
    if not kinds:
        return f"| {status} | `{code}` | "
    meaning = (kinds[0].__doc__ or "").strip().splitlines()[0]
    return f"| {status} | `{code}` | {meaning} | {kinds[0].detail} |"


def test_the_table_of_problems_is_complete_and_says_what_the_code_says(
    document: dict[str, Any], operations: list[Operation]
) -> None:
    expected = [row(*each) for each in sorted(codes(document, operations))]
    lines = (ROOT / "docs/api.md").read_text(encoding="utf-8").splitlines()
    written = [line for line in lines if re.match(r"\| [45]\d\d \|", line)]
    missing = [line for line in expected if not any(each.startswith(line) for each in written)]
    assert not missing, "docs/api.md lacks these rows, or has them otherwise:\n" + "\n".join(missing)
    assert len(written) == len(expected), "docs/api.md has rows of codes that nothing answers"
