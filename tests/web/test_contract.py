"""What stands above a view comes out in the document, with what follows from its role; no request pays for it."""

from typing import Any, TypedDict

import pytest
from flask import Flask
from marshmallow import fields, validate

from heartport.callers import ANYONE, EMPLOYEE, SIGNED_IN
from heartport.errors import Conflict, Invalid, Malformed, NotFound, TooMany
from heartport.web import access
from heartport.web.access import also_requires
from heartport.web.contract import STORES_FAIL, Api, Blueprint
from heartport.web.schemas import BodyIn
from heartport.web.shapes import Header, Parameter
from tests.web.bare import bare_app

ALWAYS = {"401", "503"}
OF_A_BODY = {"400", "413", "415", "422"}


class ThingIn(BodyIn):
    name = fields.String(required=True, validate=validate.Regexp(r"[a-z]+\Z"))


class ThingOut(TypedDict):
    name: str


class ThingBesideOut(TypedDict):
    things: list[str]


class ThingFull(Conflict):
    """There are enough things."""

    code = "thing_full"


class ThingGone(Conflict):
    """It was there."""

    code = "thing_gone"


class Namesake(TypedDict):
    name: str


THING_ID = Parameter("thing_id", "path", "Which.", {"type": "string", "pattern": "^[a-z]$"}, example="a")
COLOUR = Parameter("colour", "query", "Only these.", {"type": "string"})


def view(**_arguments: object) -> dict[str, str]:
    """Do the thing.

    At length.
    """
    return {"name": "a"}


def described(monkeypatch: pytest.MonkeyPatch, add: Any, role: str = ANYONE) -> dict[str, Any]:
    """Return the document of one blueprint, to which `add` adds what it wants."""
    monkeypatch.setitem(access.ROLE_OF_BLUEPRINT, "things", role)
    made = bare_app({})
    api = Api(made, spec_kwargs={"title": "t", "version": "1", "openapi_version": "3.1.0"})
    things = Blueprint("things", __name__, url_prefix="/things", description="Things")
    add(things)
    api.register_blueprint(things)
    return api.describe()


@pytest.mark.parametrize(
    "declare",
    [
        Blueprint.answers(200, ThingOut),
        Blueprint.refuses(ThingFull),
        Blueprint.takes(COLOUR),
        Blueprint.reads(ThingIn, example={"name": "a"}),
    ],
)
def test_a_declaration_leaves_the_view_the_function_that_it_is(declare: Any) -> None:
    def untouched() -> None:
        """Nothing stands between a request and this."""

    assert declare(untouched) is untouched


def test_everything_declared_is_told_in_the_order_in_which_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def add(things: Blueprint) -> None:
        @things.put("/<thing_id>")
        @things.arguments(ThingIn, example={"name": "abc"})
        @things.takes(THING_ID)
        @things.takes(COLOUR)
        @things.answers(200, ThingOut, headers=[Header("ETag", "Its tag.")])
        @things.answers(204, description="Nothing is left.")
        @things.refuses(NotFound)
        @things.refuses(ThingFull, ThingGone, beside=ThingBesideOut)
        def put_thing() -> None:
            """Put a thing.

            It stays there.
            """

    document = described(monkeypatch, add)
    told = document["paths"]["/things/{thing_id}"]["put"]
    assert (told["operationId"], told["summary"], told["tags"]) == ("things.put_thing", "Put a thing.", ["things"])
    assert told["description"] == "It stays there. Open to anyone."
    assert [each["name"] for each in told["parameters"]] == ["thing_id", "colour"]
    assert told["parameters"][0]["required"]
    assert told["parameters"][0]["schema"] == {"type": "string", "pattern": "^[a-z]$"}
    assert told["requestBody"]["content"]["application/json"] == {
        "schema": {"$ref": "#/components/schemas/ThingIn"},
        "example": {"name": "abc"},
    }
    assert list(told["responses"]) == ["200", "204", "400", "404", "409", "413", "415", "422"]
    assert told["responses"]["204"]["description"] == "Nothing is left."
    assert "content" not in told["responses"]["204"]
    assert set(told["responses"]["200"]["headers"]) == {"ETag", "X-Request-Id"}
    assert document["components"]["schemas"]["ThingIn"]["properties"]["name"]["pattern"] == "^[a-z]+$"
    assert document["components"]["schemas"]["ThingIn"]["additionalProperties"] is False
    assert document["tags"] == [{"name": "things", "description": "Things"}]


def test_a_problem_tells_its_codes_and_what_stands_beside_which(monkeypatch: pytest.MonkeyPatch) -> None:
    def add(things: Blueprint) -> None:
        things.get("")(things.refuses(Conflict)(things.refuses(ThingFull, ThingGone, beside=ThingBesideOut)(view)))

    told = described(monkeypatch, add)["paths"]["/things"]["get"]["responses"]["409"]
    problem, usual, beside = told["content"]["application/problem+json"]["schema"]["allOf"]
    assert problem == {"$ref": "#/components/schemas/ProblemOut"}
    assert usual["properties"] == {"status": {"const": 409}, "code": {"enum": ["conflict", "thing_full", "thing_gone"]}}
    assert beside["if"] == {"properties": {"code": {"enum": ["thing_full", "thing_gone"]}}}
    assert beside["then"]["required"] == ["things"]


