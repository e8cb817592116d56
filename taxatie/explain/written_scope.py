"""A scope written as functions over planes: what its rules and findings say, and what follows from them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from taxatie.explain.more_events import is_borne_out_by_more_events
from taxatie.explain.parts import asks_unknown, everything_in
from taxatie.explain.plane_writer import Function, Places, PlaneWriter
from taxatie.rules.condition import Condition, Every, Some
from taxatie.rules.program import Concept, Rule, Scope
from taxatie.terms.names import ActionId, SubjectId


@dataclass(frozen=True, slots=True)
class WrittenScope:
    """A scope's rules and findings as functions."""

    scope: Scope
    function: Function
    """The planes of the rules, then those of the findings."""
    outcome: Function
    """Where each level, action and withholding comes about, in the order of these maps; then three for each finding."""
    levels: Mapping[int, tuple[int, ...]]
    """By rank, the places of the rules that give a level."""
    actions: Mapping[ActionId, tuple[int, ...]]
    withheld: Mapping[ActionId, tuple[int, ...]]
    grouped: Mapping[SubjectId, tuple[tuple[int, Rule | None], ...]]
    """The places of the rules and findings that speak of a group, by its subject."""
    firm: tuple[bool, ...]
    """For each rule, and then each finding, whether no answer can undo what is said of it now."""
    findings: tuple[int, ...]
    """The places of the findings among the scope's concepts."""
    awkward: tuple[tuple[int, int], ...]
    """The places of those rules that more events in the registers may undo, with the rank of their level."""


def write_scope(places: Places, scope: Scope) -> WrittenScope:
    """Return the scope, written."""
    program = places.program
    levels: dict[int, list[int]] = {}
    actions: dict[ActionId, list[int]] = {}
    withheld: dict[ActionId, list[int]] = {}
    for place, rule in enumerate(scope.rules):
        if rule.level is not None:
            levels.setdefault(program.ranks[rule.level], []).append(place)
        for action in rule.actions:
            actions.setdefault(action, []).append(place)
        for action in rule.withhold:
            withheld.setdefault(action, []).append(place)
    ends: list[Rule | Concept] = [*scope.rules, *(concept for concept in scope.concepts if concept.is_finding)]
    exists_when = next((each.exists_when for each in program.subjects if each.id == scope.subject), None)
    return WrittenScope(
        scope=scope,
        function=written(places, [end.condition for end in ends]),
        outcome=_outcome(places, scope, ([*levels.values(), *actions.values()], withheld.values())),
        levels={rank: tuple(rules) for rank, rules in levels.items()},
        actions={action: tuple(rules) for action, rules in actions.items()},
        withheld={action: tuple(rules) for action, rules in withheld.items()},
        grouped=_grouped(places, ends),
        firm=tuple(not asks_unknown(program, end.condition) for end in ends),
        findings=tuple(place for place, concept in enumerate(scope.concepts) if concept.is_finding),
        awkward=tuple(
            (place, program.ranks[rule.level])
            for place, rule in enumerate(scope.rules)
            if rule.level is not None and not is_borne_out_by_more_events(program, rule.condition, exists_when)
        ),
    )


def written(places: Places, conditions: Iterable[Condition]) -> Function:
    """Return the function that gives the planes of some conditions."""
    writer = PlaneWriter(places)
    return writer.function([writer.truth(condition) for condition in conditions])


def _grouped(places: Places, ends: Sequence[Rule | Concept]) -> Mapping[SubjectId, tuple[tuple[int, Rule | None], ...]]:
    found: dict[SubjectId, list[tuple[int, Rule | None]]] = {}
    for place, end in enumerate(ends):
        parts = everything_in(places.program, end.condition)
        for subject in {part.subject for part in parts if isinstance(part, Some | Every)}:
            found.setdefault(subject, []).append((place, end if isinstance(end, Rule) else None))
    return {subject: tuple(rules) for subject, rules in found.items()}


def _outcome(places: Places, scope: Scope, rules: tuple[Iterable[Sequence[int]], Iterable[Sequence[int]]]) -> Function:
    """Return the function that gives what comes about for somebody who may exist.

    Levels and actions follow from a rule that fires, withholdings from one that may.
    """
    writer = PlaneWriter(places)
    truths = [writer.truth(rule.condition) for rule in scope.rules]
    firing, withholding = rules
    planes = [writer.both(["H", writer.either(truths[place].holds for place in places_)]) for places_ in firing]
    planes += [writer.both(["M", writer.either(truths[place].may for place in places_)]) for places_ in withholding]
    for concept in scope.concepts:
        if concept.is_finding:
            holds, may = writer.truth(concept.condition)
            planes += [writer.both(["H", holds]), writer.both(["M", may]), "H"]
    return writer.planes(planes)
