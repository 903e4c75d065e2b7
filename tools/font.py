"""Makes the font that reports embed: Noto Sans SC, reduced to GB 2312 and common signs.

    python tools/font.py NotoSansSC_400Regular.ttf heartport/assessments/fonts/NotoSansSC-Regular.subset.ttf

The whole font (10 MB) comes with the npm package @expo-google-fonts/noto-sans-sc; fonttools with the service's own
requirements. The licence stands beside the result.
"""

import sys

from fontTools import subset

SIGNS = "–—·×÷≤≥≠√°²³½•…“”‘’《》〈〉「」【】€±→←↑↓①②③④⑤⑥⑦⑧⑨⑩□"


def characters() -> set[str]:
    """Return ASCII, Latin letters with accents, GB 2312, and some signs."""
    found = {chr(code) for code in (*range(0x20, 0x7F), *range(0xA0, 0x180))} | set(SIGNS)
    pairs = (bytes([high, low]) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF))
    return found | set("".join(pair.decode("gb2312", "ignore") for pair in pairs))


def main(source: str, target: str) -> None:
    """Write the reduced font."""
    options = subset.Options(hinting=False, layout_features=[], name_IDs=["*"], notdef_outline=True)
    options.drop_tables += ["GSUB", "GPOS", "vhea", "vmtx"]
    font = subset.load_font(source, options)
    made = subset.Subsetter(options)
    made.populate(text="".join(characters()))
    made.subset(font)
    subset.save_font(font, target, options)


if __name__ == "__main__":
    main(*sys.argv[1:])
