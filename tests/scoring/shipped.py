"""The scales that we publish, loaded once for all tests that look at them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from heartport.scoring.language import Scale
from heartport.scoring.library import Library, load_library
from heartport.scoring.plans import Outcome
from heartport.scoring.sheets import read_loosely

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "scales").glob("*.yaml"))
NAMES = [path.stem for path in FILES]


@cache
def library() -> Library:
    return load_library([ROOT / "scales"])


def shipped(scale_id: str) -> Scale:
    return library().current[scale_id]


def scored(scale_id: str, answers: Mapping[str, object], sex: str | None = None) -> Outcome:
    """Score one sheet as a batch would."""
    scale = shipped(scale_id)
    return scale.plan.score(read_loosely(scale, answers, {"sex": sex} if sex else {}))


def flat(value: object, last: int, first: int = 1) -> dict[str, object]:
    """Give one answer throughout: q1 to the last."""
    return {f"q{number}": value for number in range(first, last + 1)}
