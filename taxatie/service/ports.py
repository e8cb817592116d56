"""What the service asks of the world outside: the time, and the releases."""

from datetime import datetime
from pathlib import Path
from typing import Protocol

from taxatie.registry.folder import ReleaseEntry
from taxatie.explain.assessor import Assessor


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
