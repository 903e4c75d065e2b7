"""Use case: tell how each number of a stored result was counted, or say that it cannot be told; never tell it wrong.

The working is computed anew from the sealed answers. It is told only from the very file under which the result was
scored (setting its status to retired leaves it that file), and only where every score and band comes out as stored.
"""

from dataclasses import dataclass

from heartport.assessments.records import Record
from heartport.assessments.results import Kept, find_result
from heartport.assessments.shelf import current_shelf
from heartport.errors import Conflict
from heartport.local_time import local
from heartport.members.standing import Standing
from heartport.scoring.language import Scale
from heartport.scoring.sheets import read_sheet
from heartport.scoring.working import Workings, workings_of


class VersionGone(Conflict):
    """This deployment no longer has the version of the scale under which the result was scored."""

    code = "scale_version_gone"
    detail = "这份结果所用的量表版本已不在系统中，无法逐步说明。结果本身没有改变。"


class WorkingDiffers(Conflict):
    """The file or the engine is not what it was, so that today's edges and sums may not be those of the result."""

    code = "working_differs"
    detail = "现在的计分规则与这份结果当时所用的可能不同，无法逐步说明。结果本身没有改变。"


@dataclass(frozen=True, slots=True)
class Explained:
    """A stored result with its working."""

    kept: Kept
    scale: Scale
    workings: Workings


def explain_result(standing: Standing, result_id: str) -> Explained:
    """Return the working of one result; raises `ResultUnknown`, `VersionGone` or `WorkingDiffers`."""
    kept = find_result(standing, result_id)
    record = kept.record
    scale = current_shelf().version(record.scale_id, record.scale_version)
    if scale is None:
        raise VersionGone
    if record.scale_hash not in {scale.hash, scale.published_hash}:
        raise WorkingDiffers
    return Explained(kept, scale, _counted_again(scale, record))


def _counted_again(scale: Scale, record: Record) -> Workings:
    sheet, errors = read_sheet(scale, record.answers, record.profile, local(record.submitted_at).year)
    if errors:
        raise WorkingDiffers
    workings = workings_of(scale, sheet)
    if (workings.outcome.scores, workings.outcome.bands) != (record.scores, record.bands):
        raise WorkingDiffers
    return workings