def test_what_follows_anyway_is_named_to_say_what_stands_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def add(things: Blueprint) -> None:
        things.post("")(things.reads(ThingIn, example={})(things.refuses(Malformed, beside=ThingBesideOut)(view)))

    told = described(monkeypatch, add)["paths"]["/things"]["post"]["responses"]["400"]
    assert len(told["content"]["application/problem+json"]["schema"]["allOf"]) == 3


@pytest.mark.parametrize(
    ("role", "method", "body", "statuses"),
    [
        (ANYONE, "get", False, set()),
        (ANYONE, "post", True, OF_A_BODY),
        (SIGNED_IN, "get", False, ALWAYS),
        (SIGNED_IN, "delete", False, ALWAYS | {"429"}),
        (EMPLOYEE, "get", False, ALWAYS | {"403"}),
        (EMPLOYEE, "put", True, ALWAYS | {"403", "429"} | OF_A_BODY),
    ],
)
def test_role_and_body_imply_their_refusals(
    monkeypatch: pytest.MonkeyPatch, role: str, method: str, body: bool, statuses: set[str]
) -> None:
    def add(things: Blueprint) -> None:
        declared = things.reads(ThingIn, example={"name": "a"})(fresh()) if body else fresh()
        getattr(things, method)("")(things.answers(200, ThingOut)(declared))

    told = described(monkeypatch, add, role)["paths"]["/things"][method]
    assert set(told["responses"]) == {"200"} | statuses


def fresh() -> Any:
    """A view that nothing was declared of yet."""
    return lambda: {"name": "a"}


@pytest.mark.parametrize(
    ("role", "further", "security", "sentence"),
    [
        (ANYONE, None, [], "Open to anyone."),
        (SIGNED_IN, None, [{"bearer": []}], "For whoever is signed in."),
        (EMPLOYEE, None, [{"bearer": ["employee"]}], "Needs the role employee."),
        (SIGNED_IN, "counsellor", [{"bearer": ["counsellor"]}], "Needs the role counsellor."),
        (EMPLOYEE, "counsellor", [{"bearer": ["employee", "counsellor"]}], "Needs the role employee and counsellor."),
    ],
)
def test_who_may_call_is_what_the_role_table_says(
    monkeypatch: pytest.MonkeyPatch, role: str, further: str | None, security: list[Any], sentence: str
) -> None:
    def add(things: Blueprint) -> None:
        made = fresh()
        things.get("")(also_requires(further)(made) if further else made)

    told = described(monkeypatch, add, role)["paths"]["/things"]["get"]
    assert told["security"] == security
    assert told["description"] == sentence


def test_a_problem_that_many_share_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def add(things: Blueprint) -> None:
        things.get("/one")(fresh())
        things.get("/other", endpoint="other")(fresh())

    document = described(monkeypatch, add, EMPLOYEE)
    told = [document["paths"][path]["get"]["responses"]["401"] for path in ("/things/one", "/things/other")]
    assert told == [{"$ref": "#/components/responses/not_signed_in"}] * 2
    problem = document["components"]["responses"]["not_signed_in"]
    assert set(problem["headers"]) == {"WWW-Authenticate", "X-Request-Id"}


def test_refusals_of_one_view_may_be_declared_as_a_family(monkeypatch: pytest.MonkeyPatch) -> None:
    def add(things: Blueprint) -> None:
        things.get("")(things.refuses(TooMany, Invalid, *STORES_FAIL)(fresh()))

    told = described(monkeypatch, add)["paths"]["/things"]["get"]
    assert set(told["responses"]) == {"422", "429", "503"}


def test_a_view_that_declares_nothing_is_told_without_a_success(monkeypatch: pytest.MonkeyPatch) -> None:
    told = described(monkeypatch, lambda things: things.get("")(fresh()))
    assert told["paths"]["/things"]["get"]["responses"] == {}


def test_a_body_and_an_answer_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def add(things: Blueprint) -> None:
        things.post("")(things.reads(ThingIn, example={"name": "a"})(things.answers(200, Namesake)(fresh())))

    Namesake.__name__ = ThingIn.__name__
    with pytest.raises(TypeError, match="two shapes are called ThingIn"):
        described(monkeypatch, add)


def test_declaring_makes_no_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(access.ROLE_OF_BLUEPRINT, "things", ANYONE)
    made: Flask = bare_app({})
    api = Api(made, spec_kwargs={"title": "t", "version": "1", "openapi_version": "3.1.0"})
    things = Blueprint("things", __name__)
    things.get("/things")(things.answers(200, ThingOut)(fresh()))
    api.register_blueprint(things)
    assert api.spec is None
    assert made.test_client().get("/things").json == {"name": "a"}
    assert api.describe() == api.describe()
