"""Signatures under what is published: whoever has the public key can check them, and nothing else fits."""

import pytest

from heartport.vault import door
from heartport.vault.signatures import is_signed, public_key, sign

SEED, CONTENT = bytes(range(32)), b"a manifest"


def test_a_signature_fits_its_content_and_its_key_alone() -> None:
    signature = sign(SEED, CONTENT)
    assert len(signature) == 64
    assert is_signed(public_key(SEED), signature, CONTENT)
    assert not is_signed(public_key(SEED), signature, CONTENT + b" ")
    assert not is_signed(public_key(bytes(32)), signature, CONTENT)


@pytest.mark.parametrize("place", [0, 31, 63])
def test_an_altered_signature_does_not_fit(place: int) -> None:
    altered = bytearray(sign(SEED, CONTENT))
    altered[place] ^= 1
    assert not is_signed(public_key(SEED), bytes(altered), CONTENT)


def test_a_deployment_signs_with_a_key_of_its_own_at_every_start(app) -> None:
    vault = door.current_vault()
    assert is_signed(vault.public_key, vault.sign(CONTENT), CONTENT)
    again = door.Vault(vault._provider)
    assert again.public_key == vault.public_key
