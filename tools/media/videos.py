"""The pictures of the three videos, frame by frame: drawn twice as large and made smaller, so that edges are smooth."""

import math
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFont

from heartport.library.rules import NOTICE
from tools.media.timelines import SENSES, STRETCH_STEPS, Beat, Timeline

SIZE = (540, 960)
RATE = 16
"""Frames a second; nothing here moves fast."""

LARGER = 2
FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-{}.ttc"
"""Debian's fonts-noto-cjk; the third face of each file holds the forms of simplified Chinese."""

Colour = tuple[int, int, int]
Point = tuple[float, float]

DEEP, SEA, FOAM, SAND = (18, 66, 82), (38, 110, 124), (232, 246, 244), (250, 226, 178)
PAPER, INK, CORAL, TEAL = (253, 243, 226), (64, 52, 42), (226, 112, 82), (58, 138, 132)
MOSS, LEAF, CREAM, DARK = (222, 238, 214), (104, 162, 118), (255, 252, 238), (36, 74, 58)


@lru_cache(maxsize=32)
def font(size: int, weight: str = "Regular") -> ImageFont.FreeTypeFont:
    """Return a face in the size given, in pixels of the finished picture."""
    return ImageFont.truetype(FONT.format(weight), size * LARGER, index=2)


def blend(one: Colour, other: Colour, share: float) -> Colour:
    """Return the colour between two."""
    mixed = [round(a + (b - a) * share) for a, b in zip(one, other, strict=True)]
    return (mixed[0], mixed[1], mixed[2])


def curved(points: list[Point]) -> list[Point]:
    """Return a smooth line through points (Catmull and Rom's spline)."""
    ends = [points[0], *points, points[-1]]
    found = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        for t in (step / 8 for step in range(8)):
            found.append((_between(a[0], b[0], c[0], d[0], t), _between(a[1], b[1], c[1], d[1], t)))
    return [*found, points[-1]]


def _between(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)


def ease(share: float) -> float:
    """Bend a straight way from 0 to 1 so that it sets out and arrives gently."""
    share = min(1.0, max(0.0, share))
    return share * share * (3 - 2 * share)


class Frame:
    """One picture in the making; places and sizes are those of the finished picture."""

    def __init__(self, ground: Colour) -> None:
        self.image = Image.new("RGB", (SIZE[0] * LARGER, SIZE[1] * LARGER), ground)
        self.draw = ImageDraw.Draw(self.image)

    def disc(self, centre: Point, radius: float, colour: Colour) -> None:
        """Draw a filled circle."""
        x, y, r = centre[0] * LARGER, centre[1] * LARGER, radius * LARGER
        self.draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)

    def ring(self, centre: Point, radius: float, width: float, colour: Colour, share: float = 1) -> None:
        """Draw a circle's line, or a part of it from the top onwards."""
        x, y, r = centre[0] * LARGER, centre[1] * LARGER, radius * LARGER
        ends = -90 + 360 * share
        self.draw.arc((x - r, y - r, x + r, y + r), -90, ends, colour, round(width * LARGER))

    def line(self, points: list[Point], width: float, colour: Colour) -> None:
        """Draw a line with round ends and joints."""
        scaled = [(x * LARGER, y * LARGER) for x, y in points]
        self.draw.line(scaled, colour, round(width * LARGER), joint="curve")
        for x, y in points:
            self.disc((x, y), width / 2, colour)

    def area(self, points: list[Point], colour: Colour) -> None:
        """Draw a filled shape."""
        self.draw.polygon([(x * LARGER, y * LARGER) for x, y in points], fill=colour)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour, corner: float = 0) -> None:
        """Draw a filled box with round corners."""
        sides = (left * LARGER, top * LARGER, right * LARGER, bottom * LARGER)
        self.draw.rounded_rectangle(sides, corner * LARGER, fill=colour)

    def text(self, words: str, middle: Point, size: int, colour: Colour, weight: str = "Regular") -> None:
        """Write words around a middle; lines are parted by breaks."""
        place = (middle[0] * LARGER, middle[1] * LARGER)
        space = round(size * 0.5) * LARGER
        self.draw.multiline_text(place, words, colour, font(size, weight), "mm", space, "center")

    def bytes(self) -> bytes:
        """Return the finished picture."""
        return self.image.reduce(LARGER).tobytes()


