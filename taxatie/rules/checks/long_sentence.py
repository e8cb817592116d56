"""TX415: a Dutch sentence that is longer than people in distress can follow."""

from typing import Final

from taxatie.errors.codes import Code
from taxatie.errors.diagnostics import Diagnostics
from taxatie.limits import QUESTION_WORDS_MAX, SENTENCE_WORDS_MAX
from taxatie.rules.checks.sentences import split_sentences, told_in, words_of
from taxatie.rules.texts import ReleaseTexts
from taxatie.terms.text import Language

_ASKED: Final = frozenset(["ask", "help"])


def check_long_sentences(texts: ReleaseTexts, diagnostics: Diagnostics) -> None:
    """Report sentences with more words than are read at one go; a question gets fewer."""
    for told in told_in(texts):
        bound = QUESTION_WORDS_MAX if told.key in _ASKED else SENTENCE_WORDS_MAX
        longest = max(map(len, map(words_of, split_sentences(told.words))), default=0)
        if told.language is Language.NL and longest > bound:
            message = f"a sentence of {longest} words, where {bound} are enough"
            hint = "make two sentences of it, or leave out what can be missed"
            told.text.fault(diagnostics, told.span, Code.LONG_SENTENCE, message, hint)
