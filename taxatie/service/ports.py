"""What the service asks of the world outside: the time, the releases, and the log."""

from datetime import datetime
from pathlib import Path
from typing import Protocol

from taxatie.explain.assessor import Assessor
from taxatie.ledger.entry import Draft
from taxatie.ledger.identity import EntryId
from taxatie.ledger.kept import Kept
from taxatie.ledger.store import Written
from taxatie.registry.folder import ReleaseEntry


class Clock(Protocol):
    """Knows what time it is."""

    def now(self) -> datetime:
        """Return the present moment, with its offset."""


class Releases(Protocol):
    """Gives releases, ready to assess cases."""

    def named(self, name: str) -> Assessor:
        """Return the release of that name, or raise a `NotAssessedError`."""

    def in_force(self, moment: datetime) -> Assessor:
        """Return the release in force at a moment, or raise a `NotAssessedError`."""

    def entries(self) -> tuple[ReleaseEntry, ...]:
        """Return every release, by the date from which it is in force."""

    @property
    def scenarios(self) -> Path:
        """Where the scenarios lie."""


class DecisionLog(Protocol):
    """Keeps decisions on record, and finds them again; each call raises `LedgerUnavailableError` where it cannot."""

    async def append(self, draft: Draft) -> Written:
        """Return the line that the draft became, once it is durable."""

    async def find(self, entry: EntryId) -> Kept | None:
        """Return the line with an id."""

    async def find_request(self, request: str) -> Kept | None:
        """Return the line of a request."""

    async def linked(self, entry: EntryId) -> tuple[Kept, ...]:
        """Return the lines about a decision, in order."""
