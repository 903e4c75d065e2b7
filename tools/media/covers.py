"""Covers of articles and tracks: one scene each, drawn from a few shapes in the colours of its category.

Plain SVG without text, style sheets or percentages, which WeChat's picture component would not show.
"""

from collections.abc import Callable
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 400


@dataclass(frozen=True)
class Palette:
    """The colours of one mood: sky from top to bottom, a light, ground far and near, and what stands on it."""

    top: str
    bottom: str
    light: str
    far: str
    near: str
    ink: str
    accent: str


MORNING = Palette("#fde9d3", "#fbd3b0", "#fff6e3", "#e9b48f", "#cf8f6b", "#6b3f2e", "#e4654a")
HONEY = Palette("#fff3cf", "#fbdc9a", "#fffaf0", "#e8bd6a", "#c9963f", "#5b4420", "#3f8f86")
ROSE = Palette("#fbe4e4", "#f3c3c4", "#fff5f1", "#d99a9f", "#b56f7b", "#573240", "#f0a35e")
DUSK = Palette("#d9d7ef", "#f2c9c4", "#fff1df", "#a79bc4", "#7c6f9f", "#3b3357", "#f08a6b")
STEEL = Palette("#dfeaf1", "#b7d0de", "#fdfaf0", "#8fb0c2", "#5f8399", "#24404f", "#f2a541")
SLATE = Palette("#e6e9ec", "#c9d3d6", "#fff7e6", "#9fb0b3", "#6d8487", "#2f4347", "#e07a4f")
LEAF = Palette("#e6f2df", "#bfddc0", "#fffbe8", "#8fbf98", "#5a9271", "#254a3c", "#f0b64b")
NIGHT = Palette("#20304f", "#40587d", "#f7eecb", "#2c4468", "#1a2a47", "#0f1b31", "#f2c46b")
SEA = Palette("#d8eef0", "#a5d3d6", "#fffdf2", "#6fb0b6", "#3c828c", "#174a55", "#f2b05e")

Drawing = Callable[[Palette], str]


def cover(palette: Palette, *drawings: Drawing, sun: tuple[int, int, int] = (470, 120, 54)) -> str:
    """Return one picture: sky, light, two stretches of ground, and the drawings on them."""
    x, y, radius = sun
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<defs><linearGradient id="s" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="{palette.top}"/>'
        f'<stop offset="1" stop-color="{palette.bottom}"/></linearGradient></defs>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="url(#s)"/>'
        f'<circle cx="{x}" cy="{y}" r="{radius + 26}" fill="{palette.light}" opacity=".35"/>'
        f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{palette.light}"/>'
        + "".join(draw(palette) for draw in drawings)
        + "</svg>\n"
    )


def path(d: str, fill: str = "none", line: str = "", width: int = 0) -> str:
    stroke = f' stroke="{line}" stroke-width="{width}" stroke-linecap="round" stroke-linejoin="round"' if line else ""
    return f'<path d="{d}" fill="{fill}"{stroke}/>'


def box(x: int, y: int, width: int, height: int, fill: str, round_by: int = 0) -> str:
    corner = f' rx="{round_by}"' if round_by else ""
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}"{corner} fill="{fill}"/>'


def disc(x: int, y: int, radius: int, fill: str) -> str:
    return f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{fill}"/>'


# Ground.


def hills(p: Palette) -> str:
    return path("M0 290Q150 220 320 275T640 250V400H0Z", p.far) + path("M0 340Q180 285 360 330T640 315V400H0Z", p.near)


def water(p: Palette) -> str:
    rows = path("M0 285H640V400H0Z", p.far)
    rows += path("M0 325Q40 312 80 325T160 325 240 325 320 325 400 325 480 325 560 325 640 325V400H0Z", p.near)
    return rows + path("M60 305H150M250 300H310M430 308H520M560 298H600", line=p.light, width=4)


def floor(p: Palette) -> str:
    return box(0, 310, 640, 90, p.near) + box(0, 304, 640, 8, p.far)


def road(p: Palette) -> str:
    lane = path("M320 285L318 300M317 312L314 334M312 350L307 384", line=p.light, width=7)
    return path("M0 300Q200 262 640 285V400H0Z", p.far) + path("M292 284H346L470 400H130Z", p.ink) + lane


