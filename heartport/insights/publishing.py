"""Makes what is published of a half-year, and publishes it in one transaction with its ledger and signed manifest."""

from collections.abc import Iterable, Mapping

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from heartport import clock
from heartport.assessments.shelf import current_shelf
from heartport.columns import new_public_id
from heartport.insights.documents import (
    Parts,
    family_word,
    manifest_text,
    map_text,
    scale_word,
    table_text,
    tree_text,
)
from heartport.insights.models import BlockMap, LedgerEntry, Release, ReleasedTable
from heartport.insights.openings import AlreadySealed, floor
from heartport.insights.rules.answers import ScaleKey, facet_of, measured
from heartport.insights.rules.blocks import Tree
from heartport.insights.rules.budget import OF_ONE_ANSWER, Draw, check_ledger
from heartport.insights.rules.tables import Asked, Kind, make_table
from heartport.stores import Store, count_rows, insert_if_absent, write_transaction
from heartport.vault.door import current_vault


def published_scales(window: str) -> list[Asked]:
    """Return which scales get a table, in which major versions: all that there are, whether anybody took them or not.

    Who only sees which tables exist learns nothing about anybody.
    """
    shelf = current_shelf()
    found = {}
    for scale in shelf.all_versions():  # The newest of a major version comes last, and says which levels there are.
        scores = measured(scale)
        if scores:
            key = ScaleKey.of(scale.id, scale.version)
            found[key] = Asked(key, scores, facet_of(window))
    return [found[key] for key in sorted(found)]


def make_parts(window: str, tree: Tree, tally: Mapping[Kind, int], draw: Draw, *, synthetic: bool = False) -> Parts:
    """Return all that is published of a half-year; the noise in it is drawn here, and not kept otherwise."""
    made = [make_table(tree, tally, each, floor(), draw) for each in published_scales(window)]
    return Parts(
        window,
        floor(),
        synthetic,
        tree_text(tree),
        {scale_word(each.key): table_text(tree, each) for each in made},
        {scale_word(each.key): map_text(each.blocks) for each in made},
    )


def publish(parts: Parts) -> None:
    """Publish in one transaction; raises `AlreadySealed` or `LedgerExhausted`, and then nothing is there."""
    manifest = manifest_text(parts)
    row = {
        "window": parts.window,
        "id": new_public_id(),
        "published_on": clock.today(),
        "synthetic": parts.synthetic,
        "manifest": manifest,
        "signature": current_vault().sign(manifest.encode()),
    }

    def work(session: Session) -> None:
        if not insert_if_absent(session, Release, row):
            raise AlreadySealed
        families = sorted({family_word(name) for name in parts.tables})
        check_spent(session, parts.window, families)
        for family in families:
            _charge(session, family, parts.window)
        store_parts(session, parts.window, parts.tables, parts.maps)

    write_transaction(Store.MAIN, work)


def store_parts(session: Session, window: str, tables: Mapping[str, str], maps: Mapping[str, str]) -> None:
    """Store tables and block maps of a release, within the transaction that stores it."""
    for model, bodies in ((ReleasedTable, tables), (BlockMap, maps)):
        rows = [{"window": window, "scale": name, "body": body} for name, body in bodies.items()]
        if rows:
            session.execute(insert(model), rows)


def check_spent(session: Session, window: str, families: Iterable[str]) -> None:
    """Raise `LedgerExhausted` where one of these families has not enough left in a window for another table."""
    rows = session.execute(select(LedgerEntry).where(LedgerEntry.window == window)).scalars()
    spent = {row.family: row.milli_epsilon for row in rows}
    for family in set(families):
        check_ledger(spent.get(family, 0), OF_ONE_ANSWER)


def _charge(session: Session, family: str, window: str) -> None:
    row = {"family": family, "window": window, "milli_epsilon": OF_ONE_ANSWER}
    if not insert_if_absent(session, LedgerEntry, row):
        spent = update(LedgerEntry).where(LedgerEntry.family == family, LedgerEntry.window == window)
        count_rows(session, spent.values(milli_epsilon=LedgerEntry.milli_epsilon + OF_ONE_ANSWER))
