"""Notes what is sent to a store, whether by a session or straight to the driver."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from sqlalchemy import event

from heartport.stores import Driven, Store, engine_of


@contextmanager
def noted(store: Store) -> Iterator[list[str]]:
    """Give the texts that are sent to a store meanwhile, the beginnings and ends of a session's transactions aside."""
    engine, texts, send = engine_of(store), [], Driven.send

    def by_session(_connection: object, _cursor: object, text: str, *_more: object) -> None:
        texts.append(text)

    def by_driver(self: Driven, text: str, *parameters: object) -> object:
        if self.engine is engine:
            texts.append(text)
        return send(self, text, *parameters)

    event.listen(engine, "before_cursor_execute", by_session)
    with patch.object(Driven, "send", by_driver):
        yield texts
    event.remove(engine, "before_cursor_execute", by_session)