# What stands there.


def house(p: Palette) -> str:
    windows = box(262, 236, 40, 40, p.light, 4) + box(338, 236, 40, 40, p.accent, 4)
    return (
        box(232, 200, 176, 130, p.ink, 4)
        + path("M212 206L320 122 428 206Z", p.accent)
        + windows
        + box(302, 288, 36, 42, p.light)
    )


def blocks(p: Palette) -> str:
    towers = box(80, 150, 90, 190, p.far) + box(190, 100, 110, 240, p.ink) + box(330, 170, 90, 170, p.near)
    lit = [(210, 130), (250, 130), (210, 175), (250, 220), (350, 200), (100, 190), (210, 265), (380, 245)]
    return towers + "".join(box(x, y, 22, 26, p.accent if n % 3 else p.light, 3) for n, (x, y) in enumerate(lit))


def bed(p: Palette) -> str:
    quilt = path("M214 262Q330 226 470 262V306H214Z", p.accent)
    return (
        box(150, 214, 18, 112, p.ink, 6)
        + box(150, 286, 340, 28, p.ink, 6)
        + box(172, 246, 74, 40, p.light, 16)
        + quilt
        + box(474, 258, 16, 68, p.ink, 6)
    )


def table(p: Palette) -> str:
    legs = path("M206 280L190 350M434 280L450 350", line=p.ink, width=12)
    return box(170, 262, 300, 20, p.ink, 8) + legs


def lamp(p: Palette) -> str:
    glow = path("M232 172L180 262H322Z", p.light)
    return (
        f'<g opacity=".55">{glow}</g>'
        + path("M262 262V196L226 160", line=p.ink, width=9)
        + path("M190 178Q208 132 254 150L240 186Z", p.accent)
        + box(240, 254, 46, 10, p.ink, 5)
    )


def book(p: Palette) -> str:
    return (
        path("M300 250Q340 226 380 248Q420 226 460 250V264H300Z", p.light)
        + path("M380 248V264", line=p.ink, width=4)
        + path("M316 246Q344 236 364 248M396 248Q420 236 446 248", line=p.far, width=3)
    )


def pencil(p: Palette) -> str:
    return path("M330 226L420 176", line=p.accent, width=12) + path("M322 231L334 224", line=p.ink, width=10)


def phone(p: Palette) -> str:
    return (
        box(268, 130, 104, 186, p.ink, 18)
        + box(278, 148, 84, 144, p.light, 6)
        + disc(320, 304, 6, p.light)
        + path("M296 186H344M296 210H330M296 234H338", line=p.far, width=8)
    )


def basket(p: Palette) -> str:
    return path("M220 300H420L398 352H242Z", p.accent) + path("M230 316H410M236 332H404", line=p.light, width=4)


def door(p: Palette) -> str:
    chink = path("M362 120L378 126V326L362 330Z", p.light)
    return box(246, 108, 150, 224, p.ink, 4) + box(258, 120, 112, 212, p.accent, 3) + chink + disc(352, 232, 7, p.light)


def bowl(p: Palette) -> str:
    steam = path(
        "M284 212Q272 192 286 176T284 142M320 212Q308 192 322 176T320 142M356 212Q344 192 358 176T356 142",
        line=p.light,
        width=7,
    )
    return (
        steam
        + path("M232 232H408Q402 306 352 312H288Q238 306 232 232Z", p.accent)
        + path("M244 250H396", line=p.light, width=5)
    )


def cups(p: Palette) -> str:
    left = path("M206 212H276V258Q272 276 252 276H230Q208 276 206 258Z", p.accent) + path(
        "M276 222Q298 224 276 250", line=p.accent, width=9
    )
    right = path("M364 212H434V258Q430 276 410 276H388Q366 276 364 258Z", p.light) + path(
        "M364 222Q342 224 364 250", line=p.light, width=9
    )
    return left + right + path("M234 196Q228 184 238 172M400 196Q394 184 404 172", line=p.light, width=5)


