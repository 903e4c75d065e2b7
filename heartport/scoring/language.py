"""A scale, ready to be filled in and scored: what its file says, which file it was, and what was compiled."""

from dataclasses import dataclass, fields, replace
from hashlib import sha256

from heartport.scoring.constructs import Definition
from heartport.scoring.forms import Form, compile_form
from heartport.scoring.plans import Plan, compile_plan
from heartport.scoring.reach import attainable
from heartport.scoring.words import MAIN_LANGUAGE


@dataclass(frozen=True, slots=True, eq=False)
class Scale(Definition):
    """One version of one scale."""

    hash: str
    """SHA-256 of the bytes of the file, in hex."""
    published_hash: str
    """The same of the file as it was before its status was set to retired; stored results name this one."""
    wording_hash: str | None
    """The same of the operator's overlay that gives the words, if there is one."""
    form: Form
    plan: Plan

    @property
    def has_wording(self) -> bool:
        """Tell whether the items have their words, so that the scale can be taken."""
        said = [words for item in self.items for words in (item.text or {}, *(each.label for each in item.options))]
        return all(words.get(MAIN_LANGUAGE) for words in said)

    @property
    def reviewed_hash(self) -> str:
        """Give the hash for which a professional signs: of all that is asked and scored, the overlay included."""
        if self.wording_hash is None:
            return self.hash
        return sha256(f"{self.hash} {self.wording_hash}".encode()).hexdigest()


def compile_scale(
    definition: Definition, digest: str, published_digest: str, wording_digest: str | None = None
) -> Scale:
    """Compile a definition in which the linter found no problem."""
    said = {each.name: getattr(definition, each.name) for each in fields(Definition)}
    spans = attainable(definition)
    said["scores"] = tuple(
        replace(score, min=spans[score.id].low, max=spans[score.id].high) for score in definition.scores
    )
    form = compile_form(definition)
    plan = compile_plan(definition, form)
    return Scale(
        **said, hash=digest, published_hash=published_digest, wording_hash=wording_digest, form=form, plan=plan
    )
