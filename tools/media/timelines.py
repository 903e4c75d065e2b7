"""What happens when in each track: its captions, and the beats that sound and picture follow.

Plain Python without numpy, so that a test can compare what is shipped with what stands here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from heartport.library.rules import NOTICE


@dataclass(frozen=True)
class Cue:
    """Words shown from one second to another."""

    starts: float
    ends: float
    text: str


@dataclass(frozen=True)
class Beat:
    """Something that is heard or drawn: `inhale`, `hold`, `exhale`, `bell`, `tense`, `release`, `step`."""

    kind: str
    at: float
    lasts: float
    number: int = 0


@dataclass(frozen=True)
class Timeline:
    """One track in time."""

    slug: str
    seconds: int
    cues: tuple[Cue, ...]
    beats: tuple[Beat, ...] = ()


@dataclass(frozen=True)
class Rhythm:
    """One breath: the seconds of its phases, in the order in which they come."""

    phases: tuple[tuple[str, float], ...]

    @property
    def seconds(self) -> float:
        return sum(lasts for _, lasts in self.phases)


FOUR_SIX = Rhythm((("inhale", 4), ("exhale", 6)))
FOUR_FOUR_SIX = Rhythm((("inhale", 4), ("hold", 4), ("exhale", 6)))
FOUR_SEVEN_EIGHT = Rhythm((("inhale", 4), ("hold", 7), ("exhale", 8)))
FIVE_AND_A_HALF = Rhythm((("inhale", 5), ("exhale", 5.9)))
"""About five and a half breaths a minute."""

PHASE_WORDS = {"inhale": "吸气", "hold": "停一停", "exhale": "呼气"}


def webvtt(timeline: Timeline) -> str:
    """Return the captions as a WebVTT file."""
    cues = [f"{_time(cue.starts)} --> {_time(cue.ends)}\n{cue.text}\n" for cue in timeline.cues]
    return "WEBVTT\n\n" + "\n".join(cues)


def _time(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"


def said(lines: Iterable[tuple[float, str]], at: float = 0) -> tuple[tuple[Cue, ...], float]:
    """Set lines of so many seconds one after another; return them, and when the last one ends."""
    cues = []
    for lasts, text in lines:
        cues.append(Cue(at, at + lasts - 0.2, text))
        at += lasts
    return tuple(cues), at


def breaths(rhythm: Rhythm, rounds: int, at: float) -> Iterator[Beat]:
    """Give the phases of several breaths."""
    for number in range(1, rounds + 1):
        for kind, lasts in rhythm.phases:
            yield Beat(kind, at, lasts, number)
            at += lasts


def breath_cues(beats: Sequence[Beat], rounds: int) -> Iterator[Cue]:
    """Give a cue to each phase; the round stands at its first."""
    for beat in beats:
        words = f"{PHASE_WORDS[beat.kind]}　{_counted(beat.lasts)}秒"
        if beat.kind == "inhale":
            words = f"第 {beat.number} 轮，共 {rounds} 轮\n{words}"
        yield Cue(beat.at, beat.at + beat.lasts - 0.1, words)


def _counted(seconds: float) -> str:
    return str(int(seconds)) if seconds == int(seconds) else f"约 {round(seconds)} "


def breathing(
    slug: str, rhythm: Rhythm, rounds: int, before: Sequence[tuple[float, str]], after: Sequence[tuple[float, str]]
) -> Timeline:
    """Make a track of one rhythm: words, breaths, words, with a bell at both ends."""
    opening, begins = said([(6, NOTICE), *before])
    beats = tuple(breaths(rhythm, rounds, begins))
    ends = begins + rounds * rhythm.seconds
    closing, stops = said(after, ends + 0.5)
    seconds = int(stops) + 3
    bells = (Beat("bell", 1, 6), Beat("bell", ends + 0.5, 8))
    return Timeline(slug, seconds, (*opening, *breath_cues(beats, rounds), *closing), (*beats, *bells))


def stepped(
    slug: str,
    before: Sequence[tuple[float, str]],
    steps: Sequence[Sequence[tuple[float, str, str]]],
    after: Sequence[tuple[float, str]],
    rest: float = 3,
) -> Timeline:
    """Make a track of steps, each of lines `(seconds, beat, text)`; a bell opens, a soft tone begins each step."""
    cues, at = said([(6, NOTICE), *before])
    beats = [Beat("bell", 1, 6)]
    for number, step in enumerate(steps, start=1):
        beats.append(Beat("step", at, sum(lasts for lasts, _, _ in step), number))
        for lasts, kind, text in step:
            if kind:
                beats.append(Beat(kind, at, lasts, number))
            cues += (Cue(at, at + lasts - 0.2, text),)
            at += lasts
    beats.append(Beat("bell", at + 0.5, 8))
    closing, at = said(after, at)
    return Timeline(slug, int(at + rest), (*cues, *closing), tuple(beats))


BREATHING = (
    breathing(
        "breathing-4-6",
        FOUR_SIX,
        13,
        [(6, "坐稳或者躺好，肩膀放下来。\n声音升高时吸气，落下时呼气。")],
        [(6, "做完了。\n让呼吸回到自己的快慢。")],
    ),
    breathing(
        "breathing-4-4-6",
        FOUR_FOUR_SIX,
        9,
        [
            (6, "吸四秒，停四秒，呼六秒。\n停的时候喉咙是松的。"),
            (6, "觉得气不够就不停，\n直接慢慢呼出去。"),
        ],
        [(6, "做完了。\n看看肩膀比刚才低了多少。")],
    ),
    breathing(
        "breathing-4-7-8",
        FOUR_SEVEN_EIGHT,
        4,
        [
            (6, "适合睡前，坐着或躺着做。\n一次只做四轮。"),
            (6, "停七秒太长，就按自己的来；\n头晕请马上恢复平常呼吸。"),
        ],
        [(7, "四轮做完了。\n眼睛闭着也好，不必再数。")],
    ),
    breathing(
        "breathing-slow",
        FIVE_AND_A_HALF,
        20,
        [(7, "每分钟五次半，吸和呼差不多长。\n用鼻子，轻一点，不用深。"), (5, "跟不上就跳过一次，没有关系。")],
        [(6, "做完了。\n先坐一会儿再起身。")],
    ),
)


def _muscle(name: str, tense: str, release: str) -> list[tuple[float, str, str]]:
    return [(7, "", f"{name}\n{tense}"), (6, "tense", "用七分力，保持住"), (17, "release", release)]


RELAXATION = stepped(
    "muscle-relaxation",
    [
        (8, "找个能靠住的地方坐下。\n接下来从手到脚，先收紧再松开。"),
        (8, "声音变密时收紧，落下时松开。\n有伤、会抽筋的地方请跳过。"),
    ],
    [
        _muscle("双手", "握成拳头", "松开手指。\n留意手心里发热、发沉的感觉。"),
        _muscle("手臂", "小臂往上弯，上臂绷紧", "放下来，让胳膊有多重就多重。"),
        _muscle("肩膀", "往耳朵的方向耸", "让肩膀自己落下去，再落一点。"),
        _muscle("额头和眼睛", "闭紧眼睛，眉头收拢", "眉头散开，眼皮轻轻搭着。"),
        _muscle("嘴和下巴", "牙齿轻轻咬住，嘴唇抿紧", "上下牙分开一条缝，舌头放平。"),
        _muscle("肚子", "往里收，像要系紧皮带", "松开。\n让气自己进来，自己出去。"),
        _muscle("大腿", "两膝夹拢，大腿用力", "松开，让椅子托住全部的重量。"),
        _muscle("小腿和脚", "脚尖往回勾", "放下，脚底平平地贴着地。"),
    ],
    [(12, "从头到脚再看一遍，\n哪里还紧，就再呼一口气给它。"), (10, "手指动一动，脚趾动一动，\n慢慢睁开眼睛。")],
    rest=4,
)


def _area(name: str, words: str) -> list[tuple[float, str, str]]:
    return [(9, "", name), (15, "", words)]


BODY_SCAN = stepped(
    "body-scan",
    [
        (8, "躺下或者靠好。\n每一声轻响，注意力换一个地方。"),
        (8, "顺序是从脚到头。\n先记住这个，就可以闭上眼睛。"),
        (8, "走神是平常事。\n发现了，就回到这一处。"),
    ],
    [
        _area("左脚", "脚趾、脚底、脚跟。\n凉还是热，都只是知道。"),
        _area("左腿", "小腿、膝盖、大腿。\n被床或椅子托着的地方。"),
        _area("右脚", "脚趾、脚底、脚跟。\n没有感觉也是一种感觉。"),
        _area("右腿", "小腿、膝盖、大腿。\n站了一天的，辛苦了。"),
        _area("腰和胯", "贴着的地方，悬着的地方。"),
        _area("肚子", "吸气时鼓起一点，\n呼气时落下一点。"),
        _area("后背", "一节一节往上。\n紧的地方，呼气时松一分。"),
        _area("胸口", "心跳得快或慢，由它去。"),
        _area("双手", "手指、手心、手腕。\n今天它们做了很多事。"),
        _area("肩和脖子", "不用去掰它，\n只是看看它现在的样子。"),
        _area("脸", "下巴、脸颊、眼睛周围、额头。"),
        _area("整个身体", "从头到脚，一起呼吸。"),
    ],
    [(10, "注意力慢慢放宽：\n房间里的声音，空气的温度。"), (10, "想睡就睡。\n要起来，先动动手指和脚趾。")],
    rest=4,
)

DESK_BREAK = stepped(
    "desk-break",
    [(5, "两分钟，椅子上就能做。\n先把手从键盘上拿开。")],
    [
        [(18, "", "看远处：\n窗外或走廊尽头，至少六米，\n眨几次眼。")],
        [(16, "tense", "肩膀往上耸，停两秒，落下来。\n慢慢做三次。")],
        [(16, "", "脖子：\n耳朵往肩膀倒，左边停一会儿，\n再换右边。")],
        [(16, "", "手腕：\n十指交叉，轻轻画圈，\n往里五圈，往外五圈。")],
        [(18, "release", "呼吸：\n鼻子吸四秒，嘴巴呼六秒，\n做两次。")],
        [(12, "", "站起来，脚跟踮一踮，\n喝一口水。")],
    ],
    [(9, "好了。\n下一件事，只做最先要做的那件。")],
    rest=4,
)

SLEEP = Timeline(
    "sleep",
    480,
    said(
        [
            (8, NOTICE),
            (10, "手机调暗，屏幕朝下放。\n声音会自己变小，自己停。"),
            (12, "今天就到这里。\n没做完的，先交给明天的白天。"),
            (14, "跟着浪声，\n它来的时候吸气，退的时候呼气。"),
            (16, "想法冒出来，说一声“知道了”，\n再回到浪声里。"),
            (20, "脚沉下去。腿沉下去。\n腰背沉下去。"),
            (20, "肩膀沉下去。手沉下去。\n脸松开。"),
            (30, "不用努力睡着。\n躺着，也是在歇。"),
            (40, "浪越来越慢，\n越来越远。"),
        ]
    )[0],
)


def nature(slug: str, words: str) -> Timeline:
    """Make a track of sounds alone; two captions say all there is to say."""
    return Timeline(slug, 120, said([(8, NOTICE), (12, words)])[0])


NATURE = (
    nature("rain", "屋檐下的雨。\n可以循环放，音量调到刚好盖住杂音。"),
    nature("waves", "傍晚的海浪。\n不用做什么，听它来，听它走。"),
    nature("forest", "清晨的树林：风、树叶、几只鸟。\n试着数一数有几种声音。"),
)

CIRCLE = breathing(
    "breathing-circle",
    FOUR_SIX,
    6,
    [],
    [(4, "做完了。心里比刚才慢了一点。")],
)

STRETCH_STEPS = (
    ("转头", "慢慢转向左边，停一停，\n再转向右边。"),
    ("耸肩", "肩膀耸向耳朵，停两秒，\n呼气时落下。"),
    ("上举", "十指交叉，掌心朝上，\n往天花板推。"),
    ("侧弯", "一手举过头，往另一边弯，\n两边都做。"),
    ("开肩", "双手放在脑后，\n手肘往外打开。"),
    ("手腕", "手举到胸前，手腕画圈，\n换个方向再来。"),
)

DESK_STRETCH = stepped(
    "desk-stretch",
    [],
    [[(12, "", f"{name}：{words}")] for name, words in STRETCH_STEPS],
    [(4, "好了，去倒杯水吧。")],
    rest=1,
)

SENSES = (
    (5, "看", "说出看见的五样东西，\n颜色、形状，越普通越好。"),
    (4, "摸", "摸四样东西：衣角、桌面、\n杯子、自己的手背。"),
    (3, "听", "听三种声音，\n远的、近的、自己的呼吸。"),
    (2, "闻", "闻两种气味，\n没有就记起两种喜欢的。"),
    (1, "尝", "喝一口水，\n或留意嘴里的味道。"),
)

GROUNDING = stepped(
    "grounding",
    [(6, "心慌、脑子停不下来的时候，\n用五种感觉回到此刻。")],
    [[(6 + 2 * count, "", f"{count}　{sense}\n{words}")] for count, sense, words in SENSES],
    [(7, "双脚踩一踩地。\n先顾好眼前这一分钟。")],
    rest=1,
)

AUDIO = (*BREATHING, RELAXATION, BODY_SCAN, *NATURE, DESK_BREAK, SLEEP)
VIDEO = (CIRCLE, DESK_STRETCH, GROUNDING)
ALL = (*AUDIO, *VIDEO)
