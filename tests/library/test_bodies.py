import pytest

from heartport.library.bodies import Block, Form, Wrong, read_body

RIGHT = """
第一段，**要紧的话**[1]。
同一段的下一行。

## 小标题
- 一件
- 另一件

1. 第一步
2. 第二步
> 有人说的话
"""


def test_the_five_forms_are_read_with_their_lines():
    blocks, wrongs = read_body(RIGHT)
    assert wrongs == ()
    assert blocks == (
        Block(Form.PARAGRAPH, ("第一段，**要紧的话**[1]。同一段的下一行。",), 2),
        Block(Form.HEADING, ("小标题",), 5),
        Block(Form.LIST, ("一件", "另一件"), 6),
        Block(Form.STEPS, ("第一步", "第二步"), 9),
        Block(Form.QUOTE, ("有人说的话",), 11),
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("# 大标题", "Of headings"),
        ("### 小小标题", "Of headings"),
        ("##没有空格", "Of headings"),
        ("  缩进", "A line begins with a space"),
        ("* 星号", "Entries of a list"),
        ("1) 括号", "Steps begin"),
        ("1.没有空格", "Steps begin"),
        ("---", "Lines are not drawn"),
        ("| 表 | 格 |", "Tables"),
        ("一段<br>", "HTML"),
        ("- 一件<script>", "HTML"),
        ("看[这里](https://example.org)", "Neither links nor pictures"),
        ("![图](x.png)", "Neither links nor pictures"),
        ("`代码`", "Code"),
        ("**半截", "Strong words"),
        ("1. 一\n3. 三", "This is step 2"),
        ("2. 从二开始", "This is step 1"),
    ],
)
def test_what_no_client_shows_is_refused_at_its_line(text, what):
    _, wrongs = read_body("一段。\n\n" + text)
    assert [wrong.what.startswith(what) for wrong in wrongs] == [True]
    assert wrongs[0].line == 2 + len(text.split("\n"))


def test_every_wrong_line_is_told_in_order():
    _, wrongs = read_body("# 一\n\n二\n\n`三`\n")
    assert wrongs == (Wrong(1, "Of headings there is only ## and a space."), Wrong(5, "Code is not shown."))


def test_numbers_inside_a_sentence_are_no_steps():
    blocks, wrongs = read_body("七点多到家。\n12356随时可打。")
    assert wrongs == ()
    assert [block.form for block in blocks] == [Form.PARAGRAPH]