def frames_of(timeline: Timeline) -> Iterator[bytes]:
    """Give every frame of a video."""
    draw = DRAWN[timeline.slug]
    for number in range(timeline.seconds * RATE):
        yield draw(timeline, number / RATE).bytes()


def fading(at: float, starts: float, ends: float, seconds: float = 0.6) -> float:
    """Return how far something is to be seen that comes and goes gently."""
    return ease(min((at - starts) / seconds, (ends - at) / seconds))


def beat_at(timeline: Timeline, at: float, kinds: tuple[str, ...]) -> Beat | None:
    """Return the beat of some kinds that is under way."""
    return next((each for each in timeline.beats if each.kind in kinds and each.at <= at < each.at + each.lasts), None)


# Breathing circle.


def breathing_circle(timeline: Timeline, at: float) -> Frame:
    """Draw a circle that grows and shrinks over a bay, and a paper boat that rises and sinks with it."""
    beat = beat_at(timeline, at, ("inhale", "exhale"))
    share = 0.0 if beat is None else (at - beat.at) / beat.lasts
    fullness = ease(share) if beat and beat.kind == "inhale" else (1 - ease(share) if beat else 0.0)
    frame = Frame(DEEP)
    centre = (270.0, 400.0)
    for number, strength in ((3, 0.10), (2, 0.20), (1, 0.34)):
        radius = 92 + 74 * fullness + number * (10 + 16 * fullness)
        frame.disc(centre, radius, blend(DEEP, SEA, strength * 2))
    frame.disc(centre, 92 + 74 * fullness, blend(SEA, FOAM, 0.35 + 0.4 * fullness))
    _bay(frame, at, fullness)
    if beat is None:
        _outer_words(frame, timeline, at)
        return frame
    words, count = ("吸气", math.floor(share * 4) + 1) if beat.kind == "inhale" else ("呼气", math.floor(share * 6) + 1)
    frame.ring(centre, 250, 5, blend(DEEP, SEA, 0.8))
    frame.ring(centre, 250, 5, SAND, share)
    frame.text(words, (270, 376), 50, DEEP, "Bold")
    frame.text(str(count), (270, 444), 38, DEEP)
    frame.text("●" * beat.number + "○" * (6 - beat.number), (270, 90), 20, blend(DEEP, FOAM, 0.6))
    return frame


def _outer_words(frame: Frame, timeline: Timeline, at: float) -> None:
    cue = next((each for each in timeline.cues if each.starts <= at < each.ends), None)
    if cue:
        seen = fading(at, cue.starts, cue.ends)
        words = cue.text.replace("；", "；\n").replace("做完了。", "做完了。\n")
        frame.text(words, (270, 130), 25, blend(DEEP, FOAM, seen))


def _bay(frame: Frame, at: float, fullness: float) -> None:
    for depth, (level, colour) in enumerate(((730, blend(DEEP, SEA, 0.7)), (790, SEA), (860, blend(DEEP, SEA, 0.4)))):
        height = level - 26 * fullness
        crest = [(x, height + 9 * math.sin(x / 60 + at * 0.7 + depth * 2)) for x in range(0, 541, 6)]
        if depth == 1:
            _paper_boat(frame, (270, height - 2 + 9 * math.sin(4.5 + at * 0.7 + 2)), 0.06 * math.sin(at * 0.8))
        frame.area([*crest, (540, 960), (0, 960)], colour)


def _paper_boat(frame: Frame, middle: Point, lean: float) -> None:
    def turned(x: float, y: float) -> Point:
        return (
            middle[0] + x * math.cos(lean) - y * math.sin(lean),
            middle[1] + x * math.sin(lean) + y * math.cos(lean),
        )

    frame.area([turned(-34, 0), turned(0, -58), turned(34, 0)], blend(FOAM, SEA, 0.12))
    frame.area([turned(0, -58), turned(34, 0), turned(0, 0)], FOAM)
    frame.area([turned(-74, -20), turned(74, -20), turned(46, 22), turned(-46, 22)], FOAM)
    frame.area([turned(-74, -20), turned(0, 4), turned(-46, 22)], blend(FOAM, SEA, 0.22))


# Desk stretch.