def stairs(p: Palette) -> str:
    return path("M170 340V316H240V286H310V256H380V226H450V196H520V340Z", p.ink) + path(
        "M485 196V150L512 160 485 170", p.accent, p.accent, 4
    )


def boat(p: Palette) -> str:
    return path("M220 292H420L388 332H252Z", p.accent) + path(
        "M320 286V160L398 274H332M308 274H246L308 190Z", p.light, p.ink, 4
    )


def paper_boat(p: Palette) -> str:
    return path("M236 288L272 312H368L404 288L346 294 320 246 294 294Z", p.light, p.ink, 4) + path(
        "M320 246V294", line=p.ink, width=3
    )


def lighthouse(p: Palette) -> str:
    tower = path("M296 140H344L358 322H282Z", p.light) + path(
        "M293 180H347L350 216H290ZM287 252H353L356 288H284Z", p.accent
    )
    beam = path("M344 122L640 60V150L344 132ZM296 122L60 92V152L296 132Z", p.light)
    return (
        f'<g opacity=".45">{beam}</g>'
        + tower
        + box(294, 108, 52, 34, p.ink, 4)
        + path("M288 110L320 84 352 110Z", p.ink)
    )


def bus(p: Palette) -> str:
    panes = "".join(box(178 + 62 * n, 206, 48, 42, p.light, 6) for n in range(4))
    return (
        box(160, 188, 300, 116, p.accent, 18)
        + panes
        + box(160, 262, 300, 8, p.light)
        + disc(222, 306, 24, p.ink)
        + disc(400, 306, 24, p.ink)
        + disc(222, 306, 9, p.light)
        + disc(400, 306, 9, p.light)
    )


def truck(p: Palette) -> str:
    cab = path("M380 208H432L466 252V304H380Z", p.accent) + path("M392 220H426L446 250H392Z", p.light)
    wheels = (
        disc(220, 308, 24, p.ink)
        + disc(286, 308, 24, p.ink)
        + disc(420, 308, 24, p.ink)
        + disc(220, 308, 8, p.light)
        + disc(286, 308, 8, p.light)
        + disc(420, 308, 8, p.light)
    )
    return box(170, 168, 204, 136, p.near, 8) + cab + wheels


def tree(p: Palette) -> str:
    return (
        path("M320 340V220M320 272L290 246M320 258L352 230", line=p.ink, width=13)
        + disc(320, 170, 66, p.near)
        + disc(272, 208, 44, p.near)
        + disc(372, 204, 48, p.near)
        + disc(346, 150, 16, p.accent)
        + disc(290, 196, 12, p.accent)
        + disc(374, 208, 10, p.accent)
    )


def sprout(p: Palette) -> str:
    leaves = path("M320 270Q266 262 252 204Q312 208 320 270ZM320 238Q324 180 392 164Q390 226 320 238Z", p.accent)
    return path("M320 322V228", line=p.ink, width=9) + leaves + path("M266 318H374L358 372H282Z", p.ink)


def umbrella(p: Palette) -> str:
    rain = path(
        "M120 90L108 128M190 60L178 98M520 210L508 248M560 110L548 148M90 210L78 248M460 60L448 98",
        line=p.light,
        width=6,
    )
    return (
        rain
        + path(
            "M180 236Q196 118 320 112Q444 118 460 236Q432 212 398 236Q358 208 320 236Q282 208 242 236Q208 212 180 236Z",
            p.accent,
        )
        + path("M320 112V322Q318 348 344 342", line=p.ink, width=9)
    )


def kite(p: Palette) -> str:
    return (
        path("M368 96L430 156 392 232 320 176Z", p.accent)
        + path("M368 96L392 232M320 176L430 156", line=p.light, width=4)
        + path("M392 232Q350 270 300 262T206 322", line=p.ink, width=4)
    )


def letter(p: Palette) -> str:
    return (
        box(208, 170, 224, 148, p.light, 10)
        + path("M214 178L320 258 426 178", line=p.ink, width=7)
        + disc(320, 258, 15, p.accent)
    )


