"""A scale as text for a terminal, aligned with Chinese characters counted as two columns wide."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from unicodedata import east_asian_width

from heartport.scoring.constructs import Band, Bands, Item, Key, Score
from heartport.scoring.exact import Rounding, written
from heartport.scoring.kinds import KINDS, told_answers
from heartport.scoring.language import Scale
from heartport.scoring.words import MAIN_LANGUAGE, Words

GAP = "  "
WIDEST_COLUMN = 44


def portrait(scale: Scale) -> str:
    """Describe items, keys, scores, bands, flags, advice, sources and licence."""
    parts = (
        _head(scale),
        _section("题目 items", _items(scale)),
        _section("选项 options", _options(scale)),
        _section("计分键 keys", (_key(key) for key in scale.keys)),
        _section("分数 scores", aligned(_score(score) for score in scale.scores)),
        *(_section(f"分级 bands: {bands.score}", _bands(bands)) for bands in scale.bands),
        _section("常模 norms", aligned(_norms(scale))),
        _section(
            "变化 change", aligned((each.score, f"≥ {written(each.at_least)}", each.source) for each in scale.changes)
        ),
        _section("作答方式 validity", aligned(_validity(scale))),
        _section("标记 flags", aligned((flag.id, flag.level, flag.when.source) for flag in scale.flags)),
        _section("建议 advice", aligned(_advice(scale))),
        _section("来源 sources", aligned(_sources(scale))),
        _section("许可 licence", aligned(_licence(scale))),
    )
    return "\n".join(line for part in parts for line in part) + "\n"


def width(text: str) -> int:
    """Count the columns that a text takes on a terminal."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def aligned(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Write rows in columns; the last column may be of any length."""
    table = list(rows)
    count = max((len(row) for row in table), default=0)
    columns = [[row[at] for row in table if at < len(row) - 1] for at in range(count)]
    widths = [min(max(map(width, column), default=0), WIDEST_COLUMN) for column in columns]
    for row in table:
        padded = [cell + " " * max(widths[at] - width(cell), 0) for at, cell in enumerate(row[:-1])]
        yield GAP.join([*padded, row[-1]]).rstrip()


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    body = list(lines)
    if body:
        yield ""
        yield title
        yield from (GAP + line for line in body)


def _head(scale: Scale) -> Iterator[str]:
    yield f"{scale.id} {scale.version} ({scale.status})  {_zh(scale.title)}"
    yield _zh(scale.summary)
    yield f"{GAP}{_zh(scale.instruction)}"


def _items(scale: Scale) -> Iterator[str]:
    return aligned((item.id, _marks(item), _zh(item.text)) for item in scale.items)


def _marks(item: Item) -> str:
    marks: list[str] = [item.kind] if item.kind != "choice" else []
    marks += ["不计分"] if item.unscored and KINDS[item.kind].scored else []
    marks += ["选答"] if item.optional else []
    if item.applies_if:
        marks.append(f"applies_if {item.applies_if.source} (na: {_counts_as(item.when_na)})")
    if item.show_if:
        marks.append(f"show_if {item.show_if.source} (hidden: {_counts_as(item.when_hidden)})")
    if item.when_missing is not None:
        marks.append(f"(missing: {_counts_as(item.when_missing)})")
    return " ".join(marks) or "-"


def _counts_as(value: object) -> str:
    return "missing" if value is None else str(value)


def _options(scale: Scale) -> Iterator[str]:
    for answered, items in groupby(scale.asked, key=_answered):
        names = [item.id for item in items]
        yield names[0] if len(names) == 1 else f"{names[0]}..{names[-1]}"
        yield from (GAP + row for row in aligned(answered))


def _answered(item: Item) -> Sequence[Sequence[str]]:
    """Give the options of an item, or a sentence on what else may be answered."""
    return [(str(each.value), _zh(each.label)) for each in item.options] or [(told_answers(item),)]


def _key(key: Key) -> str:
    rule = f"{sum(key.reverse)} - x" if key.reverse else _table(key)
    return f"{' '.join(key.items)}: {rule}" + (f" (only {key.only_for})" if key.only_for else "")


def _table(key: Key) -> str:
    return " ".join(f"{written(value)}→{written(made)}" for value, made in (key.table or {}).items())


def _score(score: Score) -> Sequence[str]:
    reach = f"{written(score.min)}–{written(score.max)}"
    formula = score.formula.describe(score.formula.of)
    return score.id, _zh(score.label), reach, _missing(score), _rounding(score.round), formula


def _missing(score: Score) -> str:
    rule = score.missing
    parts = [f"missing ≤ {rule.allow}: {rule.then}" if rule else "missing: none"]
    if score.valid_share is not None:
        parts.append(f"sheet ≤ {written(score.valid_share)}")
    return ", ".join(parts)


def _rounding(rounding: Rounding | None) -> str:
    return f"{rounding.mode} to {rounding.to}" if rounding else "exact"


def _bands(bands: Bands) -> Iterator[str]:
    for each in bands.sets:
        yield f"{each.name}{' (shown)' if each is bands.shown else ''}: {each.source}"
        rows = aligned(_band(band) for band in each.bands)
        yield from (GAP + row for row in rows)


def _band(band: Band) -> Sequence[str]:
    risk = "需要关注" if band.at_risk else "-"
    by_sex = [f"{sex} ≥ {written(start)}" for sex, start in band.start_of.items()]
    return ", ".join(by_sex) or f"≥ {written(band.start)}", band.id, risk, _zh(band.professional), _zh(band.person)


def _advice(scale: Scale) -> Iterator[Sequence[str]]:
    for advice in scale.advice:
        offers = [*advice.offer, *(f"workshop: {code}" for code in advice.workshops)]
        yield advice.id, ", ".join(offers) or "-", advice.when.source


def _norms(scale: Scale) -> Iterator[Sequence[str]]:
    for norm in scale.norms:
        who = f"{_zh(norm.region)} {norm.year}, {_zh(norm.population)}, n = {norm.n}"
        by = f"by {' and '.join(norm.by)}" if norm.by else "-"
        yield norm.id, norm.yields, by, f"for the {norm.visible_to}", f"{len(norm.cells)} cells", who, norm.source


def _changes(scale: Scale) -> Iterator[Sequence[str]]:
    return ((each.score, f"≥ {written(each.at_least)}", each.source) for each in scale.changes)


def _validity(scale: Scale) -> Iterator[Sequence[str]]:
    return ((each.id, ", ".join(each.do), _zh(each.text)) for each in scale.validity)


def _sources(scale: Scale) -> Iterator[Sequence[str]]:
    provenance = scale.provenance
    yield from (("cite", each) for each in provenance.cite)
    yield "scoring", provenance.scoring_source
    yield "missing", provenance.missing_source
    for language, each in provenance.translation.items():
        yield language, f"{each.state}, {each.by} ({each.checked_on})"
    if provenance.notes:
        yield "notes", provenance.notes


def _licence(scale: Scale) -> Iterator[Sequence[str]]:
    wording = scale.licence.wording
    yield "wording", f"{wording.state} ({wording.checked_on})"
    yield "holder", wording.holder
    yield "terms", wording.terms
    yield "evidence", wording.evidence
    if wording.credit:
        yield "credit", _zh(wording.credit)


def _zh(words: Words | None) -> str:
    return words.get(MAIN_LANGUAGE, "(没有题面)") if words else "(没有题面)"
