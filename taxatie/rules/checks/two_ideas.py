"""TX418: a question that asks two things, so that its answer says neither."""

import re
from typing import Final

from taxatie.errors.codes import Code
from taxatie.errors.diagnostics import Diagnostics
from taxatie.rules.checks.sentences import told_in
from taxatie.rules.texts import ReleaseTexts

_TWO: Final = re.compile(r"\ben/of\b|\band/or\b|\?.*\?", re.IGNORECASE | re.DOTALL)


def check_two_ideas(texts: ReleaseTexts, diagnostics: Diagnostics) -> None:
    """Report questions with two question marks, or that leave open what they ask."""
    for told in told_in(texts):
        if told.key == "ask" and _TWO.search(told.words):
            hint = "ask one thing; make a second signal of the other"
            told.text.fault(diagnostics, told.span, Code.TWO_IDEAS, "this asks two things in one question", hint)
