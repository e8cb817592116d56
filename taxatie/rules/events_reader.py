"""Patterns over time, as conditions write them."""

from typing import TYPE_CHECKING, Final

from taxatie.errors.codes import Code
from taxatie.rules.condition import Events
from taxatie.rules.declarations import did_you_mean
from taxatie.rules.nodes import Mapping, Node, Scalar, Sequence
from taxatie.rules.terms_of_time import read_window
from taxatie.terms.names import EventKindId
from taxatie.terms.period import Window

if TYPE_CHECKING:
    from taxatie.rules.condition_reader import ConditionReader

_KEYS: Final = ("kind", "within", "at_least", "distinct", "rising")


def read_events(reader: "ConditionReader", node: Node) -> Events | None:
    """Return the pattern that the node says."""
    if not isinstance(node, Mapping):
        message = "`events` takes a map"
        return reader.fault(node.span, Code.MALFORMED_CONDITION, message, "write `{events: {kind: …, within: …}}`")
    before = len(reader.diagnostics)
    for key, _ in node.entries:
        if key.text not in _KEYS:
            hint = did_you_mean(key.text, list(_KEYS)) or f"its keys are {', '.join(f'`{name}`' for name in _KEYS)}"
            reader.fault(key.span, Code.UNKNOWN_KEY, f"`{key.text}` is no part of an events pattern", hint)
    pattern = Events(
        kinds=_kinds(reader, node.get("kind")),
        within=_window(reader, node.get("within")),
        at_least=_at_least(reader, node.get("at_least")),
        is_distinct=_is_distinct(reader, node.get("distinct")),
        is_rising=_is_rising(reader, node.get("rising")),
    )
    if pattern.is_rising and node.get("within") is None:
        rising = node.key("rising")
        assert rising is not None
        reader.fault(rising.span, Code.MALFORMED_CONDITION, "`rising` needs `within`", "say over which period it rises")
    return pattern if len(reader.diagnostics) == before else None


def _kinds(reader: "ConditionReader", node: Node | None) -> frozenset[EventKindId]:
    declared = reader.declarations.of("event_kinds")
    if node is None:
        for kind in declared:
            reader.use("event_kinds", kind, reader.text.root.span)
        return frozenset(EventKindId(kind) for kind in declared)
    items = node.items if isinstance(node, Sequence) else (node,)
    if not items:
        reader.fault(node.span, Code.EMPTY_LIST, "no kind stands here", "name a kind, or leave `kind` out for all")
    kinds = set()
    for item in items:
        name = item.value if isinstance(item, Scalar) else None
        if isinstance(name, str) and name in declared:
            reader.use("event_kinds", name, item.span)
            kinds.add(EventKindId(name))
            continue
        shown = item.text if isinstance(item, Scalar) else "…"
        hint = did_you_mean(shown, list(declared)) or "declare it under `event_kinds`"
        reader.fault(item.span, Code.UNKNOWN_NAME, f"`{shown}` is no event kind of the vocabulary", hint)
    return frozenset(kinds)


def _window(reader: "ConditionReader", node: Node | None) -> Window | None:
    if node is None:
        return None
    if isinstance(node, Mapping) and node.get("parameter") is not None:
        reader.integer(node, "")
        return None
    window = read_window(node.value) if isinstance(node, Scalar) and isinstance(node.value, str) else None
    if window is None:
        shown = node.text if isinstance(node, Scalar) else "…"
        hint = "write `N days`, `N weeks`, `N months` or `N years`"
        reader.fault(node.span, Code.MALFORMED_TERM, f"`{shown}` is no period to look back over", hint)
    return window


def _at_least(reader: "ConditionReader", node: Node | None) -> int:
    if node is None:
        return 1
    return reader.integer(node, "`at_least` takes a whole number") or 0


def _is_distinct(reader: "ConditionReader", node: Node | None) -> bool:
    if node is not None and not (isinstance(node, Scalar) and node.value == "reporter"):
        reader.fault(node.span, Code.WRONG_TYPE, "`distinct` takes `reporter` only", "write `distinct: reporter`")
    return node is not None


def _is_rising(reader: "ConditionReader", node: Node | None) -> bool:
    if node is None:
        return False
    value = node.value if isinstance(node, Scalar) else None
    if value in {"yes", "no"}:
        value = value == "yes"
    if not isinstance(value, bool):
        reader.fault(node.span, Code.WRONG_TYPE, "`rising` takes `true` or `false`", "write `rising: true`")
        return False
    return value
