"""Copies of results for one reader: each under a key of its own, at the one address that this key can compute.

A copy is gone with its key. Its row is deleted besides, and not overwritten: it is nobody's list, so no gap shows.
"""

from collections.abc import Callable
from functools import partial

from heartport.stores import Driven
from heartport.vault.key_rings import KeyRing
from heartport.vault.records import SHARED_COPY, write_alone
from heartport.vault.shredding import Addresses
from heartport.vault.singles import Single

NAME = "copy"


def copy_under(key: bytes) -> Single:
    """Return the copy that is sealed under a key."""
    return Single(key, SHARED_COPY, NAME)


def delete_copy(driven: Driven, key: bytes) -> int:
    """Delete the row of a copy, within a transaction of the vault."""
    return Addresses(key, SHARED_COPY).delete_single(driven, NAME)


def destroy_copies(ring: KeyRing, doomed: Callable[[bytes, bytes], bool]) -> int:
    """Delete the copies whose link and key are `doomed` and destroy their keys; return how many keys there were."""
    found = {link: key for link, key in ring.open(ring.links()).items() if doomed(link, key)}
    for key in found.values():
        write_alone(key, partial(delete_copy, key=key))
    return ring.destroy(found)
