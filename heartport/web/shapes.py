"""The shapes of what goes over the wire, written as types and turned into JSON Schema for the document.

An answer's shape is a `TypedDict` beside the `…_out` function that makes it: mypy holds the function to it, nothing is
paid for it when a request is answered, and the document is generated from it. `Annotated` adds what a type cannot say:
a text is the description, a mapping is further keywords of JSON Schema.

    class SeatOut(TypedDict):
        id: Annotated[str, {"pattern": "^[a-z0-9]{12}$"}]
        starts_at: Instant
        note: Annotated[str | None, "A sentence to show under it."]
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Generic,
    Literal,
    NotRequired,
    TypedDict,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

T = TypeVar("T")

Schema = dict[str, Any]
"""A JSON Schema, 2020-12."""

Instant = Annotated[str, {"format": "date-time"}]
"""A moment with its offset, +08:00."""
Day = Annotated[str, {"format": "date"}]
"""A local date."""

SIMPLE: Mapping[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
    Any: {},
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a request: where it stands, what may stand there, and an example that works in the demo."""

    name: str
    place: Literal["path", "query", "header"]
    description: str
    schema: Schema
    required: bool = False
    example: object = None

    def described(self) -> Schema:
        """Return it as OpenAPI writes it."""
        made = {
            "name": self.name,
            "in": self.place,
            "description": self.description,
            "required": self.required or self.place == "path",
            "schema": self.schema,
        }
        return made if self.example is None else {**made, "example": self.example}


@dataclass(frozen=True, slots=True)
class Header:
    """One header of an answer that always comes along."""

    name: str
    description: str
    schema: Schema = field(default_factory=lambda: {"type": "string"})

    def described(self) -> Schema:
        """Return it as OpenAPI writes it."""
        return {"description": self.description, "required": True, "schema": self.schema}


def one_of(values: Collection[str]) -> Schema:
    """Return the keywords for one of these values, which an enum of texts may be."""
    return {"enum": [str(value) for value in values]}


class PageOut(TypedDict, Generic[T]):
    """A list, or one page of it."""

    items: list[T]
    next_cursor: Annotated[str | None, "Send it as `cursor` for the next page; null on the last."]


class Shapes:
    """Turns types into JSON Schema and gathers the named ones, each once."""

    def __init__(self) -> None:
        self.named: dict[str, Schema] = {}
        self._types: dict[str, tuple[type, bool]] = {}

    def schema(self, shape: Any, *, closed: bool = False) -> Schema:  # noqa: ANN401 - a type
        """Return the schema of a type; `closed` refuses unknown keys, which is for what comes in.

        A mapping is taken for a schema already. Raises `TypeError` for a type that JSON does not have.
        """
        if isinstance(shape, Mapping):
            return dict(shape)
        if is_typeddict(shape):
            return self._named(shape, closed)
        if shape in SIMPLE:
            return dict(SIMPLE[shape])
        return self._composed(get_origin(shape), get_args(shape), closed)

    def _composed(self, origin: Any, parts: tuple[Any, ...], closed: bool) -> Schema:  # noqa: ANN401 - a type
        made: Schema
        if origin is Annotated:
            made = self._annotated(parts[0], parts[1:], closed)
        elif origin is NotRequired:
            made = self.schema(parts[0], closed=closed)
        elif origin in (Union, UnionType):
            made = _either([self.schema(each, closed=closed) for each in parts])
        elif origin is Literal:
            made = {"enum": list(parts)}
        elif origin is list:
            made = {"type": "array", "items": self.schema(parts[0], closed=closed)}
        elif origin is dict:
            made = {"type": "object", "additionalProperties": self.schema(parts[1], closed=closed)}
        elif is_typeddict(origin):
            made = self._object(origin, closed, dict(zip(origin.__parameters__, parts, strict=True)))
        else:
            raise TypeError(f"{origin} has no JSON Schema here; see heartport/web/shapes.py")
        return made

    def _annotated(self, shape: Any, notes: tuple[Any, ...], closed: bool) -> Schema:  # noqa: ANN401 - a type
        made = self.schema(shape, closed=closed)
        for note in notes:
            made = {**made, **({"description": note} if isinstance(note, str) else note)}
        return made

    def _named(self, shape: type, closed: bool) -> Schema:
        name = shape.__name__
        if self._types.setdefault(name, (shape, closed)) != (shape, closed):
            raise TypeError(f"two shapes are called {name}, or one both comes in and goes out")
        if name not in self.named:
            self.named[name] = {}  # Stands there for a shape that holds itself.
            self.named[name] = self._object(shape, closed, {})
        return {"$ref": f"#/components/schemas/{name}"}

    def _object(self, shape: Any, closed: bool, stands_for: dict[Any, Any]) -> Schema:  # noqa: ANN401 - a TypedDict
        hints = {name: _filled(hint, stands_for) for name, hint in get_type_hints(shape, include_extras=True).items()}
        made: Schema = {
            "type": "object",
            "properties": {name: self.schema(hint, closed=closed) for name, hint in hints.items()},
            "required": [name for name in hints if name in shape.__required_keys__],
        }
        if shape.__doc__:
            made = {"description": shape.__doc__.strip(), **made}
        return {**made, "additionalProperties": False} if closed else made


def _filled(hint: Any, stands_for: Mapping[Any, Any]) -> Any:  # noqa: ANN401 - a type
    """Put the actual types in the place of type variables."""
    open_places = getattr(hint, "__parameters__", ())
    if hint in stands_for:
        return stands_for[hint]
    return hint[tuple(stands_for[each] for each in open_places)] if open_places else hint


def _either(schemas: list[Schema]) -> Schema:
    """Return what fits one of these, in one word where nothing but types is said."""
    if all(set(each) == {"type"} for each in schemas):
        return {"type": [each["type"] for each in schemas]}
    return {"anyOf": schemas}
