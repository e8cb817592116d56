"""Ed25519 keys and signatures, with `cryptography` as the one library behind them."""

import base64
import hashlib
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_KEY_ID_LENGTH: Final = 16
_KEYS_REMEMBERED: Final = 4
"""Whoever signs has one key, and two while it changes."""


def new_private_key() -> bytes:
    """Return a fresh private key as PKCS #8 in PEM, without a password: the file's mode guards it."""
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def public_key_of(private: bytes) -> str:
    """Return the public key of a private one, as base64 of its 32 bytes.

    Raises:
        ValueError: When the bytes are no Ed25519 private key.
    """
    raw = _private(private).public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64.b64encode(raw).decode("ascii")


def key_id_of(public: str) -> str:
    """Return the short name of a public key: the first sixteen hexadecimal digits of its SHA-256."""
    return hashlib.sha256(public.encode("ascii", "replace")).hexdigest()[:_KEY_ID_LENGTH]


def sign(private: bytes, message: bytes) -> str:
    """Return the signature of a message, in base64.

    Raises:
        ValueError: When the bytes are no Ed25519 private key.
    """
    return base64.b64encode(_private(private).sign(message)).decode("ascii")


def is_signed(public: str, signature: str, message: bytes) -> bool:
    """Return whether the signature over the message is that of the key; false for what is no key or signature."""
    try:
        key = Ed25519PublicKey.from_public_bytes(_exact(public))
        key.verify(_exact(signature), message)
    except (ValueError, InvalidSignature):
        return False
    return True


def is_public_key(public: str) -> bool:
    """Return whether this is a public key as `public_key_of` writes it."""
    try:
        Ed25519PublicKey.from_public_bytes(_exact(public))
    except ValueError:
        return False
    return True


def _exact(text: str) -> bytes:
    """Return what a base64 text says. Its last letter has bits to spare, by which one key could pass for several."""
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode("ascii") != text:
        raise ValueError("not the one spelling of these bytes")
    return data


@lru_cache(maxsize=_KEYS_REMEMBERED)
def _private(pem: bytes) -> Ed25519PrivateKey:
    """Return a private key; reading it takes longer than signing with it."""
    key = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("no Ed25519 key")  # noqa: TRY004  # the file holds another kind of key
    return key
