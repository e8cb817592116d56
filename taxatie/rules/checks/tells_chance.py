"""TX419: a text that gives a chance or a percentage, which nobody can know of one case."""

import re
from typing import Final

from taxatie.errors.codes import Code
from taxatie.errors.diagnostics import Diagnostics
from taxatie.rules.checks.sentences import told_in
from taxatie.rules.texts import ReleaseTexts

_CHANCE: Final = re.compile(
    r"\d\s?%|\b(procent|percentage|percent|per cent|probability|waarschijnlijkheid|kanspercentage"
    r"|kans(en)? (van|is|op)|chances? (of|is|that)|likelihood of|odds of|risicoscore|risk score"
    r"|een op de (twee|drie|vier|vijf|tien|honderd)|one in (two|three|four|five|ten|a hundred))(?!\w)",
    re.IGNORECASE,
)


def check_tells_chance(texts: ReleaseTexts, diagnostics: Diagnostics) -> None:
    """Report chances and percentages, in both languages."""
    for told in told_in(texts):
        found = _CHANCE.search(told.words)
        if found is not None:
            message = f"`{found[0]}` gives a chance, which nobody knows of one case"
            hint = "say what is known, and what to do"
            told.text.fault(diagnostics, told.span, Code.TELLS_CHANCE, message, hint)
