"""Draws a report with fpdf2: A4, large type, an embedded Chinese font, words before pictures before numbers."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont

from heartport.assessments.report_facts import FOOTER, Report, Stripes
from heartport.assessments.schemas import BandOut, ScoreOut
from heartport.assessments.trend_picture import STRIPES
from heartport.assessments.working_schemas import WorkingScoreOut

FONT = Path(__file__).with_name("fonts") / "NotoSansSC-Regular.subset.ttf"
NAME = "Noto Sans SC"
INK, SOFT, ACCENT, PALE = (34, 65, 58), (91, 117, 109), (31, 122, 92), (238, 245, 241)
MARGIN_MM, LINE = 20, 1.55
BODY, SMALL, LARGE, TITLE = 12, 9.5, 15, 21

SAYS: dict[str, dict[str, str]] = {
    "zh-CN": {
        "title": "测评结果（自己留存）",
        "on": "作答日期：{}",
        "no_band": "有些题目没有回答，这一项没有得出结果。",
        "limits": "这份结果不代表什么",
        "advice": "接下来可以做的",
        "picture": "在什么位置",
        "picture_note": "圆点是您这一次的分数；各段的文字是说法，不是诊断。",
        "missing": "没有回答的题目：{}。没有回答不按 0 分算。",
        "working": "是怎么算出来的",
        "no_working": "这份结果所用的计分文件已不在系统中，无法逐步说明；结果本身没有改变。",
        "item": "题目",
        "answer": "回答",
        "counted": "计分",
        "sources": "依据",
        "versions": "量表 {scale} 版，计分程序 {engine}，文件校验 {hash}",
        "hotlines": "想找人说说的时候",
        "hotlines_note": "电话和时间以生成这份文件时为准。",
    },
    "en": {
        "title": "Result of a self-assessment, to keep",
        "on": "Answered on {}",
        "no_band": "Some questions were left open, so there is no result here.",
        "limits": "What this result does not mean",
        "advice": "What you could do next",
        "picture": "Where it lies",
        "picture_note": "The dot is your score this time; the words are a way of saying it, not a diagnosis.",
        "missing": "Left open: {}. What is left open does not count as 0.",
        "working": "How it was counted",
        "no_working": "The file under which this was scored is no longer here; the result has not changed.",
        "item": "Question",
        "answer": "Answer",
        "counted": "Counts",
        "sources": "Sources",
        "versions": "Scale version {scale}, engine {engine}, file {hash}",
        "hotlines": "When you want to talk to someone",
        "hotlines_note": "Numbers and hours as of when this file was made.",
    },
}


class Pages(FPDF):
    """Pages with our font and the fixed sentence under each."""

    def __init__(self) -> None:
        super().__init__(format="A4")
        self.add_font(NAME, fname=FONT)
        self.set_margin(MARGIN_MM)
        self.set_auto_page_break(True, margin=MARGIN_MM + 6)

    def finish(self) -> bytes:
        """Return the document, and close the font with which it was drawn."""
        content = bytes(self.output())
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()
        return content

    def footer(self) -> None:
        """Write the fixed sentence and the number of the page."""
        self.set_y(-MARGIN_MM)
        self.write_line(FOOTER, size=SMALL, colour=SOFT, align="C")
        self.write_line(f"{self.page_no()} / {{nb}}", size=SMALL, colour=SOFT, align="C")

    def write_line(
        self, text: str, *, size: float = BODY, colour: tuple[int, int, int] = INK, align: str = "L", after: float = 0
    ) -> None:
        """Write a paragraph and go below it."""
        self.set_font(NAME, size=size)
        self.set_text_color(*colour)
        height = size * LINE * 0.3528  # Points to millimetres.
        self.multi_cell(0, height, self.fitting(text), align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(after)

    def heading(self, text: str) -> None:
        """Begin a part; not at the very end of a page."""
        if self.will_page_break(30):
            self.add_page()
        self.ln(3)
        self.write_line(text, size=LARGE, colour=ACCENT, after=1)

    def fitting(self, text: str) -> str:
        """Put a box for signs that the font does not have, such as rare characters of an operator's wording."""
        glyphs = self.current_font.cmap  # type: ignore[union-attr]
        return "".join(sign if ord(sign) in glyphs or sign == "\n" else "□" for sign in text)


