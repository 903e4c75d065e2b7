"""A type becomes the schema that says the same, and what JSON does not have is refused."""

import types
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, NotRequired, TypedDict

import jsonschema_rs
import pytest

from heartport.web.shapes import Day, Instant, ItemsOut, Keywords, PageOut, Shapes, one_of


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class SeatOut(TypedDict):
    """A seat."""

    id: Annotated[str, "Random.", Keywords(pattern="^[a-z]{3}$")]
    starts_at: Instant
    note: NotRequired[str | None]


class RowOut(SeatOut):
    colour: Annotated[str, one_of(Colour)]


class TreeOut(TypedDict):
    branches: "list[TreeOut]"
    seat: SeatOut | None


class SeatBesideOut(TypedDict, total=False):
    seats: list[str]


SEAT = {"$ref": "#/components/schemas/SeatOut"}
INTEGERS = {"type": "array", "items": {"type": "integer"}}
SCHEMAS: list[tuple[Any, dict[str, Any]]] = [
    (str, {"type": "string"}),
    (int, {"type": "integer"}),
    (float, {"type": "number"}),
    (bool, {"type": "boolean"}),
    (None, {"type": "null"}),
    (str | None, {"type": ["string", "null"]}),
    (int | str | None, {"type": ["integer", "string", "null"]}),
    (Literal["a", "b"], {"enum": ["a", "b"]}),
    (list[int], INTEGERS),
    (Sequence[int], INTEGERS),
    (dict[str, bool], {"type": "object", "additionalProperties": {"type": "boolean"}}),
    (Mapping[str, bool], {"type": "object", "additionalProperties": {"type": "boolean"}}),
    (Day, {"type": "string", "format": "date"}),
    (Day | None, {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]}),
    (Annotated[str, one_of(Colour)], {"type": "string", "enum": ["red", "blue"]}),
    (Annotated[str, "Told."], {"type": "string", "description": "Told."}),
    (SeatOut, SEAT),
    (list[SeatOut], {"type": "array", "items": SEAT}),
    (SeatOut | None, {"anyOf": [SEAT, {"type": "null"}]}),
    (
        list[int] | list[SeatOut],
        {"anyOf": [{"type": "array", "items": {"type": "integer"}}, {"type": "array", "items": SEAT}]},
    ),
    ({"type": "object"}, {"type": "object"}),
    (lambda: SeatOut, SEAT),
]


@pytest.mark.parametrize(("shape", "schema"), SCHEMAS, ids=map(str, range(len(SCHEMAS))))
def test_a_type_becomes_its_schema(shape: Any, schema: dict[str, Any]) -> None:
    assert Shapes().schema(shape if shape is not None else type(None)) == schema


def test_an_object_says_its_members_which_are_needed_and_what_it_is() -> None:
    shapes = Shapes()
    shapes.schema(SeatOut)
    assert shapes.named == {
        "SeatOut": {
            "description": "A seat.",
            "type": "object",
            "properties": {
                "id": {"type": "string", "description": "Random.", "pattern": "^[a-z]{3}$"},
                "starts_at": {"type": "string", "format": "date-time"},
                "note": {"type": ["string", "null"]},
            },
            "required": ["id", "starts_at"],
        }
    }


def test_an_object_has_the_members_of_those_that_it_extends() -> None:
    shapes = Shapes()
    shapes.schema(RowOut)
    assert list(shapes.named["RowOut"]["properties"]) == ["id", "starts_at", "note", "colour"]
    assert shapes.named["RowOut"]["required"] == ["id", "starts_at", "colour"]


def test_a_shape_may_hold_itself() -> None:
    shapes = Shapes()
    schema = {**shapes.schema(TreeOut), "components": {"schemas": shapes.named}}
    validator = jsonschema_rs.Draft202012Validator(schema)
    leaf = {"branches": [], "seat": None}
    assert validator.is_valid({"branches": [leaf, {"branches": [leaf], "seat": None}], "seat": None})
    assert not validator.is_valid({"branches": [leaf, {"branches": [3], "seat": None}], "seat": None})


def test_a_page_and_a_list_are_told_in_place_with_what_they_hold() -> None:
    shapes = Shapes()
    page = shapes.schema(PageOut[SeatOut])
    assert page["properties"]["items"] == {"type": "array", "items": SEAT}
    assert page["properties"]["next_cursor"]["type"] == ["string", "null"]
    assert page["required"] == ["items", "next_cursor"]
    assert shapes.schema(ItemsOut[int])["properties"] == {"items": {"type": "array", "items": {"type": "integer"}}}
    assert set(shapes.named) == {"SeatOut"}


def test_a_tuple_is_one_object_with_the_members_of_all() -> None:
    made = Shapes().schema((SeatOut, SeatBesideOut))
    assert list(made["properties"]) == ["id", "starts_at", "note", "seats"]
    assert made["required"] == ["id", "starts_at"]


def test_what_stands_beside_says_nothing_of_the_other_members() -> None:
    assert Shapes().members(SeatBesideOut) == {
        "properties": {"seats": {"type": "array", "items": {"type": "string"}}},
        "required": [],
    }


def test_two_shapes_of_one_name_are_refused() -> None:
    shapes = Shapes()
    shapes.schema(SeatOut)
    another = types.new_class("SeatOut", (TypedDict,))
    with pytest.raises(TypeError, match="two shapes are called SeatOut"):
        shapes.schema(another)


@pytest.mark.parametrize("shape", [date, bytes, set[int], Any, tuple[int, int], object, complex])
def test_what_json_does_not_have_is_refused(shape: Any) -> None:
    with pytest.raises(TypeError, match="has no JSON Schema"):
        Shapes().schema(shape)
