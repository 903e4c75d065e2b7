"""Codes that people copy by hand: Crockford's base32, in which no two signs look alike.

See https://www.crockford.com/base32.html: the letters I, L, O and U are missing; read back, I and L count as 1 and
O as 0, and neither case nor hyphens matter.
"""

import secrets
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOOKS_LIKE = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})
GROUP = 5


def new_code(length: int) -> str:
    """Return a random code of 5 bits a sign, without hyphens."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def grouped(code: str) -> str:
    """Return a code as it is shown: in groups of five."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def typed(text: str) -> str:
    """Return the code that somebody meant who typed this."""
    return unicodedata.normalize("NFKC", text).upper().translate(LOOKS_LIKE)
