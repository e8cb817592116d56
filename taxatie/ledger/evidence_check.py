"""Checking evidence that somebody hands over, with the public key that the checker got elsewhere.

Nothing here opens a log, and the key that the evidence names itself is not even read: it proves nothing.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from taxatie.ledger.checkpoint import BrokenCheckpointError, Checkpoint, SignedCheckpoint, read_checkpoint
from taxatie.ledger.dsse import BrokenEnvelopeError, Envelope, read_envelope
from taxatie.ledger.entry import Entry, read_entry
from taxatie.ledger.evidence import GROWTH_FORMAT, GROWTH_KIND, HERE, LINE_FORMAT, LINE_KIND, NONE
from taxatie.ledger.log import rotation_message
from taxatie.ledger.merkle import is_consistent, is_included, leaf_hash
from taxatie.signing import is_public_key, is_signed

_DIGEST: Final = r"^[0-9a-f]{64}$"
_PROOF_MAX: Final = 128
"""Digests of a proof: more than any log can have lines for."""
T = TypeVar("T", bound=BaseModel)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _Rotation(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, populate_by_name=True)

    old: str = Field(alias="from")
    new: str = Field(alias="to")
    signature: str


class _Statement(_Part):
    format: str
    key: str
    checkpoint: str
    rotations: list[_Rotation]


class _Line(_Statement):
    place: int
    leaf: str
    inclusion: list[str] = Field(max_length=_PROOF_MAX)
    payload_is: Literal["here", "erased", "left-out", "none"]
    salt: str | None = Field(pattern=_DIGEST)
    payload: str | None


class _Growth(_Statement):
    earlier_size: int
    earlier_root: str = Field(pattern=_DIGEST)
    consistency: list[str] = Field(max_length=_PROOF_MAX)


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking evidence found."""

    faults: tuple[str, ...]
    checkpoint: Checkpoint | None = None
    entry: Entry | None = None
    """The line that it is about; None where it is about the growth of the log."""
    payload_is: str | None = None
    payload: str | None = None
    earlier: tuple[int, str] | None = None
    """Size and root of the log before, where it is about its growth."""

    @property
    def is_sound(self) -> bool:
        """Whether it proves what it says."""
        return not self.faults


_UNREADABLE: Final = Checked(("what the envelope holds cannot be read",))


def check_evidence(data: bytes, trusted: str, kept: SignedCheckpoint | None = None) -> Checked:
    """Return what the evidence proves to somebody who trusts one public key, and everything that is wrong with it.

    Args:
        data: The envelope.
        trusted: The public key that the checker got elsewhere: that of the log's beginning, or a later one.
        kept: A checkpoint that the checker kept, from which the log must have grown.
    """
    try:
        envelope = read_envelope(data)
    except BrokenEnvelopeError as error:
        return Checked((f"the file is no evidence: {error}",))
    if not is_public_key(trusted):
        return Checked(("the key that you trust is no Ed25519 key in base64",))
    match envelope.kind:
        case k if k == LINE_KIND:
            line = _read(_Line, envelope, LINE_FORMAT)
            return _check_line(line, envelope, trusted) if line else _UNREADABLE
        case k if k == GROWTH_KIND:
            growth = _read(_Growth, envelope, GROWTH_FORMAT)
            return _check_growth(growth, envelope, trusted, kept) if growth else _UNREADABLE
        case _:
            return Checked(("the envelope holds something else than evidence of a log",))


def _read(kind: type[T], envelope: Envelope, form: str) -> T | None:
    try:
        said = kind.model_validate_json(envelope.body)
    except ValidationError:
        return None
    return said if getattr(said, "format", None) == form else None


def _check_line(said: _Line, envelope: Envelope, trusted: str) -> Checked:
    faults, checkpoint = _check_signatures(said, envelope, trusted)
    leaf = said.leaf.encode("utf-8")
    proof = _digests(said.inclusion)
    if checkpoint is None or proof is None:
        return Checked((*faults, "its proof cannot be read"))
    if not is_included(leaf_hash(leaf), said.place, checkpoint.size, proof, checkpoint.root):
        faults.append("the line is not in the log that the checkpoint binds")
    try:
        entry = read_entry(leaf)
    except ValueError:
        return Checked((*faults, "the line cannot be read"), checkpoint)
    if entry.place != said.place:
        faults.append("the line stands at another place than the evidence says")
    faults += _faults_of_payload(said, entry)
    return Checked(tuple(faults), checkpoint, entry, said.payload_is, said.payload)


def _check_growth(said: _Growth, envelope: Envelope, trusted: str, kept: SignedCheckpoint | None) -> Checked:
    faults, checkpoint = _check_signatures(said, envelope, trusted)
    proof = _digests(said.consistency)
    if checkpoint is None or proof is None:
        return Checked((*faults, "its proof cannot be read"))
    earlier = (said.earlier_size, bytes.fromhex(said.earlier_root))
    if said.earlier_size < 1 or not is_consistent(earlier, (checkpoint.size, checkpoint.root), proof):
        faults.append("the log of the checkpoint did not grow from the earlier one")
    if kept is not None and (kept.checkpoint.origin, kept.checkpoint.size, kept.checkpoint.root) != (
        checkpoint.origin,
        *earlier,
    ):
        faults.append("the earlier log is not the one of the checkpoint that you kept")
    return Checked(tuple(faults), checkpoint, earlier=(said.earlier_size, said.earlier_root))


def _check_signatures(said: _Statement, envelope: Envelope, trusted: str) -> tuple[list[str], Checkpoint | None]:
    """Return what is wrong with the signatures, and the checkpoint that is signed."""
    try:
        signed = read_checkpoint(said.checkpoint)
    except BrokenCheckpointError as error:
        return [f"its checkpoint cannot be read: {error}"], None
    keys = tuple(_keys_from(trusted, said.rotations, signed.checkpoint.origin))
    faults = []
    if not envelope.is_signed_by(keys[-1]):
        faults.append("the evidence is not signed by the key that you trust, or one that it handed over to")
    if not signed.is_signed_by(keys[-1]):
        faults.append("the checkpoint is not signed by the key that you trust, or one that it handed over to")
    return faults, signed.checkpoint


def _keys_from(trusted: str, rotations: Sequence[_Rotation], origin: str) -> Iterator[str]:
    """Return the trusted key, and those that it handed over to, each by the word of the one before."""
    current = trusted
    yield current
    for each in rotations:
        if each.old == current and is_signed(current, each.signature, rotation_message(origin, each.new)):
            current = each.new
            yield current


def _faults_of_payload(said: _Line, entry: Entry) -> Iterator[str]:
    """Return what is wrong with the payload, or with why there is none."""
    if said.payload_is != HERE:
        if said.payload is not None or said.salt is not None:
            yield "it says that there is no payload, and holds one"
        if (said.payload_is == NONE) != (entry.commitment is None):
            yield "it says another thing of the payload than the line does"
        return
    if said.payload is None or said.salt is None:
        yield "it says that the payload is here, and it is not"
        return
    data = bytes.fromhex(said.salt) + said.payload.encode("utf-8")
    if hashlib.sha256(data).hexdigest() != entry.commitment:
        yield "the payload is not the one that the line committed to"


def _digests(texts: Sequence[str]) -> list[bytes] | None:
    try:
        digests = [bytes.fromhex(text) for text in texts]
    except ValueError:
        return None
    return digests if all(len(digest) == len(hashlib.sha256().digest()) for digest in digests) else None
