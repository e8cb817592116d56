"""What every engine does: a case in, a trace out."""

from enum import StrEnum
from typing import Protocol

from taxatie.terms.case import Case
from taxatie.terms.trace import Trace


class EngineName(StrEnum):
    """The engines that can evaluate a program."""

    REFERENCE = "reference"
    LIVE = "live"
    COLUMNS = "columns"
    DURABLE = "durable"


class Engine(Protocol):
    """A program, ready to be asked about cases."""

    def evaluate(self, case: Case) -> Trace:
        """Return what the program finds about the case."""
