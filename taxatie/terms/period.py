"""Stretches of time as rulesets write them: terms to act within, windows to look back over."""

from dataclasses import dataclass
from enum import StrEnum


class TermUnit(StrEnum):
    """The unit of a term to act within."""

    IMMEDIATELY = "immediately"
    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    WORKING_DAYS = "working days"


@dataclass(frozen=True, slots=True)
class Term:
    """The time there is to do something; the amount is 0 for `immediately` alone."""

    amount: int
    unit: TermUnit

    def __str__(self) -> str:
        """Return the term as a ruleset writes it."""
        return self.unit.value if self.unit is TermUnit.IMMEDIATELY else f"{self.amount} {self.unit}"


class WindowUnit(StrEnum):
    """The unit of a window that looks back from the reference date."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True, slots=True)
class Window:
    """How far an events condition looks back."""

    amount: int
    unit: WindowUnit

    def __str__(self) -> str:
        """Return the window as a ruleset writes it."""
        return f"{self.amount} {self.unit}"