def notebook(p: Palette) -> str:
    lines = path("M270 186H398M270 216H398M270 246H360", line=p.far, width=6)
    return (
        box(228, 146, 196, 176, p.light, 10)
        + box(228, 146, 26, 176, p.accent, 8)
        + lines
        + path("M376 312L450 224", line=p.ink, width=11)
    )


def clock(p: Palette) -> str:
    return (
        disc(320, 214, 92, p.ink)
        + disc(320, 214, 78, p.light)
        + path("M320 214V158M320 214L358 240", line=p.ink, width=9)
        + disc(320, 214, 8, p.accent)
        + path("M270 300L250 336M370 300L390 336", line=p.ink, width=12)
    )


def bench(p: Palette) -> str:
    return (
        box(190, 262, 260, 16, p.ink, 6)
        + box(190, 222, 260, 14, p.ink, 6)
        + path("M214 278V334M426 278V334M214 222V262M426 222V262", line=p.ink, width=10)
    )


def two_people(p: Palette) -> str:
    left = disc(276, 178, 24, p.ink) + path("M242 262Q244 208 276 208T310 262Z", p.accent)
    return left + disc(366, 182, 23, p.ink) + path("M334 262Q336 212 366 212T398 262Z", p.light)


def one_person(p: Palette) -> str:
    return disc(320, 178, 25, p.ink) + path("M284 264Q286 208 320 208T356 264Z", p.accent)


def bubbles(p: Palette) -> str:
    mine = path(
        "M170 128H330Q350 128 350 148V206Q350 226 330 226H232L196 258V226H170Q150 226 150 206V148Q150 128 170 128Z",
        p.accent,
    )
    yours = path(
        "M356 206H470Q490 206 490 226V276Q490 296 470 296H450V324L416 296H356Q336 296 336 276V226Q336 206 356 206Z",
        p.light,
    )
    return (
        mine
        + yours
        + path("M186 162H312M186 190H270", line=p.light, width=7)
        + path("M366 238H458M366 262H426", line=p.far, width=6)
    )


def bridge(p: Palette) -> str:
    arch = path("M110 310Q320 130 530 310H484Q320 186 156 310Z", p.ink)
    return arch + path(
        "M200 262V222M260 230V192M320 218V180M380 230V192M440 262V222M180 236Q320 136 460 236", line=p.accent, width=7
    )


def window(p: Palette) -> str:
    return (
        box(200, 96, 240, 220, p.ink, 8)
        + box(214, 110, 98, 90, p.light, 3)
        + box(328, 110, 98, 90, p.light, 3)
        + box(214, 214, 98, 88, p.bottom, 3)
        + box(328, 214, 98, 88, p.accent, 3)
        + box(184, 312, 272, 16, p.ink, 6)
    )


def helmet(p: Palette) -> str:
    return (
        path("M214 282Q216 172 320 168T426 282Z", p.accent)
        + box(192, 276, 256, 22, p.ink, 10)
        + path("M294 172V240M346 172V240", line=p.light, width=9)
    )


def gear(p: Palette) -> str:
    spokes = path("M320 130V300M235 215H405M260 155L380 275M380 155L260 275", line=p.ink, width=30)
    return spokes + disc(320, 215, 66, p.ink) + disc(320, 215, 34, p.accent)


def glass(p: Palette) -> str:
    drink = path("M274 216H366L358 310H282Z", p.accent)
    return (
        f'<g opacity=".6">{path("M262 140H378L362 322H278Z", p.light)}</g>'
        + drink
        + path("M262 140L278 322H362L378 140", line=p.ink, width=7)
    )


def shoe(p: Palette) -> str:
    return (
        path("M200 300V226Q228 248 262 220Q310 276 404 272Q446 276 446 306Z", p.accent)
        + box(196, 302, 254, 22, p.light, 10)
        + path("M280 240L304 226M304 256L328 242M332 268L352 252", line=p.light, width=6)
    )


def heart_line(p: Palette) -> str:
    return path("M96 232H232L258 176 300 292 338 138 372 252 392 232H544", line=p.accent, width=10) + disc(
        544, 232, 12, p.light
    )


def mountains(p: Palette) -> str:
    return path("M60 340L240 128 330 238 404 156 580 340Z", p.ink) + path(
        "M240 128L204 172 236 184 262 172 288 186ZM404 156L376 188 404 196 440 194Z", p.light
    )


