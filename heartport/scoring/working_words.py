"""Says in plain sentences how a score was counted, in Chinese and in English."""

from collections.abc import Iterator, Sequence

from heartport.scoring.constructs import Key, Missing
from heartport.scoring.exact import FLOOR_TO_ONE_DECIMAL, Rounding, decimal, simplify
from heartport.scoring.forms import State
from heartport.scoring.words import MAIN_LANGUAGE, Words
from heartport.scoring.working import Entry, Working

ENGLISH = "en"

_MODES = {
    "floor": ("向下舍到", "rounded down"),
    "ceil": ("向上进到", "rounded up"),
    "half_up": ("四舍五入到", "rounded half up"),
    "half_even": ("四舍六入五成双到", "rounded half to even"),
}


def calculation(working: Working) -> str | None:
    """Write the calculation with its numbers, up to the exact value; no rounding enters it."""
    if working.exact is None:
        return None
    amounts = [entry.counted_as for entry in working.entries if entry.counted_as is not None]
    return working.score.formula.work(amounts, working.exact)


def told_keys(working: Working) -> Words:
    """Say what the keys made of the answers."""
    if not working.keys:
        return _words(
            "没有反向计分，也没有换算：选项是几分，就计几分。",
            "Nothing is reverse-keyed or converted: each option counts as it stands.",
        )
    return _joined([_told_key(key, working) for key in working.keys])


def told_missing_rule(missing: Missing | None) -> Words:
    """Say how many answers may be missing and what then stands for them."""
    if missing is None:
        return _words(
            "每一项都要有答案；缺一项，就不计算这个分数。",
            "Every entry needs an answer; without one of them there is no score.",
        )
    return _words(
        f"最多可以缺 {missing.allow} 项；缺的每一项，按已答各项计分的平均数计。",
        f"At most {missing.allow} may be missing; the mean of the answered ones then stands for each.",
    )


def told_missing(working: Working) -> Words:
    """Say what the missing rule did here."""
    absent = working.absent
    if not absent:
        here = _words("没有缺项，这条规则没有用到。", "Nothing was missing; the rule was not needed.")
    else:
        here = _told_filled(working) if working.complete else _told_lacking(working)
    return _joined([here, *_told_other_reasons(working)])


def _told_filled(working: Working) -> Words:
    absent = working.absent
    answered, each = len(working.entries) - len(absent), absent[0].counted_as
    mean, names = decimal(each) if each is not None else "", _named(absent)
    return _words(
        f"缺 {len(absent)} 项（{names[MAIN_LANGUAGE]}），每项按已答 {answered} 项的平均数 {mean} 计。",
        f"{len(absent)} missing ({names[ENGLISH]}); each counts as {mean}, the mean of the {answered} answered.",
    )


def _told_lacking(working: Working) -> Words:
    count, names = len(working.absent), _named(working.absent)
    allowed = working.score.missing.allow if working.score.missing else 0
    return _words(
        f"缺 {count} 项（{names[MAIN_LANGUAGE]}），{f'超过允许的 {allowed} 项，' if allowed else ''}所以没有这个分数。",
        f"{count} missing ({names[ENGLISH]}), {f'more than the {allowed} allowed, ' if allowed else ''}"
        "so there is no score.",
    )


def _told_other_reasons(working: Working) -> Iterator[Words]:
    """Say why there is no score although enough of its own entries are answered."""
    if working.too_many_missing is not None:
        asked, allowed = working.too_many_missing
        yield _words(
            f"整份量表 {asked} 题中缺的超过 {allowed} 题，所以没有这个分数。",
            f"More than {allowed} of the {asked} questions of the whole scale are missing, so there is no score.",
        )
    elif working.complete and working.exact is None:
        yield working.score.formula.told_none()


def told_entry(entry: Entry) -> Words | None:
    """Say what is special about one entry; nothing where an answer simply counts."""
    counts = None if entry.counted_as is None else decimal(entry.counted_as)
    if entry.number is not None and entry.state in _STANDING and not entry.filled and counts is not None:
        zh, en = _STANDING[entry.state]
        return _words(f"{zh}，按 {counts} 计。", f"{en}; it counts as {counts}.")
    absence = _ABSENCES.get(entry.state)
    if absence is None:
        return None
    if entry.number is None:
        absence = "没有算出这个分数", "There is no such score"
    if counts is None:
        return _words(f"{absence[0]}。", f"{absence[1]}.")
    return _words(
        f"{absence[0]}，按已答各项的平均数 {counts} 计。",
        f"{absence[1]}; counts as {counts}, the mean of the answered ones.",
    )


_STANDING = {
    State.HIDDEN: ("根据前面的回答，这一题不用答", "An earlier answer makes this question unnecessary"),
    State.NA: ("这一题不适用于您", "This question does not apply to you"),
    State.MISSING: ("没有答案", "Without an answer"),
}
"""What is said of an item that counts as the file says though it has no answer."""

