"""The one JSON writer: compact, in UTF-8, members in the order in which they were put in.

Reading what comes in is `json_reader`'s.
"""

from typing import Any

import orjson
from flask import Response
from flask.json.provider import JSONProvider


class JsonWriter(JSONProvider):
    """Writes answers; a key that is no text, or what JSON has no form for, is a `TypeError`."""

    def dumps(self, obj: Any, **_options: Any) -> str:  # noqa: ANN401 - Flask's signature
        """Return the text of a value."""
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **_options: Any) -> Any:  # noqa: ANN401 - Flask's signature
        """Return the value of a text that is our own."""
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401 - Flask's signature
        """Return the answer that holds a value."""
        value = self._prepare_response_obj(args, kwargs)
        return Response(orjson.dumps(value), mimetype="application/json")
