"""What is wrong with scale files: each problem with its file, its line and its path, all of them at once."""

from collections.abc import Iterable
from dataclasses import dataclass

Path = tuple[str, ...]
"""The way to a place in a file: `("items", "q4", "show_if")`."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to put right; `str()` gives the line for the author."""

    file: str
    line: int
    path: Path
    detail: str

    def __str__(self) -> str:
        """Read like `scales/phq9.yaml:41: phq9 1.0.0 › items › q4: value missing`."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {' › '.join(self.path)}: {self.detail}" if self.path else f"{place}: {self.detail}"


class ScalesRefused(Exception):
    """Files that may not be used; carries every problem of all of them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class Report:
    """Collects the problems of one file and remembers on which line each place stands."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.label: Path = ()
        self._lines: dict[Path, int] = {}
        self._found: dict[tuple[int, Path, str], None] = {}

    def locate(self, path: Path, line: int) -> None:
        """Remember where a place stands; the first mention counts."""
        self._lines.setdefault(path, line)

    def refuse(self, path: Path, detail: str, *, line: int | None = None) -> None:
        """Note a problem; a path without a line of its own stands on the nearest line above it."""
        self._found[line or self._line_of(path), path, detail] = None

    def damaged_at(self, path: Path) -> bool:
        """Tell whether a problem was found at a place or below it."""
        return any(found[: len(path)] == path for _, found, _ in self._found)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Give every problem, in the order of the file."""
        return tuple(
            Problem(self.file, line, (*self.label, *path), detail) for line, path, detail in sorted(self._found)
        )

    def _line_of(self, path: Path) -> int:
        nearest = (path[:length] for length in range(len(path), -1, -1))
        return next((self._lines[place] for place in nearest if place in self._lines), 0)
