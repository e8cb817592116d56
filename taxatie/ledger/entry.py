"""A line of the log: what stays in the tree for ever, and so holds nothing of a case.

What concerns a case is its payload, which is sealed (see `sealing.py`); the line holds the payload's salted
commitment, so that the payload can be proved as long as it is there, and erased without breaking a proof.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from taxatie.ledger.canonical import canonical_bytes, read_canonical
from taxatie.ledger.identity import EntryId, is_entry_id

FORMAT: Final = "taxatie-log/1"
"""The form of a line; another form gets another name, and both stay readable."""

_KEYS: Final = frozenset({"about", "at", "commitment", "format", "id", "kind", "place", "release", "request", "says"})


class EntryKind(StrEnum):
    """What a line of the log is about."""

    GENESIS = "genesis"
    """The log begins: its origin, and the key that signs for it."""
    DECISION = "decision"
    OVERRIDE = "override"
    """A human deviates from a decision."""
    OUTCOME = "outcome"
    """What a decision promised was done."""
    VERDICT = "verdict"
    """What the second engine says of a decision."""
    ERASURE = "erasure"
    ACCESS = "access"
    """Somebody looked, and why."""
    ROTATION = "rotation"
    """Another key signs from here on."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A line that is to be written, with what is to be sealed."""

    id: EntryId
    kind: EntryKind
    at: str
    """RFC 3339 in UTC; for an advice rounded down to the hour."""
    about: EntryId | None = None
    """The decision that it is linked to."""
    release: str | None = None
    """The digest of the release that decided."""
    request: str | None = None
    """The digest of caller and request id, by which a retry is recognised."""
    says: Mapping[str, object] = field(default_factory=dict)
    """What is no data of a case: reasons by code, roles, places."""
    payload: bytes | None = None
    """Canonical JSON that is sealed."""
    case_reference: str | None = None
    """By which all that concerns one case is found again; never stored, only its keyed digest."""
    keep_until: str | None = None
    """The date (`2026-12-31`) after which the payload is to be erased."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the log."""

    place: int
    """Counted from 0."""
    id: EntryId
    kind: EntryKind
    at: str
    about: EntryId | None
    release: str | None
    request: str | None
    says: Mapping[str, object]
    commitment: str | None
    """SHA-256 over salt and payload, in hexadecimal; None where there is no payload."""

    @property
    def leaf(self) -> bytes:
        """The bytes that the tree holds."""
        return canonical_bytes(
            {
                "about": self.about,
                "at": self.at,
                "commitment": self.commitment,
                "format": FORMAT,
                "id": self.id,
                "kind": self.kind,
                "place": self.place,
                "release": self.release,
                "request": self.request,
                "says": self.says,
            }
        )


def entry_of(draft: Draft, place: int, commitment: str | None) -> Entry:
    """Return the line that a draft becomes at a place of the log."""
    return Entry(
        place, draft.id, draft.kind, draft.at, draft.about, draft.release, draft.request, draft.says, commitment
    )


def read_entry(leaf: bytes) -> Entry:
    """Return the line that the bytes of a leaf hold.

    Raises:
        ValueError: When they hold none.
    """
    said = read_canonical(leaf)
    if not isinstance(said, dict) or said.keys() != _KEYS or said["format"] != FORMAT:
        raise ValueError("no line of this log's form")
    place, name, says = said["place"], said["id"], said["says"]
    if not isinstance(place, int) or not isinstance(says, dict) or not is_entry_id(str(name)):
        raise ValueError("no line of this log's form")
    return Entry(
        place=place,
        id=EntryId(str(name)),
        kind=EntryKind(said["kind"]),
        at=str(said["at"]),
        about=None if said["about"] is None else EntryId(str(said["about"])),
        release=_text(said["release"]),
        request=_text(said["request"]),
        says=says,
        commitment=_text(said["commitment"]),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