Pose = dict[str, Point]
REST: Pose = {
    "head": (0, -150),
    "face": (0, 0),
    "left": (-66, -70),
    "right": (66, -70),
    "left_elbow": (-96, 14),
    "right_elbow": (96, 14),
    "left_hand": (-62, 84),
    "right_hand": (62, 84),
    "waist": (0, 90),
}


def pose(**changed: Point) -> Pose:
    """Return the pose at rest with some joints elsewhere."""
    return {**REST, **changed}


def between(one: Pose, other: Pose, share: float) -> Pose:
    """Return the pose on the way from one to another."""
    return {
        joint: tuple(a + (b - a) * share for a, b in zip(at, other[joint], strict=True)) for joint, at in one.items()
    }  # type: ignore[misc]


UP = {"left_elbow": (-74, -190), "right_elbow": (74, -190), "left_hand": (-10, -276), "right_hand": (10, -276)}
MOVES: tuple[tuple[Pose, ...], ...] = (
    (pose(face=(-20, 0), head=(-8, -150)), pose(face=(20, 0), head=(8, -150))),
    (
        pose(
            left=(-66, -112),
            right=(66, -112),
            left_elbow=(-98, -20),
            right_elbow=(98, -20),
            left_hand=(-68, 56),
            right_hand=(68, 56),
        ),
        REST,
    ),
    (pose(**UP), pose(**UP, head=(0, -154))),
    (
        pose(
            head=(-44, -138),
            left=(-88, -52),
            right=(34, -88),
            left_elbow=(-116, 22),
            left_hand=(-84, 88),
            right_elbow=(46, -192),
            right_hand=(-60, -236),
        ),
        pose(
            head=(44, -138),
            right=(88, -52),
            left=(-34, -88),
            right_elbow=(116, 22),
            right_hand=(84, 88),
            left_elbow=(-46, -192),
            left_hand=(60, -236),
        ),
    ),
    (
        pose(
            left_elbow=(-138, -128),
            right_elbow=(138, -128),
            left_hand=(-40, -146),
            right_hand=(40, -146),
            head=(0, -156),
        ),
        pose(
            left_elbow=(-112, -156),
            right_elbow=(112, -156),
            left_hand=(-40, -146),
            right_hand=(40, -146),
            head=(0, -146),
        ),
    ),
    (pose(left_elbow=(-108, -6), right_elbow=(108, -6), left_hand=(-58, -60), right_hand=(58, -60)),) * 2,
)


def desk_stretch(timeline: Timeline, at: float) -> Frame:
    """Draw somebody at a desk who shows one stretch after another."""
    frame = Frame(PAPER)
    beat = beat_at(timeline, at, ("step",))
    frame.disc((428, 196), 74, blend(PAPER, SAND, 0.9))
    if beat is None:
        _person(frame, REST, at)
        _desk(frame)
        _plain_words(frame, timeline, at, INK, PAPER)
        return frame
    share = (at - beat.at) / beat.lasts
    _person(frame, _stretched(MOVES[beat.number - 1], share, wrists=beat.number == 6), at)
    _desk(frame)
    name, words = STRETCH_STEPS[beat.number - 1]
    seen = fading(at, beat.at, beat.at + beat.lasts, 0.5)
    frame.text(f"{beat.number}　{name}", (270, 96), 44, blend(PAPER, CORAL, seen), "Bold")
    frame.text(words, (270, 836), 27, blend(PAPER, INK, seen))
    for number in range(len(STRETCH_STEPS)):
        colour = CORAL if number < beat.number else blend(PAPER, INK, 0.2)
        frame.disc((270 + (number - 2.5) * 30, 920), 6, colour)
    return frame


def _stretched(moves: tuple[Pose, ...], share: float, wrists: bool) -> Pose:
    """Return the pose at a share of a step: into the first, over to the second, and back to rest."""
    marks = ((0.0, REST), (0.18, moves[0]), (0.44, moves[0]), (0.60, moves[1]), (0.84, moves[1]), (1.0, REST))
    for (begins, one), (ends, other) in pairwise(marks):
        if share <= ends:
            found = between(one, other, ease((share - begins) / (ends - begins)))
            return _circling(found, share) if wrists and 0.16 < share < 0.86 else found
    return REST


