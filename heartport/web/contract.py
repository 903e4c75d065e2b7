"""The HTTP contract stands above each view: what it takes, what it answers, what it refuses, and with which shapes.

    @workshops.post("/<workshop_id>/seats")
    @workshops.arguments(SeatIn, example={"mode": "in_person"})
    @workshops.takes(WORKSHOP_ID, IDEMPOTENCY_KEY)
    @workshops.answers(201, SeatOut)
    @workshops.refuses(WorkshopUnknown, WorkshopFull)
    def book_seat(body: dict[str, Any], workshop_id: str) -> tuple[SeatOut, int]:

All but `arguments` only document: they leave the view as it is, so that no request pays for them. What follows from the
role table and from there being a body is added by itself (`web/document.py`): 401, 403, 429 of a write and 503 of the
stores; 400, 413, 415 and 422 `invalid` of a body. Shapes are types: `web/shapes.py`. Every test that speaks HTTP checks
what it got against the document (`tests/contract.py`).
"""

import threading
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TypeVar

import flask_smorest
from flask import Flask, Request
from marshmallow import Schema as MarshmallowSchema
from marshmallow import ValidationError
from webargs.flaskparser import FlaskParser

from heartport.errors import Refusal
from heartport.web.access import roles_of_endpoint
from heartport.web.document import (
    BEARER,
    JSON,
    STORES_FAIL,
    Answer,
    Contract,
    Refused,
    complete,
    operation,
    portable_pattern,
    who_may_call,
)
from heartport.web.json_reader import read_json
from heartport.web.schemas import BodyIn, refuse
from heartport.web.shapes import Header, Parameter, Schema, Shapes

__all__ = ["STORES_FAIL", "Api", "Blueprint"]

View = TypeVar("View", bound=Callable[..., Any])


class StrictParser(FlaskParser):
    """Reads JSON bodies strictly and raises `Invalid` with every wrong field."""

    def load_json(self, req: Request, schema: MarshmallowSchema) -> Any:  # noqa: ANN401 - webargs' signature
        """Return the body as plain data."""
        return read_json(req)

    def handle_error(self, error: ValidationError, *_args: object, **_kwargs: object) -> NoReturn:
        """Raise `Invalid` with all errors, by the path within the body."""
        refuse(error)


class Blueprint(flask_smorest.Blueprint):
    """A blueprint that declares what comes in and goes out; declarations stand below `get`, `post`, `put`, `delete`."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Flask's signature
        super().__init__(*args, **kwargs)
        self._prepare_doc_cbks = [self._prepare_arguments_doc, self._prepare_contract]

    @staticmethod
    def answers(
        status: int,
        shape: Any = None,  # noqa: ANN401 - a type
        *,
        description: str = "",
        headers: Sequence[Header] = (),
        content_type: str | tuple[str, ...] = JSON,
    ) -> Callable[[View], View]:
        """Declare one answer, once for each status of success.

        `shape` is a `TypedDict` (or another type that `web.shapes` knows) for its JSON body, None where there is no
        body. `headers` always come along.
        """
        return _declare(answers=[Answer(status, shape, description, tuple(headers), content_type)])

    @staticmethod
    def refuses(*kinds: type[Refusal], beside: Any = None) -> Callable[[View], View]:  # noqa: ANN401 - a type
        """Declare the refusals that this view raises; their statuses and codes stand in the document.

        `beside` is a `TypedDict` of further members that such a problem carries. A refusal that follows from role or
        body is named only to say what stands beside it.
        """
        return _declare(refused=[Refused(kinds, beside)])

    @staticmethod
    def takes(*parameters: Parameter) -> Callable[[View], View]:
        """Declare every parameter that this view reads: each part of its path, query and headers."""
        return _declare(parameters=list(parameters))

    @staticmethod
    def reads(schema: type[BodyIn], *, example: object) -> Callable[[View], View]:
        """Declare the body of a view that reads and checks it itself; others say `arguments`, which does that, too."""
        return _note(arguments={"parameters": [{"in": "json", "required": True, "schema": schema, "example": example}]})

    def _store_endpoint_docs(self, endpoint: str, *args: Any, **options: Any) -> None:  # noqa: ANN401 - smorest's
        super()._store_endpoint_docs(endpoint, *args, **options)
        for method, info in self._docs[endpoint].items():
            if method != "parameters":
                info["endpoint"] = f"{self.name}.{endpoint}"

    @staticmethod
    def _prepare_contract(doc: Schema, info: Schema, *, api: "Api", app: Flask, method: str, **_: object) -> Schema:
        """Describe one operation, beyond what `arguments` said of it."""
        endpoint = info["endpoint"]
        contract, roles = info.get("contract") or Contract(), roles_of_endpoint(app, endpoint)
        told = info["docstring"]
        told["description"] = " ".join([*told.get("description", "").split(), who_may_call(roles)])
        return operation(endpoint, method, contract, api.shapes, roles=roles, known=doc)


class Api(flask_smorest.Api):
    """The registry of blueprints; error answers stay with `web.problems`, the document is made when asked for."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def __init__(self, app: Flask, **options: Any) -> None:  # noqa: ANN401 - smorest's signature
        self.shapes = Shapes()
        self._described: list[Blueprint] = []
        self._describing = threading.Lock()
        super().__init__(app, **options)

    def register_blueprint(self, blp: Blueprint) -> None:
        """Register the views of a blueprint; they are described later."""
        self._app.register_blueprint(blp)
        self._described.append(blp)

    def describe(self) -> Schema:
        """Return the document of all registered views, made anew: that takes some hundredths of a second."""
        with self._describing, self._app.app_context():
            self.shapes = Shapes()
            super()._init_spec(**self._options)
            self.ma_plugin.converter.add_attribute_function(portable_pattern)
            self.spec.components.security_scheme("bearer", BEARER)
            for blueprint in self._described:
                blueprint.register_views_in_doc(self, self._app, self.spec, name=blueprint.name, parameters=None)
                self.spec.tag({"name": blueprint.name, "description": blueprint.description})
            return complete(self.spec.to_dict(), self.shapes)

    def _init_spec(self, **options: Any) -> None:  # noqa: ANN401 - smorest's signature
        """Note the options only: starting must not pay for the document."""
        self._options = options

    def _register_nothing(self) -> None:
        """Leave out what flask-smorest would add of its own: other error answers and headers than ours."""

    _register_error_handlers = _register_responses = _register_nothing
    _register_etag_headers = _register_pagination_header = _register_nothing


def _declare(**more: Any) -> Callable[[View], View]:  # noqa: ANN401 - the fields of a contract
    """Note something in the contract of a view, which stays the function that it is."""

    def declare(view: View) -> View:
        contract = getattr(view, "_apidoc", {}).get("contract") or Contract()
        return _note(contract=contract.with_more(**more))(view)

    return declare


def _note(**what: object) -> Callable[[View], View]:
    """Note something where flask-smorest keeps its own notes: whatever wraps the view carries them along."""

    def note(view: View) -> View:
        view._apidoc = {**getattr(view, "_apidoc", {}), **what}  # type: ignore[attr-defined]
        return view

    return note
