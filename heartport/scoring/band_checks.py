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
    first = chosen.bands[0]
    if first.start != span.low:
        report.refuse((*path, first.id), f"the first band begins at the lowest attainable, {written(span.low)}")
    _check_order(chosen, path, report)
    _check_reach(chosen, path, span, report)


def _check_order(chosen: BandSet, path: Path, report: Report) -> None:
    ids = [band.id for band in chosen.bands]
    for band in chosen.bands:
        if ids.count(band.id) > 1:
            report.refuse((*path, band.id), "the id stands twice")
    for lower, upper in pairwise(chosen.bands):
        if upper.start <= lower.start:
            report.refuse((*path, upper.id), "does not begin above the band before it")


def _check_reach(chosen: BandSet, path: Path, span: Span, report: Report) -> None:
    ends = [band.start for band in chosen.bands[1:]]
    for band, end in zip(chosen.bands, [*ends, None], strict=True):
        if not span.reaches(band.start, end):
            report.refuse((*path, band.id), "no answers can lead to this band")