def _circling(found: Pose, share: float) -> Pose:
    turn = share * 40 if share < 0.5 else -share * 40
    strength = 15 * ease(min((share - 0.16) * 12, (0.86 - share) * 12))
    dx, dy = strength * math.cos(turn), strength * math.sin(turn)
    left, right = found["left_hand"], found["right_hand"]
    return {**found, "left_hand": (left[0] - dx, left[1] + dy), "right_hand": (right[0] + dx, right[1] + dy)}


def _person(frame: Frame, found: Pose, at: float) -> None:
    breath = 3 * math.sin(at * 1.2)
    joints = {
        name: (270 + x, 520 + y + (breath if name not in ("waist", "face") else 0)) for name, (x, y) in found.items()
    }
    head, left, right, waist = joints["head"], joints["left"], joints["right"], joints["waist"]
    neck = ((left[0] + right[0]) / 2, (left[1] + right[1]) / 2)
    frame.line([neck, head], 26, blend(PAPER, INK, 0.45))
    frame.area([left, right, (waist[0] + 52, waist[1] + 44), (waist[0] - 52, waist[1] + 44)], TEAL)
    frame.line([left, right], 44, TEAL)
    skin = (238, 190, 150)
    frame.disc(head, 54, skin)
    _face(frame, head, found["face"][0])
    for side in ("left", "right"):
        frame.line([joints[side], joints[f"{side}_elbow"]], 36, blend(TEAL, INK, 0.12))
        frame.line([joints[f"{side}_elbow"], joints[f"{side}_hand"]], 28, blend(TEAL, INK, 0.12))
        frame.disc(joints[f"{side}_hand"], 18, skin)


def _face(frame: Frame, head: Point, turned: float) -> None:
    x, y = head
    hair = [(x + 57 * math.cos(a), y - 6 + 57 * math.sin(a)) for a in (math.radians(d) for d in range(172, 370, 6))]
    frame.area([*hair, (x + 44 - turned * 0.4, y - 24), (x - 44 - turned * 0.4, y - 24)], INK)
    for side in (-19, 19):
        frame.line([(x + side + turned - 7, y + 4), (x + side + turned, y + 8), (x + side + turned + 7, y + 4)], 4, INK)
    frame.line([(x + turned - 11, y + 26), (x + turned, y + 31), (x + turned + 11, y + 26)], 4, CORAL)


def _desk(frame: Frame) -> None:
    frame.box(40, 640, 500, 668, (176, 128, 88), 8)
    frame.box(74, 668, 96, 770, (150, 106, 72), 4)
    frame.box(444, 668, 466, 770, (150, 106, 72), 4)
    frame.box(388, 592, 434, 642, CORAL, 8)
    frame.ring((438, 616), 16, 6, CORAL)
    frame.box(96, 622, 178, 640, CREAM, 3)
    frame.box(96, 634, 178, 640, blend(PAPER, INK, 0.3), 2)


def _plain_words(
    frame: Frame, timeline: Timeline, at: float, colour: Colour, ground: Colour, *, height: int = 836
) -> None:
    cue = next((each for each in timeline.cues if each.starts <= at < each.ends), None)
    if cue:
        words = cue.text.replace("；", "；\n") if cue.text == NOTICE else cue.text
        frame.text(words, (270, height), 27, blend(ground, colour, fading(at, cue.starts, cue.ends)))


# Grounding.


def grounding(timeline: Timeline, at: float) -> Frame:
    """Draw one sense after another, with as many leaves to fill as it asks for."""
    frame = Frame(MOSS)
    _meadow(frame, at)
    beat = beat_at(timeline, at, ("step",))
    if beat is None:
        _circle_of_senses(frame, at)
        _plain_words(frame, timeline, at, DARK, MOSS, height=710)
        return frame
    count, sense, words = SENSES[beat.number - 1]
    seen = fading(at, beat.at, beat.at + beat.lasts, 0.7)
    frame.text(str(count), (270, 150), 120, blend(MOSS, LEAF, seen), "Bold")
    frame.disc((270, 400), 108, blend(MOSS, CREAM, seen))
    ICONS[sense](frame, (270, 400), blend(MOSS, DARK, seen))
    frame.text(sense, (270, 558), 40, blend(MOSS, DARK, seen), "Bold")
    frame.text(words, (270, 650), 27, blend(MOSS, DARK, seen))
    pace = (beat.lasts - 3) / count
    for number in range(count):
        place = (270 + (number - (count - 1) / 2) * 74, 752)
        filled = ease((at - beat.at - 2 - number * pace) / 0.8)
        frame.disc(place, 24, blend(MOSS, CREAM, seen))
        frame.disc(place, 24 * filled, blend(MOSS, (232, 170, 82), seen))
    return frame


