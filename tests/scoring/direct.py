"""Score the 46 scales once more, in plain arithmetic written from the published facts and from nothing else.

It shares no line and no idea with the engine: no language, no plan, no graph; one short function a scale, over a dict
of answers in which a missing answer is `None` or absent. Numbers are whole or fractions, never floats. Where sources
disagree, the choice and its source stand in the scale's file.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction

Number = int | Fraction
Answers = dict[str, int | None]
Profile = dict[str, str]


@dataclass
class Found:
    """What came of one sheet: scores by id, the shown band by score, further band sets by score and set, flags."""

    scores: dict[str, Number | None] = field(default_factory=dict)
    bands: dict[str, str | None] = field(default_factory=dict)
    sets: dict[str, dict[str, str | None]] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)


def take(answers: Answers, numbers: Iterable[int]) -> list[int | None]:
    return [answers.get(f"q{number}") for number in numbers]


def flip(answers: Answers, reverse: Iterable[int], low_plus_high: int) -> Answers:
    """Turn the reverse-keyed items round; a missing answer stays missing."""
    turned = dict(answers)
    for number in reverse:
        value = answers.get(f"q{number}")
        turned[f"q{number}"] = None if value is None else low_plus_high - value
    return turned


def total_of(values: list[int | None]) -> int | None:
    """Add up, or nothing if one is missing."""
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def mean_of(values: list[int | None], at_least: int | None = None) -> Fraction | None:
    """Average those that are answered, if there are at least so many (all of them, unless said)."""
    known = [value for value in values if value is not None]
    needed = len(values) if at_least is None else at_least
    return Fraction(sum(known), len(known)) if known and len(known) >= needed else None


def sums(answers: Answers, **subscales: Iterable[int]) -> dict[str, Number | None]:
    return {name: total_of(take(answers, numbers)) for name, numbers in subscales.items()}


def means(answers: Answers, **subscales: Iterable[int]) -> dict[str, Number | None]:
    return {name: mean_of(take(answers, numbers)) for name, numbers in subscales.items()}


def level(value: Number | None, *edges: tuple[Number, str]) -> str | None:
    """Name the stretch that a number lies in; each edge is the lowest number of its stretch."""
    if value is None:
        return None
    return [name for start, name in edges if value >= start][-1]


def by_sex(profile: Profile, value: Number | None, **edges: list[tuple[Number, str]]) -> str | None:
    """Name the stretch for this sex; where sex is neither, only if both would name the same."""
    found = {sex: level(value, *each) for sex, each in edges.items()}
    sex = profile.get("sex")
    if sex in found:
        return found[sex]
    return found["female"] if found["female"] == found["male"] else None


def half_up(value: Fraction) -> int:
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def numbers(first: int, last: int) -> range:
    return range(first, last + 1)


# Depression, anxiety, bodily complaints, well-being


def phq9(answers: Answers, profile: Profile) -> Found:
    known = [value for value in take(answers, numbers(1, 9)) if value is not None]
    total = Fraction(sum(known) * 9, len(known)) if len(known) >= 7 else None
    steps = ((0, "minimal"), (5, "mild"), (10, "moderate"), (15, "moderately_severe"), (20, "severe"))
    flags = ["suicide_item"] if (answers.get("q9") or 0) >= 1 else []
    return Found({"total": total}, {"total": level(total, *steps)}, {}, flags)


def two_questions(answers: Answers, profile: Profile) -> Found:
    total = total_of(take(answers, (1, 2)))
    return Found({"total": total}, {"total": level(total, (0, "negative"), (3, "positive"))})


def phq4(answers: Answers, profile: Profile) -> Found:
    scores = sums(answers, total=numbers(1, 4), anxiety=(1, 2), depression=(3, 4))
    band = level(scores["total"], (0, "normal"), (3, "mild"), (6, "moderate"), (9, "severe"))
    flags = [f"{name}_positive" for name in ("anxiety", "depression") if (scores[name] or 0) >= 3]
    return Found(scores, {"total": band}, {}, flags)


def gad7(answers: Answers, profile: Profile) -> Found:
    total = total_of(take(answers, numbers(1, 7)))
    return Found(
        {"total": total}, {"total": level(total, (0, "minimal"), (5, "mild"), (10, "moderate"), (15, "severe"))}
    )


def phq15(answers: Answers, profile: Profile) -> Found:
    asked = dict(answers)
    if profile.get("sex") == "male":
        asked["q4"] = 0
    total = total_of(take(asked, numbers(1, 15)))
    return Found({"total": total}, {"total": level(total, (0, "minimal"), (5, "low"), (10, "medium"), (15, "high"))})


def who5(answers: Answers, profile: Profile) -> Found:
    raw = total_of(take(answers, numbers(1, 5)))
    percent = None if raw is None else raw * 4
    strict = None if percent is None else "likely_depression" if percent <= 28 else "not_indicated"
    return Found(
        {"raw": raw, "percent": percent},
        {"raw": level(raw, (0, "poor"), (13, "adequate"))},
        {"raw": {"percent_28": strict}},
    )


def scl90(answers: Answers, profile: Profile) -> Found:
    factors = means(
        answers,
        somatization=(1, 4, 12, 27, 40, 42, 48, 49, 52, 53, 56, 58),
        obsessive_compulsive=(3, 9, 10, 28, 38, 45, 46, 51, 55, 65),
        interpersonal_sensitivity=(6, 21, 34, 36, 37, 41, 61, 69, 73),
        depression=(5, 14, 15, 20, 22, 26, 29, 30, 31, 32, 54, 71, 79),
        anxiety=(2, 17, 23, 33, 39, 57, 72, 78, 80, 86),
        hostility=(11, 24, 63, 67, 74, 81),
        phobic_anxiety=(13, 25, 47, 50, 70, 75, 82),
        paranoid_ideation=(8, 18, 43, 68, 76, 83),
        psychoticism=(7, 16, 35, 62, 77, 84, 85, 87, 88, 90),
        other=(19, 44, 59, 60, 64, 66, 89),
    )
    values = take(answers, numbers(1, 90))
    total = total_of(values)
    positives = None if total is None else sum(value >= 2 for value in values if value is not None)
    negatives = None if positives is None else 90 - positives
    positive_mean = None
    if total is not None and positives and negatives is not None:
        positive_mean = Fraction(total - negatives, positives)
    scores: dict[str, Number | None] = {
        "total": total,
        "mean": None if total is None else Fraction(total, 90),
        "positive_count": positives,
        "negative_count": negatives,
        "positive_mean": positive_mean,
        **factors,
    }
    beyond = {"screen": any((mean or 0) >= 2 for mean in factors.values())}
    beyond["screen_strict"] = any((mean or 0) > 2 for mean in factors.values())
    for name, by_factor in beyond.items():
        # A sheet with a gap has no total, so the whole rule cannot be answered.
        scores[name] = None if total is None or positives is None else int(total > 160 or positives > 43 or by_factor)
    shown, strict = (
        level(scores[name], (0, "screen_negative"), (1, "screen_positive")) for name in ("screen", "screen_strict")
    )
    flags = ["item15_ending_life"] if (answers.get("q15") or 0) >= 2 else []
    flags += ["item59_thoughts_of_death"] if (answers.get("q59") or 0) >= 2 else []
    return Found(scores, {"screen": shown}, {"screen_strict": {"strict": strict}}, flags)


def zung(answers: Answers, reverse: Iterable[int], shown: tuple[int, ...], name: str, other: tuple[int, ...]) -> Found:
    raw = total_of(take(flip(answers, reverse, 5), numbers(1, 20)))
    index = None if raw is None else half_up(Fraction(raw * 5, 4))
    names = ("normal", "mild", "moderate", "severe")
    return Found(
        {"raw": raw, "index": index},
        {"raw": level(raw, *zip(shown, names, strict=True))},
        {"raw": {name: level(raw, *zip(other, names, strict=True))}},
    )


def sds(answers: Answers, profile: Profile) -> Found:
    return zung(answers, (2, 5, 6, 11, 12, 14, 16, 17, 18, 20), (20, 42, 50, 58), "zung", (20, 40, 48, 56))


def sas(answers: Answers, profile: Profile) -> Found:
    return zung(answers, (5, 9, 13, 17, 19), (20, 40, 48, 56), "international", (20, 36, 48, 60))


def dass21(answers: Answers, profile: Profile) -> Found:
    single = sums(
        answers,
        depression=(3, 5, 10, 13, 16, 17, 21),
        anxiety=(2, 4, 7, 9, 15, 19, 20),
        stress=(1, 6, 8, 11, 12, 14, 18),
    )
    scores = {name: None if value is None else value * 2 for name, value in single.items()}
    names = ("normal", "mild", "moderate", "severe", "extremely_severe")
    cuts = {"depression": (0, 10, 14, 21, 28), "anxiety": (0, 8, 10, 15, 20), "stress": (0, 15, 19, 26, 34)}
    bands = {name: level(scores[name], *zip(cuts[name], names, strict=True)) for name in cuts}
    return Found(scores, bands)


def k10(answers: Answers, profile: Profile) -> Found:
    filled = dict(answers)
    for gate, follow in (("q2", "q3"), ("q5", "q6")):
        if answers.get(gate) == 1 and answers.get(follow) is None:
            filled[follow] = 1
    total = total_of(take(filled, numbers(1, 10)))
    return Found(
        {"total": total},
        {"total": level(total, (10, "low"), (16, "moderate"), (22, "high"), (30, "very_high"))},
        {"total": {"crufad": level(total, (10, "likely_well"), (20, "mild"), (25, "moderate"), (30, "severe"))}},
    )


def k6(answers: Answers, profile: Profile) -> Found:
    total = total_of(take(answers, numbers(1, 6)))
    return Found({"total": total}, {"total": level(total, (0, "low"), (5, "moderate"), (13, "serious"))})


def epds(answers: Answers, profile: Profile) -> Found:
    points = flip(answers, (3, 5, 6, 7, 8, 9, 10), 3)
    total = total_of(take(points, numbers(1, 10)))
    flags = ["suicide_item"] if (points.get("q10") or 0) >= 1 else []
    return Found({"total": total}, {"total": level(total, (0, "low"), (10, "possible"), (13, "probable"))}, {}, flags)


def ghq12(answers: Answers, profile: Profile) -> Found:
    columns = take(answers, numbers(1, 12))
    names = ("ghq", "likert", "cghq")
    known = [value for value in columns if value is not None]
    if len(known) < 12:
        return Found(dict.fromkeys(names), {"ghq": None}, {"ghq": {"four": None}})
    from_two = sum(value >= 2 for value in known)
    chronic = sum(value >= (2 if at in (1, 3, 4, 7, 8, 12) else 1) for at, value in enumerate(known, start=1))
    return Found(
        dict(zip(names, (from_two, sum(known), chronic), strict=True)),
        {"ghq": level(from_two, (0, "negative"), (3, "positive"))},
        {"ghq": {"four": level(from_two, (0, "negative"), (4, "positive"))}},
    )


def srq20(answers: Answers, profile: Profile) -> Found:
    total = total_of(take(answers, numbers(1, 20)))
    flags = ["suicide_item"] if answers.get("q17") == 1 else []
    return Found(
        {"total": total},
        {"total": level(total, (0, "negative"), (7, "positive"))},
        {"total": {"eight": level(total, (0, "negative"), (8, "positive"))}},
        flags,
    )


# Stress, sleep, alcohol, trauma, attention


def pss10(answers: Answers, profile: Profile) -> Found:
    scores = sums(
        flip(answers, (4, 5, 7, 8), 4),
        total=numbers(1, 10),
        helplessness=(1, 2, 3, 6, 9, 10),
        lack_of_self_efficacy=(4, 5, 7, 8),
    )
    return Found(scores, {"total": level(scores["total"], (0, "low"), (14, "moderate"), (27, "high"))})


def pss14(answers: Answers, profile: Profile) -> Found:
    control = (4, 5, 6, 7, 9, 10, 13)
    scores = sums(
        flip(answers, control, 4), total=numbers(1, 14), tension=(1, 2, 3, 8, 11, 12, 14), loss_of_control=control
    )
    return Found(scores, {"total": level(scores["total"], (0, "normal"), (26, "health_risk_stress"))})


def isi(answers: Answers, profile: Profile) -> Found:
    total = total_of(take(answers, numbers(1, 7)))
    return Found(
        {"total": total}, {"total": level(total, (0, "none"), (8, "subthreshold"), (15, "moderate"), (22, "severe"))}
    )


def ais(answers: Answers, profile: Profile) -> Found:
    total = total_of(take(answers, numbers(1, 8)))
    return Found(
        {"total": total},
        {"total": level(total, (0, "none"), (4, "suspected"), (7, "insomnia"))},
        {"total": {"soldatos": level(total, (0, "none"), (6, "insomnia"))}},
    )


def psqi(answers: Answers, profile: Profile) -> Found:
    """Score the seven components; bed and rise time are minutes after midnight here."""

    def pair(first: int | None, second: int | None) -> int | None:
        both = total_of([first, second])
        return None if both is None else (both + 1) // 2

    bed, minutes, rise, slept = take(answers, numbers(1, 4))
    latency = None if minutes is None else 0 if minutes <= 15 else 1 if minutes <= 30 else 2 if minutes <= 60 else 3
    duration = None if slept is None else 0 if slept >= 420 else 1 if slept >= 360 else 2 if slept >= 300 else 3
    efficiency = None
    if bed is not None and rise is not None and slept is not None and bed != rise:
        in_bed = (rise - bed) % 1440
        efficiency = sum(slept * 100 < share * in_bed for share in (85, 75, 65))
    nights = [answers.get(f"q5{letter}") for letter in "bcdefghi"] + [answers.get("q5j") or 0]
    disturbed = total_of(nights)
    disturbance = None if disturbed is None else (disturbed + 8) // 9
    parts = {
        "quality": answers.get("q6"),
        "latency": pair(latency, answers.get("q5a")),
        "duration": duration,
        "efficiency": efficiency,
        "disturbance": disturbance,
        "medication": answers.get("q7"),
        "daytime": pair(answers.get("q8"), answers.get("q9")),
    }
    total = total_of(list(parts.values()))
    return Found(
        {**parts, "total": total},
        {"total": level(total, (0, "good"), (8, "poor"))},
        {"total": {"buysse": level(total, (0, "good"), (6, "poor"))}},
    )


def audit(answers: Answers, profile: Profile) -> Found:
    filled = dict(answers)
    never = answers.get("q1") == 0
    if never:
        blanks = range(2, 9)
    elif answers.get("q2") == 0 and answers.get("q3") == 0:
        blanks = range(4, 9)
    else:
        blanks = range(0)
    for number in blanks:
        if filled.get(f"q{number}") is None:
            filled[f"q{number}"] = 0
    scores = sums(filled, total=numbers(1, 10), consumption=(1, 2, 3), dependence=(4, 5, 6), harm=(7, 8, 9, 10))
    zones = ((0, "zone1"), (8, "zone2"), (16, "zone3"), (20, "zone4"))
    return Found(scores, {"total": level(scores["total"], *zones)})


def audit_c(answers: Answers, profile: Profile) -> Found:
    filled = dict(answers)
    if answers.get("q1") == 0:
        filled = {"q1": 0, "q2": answers.get("q2") or 0, "q3": answers.get("q3") or 0}
    total = total_of(take(filled, (1, 2, 3)))
    band = by_sex(profile, total, female=[(0, "negative"), (3, "positive")], male=[(0, "negative"), (4, "positive")])
    return Found({"total": total}, {"total": band})


def pcptsd5(answers: Answers, profile: Profile) -> Found:
    gate = answers.get("gate")
    total = 0 if gate == 0 else None if gate is None else total_of(take(answers, numbers(1, 5)))
    three: list[tuple[Number, str]] = [(0, "negative"), (3, "positive")]
    four: list[tuple[Number, str]] = [(0, "negative"), (4, "positive")]
    return Found(
        {"total": total},
        {"total": by_sex(profile, total, female=three, male=four)},
        {"total": {"four": level(total, *four), "three": level(total, *three)}},
    )


def asrs6(answers: Answers, profile: Profile) -> Found:
    values = take(answers, numbers(1, 6))
    known = [value for value in values if value is not None]
    if len(known) < 6:
        return Found({"positive_items": None, "sum": None}, {"positive_items": None}, {"sum": {"kessler_2007": None}})
    positive = sum(value >= 2 for value in known[:3]) + sum(value >= 3 for value in known[3:])
    strata = level(sum(known), (0, "stratum1"), (10, "stratum2"), (14, "stratum3"), (18, "stratum4"))
    return Found(
        {"positive_items": positive, "sum": sum(known)},
        {"positive_items": level(positive, (0, "negative"), (4, "positive"))},
        {"sum": {"kessler_2007": strata}},
    )


# Work


def cbi(answers: Answers, profile: Profile) -> Found:
    points: Answers = {key: None if value is None else (value - 1) * 25 for key, value in answers.items()}
    points = flip(points, (13,), 100)
    scores = {
        "personal": mean_of(take(points, numbers(1, 6)), at_least=3),
        "work": mean_of(take(points, numbers(7, 13)), at_least=4),
        "client": mean_of(take(points, numbers(14, 19)), at_least=3),
    }
    steps = ((0, "low"), (50, "moderate"), (75, "high"), (100, "severe"))
    return Found(dict(scores), {}, {name: {"convention": level(value, *steps)} for name, value in scores.items()})


def olbi(answers: Answers, profile: Profile) -> Found:
    scores = means(
        flip(answers, (2, 3, 4, 6, 8, 9, 11, 12), 5),
        disengagement=(1, 3, 6, 7, 9, 11, 13, 15),
        exhaustion=(2, 4, 5, 8, 10, 12, 14, 16),
        total=numbers(1, 16),
    )
    return Found(
        scores,
        {},
        {
            "disengagement": {
                "peterson_2008": level(scores["disengagement"], (1, "below"), (Fraction(210, 100), "high"))
            },
            "exhaustion": {"peterson_2008": level(scores["exhaustion"], (1, "below"), (Fraction(225, 100), "high"))},
        },
    )


def mbi_gs(answers: Answers, profile: Profile) -> Found:
    return Found(
        means(
            answers,
            exhaustion=(1, 2, 3, 4, 6),
            cynicism=(8, 9, 13, 14, 15),
            professional_efficacy=(5, 7, 10, 11, 12, 16),
        )
    )


def mbi_gs_cn15(answers: Answers, profile: Profile) -> Found:
    scores = means(
        flip(answers, numbers(10, 15), 6),
        emotional_exhaustion=numbers(1, 5),
        cynicism=numbers(6, 9),
        reduced_accomplishment=numbers(10, 15),
    )
    parts = list(scores.values())
    scores["composite"] = None
    if all(part is not None for part in parts):
        exhaustion, cynicism, reduced = (Fraction(part or 0) for part in parts)
        scores["composite"] = (4 * exhaustion + 3 * cynicism + 3 * reduced) / 10
    steps = ((0, "low"), (Fraction(3, 2), "some"), (Fraction(7, 2), "serious"))
    return Found(scores, {}, {"composite": {"kalimo_2003": level(scores["composite"], *steps)}})


def uwes9(answers: Answers, profile: Profile) -> Found:
    return Found(means(answers, vigor=(1, 2, 5), dedication=(3, 4, 7), absorption=(6, 8, 9), total=numbers(1, 9)))


def hse(answers: Answers, profile: Profile) -> Found:
    return Found(
        means(
            flip(answers, (3, 5, 6, 9, 12, 14, 16, 18, 20, 21, 22, 34), 6),
            demands=(3, 6, 9, 12, 16, 18, 20, 22),
            control=(2, 10, 15, 19, 25, 30),
            managers_support=(8, 23, 29, 33, 35),
            peer_support=(7, 24, 27, 31),
            relationships=(5, 14, 21, 34),
            role=(1, 4, 11, 13, 17),
            change=(26, 28, 32),
        )
    )


def eri16(answers: Answers, profile: Profile) -> Found:
    scores = sums(
        flip(answers, (5, 6, 7, 13), 5),
        effort=numbers(1, 3),
        reward=numbers(4, 10),
        overcommitment=numbers(11, 16),
    )
    effort, reward = scores["effort"], scores["reward"]
    ratio = None if effort is None or reward is None else Fraction(effort * 7) / (reward * 3)
    band = None if ratio is None else "imbalance" if ratio > 1 else "balance"
    return Found({**scores, "er_ratio": ratio}, {"er_ratio": band})


# Self, mood, resilience, personality, relationships, quality of life


def rses(answers: Answers, profile: Profile) -> Found:
    return Found(sums(flip(answers, (2, 5, 6, 8, 9), 5), total=numbers(1, 10)))


def rses_cn(answers: Answers, profile: Profile) -> Found:
    as_printed = flip(answers, (3, 5, 9, 10), 5)
    return Found(
        {
            **sums(flip(answers, (3, 5, 8, 9, 10), 5), total=numbers(1, 10)),
            **sums(as_printed, total_item8_positive=numbers(1, 10)),
            **sums(as_printed, total_without_item8=(1, 2, 3, 4, 5, 6, 7, 9, 10)),
        }
    )


def swls(answers: Answers, profile: Profile) -> Found:
    total = total_of(take(answers, numbers(1, 5)))
    steps = (
        (5, "extremely_dissatisfied"),
        (10, "dissatisfied"),
        (15, "slightly_dissatisfied"),
        (20, "neutral"),
        (21, "slightly_satisfied"),
        (26, "satisfied"),
        (31, "extremely_satisfied"),
    )
    return Found({"total": total}, {"total": level(total, *steps)})


def brs(answers: Answers, profile: Profile) -> Found:
    mean = mean_of(take(flip(answers, (2, 4, 6), 6), numbers(1, 6)), at_least=1)
    steps = ((1, "low"), (3, "normal"), (Fraction(431, 100), "high"))
    return Found({"mean": mean}, {"mean": level(mean, *steps)})


def cdrisc10(answers: Answers, profile: Profile) -> Found:
    return Found(sums(answers, total=numbers(1, 10)))


def panas(answers: Answers, profile: Profile) -> Found:
    positive = (1, 3, 5, 9, 10, 12, 14, 16, 17, 19)
    negative = [number for number in numbers(1, 20) if number not in positive]
    return Found(sums(answers, positive_affect=positive, negative_affect=negative))


def scs_sf(answers: Answers, profile: Profile) -> Found:
    scores = means(flip(answers, (1, 4, 8, 9, 11, 12), 6), total=numbers(1, 12)) | means(
        answers,
        self_kindness=(2, 6),
        common_humanity=(5, 10),
        mindfulness=(3, 7),
        self_judgment=(11, 12),
        isolation=(4, 8),
        over_identification=(1, 9),
    )
    # The guide counts 1.0 to 2.49 as low, 2.5 to 3.5 as moderate and 3.51 to 5.0 as high.
    steps = ((1, "low"), (Fraction(5, 2), "moderate"), (Fraction(351, 100), "high"))
    return Found(scores, {}, {"total": {"neff_guide": level(scores["total"], *steps)}})


def tipi(answers: Answers, profile: Profile) -> Found:
    return Found(
        means(
            flip(answers, (2, 4, 6, 8, 10), 8),
            extraversion=(1, 6),
            agreeableness=(2, 7),
            conscientiousness=(3, 8),
            emotional_stability=(4, 9),
            openness=(5, 10),
        )
    )


def whoqol_bref(answers: Answers, profile: Profile) -> Found:
    turned = flip(answers, (3, 4, 26), 6)
    domains = {
        "physical": ((3, 4, 10, 15, 16, 17, 18), 6),
        "psychological": ((5, 6, 7, 11, 19, 26), 5),
        "social": ((20, 21, 22), 2),
        "environment": ((8, 9, 12, 13, 14, 23, 24, 25), 6),
    }
    enough = sum(value is not None for value in take(answers, numbers(1, 26))) >= 21
    scores: dict[str, Number | None] = {
        "q1_overall_qol": answers.get("q1") if enough else None,
        "q2_health": answers.get("q2") if enough else None,
    }
    for name, (items, needed) in domains.items():
        mean = mean_of(take(turned, items), at_least=needed) if enough else None
        scores[name] = None if mean is None else mean * 4
        scores[f"{name}_0_100"] = None if mean is None else (mean * 4 - 4) * Fraction(100, 16)
    return Found(scores)


def ucla3(answers: Answers, profile: Profile) -> Found:
    total = total_of(take(answers, (1, 2, 3)))
    return Found({"total": total}, {"total": level(total, (3, "not_lonely"), (6, "lonely"))})


def ucla20(answers: Answers, profile: Profile) -> Found:
    return Found(sums(flip(answers, (1, 5, 6, 9, 10, 15, 16, 19, 20), 5), total=numbers(1, 20)))


def csi4(answers: Answers, profile: Profile) -> Found:
    total = total_of(take(answers, numbers(1, 4)))
    return Found({"total": total}, {"total": level(total, (0, "distressed"), (Fraction(27, 2), "not_distressed"))})


def ras(answers: Answers, profile: Profile) -> Found:
    turned = flip(answers, (4, 7), 6)
    return Found({**sums(turned, total=numbers(1, 7)), **means(turned, mean=numbers(1, 7))})


def kms(answers: Answers, profile: Profile) -> Found:
    total = total_of(take(answers, (1, 2, 3)))
    return Found({"total": total}, {"total": level(total, (3, "distressed"), (17, "not_distressed"))})


SCALES: dict[str, Callable[[Answers, Profile], Found]] = {
    "phq9": phq9,
    "phq2": two_questions,
    "gad7": gad7,
    "gad2": two_questions,
    "phq4": phq4,
    "phq15": phq15,
    "who5": who5,
    "pss10": pss10,
    "pss14": pss14,
    "dass21": dass21,
    "k10": k10,
    "k6": k6,
    "scl90": scl90,
    "sds": sds,
    "sas": sas,
    "isi": isi,
    "ais": ais,
    "psqi": psqi,
    "cbi": cbi,
    "olbi": olbi,
    "mbi_gs": mbi_gs,
    "mbi_gs_cn15": mbi_gs_cn15,
    "rses": rses,
    "rses_cn": rses_cn,
    "swls": swls,
    "audit": audit,
    "audit_c": audit_c,
    "srq20": srq20,
    "ghq12": ghq12,
    "whoqol_bref": whoqol_bref,
    "hse": hse,
    "ucla3": ucla3,
    "ucla20": ucla20,
    "epds": epds,
    "asrs6": asrs6,
    "brs": brs,
    "cdrisc10": cdrisc10,
    "uwes9": uwes9,
    "eri16": eri16,
    "pcptsd5": pcptsd5,
    "csi4": csi4,
    "ras": ras,
    "kms": kms,
    "panas": panas,
    "scs_sf": scs_sf,
    "tipi": tipi,
}
