"""The HTTP contract stands above each view: a blueprint whose bodies pass our strict reader and our errors."""

from typing import Any, NoReturn

import flask_smorest
from flask import Request
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser

from heartport.web.json_reader import read_json
from heartport.web.schemas import refuse


class StrictParser(FlaskParser):
    """Reads JSON bodies strictly and raises `Invalid` with every wrong field."""

    def load_json(self, req: Request, schema: Schema) -> Any:  # noqa: ANN401 - webargs' signature
        """Return the body as plain data."""
        return read_json(req)

    def handle_error(self, error: ValidationError, *_args: object, **_kwargs: object) -> NoReturn:
        """Raise `Invalid` with all errors, by the path within the body."""
        refuse(error)


class Blueprint(flask_smorest.Blueprint):
    """A blueprint that declares what comes in and goes out."""

    ARGUMENTS_PARSER = StrictParser()


class Api(flask_smorest.Api):
    """The registry of blueprints; error answers stay with `web.problems`."""

    def _register_error_handlers(self) -> None:
        """Register none."""
