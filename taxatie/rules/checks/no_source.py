"""TX404: every signal and rule says where it comes from."""

from taxatie.errors.codes import Code
from taxatie.errors.diagnostics import Diagnostics
from taxatie.rules.texts import ReleaseTexts, text_of, texts_of


def check_sources(texts: ReleaseTexts, diagnostics: Diagnostics) -> None:
    """Report signals and rules with neither a source nor the mark of an own proposal."""
    places = [(texts.vocabulary, "signals"), *((ruleset, "rules") for ruleset in texts.rulesets)]
    for text, kind in places:
        for path, node in text.items(kind):
            if next(texts_of(node, "sources"), None) is None and text_of(node, "own_proposal") is None:
                message = f"`{text_of(node, 'id')}` does not say where it comes from"
                hint = "add `sources: […]`, or `own_proposal: …` with the reason"
                text.fault(diagnostics, (*path, "id"), Code.NO_SOURCE, message, hint)
