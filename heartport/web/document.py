"""Turns what a view declares, and what follows from its role, into one operation of the OpenAPI document."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from marshmallow import fields, validate

from heartport.callers import ANYONE, SIGNED_IN
from heartport.errors import Invalid, Malformed, NotAllowed, NotSignedIn, Refusal, TooMany
from heartport.stores import StoreUnavailable
from heartport.vault.door import SubjectGone
from heartport.vault.key_rings import WrongKeys
from heartport.web.access import Need
from heartport.web.json_reader import BodyTooLarge, UnsupportedMediaType
from heartport.web.limits import READING_METHODS
from heartport.web.problems import HEADERS_OF_STATUS, PROBLEM, TITLES, ProblemOut, status_of
from heartport.web.shapes import Header, Parameter, Schema, Shapes

JSON = "application/json"
ENDS = r"\Z"
BEARER = {"type": "http", "scheme": "bearer", "description": "The token that signing in answered."}
REQUEST_ID = Header("X-Request-Id", "The id under which this request stands in the service's log.")
PROBLEM_HEADERS = {
    "WWW-Authenticate": Header("WWW-Authenticate", "The scheme of the token."),
    "Retry-After": Header("Retry-After", "In how many seconds to come back.", {"type": "integer", "minimum": 1}),
}
STORES_FAIL = (StoreUnavailable, WrongKeys, SubjectGone)
"""What every use case may meet that reads or writes the stores; named where no role implies it."""
OF_A_BODY = (Malformed, BodyTooLarge, UnsupportedMediaType, Invalid)
DESCRIPTIONS = {
    200: "Here it is.",
    201: "It was made.",
    202: "It is decided, and the rest of it follows by itself.",
    204: "It is done.",
    206: "Here is the part of it that was asked for.",
    304: "It is what you have already.",
}


INTRODUCTION = """\
The service behind a mini-program for employees' mental-health self-service. This document is generated from the code
that answers, and every test of the service holds the answers against it.

- **Refusals** are problem details (RFC 9457). `code` is for programs and never changes; `detail` is Chinese and may be
  shown to the person; `errors` names each wrong place. A path without a route answers 404 `not_found`, a wrong method
  405 `method_not_allowed`, and a failure of ours 500 `failed`, all three in this shape.
- **Signing in** gives an opaque token for `Authorization: Bearer`. 401 says that a token is dead, and nothing else.
- **Lists** that can grow are paged: send `next_cursor` as `cursor` until it is null.
- **New members** may appear in answers at any time; ignore those that you do not know. Requests are read strictly.
"""
LICENCE = {"name": "Apache License 2.0", "identifier": "Apache-2.0"}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer that a view gives; without a shape it has no body."""

    status: int
    shape: Any
    description: str
    headers: tuple[Header, ...]
    content_type: str | tuple[str, ...]
    """One, or several of which it is one."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Refusals that a view raises, and the shape of what then stands beside the members of every problem."""

    kinds: tuple[type[Refusal], ...]
    beside: Any = None


@dataclass(frozen=True, slots=True)
class Contract:
    """All that one view declares."""

    answers: list[Answer] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    parameters: list[Parameter] = field(default_factory=list)

    def with_more(self, **more: list[Any]) -> "Contract":
        """Return it with what the next decorator up says, which a reader sees first."""
        return replace(self, **{name: [*value, *getattr(self, name)] for name, value in more.items()})


def operation(
    endpoint: str, method: str, contract: Contract, shapes: Shapes, *, roles: Sequence[Need], known: Schema
) -> Schema:
    """Return one operation; `known` is its body."""
    made: Schema = {"operationId": endpoint, "security": _security(roles)}
    if contract.parameters:
        made["parameters"] = [each.described() for each in contract.parameters]
    if "requestBody" in known:
        made["requestBody"] = known["requestBody"]
    implied = [Refused((kind,)) for kind in _implied(roles, method, "requestBody" in known)]
    made["responses"] = {
        **{str(each.status): _answer(each, shapes) for each in contract.answers},
        **dict(_problems([*implied, *contract.refused], shapes)),
    }
    return made


def who_may_call(roles: Sequence[Need]) -> str:
    """Say in a sentence what the role table says."""
    if roles == (ANYONE,):
        return "Open to anyone."
    ways = [" and ".join(way) for way in _ways_in(roles) if way]
    return f"Needs the role {', or '.join(ways)}." if ways else "For whoever is signed in."


