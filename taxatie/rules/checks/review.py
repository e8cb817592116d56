"""TX409: a ruleset whose review is overdue. Only `taxatie check` asks; a load never depends on the date."""

from datetime import date

from taxatie.errors.codes import Code
from taxatie.errors.diagnostics import Diagnostics
from taxatie.rules.checker import CheckedRelease


def check_review(checked: CheckedRelease, today: date, diagnostics: Diagnostics) -> None:
    """Report rulesets that should have been reviewed before *today*."""
    for text, document in zip(checked.texts.rulesets, checked.documents.rulesets, strict=True):
        assert isinstance(document.review_by, date), document.review_by
        if document.review_by < today:
            message = f"the review of `{document.ruleset}` was due on {document.review_by}"
            hint = "review it, and publish a version with a new date"
            text.fault(diagnostics, ("review_by",), Code.REVIEW_PASSED, message, hint)
