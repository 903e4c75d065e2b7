"""Reads the file of topics; a wrong one is refused with every problem and its place."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from heartport.catalogue.file_schemas import TopicsFile
from heartport.catalogue.rules import Catalogue, Qualification, Theme, Topic, problems_of
from heartport.content import ContentRefused, read_content

FILE_NAME = "topics.yaml"


def read_catalogue(path: Path) -> Catalogue:
    """Return the catalogue of a file; raises `ContentRefused`."""
    raw = read_content(path, TopicsFile())
    catalogue = Catalogue(
        themes=tuple(Theme(each["code"], each["title"], tuple(map(_topic, each["topics"]))) for each in raw["themes"]),
        qualifications=tuple(Qualification(**each) for each in raw["qualifications"]),
    )
    problems = [f"{path} › {problem}" for problem in problems_of(catalogue)]
    if problems:
        raise ContentRefused(problems)
    return catalogue


def _topic(entry: Mapping[str, Any]) -> Topic:
    lists = {"qualifications": tuple(entry["qualifications"]), "outline": tuple(entry["outline"])}
    return Topic(**{**entry, **lists})
