"""Faults that need two keys of one document at once: bounds, danger, dates, roles."""

from taxatie.errors.codes import Code
from taxatie.errors.diagnostics import Diagnostics
from taxatie.rules.nodes import Mapping, Path, Scalar
from taxatie.rules.texts import ParsedText, ReleaseTexts, mappings_in, text_of


def check_shape(texts: ReleaseTexts, diagnostics: Diagnostics) -> None:
    """Report what no single key shows to be wrong."""
    for path, node in texts.vocabulary.items("signals"):
        _check_signal(texts.vocabulary, path, node, diagnostics)
    _check_dates(texts.release, diagnostics)


def _check_signal(text: ParsedText, path: Path, node: Mapping, diagnostics: Diagnostics) -> None:
    low, high = _number(node, "min"), _number(node, "max")
    if low is not None and high is not None and low > high:
        message = f"`min` {low} is above `max` {high}, so nothing can be answered"
        text.fault(diagnostics, (*path, "min"), Code.WRONG_TYPE, message, "swap them")
    names: set[str] = set()
    for option_path, option in mappings_in(node, "options"):
        name = text_of(option, "id")
        if name in names:
            message = f"the option `{name}` stands here twice"
            text.fault(diagnostics, (*path, *option_path, "id"), Code.NAME_TWICE, message, "keep one of the two")
        names.add(name or "")


def _number(node: Mapping, key: str) -> int | None:
    found = node.get(key)
    return found.value if isinstance(found, Scalar) and isinstance(found.value, int) else None


def _check_dates(text: ParsedText, diagnostics: Diagnostics) -> None:
    root = text.root
    if not isinstance(root, Mapping):
        return
    first, last = text_of(root, "in_force_from"), text_of(root, "in_force_until")
    if first is not None and last is not None and last < first:
        message = f"`in_force_until` {last} lies before `in_force_from` {first}"
        text.fault(diagnostics, ("in_force_until",), Code.ENDS_BEFORE_START, message, "mend one of the dates")
