"""The port behind which a log is kept: SQLite for one machine, PostgreSQL for several replicas.

A store keeps lines in order and makes a batch durable at once. It knows nothing of what the lines say.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from taxatie.errors.problem import TaxatieError
from taxatie.ledger.entry import Draft, Entry
from taxatie.ledger.identity import EntryId
from taxatie.ledger.merkle import GrowingTree
from taxatie.ledger.sealing import Sealed

HEAD: Final = "head"
"""The name under which the head is kept beside the lines."""


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
class Stood:
    """Where the log stood at one moment: what it remembers, what lies in it, and what the key said of it last."""

    tree: GrowingTree
    """The tree that the store remembers."""
    first: int
    """The first place at which a line lies, 0 in an empty log; no log has one before it."""
    end: int
    """The place after the last line that lies there."""
    head: bytes | None
    """The signed checkpoint that was written together with the last lines; None in a log from before there was one."""


class Turn(Protocol):
    """What a log has to say while nobody else can write: may lines follow here, and its signature when they did."""

    def check(self, stood: Stood) -> None:
        """Refuse to write behind what is not the log that was signed.

        Raises:
            LedgerUnavailableError: When it is not.
        """

    def sign(self, tree: GrowingTree) -> bytes:
        """Return the head of the log as it stands now."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Drafts that became lines, and the tree and head after them."""

    written: tuple[Written, ...]
    tree: GrowingTree
    head: bytes


class Store(Protocol):
    """Keeps the lines of one log."""

    def append(self, drafts: Sequence[Prepared], turn: Turn, *, after: GrowingTree | None = None) -> Batch:
        """Write drafts at the end, all or none, durable when this returns; a known request is not written again.

        The head is written in the same transaction: no crash leaves a line that it does not cover.

        Args:
            drafts: What is to be written.
            turn: Is asked before the first line and after the last, within the transaction.
            after: The tree after which they are written, where lines lie behind it that are to go.

        Raises:
            LedgerUnavailableError: When they could not be written.
        """

    def tree(self) -> GrowingTree:
        """Return the tree as the store remembers it."""

    def stood(self) -> Stood:
        """Return where the log stands now."""

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