def draw(report: Report) -> bytes:
    """Return the report as a PDF file."""
    pages, says = Pages(), SAYS[report.language]
    result = report.result
    pages.set_title(says["title"])
    pages.set_lang(report.language)
    pages.set_creation_date(datetime.fromisoformat(result["submitted_on"]).replace(tzinfo=UTC))  # The day, no moment.
    pages.set_creator("HeartPort")
    pages.add_page()
    pages.write_line(says["title"], size=SMALL, colour=SOFT)
    pages.write_line(result["scale"]["title"], size=TITLE)
    pages.write_line(says["on"].format(result["submitted_on"]), size=SMALL, colour=SOFT, after=3)
    for band in result["bands"]:
        _words(pages, band, len(result["bands"]) > 1, says)
    _limits(pages, report, says)
    _advice(pages, report, says)
    _pictures(pages, report, says)
    _hotlines(pages, report, says)
    _working(pages, report, says)
    _sources(pages, report, says)
    return pages.finish()


def _words(pages: Pages, band: BandOut, several: bool, says: dict[str, str]) -> None:
    """Say one band in words, first of all."""
    if several:
        pages.write_line(band["score_label"], size=BODY, colour=SOFT)
    pages.write_line(band["label"] or says["no_band"], size=LARGE)
    if band["meaning"]:
        pages.write_line(band["meaning"], after=2)


def _limits(pages: Pages, report: Report, says: dict[str, str]) -> None:
    if report.result["limits"]:
        pages.heading(says["limits"])
        pages.write_line(report.result["limits"])
    if report.result["missing"]:
        pages.write_line(says["missing"].format("、".join(report.result["missing"])), colour=SOFT)
    for remark in report.result["validity"]:
        pages.write_line(remark["text"], colour=SOFT)


def _advice(pages: Pages, report: Report, says: dict[str, str]) -> None:
    if report.result["advice"]:
        pages.heading(says["advice"])
    for advice in report.result["advice"]:
        pages.write_line(f"•\u00a0{advice['text']}")
        pages.write_line(advice["reason"], size=SMALL, colour=SOFT, after=1)


def _pictures(pages: Pages, report: Report, says: dict[str, str]) -> None:
    drawn = [(score, report.stripes.get(score["id"], ())) for score in report.result["scores"] if score["shown"]]
    if not drawn:
        return
    pages.heading(says["picture"])
    for score, stripes in drawn:
        _bar(pages, score, stripes)
    pages.write_line(says["picture_note"], size=SMALL, colour=SOFT)
    for norm in report.result["norms"]:
        pages.write_line(norm["text"], size=SMALL, colour=SOFT)


def _bar(pages: Pages, score: ScoreOut, stripes: Stripes) -> None:
    """Draw the bands of one score from left to right, the own score as a dot, and the words of each band below."""
    if pages.will_page_break(22 + 5 * len(stripes)):
        pages.add_page()
    pages.write_line(f"{score['label']}  {score['shown']}", size=BODY)
    width, height, left, top = pages.epw, 7.0, pages.l_margin, pages.get_y() + 2
    low, high = score["min"], score["max"]

    def across(value: float) -> float:
        return left + width * (value - low) / ((high - low) or 1)

    pages.set_fill_color(*PALE)
    pages.rect(left, top, width, height, style="F")
    for place, stripe in enumerate(stripes):
        pages.set_fill_color(*_rgb(STRIPES[min(place, len(STRIPES) - 1)]))
        pages.rect(across(stripe.low), top, across(stripe.high) - across(stripe.low), height, style="F")
    pages.set_fill_color(*ACCENT)
    pages.set_draw_color(255, 255, 255)
    pages.circle(across(score["value"] or 0), top + height / 2, radius=2.6, style="DF")
    pages.set_y(top + height + 1)
    _scale_marks(pages, [low, *(stripe.low for stripe in stripes[1:]), high], across)
    for place, stripe in enumerate(stripes):
        _legend(pages, place, stripe.label)
    pages.ln(3)