def _meadow(frame: Frame, at: float) -> None:
    for depth, (level, colour) in enumerate(((826, blend(MOSS, LEAF, 0.45)), (876, blend(MOSS, LEAF, 0.8)))):
        crest = [(x, level + 18 * math.sin(x / 110 + depth * 2.2)) for x in range(0, 541, 6)]
        frame.area([*crest, (540, 960), (0, 960)], colour)
    for number in range(9):
        x = 34 + number * 59
        sway = 7 * math.sin(at * 0.9 + number)
        frame.line([(x, 930), (x + sway * 0.4, 900), (x + sway, 872 - number % 3 * 10)], 4, DARK)


def _circle_of_senses(frame: Frame, at: float) -> None:
    for number, (_, sense, _) in enumerate(SENSES):
        angle = math.radians(-90 + number * 72) + 0.04 * math.sin(at)
        middle = (270 + 150 * math.cos(angle), 420 + 150 * math.sin(angle))
        frame.disc(middle, 56, CREAM)
        frame.text(sense, middle, 38, DARK, "Bold")


def _eye(frame: Frame, middle: Point, colour: Colour) -> None:
    x, y = middle
    arc = [(x + 70 * math.cos(a), y + 58 * math.sin(a) * 0.62) for a in (math.radians(d) for d in range(0, 361, 8))]
    frame.line(arc, 8, colour)
    frame.disc(middle, 24, colour)
    frame.disc((x + 8, y - 8), 7, CREAM)


def _hand(frame: Frame, middle: Point, colour: Colour) -> None:
    x, y = middle
    frame.box(x - 38, y - 4, x + 36, y + 66, colour, 24)
    for offset, height in ((-28, 52), (-8, 66), (12, 62), (30, 46)):
        frame.line([(x + offset, y + 16), (x + offset, y - height)], 15, colour)
    frame.line([(x - 32, y + 40), (x - 62, y + 6)], 16, colour)


def _ear(frame: Frame, middle: Point, colour: Colour) -> None:
    x, y = middle
    outer = [
        (-22, 58),
        (-32, 26),
        (-46, -10),
        (-36, -50),
        (0, -66),
        (36, -48),
        (44, -8),
        (26, 24),
        (10, 44),
        (-4, 66),
        (-26, 62),
    ]
    inner = [(-18, -6), (-14, -30), (6, -38), (20, -22), (16, 0), (0, 14), (-4, 30)]
    frame.line([(x + a, y + b) for a, b in curved(outer)], 9, colour)
    frame.line([(x + a, y + b) for a, b in curved(inner)], 8, colour)


def _flower(frame: Frame, middle: Point, colour: Colour) -> None:
    x, y = middle
    frame.line([(x, y + 4), (x - 4, y + 76)], 8, colour)
    frame.line([(x - 3, y + 56), (x + 30, y + 34)], 8, colour)
    for number in range(6):
        angle = math.radians(number * 60)
        frame.disc((x + 34 * math.cos(angle), y - 18 + 34 * math.sin(angle)), 20, colour)
    frame.disc((x, y - 18), 20, SAND)


def _cup(frame: Frame, middle: Point, colour: Colour) -> None:
    x, y = middle
    frame.area([(x - 48, y - 20), (x + 36, y - 20), (x + 26, y + 62), (x - 38, y + 62)], colour)
    frame.ring((x + 40, y + 12), 22, 8, colour)
    for offset in (-28, -6, 16):
        frame.line(
            [(x + offset, y - 36), (x + offset + 7, y - 50), (x + offset - 1, y - 62), (x + offset + 6, y - 74)],
            5,
            colour,
        )


ICONS: Mapping[str, Callable[[Frame, Point, Colour], None]] = {
    "看": _eye,
    "摸": _hand,
    "听": _ear,
    "闻": _flower,
    "尝": _cup,
}

DRAWN: Mapping[str, Callable[[Timeline, float], Frame]] = {
    "breathing-circle": breathing_circle,
    "desk-stretch": desk_stretch,
    "grounding": grounding,
}