_ABSENCES = {
    State.HIDDEN: ("根据前面的回答，这一题没有显示", "Not shown because of an earlier answer"),
    State.NA: ("这一题不适用于您", "This question does not apply to you"),
    State.MISSING: ("没有答案", "Without an answer"),
    State.INVALID: ("答案不是这一题的选项", "The answer is none of its options"),
}


def told_rounding(working: Working) -> Words:
    """Say how the score was rounded before it was banded."""
    rounding = working.score.round
    if rounding is None:
        return _words("不取整，按精确值计算。", "Not rounded; the exact value counts.")
    zh, en = _told_mode(rounding)
    if working.exact is None or working.value is None:
        return _words(f"计算后{zh}。", f"The sum is {en}.")
    change = f"{decimal(working.exact)} → {decimal(working.value)}"
    return _words(f"计算后{zh}：{change}。", f"The sum is {en}: {change}.")


def told_display(working: Working) -> Words:
    """Say how the score is written for the eye, which never feeds a band."""
    value, rounding = working.value, working.score.show_round
    if not working.score.shown:
        return _words(
            "这个分数只用于计算，不单独显示。", "This score serves the calculation and is not shown by itself."
        )
    if value is None:
        return _words("没有分数，所以不显示数字。", "There is no score, so no number is shown.")
    if rounding is None and simplify(value).denominator == 1:
        return _words("整数，原样显示。", "A whole number, shown as it is.")
    zh, en = _told_mode(rounding or FLOOR_TO_ONE_DECIMAL)
    return _words(
        f"显示时{zh}；只影响显示，不影响分级。", f"For display it is {en}; that changes nothing about the band."
    )


def told_place(working: Working) -> Words | None:
    """Say between which edges the score lies, or why there is no band."""
    place, value = working.place, working.value
    if not working.agreed:
        return _words(
            "男女的分界不同；没有填写性别时，只有两种分界都指向同一级，才给出分级。这一次不是这样。",
            "The edges differ between women and men; where the sex is not given, there is a band only if both lead to "
            "the same one. Here they do not.",
        )
    if place is None or value is None:
        return None
    start, label = decimal(place.start), place.band.person
    above = f"{decimal(value)} 不低于 {start}", f"{decimal(value)} is at least {start}"
    end = ("，这是最高一级的起点", ", where the highest band begins")
    if place.below is not None:
        end = (f"，低于 {decimal(place.below)}", f" and below {decimal(place.below)}")
    english = label.get(ENGLISH, label[MAIN_LANGUAGE])
    return _words(
        f"分数 {above[0]}{end[0]}，所以是“{label[MAIN_LANGUAGE]}”。", f"The score {above[1]}{end[1]}: “{english}”."
    )


def _told_key(key: Key, working: Working) -> Words:
    turned = _named([entry for entry in working.entries if entry.id in key.items])
    if key.reverse is not None:
        total = sum(key.reverse)
        return _words(
            f"反向计分：{turned[MAIN_LANGUAGE]}按 {total} 减去答案计。",
            f"Reverse-keyed: {turned[ENGLISH]}, {total} minus the answer. ",
        )
    pairs = [f"{decimal(value)}→{decimal(made)}" for value, made in (key.table or {}).items()]
    return _words(
        f"换算计分：{turned[MAIN_LANGUAGE]}按 {'，'.join(pairs)} 计。",
        f"Converted: {turned[ENGLISH]}, {', '.join(pairs)}. ",
    )


def _told_mode(rounding: Rounding) -> tuple[str, str]:
    zh, en = _MODES[rounding.mode]
    if not rounding.to:
        return f"{zh}整数", f"{en} to a whole number"
    return f"{zh}小数点后 {rounding.to} 位", f"{en} to {rounding.to} decimal{'' if rounding.to == 1 else 's'}"


def _named(entries: Sequence[Entry]) -> Words:
    """Name items by their number and scores by their label."""
    numbers = [str(entry.number) for entry in entries if entry.number is not None]
    labels = [entry.words for entry in entries if entry.number is None]
    zh = [f"第 {'、'.join(numbers)} 题"] if numbers else []
    en = [f"question{'' if len(numbers) == 1 else 's'} {', '.join(numbers)}"] if numbers else []
    zh += [f"“{label[MAIN_LANGUAGE]}”" for label in labels]
    en += [f"“{label.get(ENGLISH, label[MAIN_LANGUAGE])}”" for label in labels]
    return _words("、".join(zh), ", ".join(en))


def _joined(sentences: Sequence[Words]) -> Words:
    """Put sentences one after the other."""
    zh, en = ([each[language].strip() for each in sentences] for language in (MAIN_LANGUAGE, ENGLISH))
    return _words("".join(zh), " ".join(en))


def _words(zh: str, en: str) -> Words:
    return {MAIN_LANGUAGE: zh, ENGLISH: en}
