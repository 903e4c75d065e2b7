"""Makes the application: settings, extensions, features, errors, in this order."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Request
from werkzeug.routing import MapAdapter

from heartport import features, stores
from heartport.config import Settings
from heartport.extensions import db
from heartport.web import json_reader, problems
from heartport.web.json_writer import JsonWriter


class PlainFlask(Flask):
    """Flask for an application without coroutines, whose addresses are the same under every name of a host."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Take each view and hook for the plain function that it is; Flask asks again at every call."""
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Match by path and method alone; Flask also takes the host's name apart, which nothing here looks at."""
        if request is None:
            return super().create_url_adapter(request)
        environ = request.environ
        host, script = environ.get("HTTP_HOST") or environ["SERVER_NAME"], environ.get("SCRIPT_NAME", "")
        query = environ.get("QUERY_STRING", "")
        return MapAdapter(self.url_map, host, script, "", request.scheme, request.path, request.method, query)


def create_app(settings: Settings) -> Flask:
    """Make the service; raises `SettingsError` or the refusal of a content file, each with clear lines."""
    app = PlainFlask("heartport", static_folder=None)
    configure(app, settings)
    bind_extensions(app)
    features.register(app, settings)
    problems.init_app(app)
    return app


def configure(app: Flask, settings: Settings) -> None:
    """Put the settings where Flask and its extensions look for them."""
    app.extensions["heartport.settings"] = settings
    app.config["MAX_CONTENT_LENGTH"] = json_reader.MAX_BODY_BYTES
    app.config.update(API_TITLE="心港 HeartPort", API_VERSION="v1", OPENAPI_VERSION="3.1.0")
    app.json = JsonWriter(app)
    stores.configure(app, settings)


def bind_extensions(app: Flask) -> None:
    """Bind the stores to this application."""
    db.init_app(app)
    stores.prepare(app)
