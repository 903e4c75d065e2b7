"""Holds every answer that a test gets against the OpenAPI document: status, content type, headers, body.

`Person.call` asks it after each request, so that whatever a test is about, it also proves the document. Objects are
closed here: a member that the document does not name is a mistake, although clients must put up with new ones. And no
view may read a parameter that the document does not name.
"""

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jsonschema_rs
from flask import Flask, Request
from werkzeug.datastructures import EnvironHeaders, ImmutableMultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from heartport.web.contract import Api

API = "/api/v1/"
PROBLEM = "application/problem+json"
OUTSIDE = {404: "not_found", 405: "method_not_allowed", 500: "failed"}
"""What belongs to no operation, and is told in the document's introduction."""


READ = "tests.read"
"""Under this name a request keeps which parameters a view read."""


class _WatchedParameters(ImmutableMultiDict):
    """The query, which notes what is asked for by name."""

    read: set[str]

    def get(self, key: str, *arguments: Any, **options: Any) -> Any:
        self.read.add(key)
        return super().get(key, *arguments, **options)


class _WatchedHeaders(EnvironHeaders):
    """The headers, which note what is asked for by name; whose token it is is not a view's to ask."""

    def get(self, key: str, *arguments: Any, **options: Any) -> Any:
        if key != "Authorization":
            self.environ.get(READ, set()).add(key)
        return super().get(key, *arguments, **options)


class WatchedRequest(Request):
    """A request that notes which parameters a view reads, so that none of them stays undocumented."""

    @cached_property
    def args(self) -> Any:
        made = _WatchedParameters(super().args)
        made.read = self.environ.get(READ, set())
        return made

    @cached_property
    def headers(self) -> Any:
        return _WatchedHeaders(self.environ)

    @cached_property
    def accept_languages(self) -> Any:
        self.environ.get(READ, set()).add("Accept-Language")
        return super().accept_languages

    @cached_property
    def if_none_match(self) -> Any:
        self.environ.get(READ, set()).add("If-None-Match")
        return super().if_none_match


class ContractBroken(AssertionError):
    """An answer is not what the document says."""


@dataclass
class Contract:
    """The document, ready to hold answers against it."""

    document: dict[str, Any]

    @cached_property
    def components(self) -> dict[str, Any]:
        """The components with all objects closed; a problem is closed where it is used, as it has members beside."""
        made = deepcopy(self.document["components"])
        for name, schema in made["schemas"].items():
            if name != "ProblemOut":
                close(schema)
        return made

    @cached_property
    def validators(self) -> dict[str, jsonschema_rs.Validator]:
        return {}

    def operation(self, path: str, method: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] | None = self.document["paths"].get(path, {}).get(method.lower())
        if found is None:
            raise ContractBroken(f"{method} {path}: an undocumented operation")
        return found

    def check(self, answer: TestResponse, path: str, method: str) -> None:
        """Raise `ContractBroken` unless this answer of an operation is one that the document names."""
        operation = self.operation(path, method)
        place = f"{method} {path} {answer.status_code}"
        named = {parameter["name"] for parameter in operation.get("parameters", ())}
        if undocumented := answer.request.environ.get(READ, set()) - named:
            raise ContractBroken(f"{place}: reads undocumented: {', '.join(sorted(undocumented))}")
        declared = operation["responses"].get(str(answer.status_code))
        if declared is None:
            raise ContractBroken(f"{place}: an undocumented status")
        declared = self.resolved(declared)
        for name in declared.get("headers", {}):
            if name not in answer.headers:
                raise ContractBroken(f"{place}: without the header {name}")
        content = declared.get("content")
        if content is None:
            if answer.data:
                raise ContractBroken(f"{place}: has a body, where the document has none")
            return
        if answer.content_type not in content:
            raise ContractBroken(f"{place}: is {answer.content_type}, documented are {', '.join(content)}")
        if answer.request.method != "HEAD" and "json" in answer.content_type:
            self.check_body(place, content[answer.content_type]["schema"], answer.data)

    def check_outside(self, answer: TestResponse) -> None:
        """Raise `ContractBroken` unless it is a problem of those that belong to no operation."""
        if answer.content_type != PROBLEM:
            raise ContractBroken(f"{answer.status_code}: is {answer.content_type}")
        if answer.request.method == "HEAD":
            return
        code = {"properties": {"code": {"const": OUTSIDE.get(answer.status_code)}}}
        problem = {"allOf": [{"$ref": "#/components/schemas/ProblemOut"}, code]}
        self.check_body(f"outside {answer.status_code}", problem, answer.data)

    def check_body(self, place: str, schema: Mapping[str, Any], body: bytes) -> None:
        if place not in self.validators:
            closed = deepcopy(dict(schema))
            if "allOf" in closed:
                closed["unevaluatedProperties"] = False
            else:
                close(closed)
            self.validators[place] = jsonschema_rs.Draft202012Validator(
                {**closed, "components": self.components}, validate_formats=True
            )
        for problem in self.validators[place].iter_errors(json.loads(body)):
            # The places and the rule, but not the value.
            raise ContractBroken(f"{place}: {list(problem.instance_path)} breaks {list(problem.schema_path)}")

    def resolved(self, declared: Mapping[str, Any]) -> Mapping[str, Any]:
        reference = declared.get("$ref")
        if reference is None:
            return declared
        return self.components["responses"][reference.rpartition("/")[2]]


def close(schema: Any) -> None:
    """Refuse what is not named, in each object of a schema."""
    if isinstance(schema, list):
        for each in schema:
            close(each)
    if not isinstance(schema, dict):
        return
    if "properties" in schema and "type" in schema:
        schema.setdefault("additionalProperties", False)
    for each in schema.values():
        close(each)


breaks_on_purpose = False
"""Whether the test that runs is marked `breaks`: then the service may fail."""

CONTRACTS: dict[frozenset[Any], Contract] = {}


def contract_of(app: Flask) -> Contract:
    """Return the contract of an application; applications of the same routes share one."""
    key = frozenset((rule.rule, rule.endpoint) for rule in app.url_map.iter_rules())
    if key not in CONTRACTS:
        CONTRACTS[key] = Contract(api_of(app).describe())
    return CONTRACTS[key]


def api_of(app: Flask) -> Api:
    """Return what describes the application."""
    return app.extensions["flask-smorest"]["apis"][""]["ext_obj"]


def check_answer(app: Flask, answer: TestResponse) -> None:
    """Hold one answer against the document of the application that gave it."""
    request = answer.request
    if not request.path.startswith(API) or request.method == "OPTIONS":
        return
    if "flask-smorest" not in app.extensions:
        return  # A few views of a test, without the house around them.
    contract = contract_of(app)
    if answer.status_code == 500 and breaks_on_purpose:
        contract.check_outside(answer)
        return
    try:
        rule, _ = app.url_map.bind("localhost").match(request.path, request.method, return_rule=True)
    except RequestRedirect as problem:
        raise ContractBroken(f"{request.method}: a redirect") from problem
    except HTTPException as problem:
        if answer.status_code != problem.code:
            raise ContractBroken(f"{answer.status_code} where no route is") from None
        contract.check_outside(answer)
        return
    path = rule.rule.replace("<", "{").replace(">", "}")
    contract.check(answer, path, "GET" if request.method == "HEAD" else request.method)
