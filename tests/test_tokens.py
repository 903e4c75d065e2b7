import base64
import hashlib

from heartport.tokens import OpenSession, SignedIn, hash_token, new_token, session_id


def test_a_token_has_256_random_bits():
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert {len(base64.urlsafe_b64decode(each + "=")) for each in tokens} == {32}


def test_what_is_stored_is_the_sha_256():
    assert hash_token("token") == hashlib.sha256(b"token").digest()


def test_a_session_has_one_id_that_depends_on_the_keys(app):
    one, other = hash_token("one"), hash_token("other")
    assert session_id(one) == session_id(one) != session_id(other)
    assert base64.urlsafe_b64decode(session_id(one) + "==") not in hashlib.sha256(one).digest() + one


def test_neither_shows_a_token():
    assert "secret-token" not in repr(SignedIn("secret-token", None, "account"))
    assert set(OpenSession.__slots__) == {"id", "kind", "since", "current"}