def bed_lamp(p: Palette) -> str:
    return (
        path("M96 250H150L138 214H108Z", p.accent)
        + path("M123 250V300", line=p.ink, width=8)
        + box(92, 300, 62, 26, p.ink, 4)
    )


def crane(p: Palette) -> str:
    return (
        path("M160 330V110H470M160 110L120 150V180M160 176L250 110M420 110V196", line=p.ink, width=11)
        + box(392, 196, 56, 46, p.accent, 4)
        + box(226, 284, 96, 46, p.near, 4)
        + box(332, 284, 96, 46, p.accent, 4)
    )


def rings(p: Palette) -> str:
    return "".join(
        f'<circle cx="320" cy="200" r="{radius}" fill="{p.light}" opacity="{opacity}"/>'
        for radius, opacity in ((130, ".18"), (98, ".28"), (66, ".45"), (34, ".9"))
    )


def leaves(p: Palette) -> str:
    return (
        path("M140 400V80M210 400V130M470 400V110M540 400V60M590 400V150M70 400V140", line=p.ink, width=17)
        + disc(150, 90, 74, p.near)
        + disc(520, 76, 88, p.near)
        + disc(70, 130, 52, p.far)
        + disc(600, 140, 56, p.far)
        + path("M300 176Q318 158 330 178Q344 158 360 176", line=p.ink, width=6)
    )


def rain_roof(p: Palette) -> str:
    drops = "".join(
        f"M{x} {y}l-7 34"
        for x, y in (
            (90, 60),
            (170, 120),
            (250, 50),
            (330, 110),
            (410, 60),
            (500, 130),
            (570, 70),
            (130, 200),
            (220, 220),
            (300, 190),
            (390, 210),
            (470, 230),
            (560, 190),
        )
    )
    return (
        path("M0 250L320 180 640 250V290L320 222 0 290Z", p.ink)
        + path(drops, line=p.light, width=5)
        + disc(120, 330, 6, p.light)
        + disc(420, 350, 6, p.light)
    )


def breaker(p: Palette) -> str:
    return path("M60 318Q130 168 280 190Q218 214 246 262Q286 316 390 306L640 296V400H0Z", p.near) + path(
        "M116 270Q160 202 236 200M150 300Q184 236 232 226", line=p.light, width=6
    )


def desk(p: Palette) -> str:
    return (
        box(230, 138, 180, 118, p.ink, 8)
        + box(242, 150, 156, 92, p.light, 3)
        + path("M320 256V280M284 282H356", line=p.ink, width=10)
        + path("M262 216Q290 170 320 200T380 176", line=p.accent, width=7)
    )


def five(p: Palette) -> str:
    return "".join(disc(160 + 80 * n, 210, 30, p.accent if n < 3 else p.light) for n in range(5))


def arms_up(p: Palette) -> str:
    arms = path("M298 226L264 166 296 104M342 226L376 166 344 104", line=p.accent, width=18)
    return disc(320, 176, 26, p.ink) + arms + path("M288 304V232Q290 214 320 214T352 232V304Z", p.accent)


def body(p: Palette) -> str:
    lying = path("M186 276H340L500 284", line=p.accent, width=28)
    return path("M120 304H548", line=p.ink, width=12) + disc(148, 270, 26, p.ink) + lying


LEFT, HIGH, LOW, NOON = (130, 110, 44), (500, 84, 36), (520, 210, 58), (320, 96, 50)


