"""A file to begin a scale with: every part that most scales have, with a comment on each, ready to be written over."""

from datetime import date

from heartport.scoring.names import NOT_AN_ID, is_id


def blank(scale_id: str, today: date) -> str:
    """Give a draft of this id that the linter accepts; raises `ValueError` for what is no id."""
    if not is_id(scale_id):
        raise ValueError(NOT_AN_ID)
    return _BLANK.replace("{id}", scale_id).replace("{today}", today.isoformat())


_BLANK = """\
# A scale. Every key is explained in docs/scale-format.md; docs/scale-tutorial.md writes a whole one.
# Write over what stands here; lines that begin with # are comments, take the # away to use them.
schema: heartport-scale/1
id: {id}                        # the file is called {id}.yaml
version: 0.1.0
status: draft                   # nobody is offered a draft; later: published
opened_by: self                 # self: employees by themselves; counsellor or campaign: kept off the shelf
title: {zh-CN: 量表的名字}
summary: {zh-CN: 几道题，几分钟。}
category: mood
recall: {last: 2, unit: week}   # what the items look back on; leave the line out if on nothing
minutes: 2
direction: higher_is_worse      # or higher_is_better
instruction: {zh-CN: 最近两周，您有多常这样？}
limits: {zh-CN: 结果不说明什么，写在这里；它不是诊断。}

provenance:
  cite: [Who published the scale and where]
  scoring_source: where the rules of scoring are written
  missing_source: where it is written what is done about missing answers
  translation:
    zh-CN: {state: ours, by: who translated, evidence: where that is written, checked_on: {today}}
licence:
  wording: {state: unknown, holder: who owns the words, terms: what they allow, evidence: where, checked_on: {today}}
  # With unknown or restricted the file carries no words of items; with free, attribution or noncommercial it has texts.

options:
  often:                        # in the order in which they are printed; v is what is stored
    - {v: 0, label: {zh-CN: 从不}}
    - {v: 1, label: {zh-CN: 有时}}
    - {v: 2, label: {zh-CN: 经常}}
items:
  - {ids: q1..q4, kind: choice, options: often}
# texts:
#   q1: {zh-CN: 第一题}
#   q2: {zh-CN: 第二题}
#   q3: {zh-CN: 第三题}
#   q4: {zh-CN: 第四题}

# keying:                       # answers that count the other way round
#   - {items: q2, reverse: [0, 2]}
scores:
  total: {label: {zh-CN: 总分}, sum: q1..q4}
  # with a missing rule: {label: …, sum: q1..q4, missing: {allow: 1, then: prorate}}

# bands:                        # from is the lowest number of a band; person and meaning are what employees read
#   total:
#     source: where the cut-offs are published
#     edges:
#       - {from: 0, id: low, person: {zh-CN: 近期较平静}, meaning: {zh-CN: 保持就好。}, professional: {zh-CN: 低}}
#       - {from: 5, id: high, person: {zh-CN: 近期不太平静}, meaning: {zh-CN: 找人说说。}, professional: {zh-CN: 高}}
# flags:                        # looks at raw answers; an urgent one has card: crisis
#   - {id: worn_out, when: q4 == 2, level: caution}
# advice:
#   - {id: talk, when: total.band == high, text: {zh-CN: 和信任的人说说。}, reason: {zh-CN: 因为您最近不太平静}}

# tests:                        # answers and what must come of them; a published scale has some
#   - {name: one sometimes, answers: {q1: 0, q2: 1, q3..q4: 0}, expect: {total: 1}}
"""
