"""Use case: a result as a PDF to keep: words first, then a picture, the working, the sources; no name.

What draws it is loaded with the first report: it costs as much as a quarter of the whole start, and most processes of a
day draw none (decision 0026).
"""

from heartport.assessments.report_facts import Report, Stripes
from heartport.assessments.results import find_result
from heartport.assessments.schemas import ResultOut, find_score, result_out
from heartport.assessments.shelf import current_shelf
from heartport.assessments.surroundings import surroundings_of
from heartport.assessments.trend_picture import bands_between
from heartport.assessments.working import VersionGone, WorkingDiffers, explain_result
from heartport.assessments.working_schemas import WorkingOut, working_out
from heartport.hotlines.service import list_crisis_hotlines
from heartport.members.standing import Standing
from heartport.scoring.language import Scale


def make_report(standing: Standing, result_id: str, language: str) -> tuple[bytes, str]:
    """Return a report and the name of its file; raises `ResultUnknown`."""
    from heartport.assessments.report_pages import draw  # noqa: PLC0415 - see above

    kept = find_result(standing, result_id)
    record = kept.record
    scale = current_shelf().version(record.scale_id, record.scale_version)
    result = result_out(kept.id, record, scale, language, surroundings_of(record, kept=True, language=language))
    report = Report(
        result=result,
        working=_working(standing, result_id, language),
        stripes=_stripes(scale, result, record.profile.get("sex"), language) if scale else {},
        hotlines=list_crisis_hotlines(),
        cites=scale.provenance.cite if scale else (),
        credit=_credit(scale, language),
        language=language,
    )
    name = f"heartport-{record.scale_id}-{result['submitted_on']}.pdf"
    return draw(report), name


def _working(standing: Standing, result_id: str, language: str) -> WorkingOut | None:
    """Return the working, or nothing where it cannot be told any more."""
    try:
        return working_out(explain_result(standing, result_id), language)
    except (VersionGone, WorkingDiffers):
        return None


def _stripes(scale: Scale, result: ResultOut, sex: str | None, language: str) -> dict[str, Stripes]:
    """Return the bands of each shown score that has a place among them."""
    found: dict[str, Stripes] = {}
    for bands in scale.bands:
        score, shown = find_score(scale, bands.score), bands.shown
        if shown is None or score is None or not score.shown:
            continue
        if not shown.by_sex or sex in shown.sexes:
            own = sex if shown.by_sex else None
            found[score.id] = bands_between(shown.bands, own, float(score.min), float(score.max), language)
    return found


def _credit(scale: Scale | None, language: str) -> str | None:
    credit = scale.licence.wording.credit if scale else None
    return credit.get(language, credit["zh-CN"]) if credit else None
