"""What scales are called in lists of figures."""

from collections.abc import Mapping

from heartport.assessments.shelf import current_shelf
from heartport.extensions import registry


def scale_titles() -> Mapping[str, str]:
    """Return the Chinese title of every scale by its id; made once, since files are read at start."""
    kept: dict[str, str] | None = registry().get("heartport.scale_titles")
    if kept is None:
        shelf = current_shelf()
        kept = {each: scale.title["zh-CN"] for each in shelf.all_ids() if (scale := shelf.current(each))}
        registry()["heartport.scale_titles"] = kept
    return kept