def portable_pattern(_converter: object, field: fields.Field, **_: object) -> Schema:
    """Return a field's pattern as JSON Schema writes it: Python's are tied to the start, and end with `\\Z`."""
    for each in field.validators:
        if isinstance(each, validate.Regexp):
            return {"pattern": f"^{str(each.regex.pattern).removesuffix(ENDS)}$"}
    return {}


def complete(document: Schema, shapes: Shapes) -> Schema:
    """Add the named shapes, and drop what each operation says itself about the parts of its path."""
    schemas = document["components"].setdefault("schemas", {})
    twice = schemas.keys() & shapes.named.keys()
    if twice:
        raise TypeError(f"two shapes are called {', '.join(sorted(twice))}")
    schemas.update(shapes.named)
    document["info"] |= {"description": INTRODUCTION, "license": LICENCE}
    document["components"]["responses"] = shapes.responses
    for path in document["paths"].values():
        path.pop("parameters", None)
    return document


def _implied(roles: Sequence[Need], method: str, has_body: bool) -> Iterator[type[Refusal]]:
    """Give the refusals that follow from who may call and from there being a body."""
    if roles != (ANYONE,):
        yield from (NotSignedIn, *STORES_FAIL)
        if not {*roles} <= {ANYONE, SIGNED_IN}:
            yield NotAllowed
        if method.upper() not in READING_METHODS:
            yield TooMany
    if has_body:
        yield from OF_A_BODY


def _security(roles: Sequence[Need]) -> list[dict[str, list[str]]]:
    """Say who may call as OpenAPI 3.1 says it: a scheme with all roles that are needed, once for each way in."""
    return [] if roles == (ANYONE,) else [{"bearer": way} for way in _ways_in(roles)]


def _ways_in(roles: Sequence[Need]) -> list[list[str]]:
    """Return each set of roles that will do, in the table's order; one that holds another is left out."""
    choices = [sorted({need} if isinstance(need, str) else need) for need in roles]
    ways = [[role for role in dict.fromkeys(way) if role not in (ANYONE, SIGNED_IN)] for way in product(*choices)]
    return [way for way in ways if not any(set(other) < set(way) for other in ways)]


def _answer(answer: Answer, shapes: Shapes) -> Schema:
    made: Schema = {
        "description": answer.description or DESCRIPTIONS[answer.status],
        "headers": {each.name: each.described() for each in (*answer.headers, REQUEST_ID)},
    }
    if answer.shape is not None:
        types = (answer.content_type,) if isinstance(answer.content_type, str) else answer.content_type
        made["content"] = {each: {"schema": shapes.schema(answer.shape)} for each in types}
    return made


def _problems(refused: Sequence[Refused], shapes: Shapes) -> Iterator[tuple[str, Schema]]:
    """Give the problems by status, each with its codes and with what stands beside each of them."""
    found: dict[int, dict[str, Any]] = {}
    for each in refused:
        for kind in each.kinds:
            codes = found.setdefault(status_of(kind()), {})
            codes[kind.code] = each.beside or codes.get(kind.code)
    for status, codes in sorted(found.items()):
        yield str(status), _problem(status, codes, shapes)


def _problem(status: int, codes: Mapping[str, Any], shapes: Shapes) -> Schema:
    """Return the problem of a status; one that many operations share is told once."""
    beside = [
        {"if": {"properties": {"code": {"enum": sorted(each)}}}, "then": shapes.members(shape)}
        for shape, each in _by_shape(codes).items()
    ]
    usual = {"properties": {"status": {"const": status}, "code": {"enum": sorted(codes)}}}
    headers = [PROBLEM_HEADERS[name] for name in HEADERS_OF_STATUS.get(status, {})]
    made = {
        "description": TITLES[status],
        "headers": {each.name: each.described() for each in (*headers, REQUEST_ID)},
        "content": {PROBLEM: {"schema": {"allOf": [shapes.schema(ProblemOut), usual, *beside]}}},
    }
    return made if beside else shapes.shared_response(".".join(sorted(codes)), made)


def _by_shape(codes: Mapping[str, Any]) -> dict[Any, list[str]]:
    """Return the codes by what stands beside them, where something does."""
    found: dict[Any, list[str]] = {}
    for code, shape in codes.items():
        if shape is not None:
            found.setdefault(shape, []).append(code)
    return found
