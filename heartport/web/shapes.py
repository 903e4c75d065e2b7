"""The shapes of what goes over the wire, written as types and turned into JSON Schema for the document.

An answer's shape is a `TypedDict` beside the `…_out` function that makes it: mypy holds the function to it, nothing is
paid for it when a request is answered, and the document is generated from it. `Annotated` adds what a type cannot say:
a text is the description, `Keywords` are further ones of JSON Schema.

    class SeatOut(TypedDict):
        id: Annotated[str, Keywords(pattern="^[a-z0-9]{12}$")]
        starts_at: Instant
        note: Annotated[str | None, "A sentence to show under it."]
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FunctionType, NoneType, UnionType
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


class Keywords(dict[str, Any]):
    """Keywords of JSON Schema beside a type; they can be hashed, which `X | None` asks for."""

    def __hash__(self) -> int:  # type: ignore[override]
        return id(self)


PUBLIC_ID = Keywords(pattern="^[A-Za-z0-9_-]{22}$")
"""128 random bits in URL-safe base64, as ids look that are seen outside."""
Id = Annotated[str, PUBLIC_ID]
Instant = Annotated[str, Keywords(format="date-time")]
"""A moment with its offset, +08:00."""
Day = Annotated[str, Keywords(format="date")]
"""A local date."""

SIMPLE: Mapping[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
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


def one_of(values: Iterable[str]) -> Keywords:
    """Return the keywords for one of these values, which an enum of texts may be."""
    return Keywords(enum=[str(value) for value in values])


class ItemsOut(TypedDict, Generic[T]):
    """A list that is never long."""

    items: list[T]


class PageOut(TypedDict, Generic[T]):
    """A list, or one page of it."""

    items: list[T]
    next_cursor: Annotated[str | None, "Send it as `cursor` for the next page; null on the last."]


class Shapes:
    """Turns types into JSON Schema and gathers the named ones, each once."""

    def __init__(self) -> None:
        self.named: dict[str, Schema] = {}
        self.responses: dict[str, Schema] = {}
        self._types: dict[str, type] = {}

    def schema(self, shape: Any) -> Schema:  # noqa: ANN401 - a type
        """Return the schema of a type; raises `TypeError` for one that JSON does not have.

        A tuple stands for one object with the members of all in it, a function for what it returns, and a mapping is a
        schema already.
        """
        if isinstance(shape, FunctionType):
            return self.schema(shape())
        if isinstance(shape, Mapping):
            return dict(shape)
        if isinstance(shape, tuple):
            return _together([self._object(each, {}) for each in shape])
        if is_typeddict(shape):
            return self._named(shape)
        if isinstance(shape, type) and shape in SIMPLE:
            return dict(SIMPLE[shape])
        return self._composed(get_origin(shape), get_args(shape))

    def members(self, shape: Any) -> Schema:  # noqa: ANN401 - a TypedDict
        """Return what a `TypedDict` says of an object that has further members."""
        made = self._object(shape, {})
        return {"properties": made["properties"], "required": made["required"]}

    def shared_response(self, name: str, response: Schema) -> Schema:
        """Keep a response under a name and return a reference to it."""
        self.responses[name] = response
        return {"$ref": f"#/components/responses/{name}"}

    def _composed(self, origin: Any, parts: tuple[Any, ...]) -> Schema:  # noqa: ANN401 - a type
        made: Schema
        if origin is Annotated:
            made = self._annotated(parts[0], parts[1:])
        elif origin is NotRequired:
            made = self.schema(parts[0])
        elif origin in (Union, UnionType):
            made = _either([self.schema(each) for each in parts])
        elif origin is Literal:
            made = {"enum": list(parts)}
        elif origin in (list, Sequence):
            made = {"type": "array", "items": self.schema(parts[0])}
        elif origin in (dict, Mapping):
            made = {"type": "object", "additionalProperties": self.schema(parts[1])}
        elif is_typeddict(origin):
            made = self._object(origin, dict(zip(origin.__parameters__, parts, strict=True)))
        else:
            raise TypeError(f"{origin} has no JSON Schema here; see heartport/web/shapes.py")
        return made

    def _annotated(self, shape: Any, notes: tuple[Any, ...]) -> Schema:  # noqa: ANN401 - a type
        made = self.schema(shape)
        for note in notes:
            made = {**made, **({"description": note} if isinstance(note, str) else note)}
        return made

    def _named(self, shape: type) -> Schema:
        name = shape.__name__
        if self._types.setdefault(name, shape) is not shape:
            raise TypeError(f"two shapes are called {name}")
        if name not in self.named:
            self.named[name] = {}  # Stands there for a shape that holds itself.
            self.named[name] = self._object(shape, {})
        return {"$ref": f"#/components/schemas/{name}"}

    def _object(self, shape: Any, stands_for: dict[Any, Any]) -> Schema:  # noqa: ANN401 - a TypedDict
        hints = {name: _filled(hint, stands_for) for name, hint in get_type_hints(shape, include_extras=True).items()}
        made: Schema = {
            "type": "object",
            "properties": {name: self.schema(hint) for name, hint in hints.items()},
            "required": [name for name in hints if name in shape.__required_keys__],
        }
        if shape.__doc__:
            made = {"description": shape.__doc__.strip(), **made}
        return made


def _filled(hint: Any, stands_for: Mapping[Any, Any]) -> Any:  # noqa: ANN401 - a type
    """Put the actual types in the place of type variables."""
    if isinstance(hint, TypeVar):
        return stands_for[hint]
    open_places = getattr(hint, "__parameters__", ())
    return hint[tuple(stands_for[each] for each in open_places)] if open_places else hint


def _either(schemas: list[Schema]) -> Schema:
    """Return what fits one of these, in one word where nothing but types is said."""
    if all(set(each) == {"type"} for each in schemas):
        return {"type": [each["type"] for each in schemas]}
    return {"anyOf": schemas}


def _together(objects: list[Schema]) -> Schema:
    """Return one object with the members of all."""
    return {
        **objects[0],
        "properties": {name: each for made in objects for name, each in made["properties"].items()},
        "required": [name for made in objects for name in made["required"]],
    }
