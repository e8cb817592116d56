"""What concerns a case is sealed under a key of its own."""

import hashlib
import zlib
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from taxatie.ledger.kept import read_payload
from taxatie.ledger.sealing import KEY_BYTES, SALT_BYTES, BrokenSealError, Sealed, open_sealed, open_with_salt, seal
from taxatie.limits import RECORD_BYTES_MAX


@given(st.binary(max_size=300))
def test_what_was_sealed_is_opened(payload: bytes) -> None:
    sealed = seal(payload)
    salt, opened = open_with_salt(sealed)

    assert opened == open_sealed(sealed) == payload
    assert len(salt) == SALT_BYTES
    assert sealed.commitment == hashlib.sha256(salt + payload).hexdigest()


@given(st.binary(min_size=1, max_size=60), st.data())
def test_each_changed_byte_is_seen(payload: bytes, data: st.DataObject) -> None:
    sealed = seal(payload)
    place = data.draw(st.integers(0, len(sealed.data) - 1))
    changed = bytearray(sealed.data)
    changed[place] ^= data.draw(st.integers(1, 255))

    with pytest.raises(BrokenSealError, match="does not open"):
        open_sealed(replace(sealed, data=bytes(changed)))


def test_the_same_payload_is_never_sealed_alike() -> None:
    """Else it could be seen that two cases say the same, and a guess could be tried against the tree."""
    one, other = seal(b"same"), seal(b"same")

    assert one.key != other.key
    assert one.data != other.data
    assert one.commitment != other.commitment


def test_another_key_opens_nothing() -> None:
    with pytest.raises(BrokenSealError, match="does not open"):
        open_sealed(replace(seal(b"x"), key=bytes(KEY_BYTES)))


@pytest.mark.parametrize("key", [b"", b"short", bytes(33)])
def test_what_is_no_key_opens_nothing(key: bytes) -> None:
    with pytest.raises(BrokenSealError, match="does not open"):
        open_sealed(replace(seal(b"x"), key=key))


def test_a_payload_put_in_anothers_place_is_seen() -> None:
    """It opens with its own key; the tree knows that it is another."""
    one, other = seal(b"one"), seal(b"other")

    with pytest.raises(BrokenSealError, match="not what was committed to"):
        open_sealed(replace(other, commitment=one.commitment))


def packed(data: bytes) -> Sealed:
    """Return bytes sealed without being a payload."""
    key = bytes(KEY_BYTES)
    return Sealed(key, AESGCM(key).encrypt(bytes(12), data, None), "")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(SALT_BYTES),
        bytes(SALT_BYTES) + b"no zlib",
        bytes(SALT_BYTES) + zlib.compress(b"x") + b"more",
        bytes(SALT_BYTES) + zlib.compress(b"x")[:-1],
        bytes(SALT_BYTES) + zlib.compress(bytes(RECORD_BYTES_MAX + 1)),
    ],
    ids=["nothing", "salt only", "not compressed", "something behind it", "broken off", "a bomb"],
)
def test_what_was_never_sealed_here_does_not_open(data: bytes) -> None:
    with pytest.raises(BrokenSealError, match="does not open"):
        open_sealed(packed(data))


def test_the_largest_record_is_opened_again_and_a_larger_one_never_sealed() -> None:
    """What cannot be opened again is lost the moment it is written."""
    largest = bytes(RECORD_BYTES_MAX)

    assert open_sealed(seal(largest)) == largest
    with pytest.raises(ValueError, match="larger than any"):
        seal(largest + b"x")


@pytest.mark.parametrize("payload", [b"", b"no json", b"[]", b"3", b"null", b"[" * 100_000, b"\xff"])
def test_a_payload_that_is_no_record_is_said_to_be_none(payload: bytes) -> None:
    with pytest.raises(BrokenSealError, match="no record"):
        read_payload(seal(payload))
