"""HTTP of the reflections: the list, one of them, what comes of answers, and the notes that a person kept."""

from collections.abc import Iterable
from typing import Any

from flask import Response, request

from heartport.errors import Refusal
from heartport.hotlines.schemas import HotlinesBesideOut
from heartport.local_time import local
from heartport.members.adults import of_age
from heartport.members.rules import AgeGroupNeeded, UnderAge, check_age_said
from heartport.members.standing import Standing, read_standing, standing_of
from heartport.reflections import notes
from heartport.reflections.directory import (
    ReflectionOutdated,
    ReflectionRefused,
    ReflectionUnknown,
    current_reflections,
)
from heartport.reflections.notes import Note, NoteDeleted, NoteReused, NoteUnknown
from heartport.reflections.rules import Choice, Reflection, cards_raised, chosen, wrong_answers
from heartport.reflections.schemas import (
    REFLECTION_ID_SHAPE,
    AnswersIn,
    CardsBesideOut,
    CardsPerhapsBesideOut,
    NoteBriefOut,
    NoteOut,
    RaisedOut,
    ReflectedOut,
    ReflectionBriefOut,
    ReflectionOut,
    advice_out,
    name_out,
    raised_out,
    reflected_out,
)
from heartport.vault.listing import PlaceUnknown
from heartport.web.access import current_caller
from heartport.web.contract import STORES_FAIL, Blueprint
from heartport.web.entity_tags import ENTITY_HEADERS, IF_NONE_MATCH, answer_entity
from heartport.web.json_reader import NOT_READABLE, read_json, salvage_json
from heartport.web.paging import PAGING, page_out, wanted_page
from heartport.web.schemas import load_fields
from heartport.web.shapes import PUBLIC_ID, PageOut, Parameter

reflections = Blueprint("reflections", __name__, url_prefix="/api/v1/reflections", description="自我梳理")
own_notes = Blueprint("notes", __name__, url_prefix="/api/v1/me/notes", description="我的笔记")

ANSWERS_IN = AnswersIn()
EXAMPLE = {"version": "1.0.0", "answers": {"q1": "after_a_while", "q2": None}}
REFLECTION_ID = Parameter(
    "reflection_id", "path", "A reflection.", {"type": "string", **REFLECTION_ID_SHAPE}, example="work_stress"
)
NOTE_ID = Parameter("note_id", "path", "One of the caller's own notes.", {"type": "string", **PUBLIC_ID})


@reflections.get("")
@reflections.answers(200, PageOut[ReflectionBriefOut])
@reflections.refuses(UnderAge, beside=HotlinesBesideOut)
def list_reflections() -> PageOut[ReflectionBriefOut]:
    """Show all reflections."""
    _adult()
    return {"items": current_reflections().briefs, "next_cursor": None}


@reflections.get("/<reflection_id>")
@reflections.takes(REFLECTION_ID, IF_NONE_MATCH)
@reflections.answers(200, ReflectionOut, headers=ENTITY_HEADERS)
@reflections.answers(304, headers=ENTITY_HEADERS)
@reflections.refuses(ReflectionUnknown)
@reflections.refuses(UnderAge, beside=HotlinesBesideOut)
def show_reflection(reflection_id: str) -> Response:
    """Show one reflection as a client needs it to ask."""
    _adult()
    return answer_entity(current_reflections().page(reflection_id))


@reflections.post("/<reflection_id>")
@reflections.takes(REFLECTION_ID)
@reflections.reads(AnswersIn, example=EXAMPLE)
@reflections.answers(200, ReflectedOut, description="Nothing was kept.")
@reflections.answers(201, ReflectedOut, description="Kept as a private note.")
@reflections.refuses(AgeGroupNeeded, ReflectionUnknown)
@reflections.refuses(UnderAge, beside=HotlinesBesideOut)
@reflections.refuses(
    *NOT_READABLE, ReflectionOutdated, ReflectionRefused, NoteReused, NoteDeleted, beside=CardsBesideOut
)
@reflections.refuses(*STORES_FAIL, beside=CardsPerhapsBesideOut)
def reflect(reflection_id: str) -> tuple[ReflectedOut, int]:
    """Answer advice for each answer and keep nothing unless the person says so; a refusal still carries cards."""
    standing = of_age(read_standing(current_caller().account_id))  # Nothing is kept for who is erased meanwhile.
    reflection = current_reflections().find(reflection_id)
    check_age_said(standing.profile.age_group)
    try:
        body = _read(reflection)
        kept = _kept(standing, reflection, body)
    except Refusal as refusal:
        refusal.members["flags"] = _raised(
            choice for body in salvage_json(request) for choice in _sent(reflection, body)
        )
        raise
    flags = _raised(choice for _, choice in chosen(reflection, body["answers"]))
    return reflected_out(reflection, body["answers"], flags, kept), 201 if kept else 200


@own_notes.get("")
@own_notes.takes(*PAGING)
@own_notes.answers(200, PageOut[NoteBriefOut])
@own_notes.refuses(PlaceUnknown)
def list_notes() -> PageOut[NoteBriefOut]:
    """Show one's own notes, newest first."""
    page = wanted_page()
    return page_out(notes.list_notes(_standing(), page.after, page.limit + 1), page, lambda note: note.place, _brief)


@own_notes.get("/<note_id>")
@own_notes.takes(NOTE_ID)
@own_notes.answers(200, NoteOut)
@own_notes.refuses(NoteUnknown)
def show_note(note_id: str) -> NoteOut:
    """Show one note with its answers and their advice."""
    note = notes.find_note(_standing(), note_id)
    version = current_reflections().version(note.reflection_id, note.version)
    return {**_brief(note), "items": advice_out(chosen(version, note.answers)) if version else []}


@own_notes.delete("/<note_id>")
@own_notes.takes(NOTE_ID)
@own_notes.answers(204)
@own_notes.refuses(NoteUnknown)
def delete_note(note_id: str) -> tuple[str, int]:
    """Delete one note."""
    notes.delete_note(_standing(), note_id)
    return "", 204


def _standing() -> Standing:
    return standing_of(current_caller())


def _adult() -> Standing:
    return of_age(_standing())


def _read(reflection: Reflection) -> dict[str, Any]:
    """Return the body; raises `ReflectionOutdated`, or `ReflectionRefused` with every wrong place."""
    body, errors = load_fields(ANSWERS_IN, read_json(request))
    if body.get("version", reflection.version) != reflection.version:
        raise ReflectionOutdated
    errors |= wrong_answers(reflection, body.get("answers", {}))
    if errors:
        raise ReflectionRefused(errors=errors)
    return body


def _kept(standing: Standing, reflection: Reflection, body: dict[str, Any]) -> str | None:
    if not body["keep"]:
        return None
    note = notes.new_note(reflection.id, reflection.version, body["answers"], body["note"])
    return notes.keep_note(standing, body["attempt_id"], note)


def _sent(reflection: Reflection, body: object) -> list[Choice]:
    """Return the options that can be made out in whatever was sent."""
    answers = body.get("answers") if isinstance(body, dict) else None
    return [choice for _, choice in chosen(reflection, answers)] if isinstance(answers, dict) else []


def _raised(choices: Iterable[Choice]) -> list[RaisedOut]:
    return [raised_out(name, current_reflections().card(name)) for name in cards_raised(choices)]


def _brief(note: Note) -> NoteBriefOut:
    version = current_reflections().version(note.reflection_id, note.version)
    return {
        "id": note.id,
        "kept_on": local(note.kept_at).date().isoformat(),
        "reflection": name_out(note.reflection_id, note.version, version),
        "note": note.text,
    }
