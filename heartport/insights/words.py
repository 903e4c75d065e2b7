"""What figures are called and explained by, in plain words."""

from collections.abc import Mapping
from enum import StrEnum

from heartport.insights.rules.comparison import Change
from heartport.insights.rules.months import Coming, Part


class Reason(StrEnum):
    """Why a figure is as it is, or why there is none."""

    TOO_FEW = "too_few"
    MERGED = "merged"
    PARTLY_ELSEWHERE = "partly_elsewhere"
    CEILING = "ceiling"
    CEILING_IN_PART = "ceiling_in_part"
    MAP_GONE = "map_gone"
    DISTRICTS_ONLY = "districts_only"
    OTHER_FACET = "other_facet"
    NO_DETAILS = "no_details"


EXPLAINED: Mapping[Reason, str] = {
    Reason.TOO_FEW: (
        "这一期参与的人数不足，没有可以公布的数字。人少的组一律不单独统计，这样谁也认不出个人；"
        "参与的人多了，下一期就会有。"
    ),
    Reason.MERGED: (
        "这个单位单独的参与人数不足，已并入「{block}」一起统计，下面是合并后的数字，不能当作这个单位自己的情况。"
    ),
    Reason.PARTLY_ELSEWHERE: "其中有些下属单位人数不足，已并入上一级的合并组，不在这个数字里。",
    Reason.CEILING: "比例最多显示 60%，实际可能更高，说明这里的人普遍需要支持。",
    Reason.CEILING_IN_PART: "其中有的组达到了 60% 的显示上限，实际比例可能比这里更高。",
    Reason.MAP_GONE: "各单位并入哪一组的对照表只保存一年，这一期现在只能查有单独数字的单位。",
    Reason.DISTRICTS_ONLY: "各等级的人数和分组情况只按整个区、行业或全市公布，请选择上一级。",
    Reason.OTHER_FACET: "为了不让几种分组凑在一起认出个人，上半年只按性别、下半年只按年龄段分组。",
    Reason.NO_DETAILS: "这一期参与的人数不足，没有可以公布的细分。",
}
COMPARED: Mapping[Change, str] = {
    Change.HIGHER: "明显更高",
    Change.LOWER: "明显更低",
    Change.NO_CLEAR_DIFFERENCE: "没有明显差别",
}
GROUPS: Mapping[str, str] = {
    "female": "女",
    "male": "男",
    "18-24": "18–24 岁",
    "25-34": "25–34 岁",
    "35-44": "35–44 岁",
    "45-54": "45–54 岁",
    "55+": "55 岁及以上",
}
AT_RISK = "需要关注"
SYNTHETIC = "这是演示用的合成数据，不是任何真实的人。"
HOW_SURE = (
    "数字经过随机微调，区间说明它大概有多准：二十个这样的区间里，约有十九个包含真实情况。"
    "两个数字的区间有重叠时，不要说谁高谁低。"
)
NOT_COUNTED = (
    "登录人数是一个月里登录过的不同的人数，按所在单位的区来数：不满十人不显示，经过随机微调，是约数。已经退出登录的人，"
    "以及大月一号登录、后来没有再登录的人，没有算进去。谁来过、来过几次、看了什么，本服务不统计。阅读量取自内容库每月"
    "公布的报告，只有全市一个数，只算至少十个人打开过的内容，并且是约数。"
)
PARTS: Mapping[Part, str] = {Part.SIGN_INS: "登录人数", Part.BOOKINGS: "讲座、沙龙和咨询的数字"}
PUBLISHED_ONCE = "每个月的数字只公布一次，之后不再改变。"
NOT_INDIVIDUALS = "这里的数字来自自愿参与的职工，不代表所有人，也不能用来推断任何个人。"


def explained(reason: Reason, block: str | None) -> str:
    """Say a reason."""
    return EXPLAINED[reason].format(block=block)


def coming_words(coming: Coming) -> str:
    """Say which figures of a month are published when: 2026 年 11 月：登录人数 12 月 1 日公布。"""
    parts = [f"{PARTS[part]} {day.month} 月 {day.day} 日公布" for part, day in coming.parts.items()]
    return f"{coming.month[:4]} 年 {int(coming.month[5:])} 月：{'，'.join(parts)}。"
