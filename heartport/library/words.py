"""What somebody who searches means: the words they typed, what is said otherwise, and the topics of it. Pure.

Texts are folded sign by sign, so that a place in the folded text is the same place in the text itself.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from heartport.library.rules import CRISIS_WORDS
from heartport.library.things import Synonyms

WORD = re.compile(r"[0-9a-z㐀-䶿一-鿿\U00020000-\U0003134f]+")
HAN = re.compile(r"[㐀-䶿一-鿿]")
LETTERS = re.compile(r"[a-z]{2,8}\Z")
SHORT_QUERY = 4
"""Signs; in a longer one a single sign (困, 烦) is more likely a part of another word (困难)."""
SAYS_NOTHING = (
    "怎么办|怎么样|怎么|如何|为什么|什么|应该|可以|能不能|有没有|是不是|总是|老是|一直|最近|现在|晚上|每天|感觉|觉得|好像|非常"
    "|特别|有点|真的|我们|自己|请问|关于|的|了|吗|呢|吧|啊|我|你|您|他|她|很|太|好|又|都|也|就|在|是|有|和|跟|与|想|要|会|能"
)
FILLERS = re.compile(SAYS_NOTHING)
INITIALS = "abcdefghjklmnopqrstwxyz"
FIRST_CODES = bytes.fromhex(
    "b0a1b0c5b2c1b4eeb6eab7a2b8c1b9febbf7bfa6c0acc2e8c4c3c5b6c5bec6dac8bbc8f6cbfacddacef4d1b9d4d1"
)
"""The code of the first sign of each letter: level 1 of GB 2312 (3,755 signs) is ordered by Pinyin."""
LAST_CODE = bytes.fromhex("d7f9")
NO_INITIAL = "?"


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that is looked for: as it was typed, what else says it, and the topics that are about it."""

    typed: str
    also: tuple[str, ...] = ()
    topics: frozenset[str] = frozenset()
    main: bool = True
    """Whether finding this alone is enough."""

    @property
    def words(self) -> tuple[str, ...]:
        """Every word that says it, the typed one first."""
        return (self.typed, *(word for word in self.also if word != self.typed))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a query asks for."""

    needs: tuple[Need, ...]
    crisis: bool
    initials: str | None = None
    """Letters that may be the first ones of Pinyin syllables."""


def folded(text: str) -> str:
    """Return a text in which signs that differ only in width or case are the same, each at its own place."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return plain if len(plain) == len(text) else "".join(map(_folded_sign, text))


def understood(query: str, synonyms: Sequence[Synonyms]) -> Asked:
    """Return what a query asks for; there are no needs where it holds no word."""
    plain = folded(query)
    words = WORD.findall(plain)
    said = _longest((word for group in synonyms for word in group.said if _is_said(word, words)), plain)
    groups = [group for group in synonyms if not set(said).isdisjoint(group.said)]
    needs = [_need(group, said) for group in groups]
    rest = [piece for word in words for piece in _rest(word, said)]
    main = not needs
    needs += [Need(piece, main=main) for piece in dict.fromkeys(rest or (words if main else ()))]
    crisis = any(group.crisis for group in groups) or any(word in plain for word in CRISIS_WORDS)
    letters = "".join(words)
    return Asked(tuple(needs), crisis, letters if LETTERS.match(letters) else None)


def in_parts(needs: Iterable[Need]) -> tuple[Need, ...]:
    """Return the pairs of neighbouring signs of what was typed: what to look for where the whole is nowhere."""
    pairs = [
        one + other for need in needs for one, other in pairwise(need.typed) if HAN.match(one) and HAN.match(other)
    ]
    return tuple(Need(pair) for pair in dict.fromkeys(pairs))


def initials_of(text: str, letters: str) -> list[str]:
    """Return the parts of a folded text, each from its beginning, whose Pinyin begins its syllables with letters."""
    return [part for part in WORD.findall(text) if "".join(map(_initial, part[: len(letters)])) == letters]


def _folded_sign(sign: str) -> str:
    plain = unicodedata.normalize("NFKC", sign).casefold()
    return plain if len(plain) == 1 else sign


def _is_said(word: str, words: Sequence[str]) -> bool:
    return len(word) > 1 or len("".join(words)) <= SHORT_QUERY


def _longest(said: Iterable[str], query: str) -> list[str]:
    """Return the longest of these that a query holds side by side, in this order: 产后抑郁 does not also mean 抑郁."""
    taken = []
    for word in sorted(said, key=lambda each: (-len(each), each)):
        if folded(word) in query:
            taken.append(word)
            query = query.replace(folded(word), " ")
    return taken


def _need(group: Synonyms, said: Sequence[str]) -> Need:
    typed = next(word for word in group.said if word in said)
    return Need(folded(typed), tuple(map(folded, group.also)), frozenset(group.topics))


def _rest(word: str, said: Sequence[str]) -> list[str]:
    """Return what is left of a typed word when what is known is taken out, and what says nothing."""
    if not said and len(word) <= SHORT_QUERY:
        return [word]
    for each in said:
        word = word.replace(folded(each), " ")
    return [piece for piece in FILLERS.sub(" ", word).split() if len(piece) > 1]


def _initial(sign: str) -> str:
    if not HAN.match(sign):
        return sign
    try:
        code = sign.encode("gb2312")
    except UnicodeEncodeError:
        return NO_INITIAL
    firsts = [FIRST_CODES[place : place + 2] for place in range(0, len(FIRST_CODES), 2)]
    if not firsts[0] <= code <= LAST_CODE:
        return NO_INITIAL
    return INITIALS[sum(first <= code for first in firsts) - 1]
