"""Use cases: a whole release as one signed JSON document, and putting it back where the stores came back without it.

The document holds what is public of a release: its signed manifest, the units as they stood, its tables, and its block
maps as long as these are kept. A second signature covers all of it, since the manifest names neither ids nor days.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from heartport.errors import Conflict, Invalid
from heartport.insights.distributions import ReleaseUnknown
from heartport.insights.documents import canonical, changed_parts, digest, family_word, settings_out
from heartport.insights.memory import remember_releases
from heartport.insights.models import BlockMap, LedgerEntry, Release, ReleasedTable, Sealing, SealingConfirmation
from heartport.insights.openings import floor
from heartport.insights.publishing import store_parts
from heartport.insights.retention import first_window_with_maps
from heartport.insights.rules.budget import OF_ONE_ANSWER
from heartport.insights.rules.windows import check_window
from heartport.stores import Store, insert_if_absent, reading, write_transaction
from heartport.vault.door import current_vault
from heartport.vault.signatures import is_signed

FORMAT = "heartport-release-document/1"
NOT_OURS = "不是用本系统的密钥签名的，或者签名之后被改动过。"
CHANGED = "与签名时不一致。"
Content = Mapping[str, Any]
"""What `ReleaseContentIn` describes."""


class ReleaseDocumentWrong(Invalid):
    """The document is not one that this deployment exported, or not as it exported it."""

    code = "release_document_wrong"
    detail = "这份文件不能放回，什么都没有改动。"


class ReleaseDiffers(Conflict):
    """Another release of this half-year is published."""

    code = "release_differs"
    detail = "这个半年已经有一份公布的统计，和这份文件不一样，什么都没有改动。"


def export_release(window: str) -> str:
    """Return the document of a release; raises `WindowUnknown`, `ReleaseUnknown`, or `ReleaseDocumentWrong`.

    The last where what is stored is not as it was signed any more.
    """
    check_window(window)
    content = _content(window)
    errors = _changed(content)
    if errors:
        raise ReleaseDocumentWrong(errors=errors)
    text = canonical(content)
    return canonical({"content": content, "signature": current_vault().sign(text.encode()).hex()})


def import_release(document: Mapping[str, Any]) -> bool:
    """Put a release back, and return whether it was not there; raises `ReleaseDocumentWrong` or `ReleaseDiffers`.

    `document` has the shape of `ReleaseDocumentIn`. Whatever is raised, nothing was written.
    """
    current_vault().check_keys()
    _check(document)
    content: Content = document["content"]
    put_back = write_transaction(Store.MAIN, lambda session: _put_back(session, content))
    remember_releases()
    return put_back


def _content(window: str) -> dict[str, Any]:
    both = select(Release, Sealing).join(Sealing, Sealing.window == Release.window).where(Release.window == window)
    with reading(Store.MAIN) as session:
        found = session.execute(both).one_or_none()
        if found is None:
            raise ReleaseUnknown
        tables, maps = (_bodies(session, model, window) for model in (ReleasedTable, BlockMap))
    release, sealing = found
    return {
        "format": FORMAT,
        "window": window,
        "id": release.id,
        "published_on": release.published_on.isoformat(),
        "manifest": release.manifest,
        "signature": release.signature.hex(),
        "sealing": {"id": sealing.id, "opened_on": sealing.opened_on.isoformat(), "tree": sealing.tree},
        "tables": tables,
        "block_maps": maps,
    }


def _bodies(session: Session, model: type[ReleasedTable | BlockMap], window: str) -> dict[str, str]:
    rows = session.execute(select(model.scale, model.body).where(model.window == window))
    return {row.scale: row.body for row in rows}


def _check(document: Mapping[str, Any]) -> None:
    """Raise `ReleaseDocumentWrong` that names every place which is wrong."""
    content: Content = document["content"]
    errors = _changed(content)
    if not _is_ours(document["signature"], canonical(content)):
        errors["signature"] = [NOT_OURS]
    if "content.manifest" not in errors:
        errors |= _other_settings(orjson.loads(content["manifest"])["settings"])
    if errors:
        raise ReleaseDocumentWrong(errors=errors)


def _changed(content: Content) -> dict[str, list[str]]:
    """Return what is not as the manifest says; where the manifest is none of ours, that alone."""
    if not _is_ours(content["signature"], content["manifest"]):
        return {"content.manifest": [NOT_OURS]}
    manifest = orjson.loads(content["manifest"])
    wrong = [] if content["format"] == FORMAT else ["format"]
    wrong += [] if content["window"] == manifest["window"] else ["window"]
    wrong += [] if digest(content["sealing"]["tree"]) == manifest["tree"] else ["sealing.tree"]
    wrong += [f"tables.{name}" for name in changed_parts(manifest["tables"], content["tables"])]
    if content["block_maps"]:  # Else they are gone by age.
        wrong += [f"block_maps.{name}" for name in changed_parts(manifest["block_maps"], content["block_maps"])]
    return {f"content.{place}": [CHANGED] for place in wrong}


def _is_ours(signature: str, text: str) -> bool:
    return is_signed(current_vault().public_key, bytes.fromhex(signature), text.encode())


def _other_settings(then: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the settings that are not what they were; what is published says them of every figure."""
    now = settings_out(floor())
    return {
        f"content.manifest.settings.{name}": [f"那时是 {then.get(name)}，现在是 {now.get(name)}。"]
        for name in sorted(then.keys() | now.keys())
        if then.get(name) != now.get(name)
    }


def _put_back(session: Session, content: Content) -> bool:
    _put_sealing(session, content["window"], content["sealing"])
    row = {
        "window": content["window"],
        "id": content["id"],
        "published_on": date.fromisoformat(content["published_on"]),
        "synthetic": orjson.loads(content["manifest"])["synthetic"],
        "manifest": content["manifest"],
        "signature": bytes.fromhex(content["signature"]),
    }
    if not insert_if_absent(session, Release, row):
        there = session.execute(select(Release).where(Release.window == content["window"])).scalar_one_or_none()
        if there is None or any(getattr(there, name) != value for name, value in row.items()):
            raise ReleaseDiffers
        return False
    for family in {family_word(name) for name in content["tables"]}:
        spent = {"family": family, "window": content["window"], "milli_epsilon": OF_ONE_ANSWER}
        insert_if_absent(session, LedgerEntry, spent)
    maps = content["block_maps"] if content["window"] >= first_window_with_maps() else {}
    store_parts(session, content["window"], content["tables"], maps)
    return True


def _put_sealing(session: Session, window: str, sealing: Mapping[str, str]) -> None:
    """Put the sealing back, in place of one that was opened anew since, with whoever confirmed that one."""
    row = {
        "window": window,
        "id": sealing["id"],
        "opened_on": date.fromisoformat(sealing["opened_on"]),
        "tree": sealing["tree"],
    }
    if insert_if_absent(session, Sealing, row):
        return
    anew = select(Sealing.id).where(Sealing.window == window, Sealing.id != sealing["id"])
    session.execute(delete(SealingConfirmation).where(SealingConfirmation.sealing_id.in_(anew)))
    session.execute(update(Sealing).where(Sealing.window == window).values(row))
