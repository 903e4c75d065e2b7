"""Keys of appointments: one at a link, another after it was destroyed, and none that opens elsewhere."""

import pytest
from flask import Flask
from sqlalchemy import update

from heartport.stores import Store, write_transaction
from heartport.vault.copies import copy_under, destroy_copies
from heartport.vault.door import Vault
from heartport.vault.key_rings import KeyRing, WrongKeys, ledger_name
from heartport.vault.models import SharedCopyKey
from heartport.vault.providers import LocalKeys
from heartport.vault.records import CASE_RECORD, DRAFT, RESULT, SHARED_COPY, SHARES
from tests.threads import at_once

ROOT = b"r" * 32
OLD, BOTH, NEW = (1, {1: b"e" * 32}), (2, {1: b"e" * 32, 2: b"n" * 32}), (2, {2: b"n" * 32})


def ring(keys: tuple[int, dict[int, bytes]] = OLD) -> KeyRing:
    return Vault(LocalKeys(*keys, ROOT)).copy_keys


def test_a_link_has_one_key_however_often_it_is_asked_for(app: Flask) -> None:
    link = ring().link_of("appointment", "counsellor", 0)
    key = ring().ensure(link)
    assert ring().ensure(link) == key
    assert ring().open([link, b"n" * 32]) == {link: key}
    assert ring().links() == {link}


def test_after_it_was_destroyed_the_next_key_is_another_and_so_is_its_name_in_the_ledger(app: Flask) -> None:
    link = ring().link_of("appointment")
    first = ring().ensure(link)
    assert ring().destroy([link]) == 1
    assert ring().destroy([link]) == 0
    second = ring().ensure(link)
    assert first != second
    assert ledger_name(first) != ledger_name(second)


def test_links_differ_by_purpose_and_by_every_name(app: Flask) -> None:
    vault = Vault(LocalKeys(*OLD, ROOT))
    links = {
        vault.copy_keys.link_of("a", "b", 0),
        vault.copy_keys.link_of("a", "b", 1),
        vault.copy_keys.link_of("a", "c", 0),
        vault.case_keys.link_of("a", "b", 0),
        vault.link_of("a|b|0"),
    }
    assert len(links) == 5


def test_of_many_who_make_a_key_at_once_all_get_the_same(app: Flask) -> None:
    one, link = ring(), ring().link_of("appointment")
    assert len(set(at_once(app, lambda _number: one.ensure(link), 8))) == 1


def test_a_key_that_was_moved_to_another_link_opens_nothing(app: Flask) -> None:
    link, other = ring().link_of("a"), ring().link_of("b")
    ring().ensure(link)
    change = update(SharedCopyKey).where(SharedCopyKey.link == link).values(link=other)
    write_transaction(Store.KEYS, lambda session: session.execute(change) and None)
    with pytest.raises(WrongKeys):
        ring().open([other])


def test_rotation_wraps_them_anew_and_the_old_key_alone_opens_none(app: Flask) -> None:
    old, both, new = (Vault(LocalKeys(*keys, ROOT)) for keys in (OLD, BOTH, NEW))
    old.check_keys()
    copy_link, case_link = old.copy_keys.link_of("a"), old.case_keys.link_of("a")
    keys = old.copy_keys.ensure(copy_link), old.case_keys.ensure(case_link)
    assert both.rotate(lambda _count: None) == 3
    assert both.keys_by_number() == {2: 3}
    assert (new.copy_keys.open([copy_link])[copy_link], new.case_keys.open([case_link])[case_link]) == keys
    with pytest.raises(WrongKeys):
        old.copy_keys.open([copy_link])


def test_destroying_copies_takes_their_rows_and_leaves_the_others(app: Flask) -> None:
    links = [ring().link_of(name) for name in ("kept", "doomed")]
    copies = [copy_under(ring().ensure(link)) for link in links]
    for each in copies:
        each.put("2026H2", lambda _found: b"what was shared")
    assert destroy_copies(ring(), lambda link, _key: link == links[1]) == 1
    assert [each.read().payload for each in copies] == [b"what was shared", None]
    assert ring().links() == {links[0]}


def test_all_kinds_have_the_length_of_a_result(app: Flask) -> None:
    assert {kind.length for kind in (RESULT, DRAFT, SHARES, SHARED_COPY, CASE_RECORD)} == {RESULT.length}
