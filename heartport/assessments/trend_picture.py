"""Draws one line of a trend as SVG: bands as stripes, one dot a result, a gap where the line breaks.

Large type, no colour that carries meaning alone, and a description for who listens instead of looking.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from heartport.assessments.cards import in_language
from heartport.assessments.trend_schemas import said
from heartport.assessments.trends import Line, Point, Trend
from heartport.scoring.constructs import Band
from heartport.scoring.exact import display

WIDTH, HEIGHT = 720, 420
LEFT, RIGHT, TOP, BOTTOM = 64, 40, 88, 56
STRIPES = ("#eef5f1", "#e2eee8", "#d5e6de", "#c7ddd3", "#b9d4c8", "#abcbbd", "#9dc2b2")
INK, SOFT, DOT = "#22413a", "#5b756d", "#1f7a5c"
DATES_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Stripe:
    """One band between its edges, from the lowest number up."""

    low: float
    high: float
    label: str


@dataclass(frozen=True, slots=True)
class Frame:
    """Where numbers and results lie on the page."""

    low: float
    high: float
    count: int

    def across(self, place: int) -> float:
        """Return how far right the result of this place lies."""
        width = WIDTH - LEFT - RIGHT
        return LEFT + width / 2 if self.count == 1 else LEFT + 24 + (width - 48) * place / (self.count - 1)

    def up(self, value: float) -> float:
        """Return how far down a number lies."""
        share = (value - self.low) / ((self.high - self.low) or 1)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def draw_line(trend: Trend, line: Line, language: str) -> bytes:
    """Return the picture."""
    title = f"{in_language(trend.scale.title, language)} · {in_language(line.score.label, language)}"
    text = said(line, language)
    frame = Frame(float(line.score.min), float(line.score.max), max(1, sum(len(each.points) for each in line.segments)))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" aria-labelledby="title description">',
        f'<title id="title">{escape(title)}</title><desc id="description">{escape(_described(line, language))}</desc>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(LEFT, 30, title, size=20, weight="bold"),
        *_wrapped(text),
        *_stripes(_bands_of(trend, line, language), frame),
        *_axis(frame),
        *_segments(line, frame),
        "</svg>",
    ]
    return "".join(parts).encode()


def bands_between(bands: Sequence[Band], sex: str | None, low: float, high: float, language: str) -> list[Stripe]:
    """Return the bands of one score as stripes between its lowest and highest number."""
    starts = [max(low, float(band.starts_at(sex))) for band in bands]
    ends = [*starts[1:], high]
    return [
        Stripe(start, end, in_language(band.person, language))
        for band, start, end in zip(bands, starts, ends, strict=True)
        if start < end or (start == end == high)
    ]


def _bands_of(trend: Trend, line: Line, language: str) -> list[Stripe]:
    found = [each.shown for each in trend.scale.bands if each.score == line.score.id and each.shown]
    points = [point for segment in line.segments for point in segment.points]
    sex = points[-1].sex if points else None
    if not found or (found[0].by_sex and sex not in found[0].sexes):
        return []  # Edges differ by sex, and it is not known: no stripes rather than somebody else's.
    sex = sex if found[0].by_sex else None
    return bands_between(found[0].bands, sex, float(line.score.min), float(line.score.max), language)


def _stripes(stripes: Sequence[Stripe], frame: Frame) -> Iterator[str]:
    for place, stripe in enumerate(stripes):
        top, bottom = frame.up(stripe.high), frame.up(stripe.low)
        size = f'width="{WIDTH - LEFT - RIGHT}" height="{bottom - top:.1f}"'
        yield f'<rect x="{LEFT}" y="{top:.1f}" {size} fill="{STRIPES[min(place, len(STRIPES) - 1)]}"/>'
        if bottom - top >= 16:
            yield _text(LEFT + 8, bottom - 5, _short(stripe.label), size=13, colour=SOFT)


def _axis(frame: Frame) -> Iterator[str]:
    for value in (frame.low, frame.high):
        yield _text(LEFT - 10, frame.up(value) + 5, f"{value:g}", size=15, anchor="end", colour=SOFT)


def _segments(line: Line, frame: Frame) -> Iterator[str]:
    place, shown_every = 0, max(1, -(-frame.count // DATES_SHOWN))
    for number, segment in enumerate(line.segments):
        if number:
            x = (frame.across(place - 1) + frame.across(place)) / 2
            yield f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="{SOFT}" stroke-dasharray="4 6" fill="none"/>'
        places = range(place, place + len(segment.points))
        yield _joined(segment.points, places, frame)
        for at, point in zip(places, segment.points, strict=True):
            if at % shown_every == 0 or at == frame.count - 1:
                yield _text(
                    frame.across(at), HEIGHT - 24, f"{point.on:%Y-%m-%d}", size=13, anchor="middle", colour=SOFT
                )
            if point.value is not None:
                x, y = frame.across(at), frame.up(float(point.value))
                yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="{DOT}" stroke="#ffffff" stroke-width="2"/>'
                yield _text(
                    x, y - 12, display(point.value, line.score), size=16, anchor="middle", weight="bold", halo=True
                )
        place += len(segment.points)


def _joined(points: Sequence[Point], places: Sequence[int], frame: Frame) -> str:
    known = [(at, point.value) for at, point in zip(places, points, strict=True) if point.value is not None]
    path = "L".join(f"{frame.across(at):.1f} {frame.up(float(value)):.1f}" for at, value in known)
    return f'<path d="M{path}" stroke="{DOT}" stroke-width="3" fill="none"/>' if len(known) > 1 else ""


def _described(line: Line, language: str) -> str:
    """Say the picture in words."""
    points = [point for segment in line.segments for point in segment.points]
    told = [
        f"{point.on.isoformat()}: {'—' if point.value is None else display(point.value, line.score)}"
        for point in points
    ]
    return " ".join((said(line, language), *told))


def _wrapped(text: str, width: int = 44) -> Iterator[str]:
    lines = [text[start : start + width] for start in range(0, len(text), width)]
    for place, part in enumerate(lines[:2]):
        yield _text(LEFT, 50 + 17 * place, part, size=14, colour=SOFT)


def _short(label: str, most: int = 22) -> str:
    return label if len(label) <= most else f"{label[: most - 1]}…"


def _text(
    x: float,
    y: float,
    text: str,
    *,
    size: int,
    colour: str = INK,
    anchor: str = "start",
    weight: str = "",
    halo: bool = False,
) -> str:
    style = f' font-weight="{weight}"' if weight else ""
    style += ' paint-order="stroke" stroke="#ffffff" stroke-width="4"' if halo else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}"{style}>'
        f"{escape(text)}</text>"
    )
