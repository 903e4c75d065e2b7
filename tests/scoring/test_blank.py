"""The file to begin a scale with: clean as it stands, and clean with every comment taken away that holds a part."""

import re
from datetime import date

import pytest

from heartport.scoring.blank import blank
from heartport.scoring.loader import load_scale

TEXT = blank("evening", date(2026, 11, 22))


def uncommented(text):
    """Take the # from each part that is only proposed; the words of items need another licence."""
    parts = re.sub(r"^# ?(?=  |[a-z]+:)", "", text, flags=re.MULTILINE)
    return parts.replace("state: unknown", "state: free")


def test_it_is_a_draft_that_loads():
    scale = load_scale(TEXT.encode(), "x")
    assert (scale.id, scale.version, scale.status) == ("evening", "0.1.0", "draft")
    assert not scale.has_wording


def test_every_part_that_it_proposes_is_right():
    scale = load_scale(uncommented(TEXT).encode(), "x")
    assert scale.has_wording
    parts = (scale.keys, scale.bands, scale.flags, scale.advice, scale.examples)
    assert all(parts), [len(each) for each in parts]


def test_what_is_no_id_is_refused():
    with pytest.raises(ValueError, match="an id is made of"):
        blank("Evening", date(2026, 11, 22))
