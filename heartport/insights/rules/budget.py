"""How much may be told of one answer: the epsilons, in thousandths, and the ledger of each family of items.

What one changed answer can move, and by how much that may show (pure differential privacy): the at-risk count of its
block, two cells of the levels of its district for each score, one at-risk count by sex or by age. Together 2.0. The
size of a block does not depend on answers, so its noise protects that somebody took part.
"""

from collections.abc import Callable

from heartport.errors import Conflict

Draw = Callable[[int], int]
"""Draws an integer z with probability proportional to exp(-|z| · milli / 1000), given `milli`."""

CHOICE = 2000
"""For the undercounting by which blocks are chosen."""
AT_RISK = 1000
SIZE = 500
LEVELS = 500
BY_GROUP = 500
OF_ONE_ANSWER = AT_RISK + LEVELS + BY_GROUP
"""What a sealing spends of a family's ledger."""
MOST_A_WINDOW = 2000
"""2.0 a family and window; a year has two windows."""


class LedgerExhausted(Conflict):
    """What may be told about a family of items in a window has been told."""

    code = "ledger_exhausted"
    detail = "这个半年关于这组题目可以公布的信息已经用完，不能再次统计。"


def check_ledger(spent: int, charge: int) -> None:
    """Raise `LedgerExhausted` where a charge, in thousandths of epsilon, would go beyond what a window has."""
    if charge < 0 or spent + charge > MOST_A_WINDOW:
        raise LedgerExhausted


def of_a_level(scores: int) -> int:
    """Return the thousandths for one cell of the levels, where each answer stands in one cell for each score.

    A changed answer leaves one cell and enters another, of each score.
    """
    return LEVELS // (2 * scores)
