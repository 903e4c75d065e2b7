"""Draws the brief for a meeting with fpdf2: one page of figures with their intervals, one on how to read them."""

from datetime import UTC, datetime

from heartport.assessments.report_pages import ACCENT, BODY, INK, LARGE, NAME, PALE, SMALL, SOFT, TITLE, Pages
from heartport.insights.figure_schemas import ComparedOut, CountedShareOut, DistributionOut, HalfYearOut, UnitTrendOut
from heartport.insights.words import AT_RISK, SYNTHETIC

SAYS_LITTLE = "没有可以公布的数字"
UNDER = "统计结果不识别个人，也不能用来评价单位或个人。"
HOW_TO_READ = (
    "数字怎么来的：只计算自愿参与统计的职工，每人每份测评每半年只取最后一次；每半年统计一次，公布后不再改变。",
    "为什么有些单位没有单独的数字：参与人数不足时会并入上一级一起统计，这样谁也认不出个人。",
    "为什么是区间：每个数字都加了随机微调，参与的人也只是一部分。区间越宽，越只能作参考；两个区间有重叠，就不要说谁高谁低。",
    "为什么最多 60%：比例超过 60% 时只显示 60%，免得从“几乎人人都是”推出某一个人。",
    "不要这样用：不要拿去评比、考核或追问是谁；不要把合并组的数字当成其中某个单位的；不要用前后两期相减去猜人数。",
    "可以这样用：看哪里更需要支持，安排讲座、沙龙和减负的办法，并把热线和咨询的入口告诉每一个人。",
)


class Brief(Pages):
    """Pages with a sentence of their own under each."""

    def footer(self) -> None:
        """Write the sentence and the number of the page."""
        self.set_y(-20)
        self.write_line(UNDER, size=SMALL, colour=SOFT, align="C")
        self.write_line(f"{self.page_no()} / {{nb}}", size=SMALL, colour=SOFT, align="C")


def draw(found: DistributionOut, trend: UnitTrendOut) -> bytes:
    """Return the brief as a PDF file of two pages."""
    pages = Brief()
    pages.set_title(f"{found['unit']['name']} 心理健康统计简报")
    pages.set_lang("zh-CN")
    pages.set_creation_date(datetime(int(found["window"][:4]), 1, 1, tzinfo=UTC))
    pages.set_creator("HeartPort")
    pages.add_page()
    _first(pages, found, trend)
    pages.add_page()
    _second(pages, found)
    return pages.finish()


def _first(pages: Brief, found: DistributionOut, trend: UnitTrendOut) -> None:
    pages.write_line("心理健康统计简报", size=SMALL, colour=SOFT)
    pages.write_line(found["unit"]["name"], size=TITLE)
    pages.write_line(" › ".join(found["unit"]["path"]), size=SMALL, colour=SOFT)
    pages.write_line(f"{found['release']['title']} · {found['scale']['title']}", size=BODY, colour=SOFT, after=2)
    if found["release"]["synthetic"]:
        pages.write_line(SYNTHETIC, size=BODY, colour=ACCENT, after=2)
    pages.write_line(_said(found["at_risk"]), size=LARGE)
    if found["block"] is not None:
        pages.write_line(f"统计的人群：{found['block']['name']}，约 {found['n']} 人参与。", after=2)
        _bar(pages, "这一期", found["at_risk"])
    for name, compared in (("全市", found["city"]), ("上一期", found["previous"])):
        _compared(pages, name, compared)
    for sentence in found["explanation"][:3]:
        pages.write_line(sentence, size=SMALL, colour=SOFT)
    pages.heading("各期情况")
    for point in trend["items"][-6:]:
        _point(pages, point)


def _second(pages: Brief, found: DistributionOut) -> None:
    if found["topics"]:
        pages.heading("可以考虑的主题")
        for topic in found["topics"][:6]:
            pages.write_line(f"• {topic['title']}", size=BODY)
    pages.heading("怎么读这些数字")
    for sentence in HOW_TO_READ:
        pages.write_line(sentence, size=SMALL + 1, after=1.2)
    pages.write_line(found["how_sure"], size=SMALL, colour=SOFT)


def _said(share: CountedShareOut | None) -> str:
    if share is None:
        return SAYS_LITTLE
    more = "或更高" if share["at_ceiling"] else ""
    return f"{AT_RISK}的比例约 {share['share']:.0%}{more}（区间 {share['low']:.0%} 至 {share['high']:.0%}）"


def _compared(pages: Brief, name: str, compared: ComparedOut | None) -> None:
    if compared is not None and compared["at_risk"] is not None:
        _bar(pages, f"{name}（{compared['text']}）", compared["at_risk"])


def _bar(pages: Brief, label: str, share: CountedShareOut | None) -> None:
    """Draw a share as a dot on a line from 0 to 100 %, its interval as a stripe."""
    if share is None:
        return
    pages.write_line(label, size=SMALL, colour=INK)
    left, top, width = pages.l_margin, pages.get_y() + 1, pages.epw
    pages.set_fill_color(*PALE)
    pages.rect(left, top, width, 4, style="F")
    pages.set_fill_color(178, 214, 199)
    pages.rect(left + width * share["low"], top, width * (share["high"] - share["low"]), 4, style="F")
    pages.set_fill_color(*ACCENT)
    pages.circle(left + width * share["share"], top + 2, radius=1.8, style="F")
    pages.set_y(top + 7)


def _point(pages: Brief, point: HalfYearOut) -> None:
    pages.set_font(NAME, size=SMALL)
    whom = f"（{point['block']['name']}）" if point["block"] and not point["block"]["is_unit"] else ""
    pages.write_line(f"{point['title']}{whom}  {_said(point['at_risk'])}", size=SMALL)
