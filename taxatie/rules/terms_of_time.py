"""Terms and windows as rulesets write them: `5 working days`, `12 months`."""

import re
from typing import Final

from taxatie.limits import DURATION_MAX
from taxatie.terms.period import Term, TermUnit, Window, WindowUnit

_AMOUNT: Final = re.compile(r"([1-9][0-9]{0,8}) ([a-z ]+)")


def read_term(text: str) -> Term | None:
    """Return the term to act within, or None where the text is none."""
    if text == TermUnit.IMMEDIATELY:
        return Term(0, TermUnit.IMMEDIATELY)
    match = _AMOUNT.fullmatch(text)
    if match is None or match[2] == TermUnit.IMMEDIATELY or match[2] not in set(TermUnit):
        return None
    amount = int(match[1])
    return Term(amount, TermUnit(match[2])) if amount <= DURATION_MAX else None


def read_window(text: str) -> Window | None:
    """Return the window to look back over, or None where the text is none."""
    match = _AMOUNT.fullmatch(text)
    if match is None or match[2] not in set(WindowUnit):
        return None
    amount = int(match[1])
    return Window(amount, WindowUnit(match[2])) if amount <= DURATION_MAX else None
