"""TX416: a Dutch text with a word of the office, where a plainer one says the same."""

import re
from typing import Final

from taxatie.errors.codes import Code
from taxatie.errors.diagnostics import Diagnostics
from taxatie.rules.checks.plain_words import PLAIN_BY_OFFICE_WORD
from taxatie.rules.checks.sentences import told_in
from taxatie.rules.texts import ReleaseTexts
from taxatie.terms.text import Language

_LONGEST_FIRST: Final = sorted(PLAIN_BY_OFFICE_WORD, key=len, reverse=True)
_OFFICE_WORDS: Final = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, _LONGEST_FIRST))})(?!\w)", re.IGNORECASE)


def check_office_words(texts: ReleaseTexts, diagnostics: Diagnostics) -> None:
    """Report each office word, with what to write instead."""
    for told in told_in(texts):
        if told.language is Language.NL:
            for found in _OFFICE_WORDS.findall(told.words):
                message = f"`{found}` is a word of the office"
                hint = f"write `{PLAIN_BY_OFFICE_WORD[found.lower()]}`"
                told.text.fault(diagnostics, told.span, Code.OFFICE_WORD, message, hint)
