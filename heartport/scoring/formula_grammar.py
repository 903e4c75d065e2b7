"""Reads the formulas of a file: `effort * 7 / (reward * 3)`, `(rise - bed) % 1440`, `total > 160 or worst >= 2`."""

from heartport.scoring.arithmetic import Binary, Constant, Contrary, Logic, Minus, Node, Operand
from heartport.scoring.conditions import RELATIONS
from heartport.scoring.tokens import NotUnderstood, Walk

MOST_OPERATIONS = 150
"""How many things one formula may join; keeps deep trees away from the stack."""


def parse_formula(source: str) -> tuple[Node, tuple[str, ...]]:
    """Read a formula; give it with the names of its operands in the order of their places. Raise `NotUnderstood`."""
    parser = _Parser(source)
    node = parser.parse()
    if not parser.names:
        raise NotUnderstood("names no item and no score")
    return node, tuple(parser.names)


class _Parser:
    """Recursive descent; `or` binds weakest, then `and`, `not`, comparisons, sums, products and signs."""

    def __init__(self, source: str) -> None:
        self._walk = Walk(source)
        self.names: dict[str, int] = {}
        self._joined = 0

    def parse(self) -> Node:
        node = self._either()
        self._walk.finish()
        return node

    def _either(self) -> Node:
        parts = [self._both()]
        while self._walk.accepts("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Logic("or", tuple(parts))

    def _both(self) -> Node:
        parts = [self._contrary()]
        while self._walk.accepts("and"):
            parts.append(self._contrary())
        return parts[0] if len(parts) == 1 else Logic("and", tuple(parts))

    def _contrary(self) -> Node:
        if self._walk.accepts("not"):
            return Contrary(self._walk.nested(self._contrary))
        return self._compared()

    def _compared(self) -> Node:
        left = self._sum()
        if relation := self._walk.accepts(*RELATIONS):
            return self._binary(relation, left, self._sum())
        return left

    def _sum(self) -> Node:
        node = self._product()
        while sign := self._walk.accepts("+", "-"):
            node = self._binary(sign, node, self._product())
        return node

    def _product(self) -> Node:
        node = self._signed()
        while sign := self._walk.accepts("*", "/", "%"):
            node = self._binary(sign, node, self._signed())
        return node

    def _signed(self) -> Node:
        if self._walk.accepts("-"):
            return Minus(self._walk.nested(self._signed))
        return self._atom()

    def _atom(self) -> Node:
        if self._walk.accepts("("):
            inside = self._walk.nested(self._either)
            self._walk.expect(")")
            return inside
        token = self._walk.take()
        if token.kind == "number":
            return Constant(token.number())
        if token.kind != "word" or "." in token.text:
            raise NotUnderstood(f"a number, an item or a score is missing at column {token.column}")
        return Operand(self.names.setdefault(token.text, len(self.names)))

    def _binary(self, sign: str, left: Node, right: Node) -> Node:
        self._joined += 1
        if self._joined > MOST_OPERATIONS:
            raise NotUnderstood(f"more than {MOST_OPERATIONS} operations; make it of several scores")
        return Binary(sign, left, right)
