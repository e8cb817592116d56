"""The port behind which a log is kept: SQLite for one machine, PostgreSQL for several replicas.

A store keeps lines in order and makes a batch durable at once. It knows nothing of what the lines say.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from taxatie.errors.problem import TaxatieError
from taxatie.ledger.entry import Draft, Entry
from taxatie.ledger.identity import EntryId
from taxatie.ledger.merkle import GrowingTree
from taxatie.ledger.sealing import Sealed


class LedgerUnavailableError(TaxatieError):
    """The log cannot be written or read now; nothing may be answered that is not on record."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A line as it is kept: the bytes of its leaf, what was derived from them, and its payload while it is there."""

    place: int
    leaf: bytes
    id: str
    about: str | None
    request: str | None
    key: bytes | None
    data: bytes | None
    """The sealed payload."""
    case_tag: bytes | None
    keep_until: str | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A draft that is ready to be written: its payload sealed, the reference of its case keyed."""

    draft: Draft
    sealed: Sealed | None
    case_tag: bytes | None


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a draft: its line, or the line that an earlier request of the same id has already."""

    entry: Entry
    is_new: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """Drafts that became lines, and the tree after them."""

    written: tuple[Written, ...]
    tree: GrowingTree


class Store(Protocol):
    """Keeps the lines of one log."""

    def append(self, drafts: Sequence[Prepared]) -> Batch:
        """Write drafts at the end, all or none, durable when this returns; a known request is not written again.

        Raises:
            LedgerUnavailableError: When they could not be written.
        """

    def tree(self) -> GrowingTree:
        """Return the tree as the store remembers it."""

    def setting(self, name: str) -> bytes | None:
        """Return what is kept under a name beside the lines."""

    def keep_setting(self, name: str, value: bytes) -> bytes:
        """Keep something under a name beside the lines, unless there is something; return what is kept then."""

    def replace_setting(self, name: str, value: bytes) -> None:
        """Keep something else under a name."""

    def lines(self, first: int = 0) -> Iterator[Stored]:
        """Return every line from a place on, in order, without holding them all."""

    def find(self, entry: EntryId) -> Stored | None:
        """Return the line with an id."""

    def find_request(self, request: str) -> Stored | None:
        """Return the line of a request."""

    def linked(self, entry: EntryId) -> Iterator[Stored]:
        """Return the lines about a decision, in order."""

    def places_of_case(self, case_tag: bytes) -> tuple[int, ...]:
        """Return the places of all payloads of a case that are still there."""

    def places_expired(self, day: str) -> tuple[int, ...]:
        """Return the places of payloads that were to be kept until a date before *day*."""

    def erase(self, places: Sequence[int]) -> None:
        """Destroy the keys and sealed payloads at places, so that no file of the store holds them.

        Raises:
            LedgerUnavailableError: When they are not all gone for certain.
        """

    def faults(self) -> Iterator[str]:
        """Return what the store itself finds broken in its files."""

    def close(self) -> None:
        """Let go of the files."""
