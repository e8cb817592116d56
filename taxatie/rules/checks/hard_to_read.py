"""TX417: a Dutch text that reads hard by the formula of Flesch and Douma.

A formula sees lengths, so it is a proxy for language level B1 and no measurement: a text that passes may still
be hard, and one that warns may have no plainer words. Only readers can tell.
"""

from taxatie.errors.codes import Code
from taxatie.errors.diagnostics import Diagnostics
from taxatie.limits import READING_EASE_MIN, READING_EASE_WORDS_MIN
from taxatie.rules.checks.flesch_douma import reading_ease
from taxatie.rules.checks.sentences import told_in, words_of
from taxatie.rules.texts import ReleaseTexts
from taxatie.terms.text import Language


def check_hard_to_read(texts: ReleaseTexts, diagnostics: Diagnostics) -> None:
    """Report texts of more than a few words whose reading ease is too low."""
    for told in told_in(texts):
        if told.language is Language.NL and len(words_of(told.words)) >= READING_EASE_WORDS_MIN:
            ease = reading_ease(told.words)
            if ease < READING_EASE_MIN:
                message = (
                    f"this reads hard: {ease:.0f} by Flesch-Douma, a proxy for B1, where {READING_EASE_MIN} will do"
                )
                hint = "use shorter words and shorter sentences"
                told.text.fault(diagnostics, told.span, Code.HARD_TO_READ, message, hint)