def _scale_marks(pages: Pages, marks: list[float], across: Any) -> None:  # noqa: ANN401 - a function of one number
    pages.set_font(NAME, size=SMALL)
    pages.set_text_color(*SOFT)
    top = pages.get_y()
    for mark in marks:
        text = f"{mark:g}"
        wide = pages.get_string_width(text)
        pages.text(min(max(across(mark) - wide / 2, pages.l_margin), pages.w - pages.r_margin - wide), top + 3.5, text)
    pages.set_y(top + 5.5)


def _legend(pages: Pages, place: int, label: str) -> None:
    top = pages.get_y()
    pages.set_fill_color(*_rgb(STRIPES[min(place, len(STRIPES) - 1)]))
    pages.rect(pages.l_margin, top + 0.9, 4, 3.4, style="F")
    pages.set_x(pages.l_margin + 6)
    pages.set_font(NAME, size=SMALL)
    pages.set_text_color(*SOFT)
    pages.multi_cell(pages.epw - 6, 5.2, pages.fitting(label), new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _hotlines(pages: Pages, report: Report, says: dict[str, str]) -> None:
    pages.heading(says["hotlines"])
    for line in report.hotlines:
        pages.write_line(f"{line['number']}  {line['name']}（{line['hours']}）")
    pages.write_line(says["hotlines_note"], size=SMALL, colour=SOFT)


def _working(pages: Pages, report: Report, says: dict[str, str]) -> None:
    pages.heading(says["working"])
    if report.working is None:
        pages.write_line(says["no_working"])
        return
    for score in report.working["scores"]:
        _score_working(pages, score, says)


def _score_working(pages: Pages, score: WorkingScoreOut, says: dict[str, str]) -> None:
    pages.write_line(score["label"], size=BODY, colour=ACCENT, after=0.5)
    pages.set_font(NAME, size=SMALL)
    pages.set_text_color(*INK)
    pages.set_draw_color(*SOFT)
    pages.set_fill_color(255, 255, 255)
    with pages.table(
        col_widths=(10, 95, 40, 25),
        line_height=5.2,
        borders_layout="HORIZONTAL_LINES",
        text_align=("CENTER", "LEFT", "LEFT", "RIGHT"),
        first_row_as_headings=False,
    ) as table:
        table.row(["", says["item"], says["answer"], says["counted"]])
        for item in score["items"]:
            said = item["answer_label"] or ("—" if item["answer"] is None else str(item["answer"]))
            texts = (item["number"] or "", item["text"] or item["id"], said, item["counted_as_exact"] or "—")
            table.row([pages.fitting(str(text)) for text in texts])
    pages.ln(1)
    rules = (
        score["key"],
        score["rule"],
        score["calculation"],
        score["missing_rule"]["here"],
        score["rounding"]["score"],
    )
    for text in (*rules, score["band"]["text"] if score["band"] else None):
        if text:
            pages.write_line(text, size=SMALL)
    pages.ln(2)


def _sources(pages: Pages, report: Report, says: dict[str, str]) -> None:
    pages.heading(says["sources"])
    found = [score["source"] for score in report.working["scores"]] if report.working else []
    found += (
        [score["band"]["source"] or "" for score in report.working["scores"] if score["band"]] if report.working else []
    )
    for text in dict.fromkeys((*report.cites, *found, report.credit or "")):
        if text:
            pages.write_line(text, size=SMALL, colour=SOFT)
    versions = report.result["versions"]
    told = says["versions"].format(scale=versions["scale"], engine=versions["engine"], hash=versions["hash"][:12])
    pages.write_line(told, size=SMALL, colour=SOFT)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
