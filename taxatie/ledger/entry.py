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

_KEYS: Final = frozenset(
    {"about", "at", "commitment", "format", "id", "keep_until", "kind", "place", "release", "request", "says"}
)


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
    SET_ASIDE = "set_aside"
    """Lines that nobody signed lay from here on, and were set aside."""


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
    keep_until: str | None
    """The date after which the payload is to be erased: in the tree, so that nobody moves it."""

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
                "keep_until": self.keep_until,
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
        place=place,
        id=draft.id,
        kind=draft.kind,
        at=draft.at,
        about=draft.about,
        release=draft.release,
        request=draft.request,
        says=draft.says,
        commitment=commitment,
        keep_until=draft.keep_until,
    )


def read_entry(leaf: bytes) -> Entry:
    """Return the line that the bytes of a leaf hold; its own leaf is these bytes again.

    Raises:
        ValueError: When they hold none.
    """
    said = read_canonical(leaf)
    if not isinstance(said, dict) or said.keys() != _KEYS or said["format"] != FORMAT:
        raise ValueError("no line of this log's form")
    place, says = said["place"], said["says"]
    if type(place) is not int or place < 0 or not isinstance(says, dict):
        raise ValueError("no line of this log's form")
    return Entry(
        place=place,
        id=_id(said["id"]),
        kind=EntryKind(said["kind"]),
        at=_text(said["at"]),
        about=None if said["about"] is None else _id(said["about"]),
        release=_text_or_none(said["release"]),
        request=_text_or_none(said["request"]),
        says=says,
        commitment=_text_or_none(said["commitment"]),
        keep_until=_text_or_none(said["keep_until"]),
    )


def _id(value: object) -> EntryId:
    text = _text(value)
    if not is_entry_id(text):
        raise ValueError("no id of a line")
    return EntryId(text)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("no line of this log's form")  # noqa: TRY004  # what a file holds is no type of ours
    return value


def _text_or_none(value: object) -> str | None:
    return None if value is None else _text(value)
