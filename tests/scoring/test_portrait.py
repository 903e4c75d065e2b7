from heartport.scoring.portrait import aligned, portrait, width
from tests.scoring.invented import calm, scale_of, winding


def test_chinese_characters_are_two_columns_wide():
    assert width("PHQ-9 量表") == 10
    assert list(aligned([("量表", "x"), ("ab", "y")])) == ["量表  x", "ab    y"]


def test_a_portrait_tells_items_keys_scores_bands_flags_sources_and_licence():
    text = portrait(scale_of(winding()))
    for part in [
        "winding 1.0.0 (published)  平静",
        "show_if a4 != 1 (hidden: 1)",
        "show_if profile.sex == 'female' or a1 + a2 >= 8 (hidden: missing)",
        "a1 a3: 6 - x (only ease)",
        "b2: 0→0 2→5/2 4→10",
        "1 × ease + 1/2 × load",
        "(a1 + a2 + a3 + a4 + a5) / 5",
        "2 × (b1 + b2 + a1)",
        "half_up to 1",
        "wide (shown): invented",
        "≥ 17/4  top",
        "notice  caution  b1 == 4 and not a1 < 3",
        "Nobody 2001",
        "free (2026-11-22)",
    ]:
        assert part in text


def test_a_scale_without_keys_or_flags_shows_no_empty_sections():
    text = portrait(scale_of(calm()))
    assert "计分键" not in text
    assert "missing ≤ 2: prorate" in text
    assert not any(line.endswith(" ") for line in text.split("\n"))
