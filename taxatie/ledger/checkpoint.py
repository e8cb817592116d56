"""Checkpoints: the size and root of the log, signed, in the form of C2SP `tlog-checkpoint` and `signed-note`.

A checkpoint that is kept outside binds the log: whoever holds it sees when the log was cut, rolled back or rewritten.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from taxatie.signing import is_public_key, is_signed, public_key_of, sign

_ED25519: Final = b"\x01"
_KEY_HASH_BYTES: Final = 4
_ROOT_BYTES: Final = 32
_LINES: Final = 3
_ORIGIN: Final = re.compile(r"[a-z0-9][a-z0-9./-]{0,99}")

_NOTE: Final = re.compile(r"((?:[^\n]+\n)+)\n((?:— [^\n]+\n)+)")
_SIGNATURE: Final = re.compile(r"— (\S+) (\S+)\n")
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,17}")


class BrokenCheckpointError(Exception):
    """A text that is no checkpoint of this log, or is not signed by its key; the message says which."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How many lines the log had, and the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def body(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode('ascii')}\n"


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint, and who signed it: the hash of the key and the signature, both in base64."""

    checkpoint: Checkpoint
    signatures: tuple[str, ...]

    @property
    def note(self) -> str:
        """The text as it is stored."""
        lines = "".join(f"— {self.checkpoint.origin} {signature}\n" for signature in self.signatures)
        return f"{self.checkpoint.body}\n{lines}"

    def is_signed_by(self, public: str) -> bool:
        """Return whether the key, base64 of its 32 bytes, signed it; false for what is no key."""
        return any(self._is_of(signature, public) for signature in self.signatures)

    def is_signed_last_by(self, public: str) -> bool:
        """Return whether the last signature is the key's: where keys change, the new one signs after the old one."""
        return self._is_of(self.signatures[-1], public)

    def is_signed_within(self, keys: Sequence[str]) -> bool:
        """Return whether the last of the keys signed it, and nobody but these keys."""
        return self.is_signed_by(keys[-1]) and all(
            any(self._is_of(signature, key) for key in keys) for signature in self.signatures
        )

    def _is_of(self, signature: str, public: str) -> bool:
        if not is_public_key(public):
            return False
        data = _decoded(signature)
        said = base64.b64encode(data[_KEY_HASH_BYTES:]).decode("ascii")
        is_named = data[:_KEY_HASH_BYTES] == key_hash(self.checkpoint.origin, public)
        return is_named and is_signed(public, said, self.checkpoint.body.encode("utf-8"))


def is_origin(text: str) -> bool:
    """Return whether a text may name a log: like a host and a path, without blanks."""
    return _ORIGIN.fullmatch(text) is not None


def key_hash(origin: str, public: str) -> bytes:
    """Return the four bytes by which a signed note names the key, as C2SP gives them."""
    data = origin.encode("utf-8") + b"\n" + _ED25519 + base64.b64decode(public)
    return hashlib.sha256(data).digest()[:_KEY_HASH_BYTES]


def sign_checkpoint(checkpoint: Checkpoint, keys: Iterable[bytes]) -> SignedCheckpoint:
    """Return the checkpoint, signed by each private key (PEM)."""
    message = checkpoint.body.encode("utf-8")
    signatures = []
    for private in keys:
        data = base64.b64decode(sign(private, message))
        hashed = key_hash(checkpoint.origin, public_key_of(private))
        signatures.append(base64.b64encode(hashed + data).decode("ascii"))
    return SignedCheckpoint(checkpoint, tuple(signatures))


def read_checkpoint(text: str) -> SignedCheckpoint:
    """Return the checkpoint that a signed note holds.

    Raises:
        BrokenCheckpointError: When the text holds none.
    """
    match = _NOTE.fullmatch(text)
    lines = [] if match is None else match[1].splitlines()
    if match is None or len(lines) != _LINES or not is_origin(lines[0]) or not _SIZE.fullmatch(lines[1]):
        raise BrokenCheckpointError("it is not origin, size, root and signature")
    root = _decoded(lines[2])
    if len(root) != _ROOT_BYTES:
        raise BrokenCheckpointError("its root is no SHA-256")
    signatures = _SIGNATURE.findall(match[2])
    if any(name != lines[0] or len(_decoded(data)) <= _KEY_HASH_BYTES for name, data in signatures):
        raise BrokenCheckpointError("its signature is of another origin, or of no key")
    signed = SignedCheckpoint(Checkpoint(lines[0], int(lines[1]), root), tuple(data for _, data in signatures))
    if signed.note != text:
        raise BrokenCheckpointError("it is not in its one spelling")
    return signed


def _decoded(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BrokenCheckpointError("it is not base64") from error
    if base64.b64encode(data).decode("ascii") != text:
        raise BrokenCheckpointError("it is not in its one spelling")
    return data
