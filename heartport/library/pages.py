"""Makes HTML of a text, for clients that show HTML: rendered by markdown-it, sanitised by nh3 (ammonia).

`read_body` has refused all but five forms already. Here nothing else is even understood, and whatever came through
would be taken out. This module is imported where a page is first shown: markdown-it would cost every start.
"""

import nh3
from markdown_it import MarkdownIt

FORMS = ("heading", "list", "blockquote", "emphasis", "newline")
TAGS = {"h2", "p", "ul", "ol", "li", "blockquote", "strong"}
"""None of them carries an attribute."""


def _renderer() -> MarkdownIt:
    made = MarkdownIt("zero").enable(list(FORMS))
    # Chinese lines that follow each other are one paragraph, joined without a space, as in `read_body`.
    for broken in ("softbreak", "hardbreak"):
        made.add_render_rule(broken, lambda *_: "")
    return made


RENDERER = _renderer()


def render_page(text: str) -> str:
    """Return the HTML of a text: the tags of the five forms without any attribute, and nothing else."""
    return nh3.clean(RENDERER.render(text), tags=TAGS, attributes={})
