"""A scale, ready to be filled in and scored: what its file says, which file it was, and what was compiled."""

from dataclasses import dataclass, fields, replace

from heartport.scoring.constructs import Definition
from heartport.scoring.forms import Form, compile_form
from heartport.scoring.plans import Plan, compile_plan
from heartport.scoring.reach import attainable


@dataclass(frozen=True, slots=True, eq=False)
class Scale(Definition):
    """One version of one scale."""

    hash: str
    """SHA-256 of the bytes of the file, in hex."""
    published_hash: str
    """The same of the file as it was before its status was set to retired; stored results name this one."""
    form: Form
    plan: Plan

    @property
    def has_wording(self) -> bool:
        """Tell whether the items have their words, so that the scale can be taken."""
        return all(item.text for item in self.items)


def compile_scale(definition: Definition, digest: str, published_digest: str) -> Scale:
    """Compile a definition in which the linter found no problem."""
    said = {each.name: getattr(definition, each.name) for each in fields(Definition)}
    spans = attainable(definition)
    said["scores"] = tuple(
        replace(score, min=spans[score.id].low, max=spans[score.id].high) for score in definition.scores
    )
    form = compile_form(definition)
    plan = compile_plan(definition, form)
    return Scale(**said, hash=digest, published_hash=published_digest, form=form, plan=plan)
