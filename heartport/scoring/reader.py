"""Reads YAML into plain nodes that keep their line, by rules that leave nothing to guess.

`true` and `false`, integers, decimals (as exact fractions) and `null` are resolved; everything else is text:
`no`, `23:30` and `010` too. Duplicate keys, anchors, aliases, tags and a second document are refused. The
nodes are built from libyaml's events without recursion, so that no file can exhaust the stack or the memory.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import yaml

from heartport.scoring.exact import Exact, simplify
from heartport.scoring.problems import Path, Report

LARGEST_FILE_BYTES = 1 << 20
DEEPEST_NESTING = 24

Value = bool | Exact | str | None
"""What a scalar says."""

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "": None}


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value and the line it stands on."""

    line: int
    value: Value


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of nodes."""

    line: int
    nodes: "list[Node]" = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys as they are written, each with its own line, and their nodes."""

    line: int
    entries: "dict[str, tuple[int, Node]]" = field(default_factory=dict)


Node = Scalar | Listing | Mapping


class Unreadable(Exception):
    """A file that cannot be read on from some line."""

    def __init__(self, line: int, detail: str) -> None:
        super().__init__(detail)
        self.line = line
        self.detail = detail


def read_nodes(data: bytes, report: Report) -> Node | None:
    """Read one document; what is wrong goes into the report, and a file that cannot be read gives nothing."""
    try:
        return _Builder(report).build(_events(_decoded(data)))
    except Unreadable as error:
        report.locate((), error.line)
        report.refuse((), error.detail)
        return None


def resolve(text: str) -> Value:
    """Say what an unquoted scalar means."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return simplify(Fraction(text))
    return text


def _decoded(data: bytes) -> str:
    if len(data) > LARGEST_FILE_BYTES:
        raise Unreadable(1, f"larger than {LARGEST_FILE_BYTES >> 20} MiB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(data.count(b"\n", 0, error.start) + 1, "not UTF-8") from None


def _events(text: str) -> Iterator[yaml.Event]:
    try:
        yield from yaml.parse(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(text, error) from None
    except yaml.reader.ReaderError as error:
        position = error.position if isinstance(error.position, int) else 0
        line = text.encode()[:position].count(b"\n") + 1
        raise Unreadable(line, "a character that YAML does not allow") from None


def _syntax_error(text: str, error: yaml.MarkedYAMLError) -> Unreadable:
    mark = error.problem_mark or error.context_mark
    lines = text.split("\n")
    line = min(mark.line, len(lines) - 1) if mark else 0  # What is missing at the end is missing on the last line.
    if any(map(_starts_with_tab, lines[line : line + 1])) or "'\\t'" in str(error.problem):
        return Unreadable(line + 1, "a tab; YAML is indented with spaces")
    return Unreadable(line + 1, f"not YAML: {error.problem or error.context or 'syntax error'}")


def _starts_with_tab(row: str) -> bool:
    return "\t" in row[: len(row) - len(row.lstrip())]


class _Builder:
    """Puts nodes together from events, keeping the open ones on a stack of its own."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._open: list[Listing | Mapping] = []
        self._keys: list[tuple[str, int] | None] = []
        self._root: Node | None = None

    def build(self, events: Iterator[yaml.Event]) -> Node:
        for event in events:
            self._take(event, event.start_mark.line + 1 if event.start_mark else 1)
        if self._root is None:
            raise Unreadable(1, "the file is empty")
        return self._root

    def _take(self, event: yaml.Event, line: int) -> None:
        if isinstance(event, yaml.AliasEvent):
            raise Unreadable(line, "anchors and aliases are not allowed")
        if isinstance(event, yaml.NodeEvent):
            self._start(event, line)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._keys.pop()
            self._place(self._open.pop())
        elif isinstance(event, yaml.DocumentStartEvent) and self._root is not None:
            raise Unreadable(line, "a second document; one file holds one scale")

    def _start(self, event: yaml.NodeEvent, line: int) -> None:
        _refuse_decoration(event, line)
        if isinstance(event, yaml.ScalarEvent) and self._expects_key():
            self._keys[-1] = self._key(event.value, line)
        elif isinstance(event, yaml.ScalarEvent):
            self._place(Scalar(line, resolve(event.value) if event.implicit[0] else event.value))
        elif self._expects_key():
            raise Unreadable(line, "a key is a single word or number")
        else:
            self._enter(Mapping(line) if isinstance(event, yaml.MappingStartEvent) else Listing(line))

    def _expects_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1], Mapping) and self._keys[-1] is None

    def _enter(self, node: Listing | Mapping) -> None:
        if len(self._open) >= DEEPEST_NESTING:
            raise Unreadable(node.line, f"nested deeper than {DEEPEST_NESTING} levels")
        self._open.append(node)
        self._keys.append(None)

    def _place(self, node: Node) -> None:
        if not self._open:
            self._root = node
            return
        parent, key = self._open[-1], self._keys[-1]
        if isinstance(parent, Listing):
            parent.nodes.append(node)
        elif key is not None:
            parent.entries.setdefault(key[0], (key[1], node))
            self._keys[-1] = None

    def _key(self, key: str, line: int) -> tuple[str, int]:
        parent = self._open[-1]
        if isinstance(parent, Mapping) and key in parent.entries:
            detail = f"the key stands twice, first on line {parent.entries[key][0]}"
            self._report.refuse((*self._path(), key), detail, line=line)
        return key, line

    def _path(self) -> Path:
        """Name the open nodes: keys of mappings, positions in lists."""
        steps = (
            str(len(node.nodes) + 1) if isinstance(node, Listing) else key and key[0]
            for node, key in zip(self._open, self._keys, strict=True)
        )
        return tuple(step for step in steps if step is not None)


def _refuse_decoration(event: yaml.NodeEvent, line: int) -> None:
    if event.anchor is not None:
        raise Unreadable(line, "anchors and aliases are not allowed")
    if getattr(event, "tag", None) is not None:
        raise Unreadable(line, "tags are not allowed")
