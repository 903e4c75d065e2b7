"""The picture of a check-in code; imported when the first door opens, since most processes draw nothing."""

import segno


def qr_svg(text: str) -> str:
    """Return a QR code as an SVG that stands within a page or is shown as an image."""
    return segno.make(text, error="m", micro=False).svg_inline(scale=8, border=4)
