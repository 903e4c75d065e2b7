"""Use case: the figures of a unit and of all below it as a table, or a brief of two pages for a meeting.

What writes spreadsheets and pages is loaded with the first file of its kind.
"""

import csv
import io
from collections.abc import Iterator, Sequence

from heartport.callers import Caller
from heartport.insights.distributions import Asked, Distribution, figure_of, read_distribution, read_trend
from heartport.insights.figure_schemas import distribution_out, explanation, share_out, trend_out
from heartport.insights.helping import themes_for
from heartport.insights.rules.uncertainty import is_reliable
from heartport.insights.rules.windows import in_words
from heartport.insights.words import HOW_SURE

FORMATS = ("csv", "xlsx", "pdf")
HEAD = ("单位", "统计的人群", "时段", "测评", "参与人数", "需要关注的比例", "区间下限", "区间上限", "可靠", "说明")
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""With these a spreadsheet would take a text for a formula."""

Row = tuple[str | int | float | None, ...]


def export_figures(caller: Caller, asked: Asked, kind: str) -> tuple[bytes, str]:
    """Return a file and its name; raises as `read_distribution` does."""
    found = read_distribution(caller, asked)
    name = f"heartport-{found.key.id}-{found.release.window}.{kind}"
    if kind == "pdf":
        return _brief(caller, asked, found), name
    rows = [_row(each) for each in _with_all_below(found)]
    return (_csv(rows) if kind == "csv" else _xlsx(rows)), name


def _with_all_below(found: Distribution) -> Iterator[Distribution]:
    """Give the figure of a unit and those of all units below it, each after the one above it."""
    yield found
    for child in found.release.tree.children.get(found.unit_id, ()):
        yield from _with_all_below(figure_of(found.release, found.key.id, child.id))


def _row(found: Distribution) -> Row:
    tree, share = found.release.tree, share_out(found.figure)
    path = " › ".join(tree.nodes[each].name for each in tree.lineage(found.unit_id))
    own = tree.nodes[found.unit_id].name
    return (
        _plain(path),
        _plain(found.block or own) if found.figure else "",
        in_words(found.release.window),
        found.scale.title["zh-CN"],
        max(0, found.figure.n) if found.figure else None,
        share["share"] if share else None,
        share["low"] if share else None,
        share["high"] if share else None,
        "是" if found.figure and is_reliable(found.figure) else "否",
        "".join(explanation(found)),
    )


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def _csv(rows: Sequence[Row]) -> bytes:
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerows([HEAD, *rows, (), (HOW_SURE,)])
    return ("\ufeff" + sink.getvalue()).encode()  # The mark by which Excel takes it for UTF-8.


def _xlsx(rows: Sequence[Row]) -> bytes:
    from heartport.insights.workbook import write  # noqa: PLC0415 - see above

    return write(HEAD, rows, HOW_SURE)


def _brief(caller: Caller, asked: Asked, found: Distribution) -> bytes:
    from heartport.insights.brief_pages import draw  # noqa: PLC0415 - see above

    trend = trend_out(read_trend(caller, asked))
    return draw(distribution_out(found, None, themes_for(found)), trend)
