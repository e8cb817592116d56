"""Signed envelopes for what leaves the log: DSSE 1.0 (secure-systems-lab), with one Ed25519 signature."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Final

from taxatie.ledger.canonical import canonical_bytes
from taxatie.signing import is_signed, key_id_of, public_key_of, sign

_KEYS: Final = {"payload", "payloadType", "signatures"}


class BrokenEnvelopeError(Exception):
    """A text that is no envelope of ours; the message says why."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What was signed, of which type, and the signature in base64."""

    kind: str
    body: bytes
    signature: str

    def is_signed_by(self, public: str) -> bool:
        """Return whether the key, base64 of its 32 bytes, signed it."""
        return is_signed(public, self.signature, signed_bytes(self.kind, self.body))


def signed_bytes(kind: str, body: bytes) -> bytes:
    """Return what is signed: DSSE's pre-authentication encoding.

    >>> signed_bytes("a/b", b"hello")
    b'DSSEv1 3 a/b 5 hello'
    """
    name = kind.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(name), name, len(body), body)


def write_envelope(kind: str, body: bytes, private: bytes) -> bytes:
    """Return the envelope of a body, signed by a private key (PEM)."""
    signature = {"keyid": key_id_of(public_key_of(private)), "sig": sign(private, signed_bytes(kind, body))}
    text = base64.b64encode(body).decode("ascii")
    return canonical_bytes({"payload": text, "payloadType": kind, "signatures": [signature]}) + b"\n"


def read_envelope(data: bytes) -> Envelope:
    """Return the envelope that a file holds; whose it is, is still to be asked.

    Raises:
        BrokenEnvelopeError: When it holds none.
    """
    try:
        said = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BrokenEnvelopeError("it is not JSON") from error
    if not isinstance(said, dict) or said.keys() != _KEYS:
        raise BrokenEnvelopeError("it is no DSSE envelope")
    match said["signatures"]:
        case [{"sig": str(signature)}]:
            pass
        case _:
            raise BrokenEnvelopeError("it does not have one signature")
    kind, text = said["payloadType"], said["payload"]
    if not isinstance(kind, str) or not isinstance(text, str):
        raise BrokenEnvelopeError("it is no DSSE envelope")
    try:
        body = base64.b64decode(text, validate=True)
        kind.encode("utf-8")
    except (binascii.Error, ValueError) as error:
        raise BrokenEnvelopeError("what it holds is not base64") from error
    return Envelope(kind, body, signature)
