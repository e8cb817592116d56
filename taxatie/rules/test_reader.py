"""The tests that a condition can put to a signal or a score."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from taxatie.errors.codes import Code
from taxatie.rules.condition import Among, Between, Condition, ScoreBetween
from taxatie.rules.declarations import SignalShape, did_you_mean
from taxatie.rules.nodes import Mapping, Node, Scalar, Sequence
from taxatie.source import Span
from taxatie.terms.names import ScoreId, SignalId
from taxatie.terms.vocabulary import SignalType

if TYPE_CHECKING:
    from taxatie.rules.condition_reader import ConditionReader

COMPARISONS: Final = ("at_least", "at_most", "more_than", "less_than")
_YES_NO: Final[dict[object, int]] = {"no": 0, "yes": 1}
_HINT_COMPARE: Final = "compare it: `{at_least: …}`, `{at_most: …}`, `{more_than: …}` or `{less_than: …}`"


def read_test(reader: "ConditionReader", of: SignalShape | ScoreId, span: Span, test: Node | None) -> Condition | None:
    """Return the test of a signal or score; without a test the bare name stands for `yes`."""
    if not isinstance(of, SignalShape):
        return _score_test(reader, of, span, test)
    match of.type:
        case SignalType.YES_NO:
            return _yes_no_test(reader, of, test)
        case SignalType.NUMBER:
            return _number_test(reader, of, span, test)
        case SignalType.CHOICE:
            return _choice_test(reader, of, span, test)
        case None:
            return None


def _yes_no_test(reader: "ConditionReader", signal: SignalShape, test: Node | None) -> Condition | None:
    if test is None:
        return Among(SignalId(signal.name), frozenset({1}))
    if isinstance(test, Scalar):
        value = {True: 1, False: 0}[test.value] if isinstance(test.value, bool) else _YES_NO.get(test.value)
        if value is not None:
            return Among(SignalId(signal.name), frozenset({value}))
        hint = f"write `{{unknown: {signal.name}}}`" if test.value == "unknown" else "write `yes` or `no`"
        message = f"`{signal.name}` is answered with `yes` or `no`, not with `{test.text}`"
        return reader.fault(test.span, Code.NO_SUCH_OPTION, message, hint)
    code = Code.NOT_ORDERED if isinstance(test, Mapping) else Code.NO_SUCH_TEST
    what = "cannot be compared" if isinstance(test, Mapping) else "takes no list of answers"
    return reader.fault(
        test.span, code, f"`{signal.name}` is answered with `yes` or `no` and {what}", "write `yes` or `no`"
    )


def _number_test(reader: "ConditionReader", signal: SignalShape, span: Span, test: Node | None) -> Condition | None:
    if not isinstance(test, Mapping):
        place = span if test is None else test.span
        return reader.fault(place, Code.NO_SUCH_TEST, f"the number `{signal.name}` can only be compared", _HINT_COMPARE)
    bounds = _bounds(
        reader, test, lambda node: reader.integer(node, f"`{signal.name}` is compared with a whole number")
    )
    return None if bounds is None else Between(SignalId(signal.name), *bounds)


def _score_test(reader: "ConditionReader", score: ScoreId, span: Span, test: Node | None) -> Condition | None:
    if not isinstance(test, Mapping):
        place = span if test is None else test.span
        return reader.fault(place, Code.NO_SUCH_TEST, f"the score `{score}` can only be compared", _HINT_COMPARE)
    bounds = _bounds(reader, test, lambda node: reader.integer(node, f"`{score}` is compared with a whole number"))
    return None if bounds is None else ScoreBetween(score, *bounds)


def _choice_test(reader: "ConditionReader", signal: SignalShape, span: Span, test: Node | None) -> Condition | None:
    options = signal.options
    if test is None:
        hint = f"write `{{{signal.name}: {options[0] if options else '…'}}}`"
        return reader.fault(span, Code.NO_SUCH_TEST, f"`{signal.name}` is a choice and needs an option", hint)
    if options is None:
        return None
    if isinstance(test, Mapping):
        return _ordered_test(reader, signal, options, test)
    nodes = test.items if isinstance(test, Sequence) else (test,)
    if not nodes:
        return reader.fault(test.span, Code.EMPTY_LIST, "no option stands here", "name at least one option")
    positions = [_position(reader, signal, options, node) for node in nodes]
    known = frozenset(position for position in positions if position is not None)
    return Among(SignalId(signal.name), known) if None not in positions else None


def _ordered_test(
    reader: "ConditionReader", signal: SignalShape, options: tuple[str, ...], test: Mapping
) -> Condition | None:
    if not signal.is_ordered:
        message = f"the options of `{signal.name}` have no order, so they cannot be compared"
        return reader.fault(
            test.span, Code.NOT_ORDERED, message, "list the options, or give the signal `danger` or `ordered: true`"
        )
    bounds = _bounds(reader, test, lambda node: _position(reader, signal, options, node))
    if bounds is None:
        return None
    low, high = bounds
    first = 0 if low is None else max(0, low)
    last = len(options) - 1 if high is None else min(len(options) - 1, high)
    return Among(SignalId(signal.name), frozenset(range(first, last + 1)))


def _position(
    reader: "ConditionReader", signal: SignalShape, options: tuple[str, ...], node: Node | None
) -> int | None:
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, bool):
        value = "yes" if value else "no"
    if isinstance(value, str) and value in options:
        return options.index(value)
    if isinstance(node, Mapping) and node.get("parameter") is not None:
        return reader.integer(node, "")
    assert node is not None
    shown = node.text if isinstance(node, Scalar) else "…"
    listed = ", ".join(f"`{option}`" for option in options)
    hint = did_you_mean(shown, list(options)) or f"its options are {listed}"
    if value == "unknown":
        hint = f"write `{{unknown: {signal.name}}}`"
    return reader.fault(node.span, Code.NO_SUCH_OPTION, f"`{shown}` is no option of `{signal.name}`", hint)


def _bounds(
    reader: "ConditionReader", test: Mapping, operand: Callable[[Node], int | None]
) -> tuple[int | None, int | None] | None:
    """Return the lowest and highest value that pass; None at a side is no bound there."""
    if not test.entries:
        return reader.fault(test.span, Code.EMPTY_LIST, "no comparison stands here", _HINT_COMPARE)
    low: int | None = None
    high: int | None = None
    is_read = True
    for key, node in test.entries:
        if key.text == "parameter":
            reader.integer(test, "")
            return None
        if key.text not in COMPARISONS:
            hint = did_you_mean(key.text, list(COMPARISONS)) or _HINT_COMPARE
            reader.fault(key.span, Code.UNKNOWN_KEY, f"`{key.text}` is no comparison", hint)
            is_read = False
            continue
        value = operand(node)
        if value is None:
            is_read = False
            continue
        if key.text in {"at_least", "more_than"}:
            bound = value + (key.text == "more_than")
            low = bound if low is None else max(low, bound)
        else:
            bound = value - (key.text == "less_than")
            high = bound if high is None else min(high, bound)
    return (low, high) if is_read else None
