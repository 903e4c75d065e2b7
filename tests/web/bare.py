"""A small application with the house's web parts and without stores, for tests that need a few views only."""

from collections.abc import Callable, Mapping

from flask import Flask

from heartport.web import headers, problems, request_ids


def bare_app(views: Mapping[str, Callable[..., object]]) -> Flask:
    """Make an application that answers GET and POST of each path with its view."""
    made = Flask("bare", static_folder=None)
    request_ids.init_app(made)
    headers.init_app(made)
    for path, view in views.items():
        made.add_url_rule(path, path, view, methods=["GET", "POST"])
    problems.init_app(made)
    return made
