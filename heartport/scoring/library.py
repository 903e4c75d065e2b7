"""The scales of a deployment: every file of its folders, the current version of each and the older ones."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from heartport.scoring.language import Scale
from heartport.scoring.loader import Source, load_scale
from heartport.scoring.problems import Problem, ScalesRefused
from heartport.scoring.reader import LARGEST_FILE_BYTES

ARCHIVE = "archive"
EDGES = "edges"
OVERLAY = ".wording"
"""What the name of an overlay has before its suffix: `psqi.wording.yaml`."""


@dataclass(frozen=True, slots=True)
class Library:
    """All versions that there are; `current` holds the published one of each scale, by id."""

    current: Mapping[str, Scale]
    versions: Mapping[tuple[str, str], Scale]
    files: Mapping[tuple[str, str], Path]
    """Where each version stands."""

    def find(self, scale_id: str, version: str) -> Scale | None:
        """Give one version of a scale, however old."""
        return self.versions.get((scale_id, version))


def load_library(directories: Sequence[Path]) -> Library:
    """Load every file; raise `ScalesRefused` with the problems of all of them if there is any."""
    problems = [Problem(str(folder), 0, (), "no such folder") for folder in directories if not folder.is_dir()]
    versions: dict[tuple[str, str], tuple[Path, Scale]] = {}
    overlays = _overlays(directories, problems)
    for path in scale_files(directories):
        try:
            scale = load_file(path, overlays.pop(_name(path), None))
        except ScalesRefused as refused:
            problems.extend(refused.problems)
        else:
            problems.extend(_misplaced(path, scale, versions))
            versions.setdefault((scale.id, scale.version), (path, scale))
    problems.extend(Problem(str(path), 0, (), "there is no scale file for this wording") for path in overlays.values())
    problems.extend(_doubled(versions))
    if problems:
        raise ScalesRefused(problems)
    return _library(versions)


def load_file(path: Path, overlay: Path | None = None) -> Scale:
    """Load one file with its overlay, if it has one; raise `ScalesRefused` if anything is wrong with them."""
    wording = Source(_bytes_of(overlay), str(overlay)) if overlay else None
    return load_scale(_bytes_of(path), str(path), wording)


def scale_files(directories: Sequence[Path]) -> Iterator[Path]:
    """Give the files of the folders and of their archives, in a stable order."""
    return (path for path in _files(directories) if not is_overlay(path))


def edges_file(path: Path) -> Path:
    """Give where the frozen edges of a scale file stand: in a folder beside it."""
    return path.parent / EDGES / f"{path.stem}.json"


def is_overlay(path: Path) -> bool:
    """Tell whether a file holds wording for a scale and no scale."""
    return path.stem.endswith(OVERLAY)


def scale_of_overlay(overlay: Path, directories: Sequence[Path]) -> Path | None:
    """Give the file of the scale for which an overlay holds the wording."""
    name = _name(overlay)
    return next((path for path in scale_files([*directories, overlay.parent]) if _name(path) == name), None)


def _files(directories: Sequence[Path]) -> Iterator[Path]:
    for folder in directories:
        for place in (folder, folder / ARCHIVE):
            yield from sorted(path for path in place.glob("*.y*ml") if path.suffix in {".yaml", ".yml"})


def _overlays(directories: Sequence[Path], problems: list[Problem]) -> dict[str, Path]:
    """Give the overlays by the name of the file that they belong to."""
    found: dict[str, Path] = {}
    for path in filter(is_overlay, _files(directories)):
        first = found.setdefault(_name(path), path)
        if first != path:
            problems.append(Problem(str(path), 0, (), f"another wording for the same file stands in {first}"))
    return found


def _name(path: Path) -> str:
    """Give what a scale file and its overlay have in common: the id, and in an archive the version."""
    return path.stem.removesuffix(OVERLAY)


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE_BYTES + 1)
    except OSError as error:
        raise ScalesRefused([Problem(str(path), 0, (), error.strerror or "cannot be read")]) from None


def _misplaced(path: Path, scale: Scale, versions: Mapping[tuple[str, str], tuple[Path, Scale]]) -> Iterator[Problem]:
    label = (f"{scale.id} {scale.version}",)
    expected = f"{scale.id}@{scale.version}.yaml" if _archived(path) else f"{scale.id}.yaml"
    if path.name != expected:
        yield Problem(str(path), 0, label, f"the file must be called {expected}")
    if (scale.id, scale.version) in versions:
        first, _ = versions[scale.id, scale.version]
        yield Problem(str(path), 0, label, f"the same version stands in {first}")


def _doubled(versions: Mapping[tuple[str, str], tuple[Path, Scale]]) -> Iterator[Problem]:
    """Find scales that have a current version in two folders."""
    first: dict[str, Path] = {}
    for path, scale in versions.values():
        if not _archived(path) and first.setdefault(scale.id, path) != path:
            detail = f"another current version stands in {first[scale.id]}"
            yield Problem(str(path), 0, (f"{scale.id} {scale.version}",), detail)


def _library(versions: Mapping[tuple[str, str], tuple[Path, Scale]]) -> Library:
    current = {
        scale.id: scale for path, scale in versions.values() if not _archived(path) and scale.status == "published"
    }
    every = {key: scale for key, (_, scale) in versions.items()}
    files = {key: path for key, (path, _) in versions.items()}
    return Library(MappingProxyType(current), MappingProxyType(every), MappingProxyType(files))


def _archived(path: Path) -> bool:
    return path.parent.name == ARCHIVE
