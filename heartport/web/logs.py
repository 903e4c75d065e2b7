"""Structured logs, one JSON object a line on standard error, that hold no personal data.

The server's and the libraries' own loggers speak only from WARNING upwards, and their tracebacks are cut:
an exception's text may quote a parameter.
"""

import logging
import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog


def configure(level: str) -> None:
    """Set up logging of this process."""
    structlog.configure(
        processors=[_one_line],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_LibraryFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def _one_line(_logger: object, level: str, event: MutableMapping[str, Any]) -> str:
    """Say in JSON what happened, how grave it is, and when."""
    moment = f"{datetime.now(UTC).replace(tzinfo=None).isoformat()}Z"
    return orjson.dumps({**event, "level": level, "timestamp": moment}, default=repr).decode()


OPEN_LOGGERS = ("alembic", "flask_migrate", "granian")
"""Libraries that know of tables and processes, and of no person: their lines keep their text."""


class _LibraryFormatter(logging.Formatter):
    """Names the logger and the place of a library's line, its text only where that is safe, never its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        kind = record.exc_info[0].__qualname__ if record.exc_info and record.exc_info[0] else None
        return structlog.processors.JSONRenderer()(
            None,
            "",
            {
                "event": "library",
                "logger": record.name,
                "level": record.levelname.lower(),
                "place": f"{record.module}:{record.lineno}",
                "exception": kind,
                **({"text": record.getMessage()} if record.name.startswith(OPEN_LOGGERS) else {}),
            },
        )  # type: ignore[return-value]
