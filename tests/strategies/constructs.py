"""Which constructs of the language stand where: each condition as written beside the condition as compiled."""

from collections.abc import Iterator
from dataclasses import dataclass

from taxatie.rules.condition import All, Any, AtLeast, Condition, Every, Not, Some
from taxatie.rules.loading import LoadedRelease
from taxatie.rules.program import Program
from taxatie.terms.names import ScoreId, SignalId
from taxatie.terms.vocabulary import SignalType
from tests.strategies.plans import PlainRelease

_JOINS = ("all", "any", "none")
_GROUPS = ("some", "every")

TWO_VALUED = frozenset({"unknown: signal", "unknown: concept", "unknown: score", "mode"})
"""Constructs that can always be told."""

THREE_VALUED = (
    "bare yes_no", "yes_no: yes", "yes_no: no", "bare concept", "concept: yes", "concept: no",
    "choice: option", "choice: list", "ordered choice: option", "ordered choice: list", "ordered choice: compared",
    "number: at_least", "number: at_most", "number: more_than", "number: less_than", "number: several bounds",
    "score: at_least", "score: at_most", "score: more_than", "score: less_than", "score: several bounds",
    "score: negative points", "several names", "all", "any", "none", "at_least of", "at_least within at_least",
    "some", "every", "events: all kinds", "events: one kind", "events: several kinds", "events: within",
    "events: at_least", "events: distinct", "events: rising", "events: distinct and rising", "events: neither",
    "applies_when", "exists_when", "finding", "rule",
)  # fmt: skip
"""Constructs that hold, fail and cannot tell; `mode` apart."""


@dataclass(frozen=True, slots=True)
class Place:
    """A condition as it was written and as it was compiled."""

    written: object
    condition: Condition


def labels_by_condition(release: PlainRelease, loaded: LoadedRelease) -> dict[int, tuple[str, ...]]:
    """Return the constructs of each condition of a loaded release, by the condition's identity."""
    assert loaded.program is not None
    assert loaded.checked is not None
    found: dict[int, tuple[str, ...]] = {}
    for (path, place), read in loaded.checked.definitions.read.items():
        written: object = release.documents[path]
        for step in place:
            assert isinstance(written, dict | list)
            written = written[step]  # type: ignore[index]  # the path leads there
        assert read.condition is not None
        for each, labels in _labelled(loaded.program, Place(written, read.condition)):
            found[id(each)] = (*found.get(id(each), ()), *labels)
    for each, label in _sites(loaded.program):
        found[id(each)] = (*found.get(id(each), ()), label)
    return found


def _sites(program: Program) -> Iterator[tuple[Condition, str]]:
    for signal in program.signals.values():
        if signal.applies_when is not None:
            yield signal.applies_when, "applies_when"
    for subject in program.subjects:
        if subject.exists_when is not None:
            yield subject.exists_when, "exists_when"
    for scope in program.scopes:
        for concept in scope.concepts:
            if concept.is_finding:
                yield concept.condition, "finding"
        for rule in scope.rules:
            yield rule.condition, "rule"


def _labelled(program: Program, place: Place) -> Iterator[tuple[Condition, tuple[str, ...]]]:
    """Return a condition and its parts with the constructs that each was written in."""
    written, condition = place.written, place.condition
    if isinstance(written, str):
        kind = "bare yes_no" if written in program.signals else "bare concept"
        yield condition, (kind,)
        return
    assert isinstance(written, dict)
    operator = next((word for word in (*_JOINS, *_GROUPS, "of", "events", "unknown") if word in written), None)
    if operator in {"events", "unknown"}:
        yield condition, _leaf_labels(program, written)
    elif operator is not None:
        yield condition, _combination_labels(operator, written)
        for inner in _parts(operator, written, condition):
            yield from _labelled(program, inner)
    elif len(written) > 1:
        assert isinstance(condition, All)
        yield condition, ("several names",)
        for (name, test), part in zip(written.items(), condition.conditions, strict=True):
            yield part, _test_labels(program, name, test)
    else:
        [(name, test)] = written.items()
        yield condition, _test_labels(program, name, test)


def _parts(operator: str, written: dict[str, object], condition: Condition) -> Iterator[Place]:
    if isinstance(condition, Some | Every):
        yield Place(written["holds"], condition.condition)
        return
    inner = condition.condition if isinstance(condition, Not) else condition
    assert isinstance(inner, All | Any | AtLeast)
    listed = written[operator]
    assert isinstance(listed, list)
    for each, part in zip(listed, inner.conditions, strict=True):
        yield Place(each, part)


def _combination_labels(operator: str, written: dict[str, object]) -> tuple[str, ...]:
    if operator != "of":
        return (operator,)
    listed = written["of"]
    assert isinstance(listed, list)
    if any(isinstance(part, dict) and "of" in part for part in listed):
        return ("at_least of", "at_least within at_least")
    return ("at_least of",)


def _leaf_labels(program: Program, written: dict[str, object]) -> tuple[str, ...]:
    name = written.get("unknown")
    if name is not None:
        kind = "concept" if name in program.concepts else "score" if name in program.scores else "signal"
        return (f"unknown: {kind}",)
    pattern = written["events"]
    assert isinstance(pattern, dict)
    named = pattern.get("kind")
    kinds = "all kinds" if named is None else "several kinds" if isinstance(named, list) and named[1:] else "one kind"
    rising, distinct = pattern.get("rising") in {True, "yes"}, "distinct" in pattern
    ways = {(True, True): "distinct and rising", (True, False): "rising", (False, True): "distinct"}
    found = [kinds, ways.get((rising, distinct), "neither")]
    found += [word for word in ("within", "at_least") if word in pattern]
    return tuple(f"events: {word}" for word in found)


def _test_labels(program: Program, name: str, test: object) -> tuple[str, ...]:
    word = ("yes" if test else "no") if isinstance(test, bool) else str(test)
    if name == "mode":
        return ("mode",)
    if name in program.concepts:
        return (f"concept: {word}",)
    if name in program.scores:
        negative = any(item.points < 0 for item in program.scores[ScoreId(name)].items)
        return (*_comparison_labels("score", test), *["score: negative points"] * negative)
    signal = program.signals[SignalId(name)]
    if signal.type is SignalType.YES_NO:
        return (f"yes_no: {word}",)
    if signal.type is SignalType.NUMBER:
        return _comparison_labels("number", test)
    choice = "ordered choice" if signal.is_ordered else "choice"
    form = "compared" if isinstance(test, dict) else "list" if isinstance(test, list) else "option"
    return (f"{choice}: {form}",)


def _comparison_labels(what: str, test: object) -> tuple[str, ...]:
    assert isinstance(test, dict)
    several = ["several bounds"] * (len(test) > 1)
    return tuple(f"{what}: {word}" for word in (*test, *several))
