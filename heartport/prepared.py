"""Statements that are compiled once for each kind of database, for what every request asks of a store.

SQLAlchemy builds, looks up and interprets a statement anew each time; here its text, and how values go in and come out,
are made the first time. `heartport.stores` runs them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Delete, Dialect, Insert, Select, Update, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from heartport.extensions import Model

Row = tuple[Any, ...]
Parameters = Sequence[Any] | Mapping[str, Any]
Process = Callable[[Any], Any]
Statement = Select[*tuple[Any, ...]] | Insert | Update | Delete


@dataclass(frozen=True, slots=True)
class Form:
    """A statement as one kind of database takes it; `order` is there where its driver wants values by place."""

    text: str
    constants: Mapping[str, Any]
    order: tuple[str, ...] | None
    into: tuple[tuple[str, Process], ...]
    out_of: tuple[tuple[int, Process], ...]

    def parameters(self, values: Mapping[str, Any]) -> Parameters:
        """Return the values as the driver takes them; raises `KeyError` where one is missing."""
        given = {**self.constants, **values}
        for name, process in self.into:
            given[name] = process(given[name])
        return given if self.order is None else [given[name] for name in self.order]

    def rows(self, found: list[Row]) -> list[Row]:
        """Return what the driver found as the columns' own types."""
        return [self._row(list(row)) for row in found] if self.out_of else found

    def _row(self, row: list[Any]) -> Row:
        for place, process in self.out_of:
            if row[place] is not None:
                row[place] = process(row[place])
        return tuple(row)


class Prepared:
    """One statement, or what makes it for a kind of database; its values are named by `bindparam`."""

    def __init__(self, statement: Statement | Callable[[Dialect], Statement]) -> None:
        self._statement = statement
        self._forms: dict[str, Form] = {}
        self.only_reads = isinstance(statement, Select)

    def form(self, dialect: Dialect) -> Form:
        """Return the form for one kind of database, made when it is first asked for."""
        found = self._forms.get(dialect.name)
        if found is None:
            made = self._statement(dialect) if callable(self._statement) else self._statement
            found = self._forms[dialect.name] = _compiled(made, dialect)
        return found


@cache
def insert_unless_taken(model: type[Model], columns: tuple[str, ...]) -> Prepared:
    """Return the insert of these columns that leaves a row alone whose key is taken."""
    values: dict[str, Any] = {column: bindparam(column) for column in columns}

    def made(dialect: Dialect) -> Insert:
        of = postgresql if dialect.name == "postgresql" else sqlite
        return of.insert(model).values(values).on_conflict_do_nothing()

    return Prepared(made)


def _compiled(statement: Statement, dialect: Dialect) -> Form:
    compiled: Any = statement.compile(dialect=dialect)
    binds = (
        (name, bind.type.dialect_impl(dialect).bind_processor(dialect)) for bind, name in compiled.bind_names.items()
    )
    columns = statement.selected_columns if isinstance(statement, Select) else ()
    results = (
        (place, each.type.dialect_impl(dialect).result_processor(dialect, None)) for place, each in enumerate(columns)
    )
    return Form(
        text=str(compiled),
        constants={name: value for name, value in compiled.params.items() if value is not None},
        order=tuple(compiled.positiontup) if compiled.positional else None,
        into=tuple((name, process) for name, process in binds if process is not None),
        out_of=tuple((place, process) for place, process in results if process is not None),
    )
