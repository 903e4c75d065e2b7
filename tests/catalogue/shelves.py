"""A small catalogue in a file, and the shipped one."""

from pathlib import Path
from typing import Any

import yaml

SHIPPED = Path(__file__).resolve().parents[2] / "content" / "topics.yaml"


def topic(code: str = "A01", /, **other: Any) -> dict[str, Any]:
    """Return one topic as an editor would write it."""
    usual = {"title": f"题目 {code}", "format": "lecture", "duration_min": 90, "min_people": 10, "max_people": 40}
    return {"code": code, **usual, "qualifications": ["sleep"], "outline": ["第一步"], **other}


def written(folder: Path, *topics: dict[str, Any], **other: Any) -> Path:
    """Write a catalogue of one theme with these topics."""
    raw = {
        "qualifications": [{"id": "sleep", "title": "睡眠", "meaning": "讲授睡眠"}],
        "themes": [{"code": "A", "title": "主题", "topics": list(topics) or [topic()]}],
        **other,
    }
    path = folder / "topics.yaml"
    path.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return path