def all_covers() -> dict[str, str]:
    """Return every cover by its name."""
    m, h, r, d, s, g, le, n, sea = MORNING, HONEY, ROSE, DUSK, STEEL, SLATE, LEAF, NIGHT, SEA
    return {
        # 亲子教育
        "night-shift-ten-minutes": cover(m, hills, house, sun=LEFT),
        "homework-table": cover(h, floor, table, lamp, book, sun=HIGH),
        "phone-agreement": cover(m, floor, phone, basket, sun=LEFT),
        "closed-door": cover(h, floor, door, sun=(120, 120, 40)),
        "exam-season": cover(m, floor, notebook, sun=HIGH),
        "not-going-to-school": cover(h, hills, stairs, sun=LEFT),
        "far-away-parents": cover(d, hills, kite, sun=LEFT),
        "scars-on-the-arm": cover(m, hills, umbrella, sun=(560, 70, 30)),
        "after-shouting": cover(h, hills, two_people, bench, sun=HIGH),
        # 婚恋关系
        "twenty-minutes-of-quarrel": cover(r, floor, clock, sun=HIGH),
        "when-good-news-comes": cover(r, floor, bubbles, sun=HIGH),
        "invisible-housework": cover(d, floor, table, pencil, book, sun=LEFT),
        "different-shifts": cover(d, floor, table, cups, sun=LOW),
        "parents-press-marriage": cover(r, floor, phone, sun=LEFT),
        "after-breaking-up": cover(d, water, bench, one_person, sun=NOON),
        "broken-trust": cover(r, water, bridge, sun=HIGH),
        "violence-at-home": cover(d, water, lighthouse, sun=(560, 60, 26)),
        "first-year-parents": cover(r, floor, bed, bed_lamp, sun=HIGH),
        # 职场成长
        "burnout-is-not-lazy": cover(g, hills, sprout, sun=HIGH),
        "leave-work-at-work": cover(s, floor, door, sun=LEFT),
        "first-three-months": cover(s, floor, helmet, sun=HIGH),
        "saying-no-kindly": cover(g, floor, bubbles, sun=HIGH),
        "after-being-scolded": cover(s, floor, window, sun=LEFT),
        "long-road-driver": cover(s, road, truck, sun=HIGH),
        "quarrel-with-a-colleague": cover(g, water, bridge, sun=LEFT),
        "after-an-accident": cover(s, floor, gear, sun=HIGH),
        "one-thing-at-a-time": cover(g, floor, desk, sun=HIGH),
        "before-retirement": cover(s, hills, tree, sun=LEFT),
        "wages-are-late": cover(g, floor, crane, sun=(540, 90, 34)),
        # 自我心态
        "awake-at-two": cover(n, floor, bed, sun=HIGH),
        "sleep-by-day": cover(le, floor, window, sun=LEFT),
        "worry-by-appointment": cover(le, floor, letter, sun=HIGH),
        "five-minute-start": cover(le, hills, stairs, sun=LEFT),
        "move-a-little": cover(le, floor, shoe, sun=HIGH),
        "one-glass-less": cover(le, floor, glass, sun=LEFT),
        "lonely-among-many": cover(n, blocks, floor, sun=(530, 110, 44)),
        "kinder-voice": cover(le, floor, bowl, sun=HIGH),
        "when-it-is-too-much": cover(n, water, lighthouse, sun=(560, 60, 22)),
        "ask-a-colleague": cover(le, hills, two_people, bench, sun=HIGH),
        "first-conversation": cover(le, floor, table, cups, sun=HIGH),
        "body-speaks": cover(sea, hills, heart_line, sun=HIGH),
        # 解忧空间
        "breathing-4-6": cover(sea, rings, water, sun=(320, 200, 20)),
        "breathing-4-4-6": cover(le, rings, hills, sun=(320, 200, 20)),
        "breathing-4-7-8": cover(n, rings, water, sun=(320, 200, 20)),
        "breathing-slow": cover(d, rings, water, sun=(320, 200, 20)),
        "muscle-relaxation": cover(le, floor, arms_up, sun=HIGH),
        "body-scan": cover(n, floor, body, sun=HIGH),
        "rain": cover(s, hills, rain_roof, sun=(560, 60, 24)),
        "waves": cover(sea, water, breaker, sun=(470, 150, 50)),
        "forest": cover(le, hills, leaves, sun=(320, 110, 44)),
        "desk-break": cover(h, floor, desk, sun=HIGH),
        "sleep": cover(n, water, paper_boat, sun=HIGH),
        "breathing-circle": cover(sea, rings, water, paper_boat, sun=(320, 200, 20)),
        "desk-stretch": cover(h, floor, arms_up, sun=LEFT),
        "grounding": cover(le, hills, five, sun=(320, 90, 30)),
    }
