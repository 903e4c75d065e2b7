"""Checks of bands: each score that has some is covered from its lowest number on, and every band can be reached."""

from itertools import pairwise

from heartport.scoring.constructs import Bands, BandSet, Definition
from heartport.scoring.exact import written
from heartport.scoring.problems import Path, Report
from heartport.scoring.reach import spans_or_none
from heartport.scoring.spans import Span


def check_bands(definition: Definition, report: Report) -> None:
    """See that bands begin at the lowest attainable number, ascend, and can all be reached."""
    spans = spans_or_none(definition)
    if spans is None:
        return
    for bands in definition.bands:
        if bands.score not in spans:
            report.refuse(("bands", bands.score), "no score of this id")
            continue
        for each in bands.sets:
            _check_set(each, _path(bands, each), spans[bands.score], report)


def _path(bands: Bands, chosen: BandSet) -> Path:
    alone = ("bands", bands.score)
    return (*alone, "sets", chosen.name, "edges") if bands.named else (*alone, "edges")


def _check_set(chosen: BandSet, path: Path, span: Span, report: Report) -> None:
    if not chosen.bands:
        report.refuse(path, "value missing")
        return
    ids = [band.id for band in chosen.bands]
    for name in ids:
        if ids.count(name) > 1:
            report.refuse((*path, name), "the id stands twice")
    if chosen.by_sex and not any(band.start_of for band in chosen.bands):
        report.refuse(path, "by: sex, but no edge differs; write from: {female: 3, male: 4} where one does")
    for sex in chosen.sexes:
        _check_edges(chosen, sex, path, span, report)


def _check_edges(chosen: BandSet, sex: str | None, path: Path, span: Span, report: Report) -> None:
    edges = chosen.edges(sex)
    if edges[0] != span.low:
        detail = f"the first band begins at the lowest attainable, {written(span.low)}"
        report.refuse((*path, chosen.bands[0].id), detail)
    for (lower, upper), band in zip(pairwise(edges), chosen.bands[1:], strict=True):
        if upper <= lower:
            report.refuse((*path, band.id), "does not begin above the band before it")
    for band, start, end in zip(chosen.bands, edges, [*edges[1:], None], strict=True):
        if not span.reaches(start, end):
            report.refuse((*path, band.id), "no answers can lead to this band")
