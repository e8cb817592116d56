"""Sealing what concerns a case under a key of its own, so that destroying the key erases it everywhere.

A payload is compressed and encrypted with AES-256-GCM together with a salt of 32 bytes. The log's tree holds the
SHA-256 of salt and payload: without the salt, which goes with the key, nobody can try whether a guess fits.
"""

import hashlib
import os
import zlib
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from taxatie.limits import RECORD_BYTES_MAX

KEY_BYTES: Final = 32
SALT_BYTES: Final = 32
_NONCE: Final = bytes(12)
"""Each key seals one payload only, so the nonce may be the same."""
_LEVEL: Final = 1
"""The fastest compression: records repeat their names, and become a third at any level."""


class BrokenSealError(Exception):
    """What is sealed does not open, or is not what was committed to; the message says which."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A payload under its key."""

    key: bytes
    data: bytes
    commitment: str


def seal(payload: bytes) -> Sealed:
    """Return the payload, sealed under a fresh key.

    Raises:
        ValueError: When it is larger than a record may be; what could not be opened again is never sealed.
    """
    if len(payload) > RECORD_BYTES_MAX:
        raise ValueError(f"a record of {len(payload)} bytes is larger than any may be")
    chance = os.urandom(KEY_BYTES + SALT_BYTES)
    key, salt = chance[:KEY_BYTES], chance[KEY_BYTES:]
    data = AESGCM(key).encrypt(_NONCE, salt + zlib.compress(payload, _LEVEL), None)
    return Sealed(key, data, _commitment(salt, payload))


def open_sealed(sealed: Sealed) -> bytes:
    """Return the payload.

    Raises:
        BrokenSealError: When it does not open with this key, or is not what was committed to.
    """
    return open_with_salt(sealed)[1]


def open_with_salt(sealed: Sealed) -> tuple[bytes, bytes]:
    """Return the salt and the payload, which together prove the commitment.

    Raises:
        BrokenSealError: As for `open_sealed`.
    """
    try:
        plain = AESGCM(sealed.key).decrypt(_NONCE, sealed.data, None)
        payload = _decompressed(plain[SALT_BYTES:])
    except (InvalidTag, ValueError, zlib.error) as error:
        raise BrokenSealError("it does not open with its key") from error
    salt = plain[:SALT_BYTES]
    if _commitment(salt, payload) != sealed.commitment:
        raise BrokenSealError("it is not what was committed to")
    return salt, payload


def _decompressed(data: bytes) -> bytes:
    reader = zlib.decompressobj()
    # One byte more, so that the end of the largest payload is seen as well.
    payload = reader.decompress(data, RECORD_BYTES_MAX + 1)
    if not reader.eof or reader.unused_data or len(payload) > RECORD_BYTES_MAX:
        raise ValueError("more than a record holds")
    return payload


def _commitment(salt: bytes, payload: bytes) -> str:
    return hashlib.sha256(salt + payload).hexdigest()
