"""What an assessment would be in each world: the parts in which two worlds can differ."""

from collections.abc import Iterator
from dataclasses import dataclass

from taxatie.explain.knowledge import Whose
from taxatie.explain.world import CERTAINLY, NEVER, Rail, World
from taxatie.rules.circuit import FALSE, TRUE, Literal
from taxatie.rules.program import Rule, Scope
from taxatie.terms.names import ActionId, PersonId
from taxatie.terms.trace import Trace
from taxatie.terms.truth import Truth


@dataclass(frozen=True, slots=True)
class Outcome:
    """The literals of an assessment's parts."""

    parts: tuple[Literal, ...]
    """One for each part that is still open: levels, findings, actions, withholdings."""
    at_least: tuple[Literal, ...]
    """By rank of level: that the level is that or a higher one."""


def build_outcome(world: World, trace: Trace) -> Outcome:
    """Return the parts of the assessment, as the circuit sees them."""
    rules = list(_rules(world, trace))
    at_least = tuple(_at_least(world, rules, rank) for rank in range(len(world.program.levels)))
    withheld = _withheld(world, rules)
    parts = [*at_least, *withheld.values(), *_actions(world, rules, at_least, withheld), *_findings(world, trace)]
    world.finish()
    open_parts = dict.fromkeys(part for part in parts if part not in {TRUE, FALSE})
    return Outcome(tuple(open_parts), at_least)


def _rules(world: World, trace: Trace) -> Iterator[tuple[Rule, Rail]]:
    """Return each rule and person, with the literals that it fires or may fire."""
    for evaluation in trace.evaluations:
        scope = world.program.scopes[evaluation.scope]
        for rule, truth in zip(scope.rules, evaluation.rules, strict=True):
            rail = _rail(world, rule, truth, evaluation.person)
            if rail is not NEVER:
                yield rule, rail


def _rail(world: World, rule: Rule, truth: Truth, person: Whose) -> Rail:
    if truth is not Truth.CANNOT_TELL and not world.knowledge.insight.rests_on_unknown(rule.condition):
        if truth is Truth.FAILS:
            return NEVER
        condition = CERTAINLY
    else:
        condition = world.rail(rule.condition, person)
    presence = world.presence(person)
    return condition if presence is CERTAINLY else world.all([presence, condition])


def _at_least(world: World, rules: list[tuple[Rule, Rail]], rank: int) -> Literal:
    if rank == 0:
        return TRUE
    ranks = {level.id: index for index, level in enumerate(world.program.levels)}
    return world.circuit.disjunction(
        rail.holds for rule, rail in rules if rule.level is not None and ranks[rule.level] >= rank
    )


def _withheld(world: World, rules: list[tuple[Rule, Rail]]) -> dict[ActionId, Literal]:
    ways: dict[ActionId, list[Literal]] = {}
    for rule, rail in rules:
        for action in rule.withhold:
            ways.setdefault(action, []).append(rail.may)
    return {action: world.circuit.disjunction(literals) for action, literals in ways.items()}


def _actions(
    world: World, rules: list[tuple[Rule, Rail]], at_least: tuple[Literal, ...], withheld: dict[ActionId, Literal]
) -> list[Literal]:
    """Return for each action that it is recommended and not withheld."""
    ways: dict[ActionId, list[Literal]] = {}
    for rule, rail in rules:
        for action in rule.actions:
            ways.setdefault(action, []).append(rail.holds)
    above = (*at_least[1:], FALSE)
    for rank, level in enumerate(world.program.levels):
        reached = world.circuit.conjunction((at_least[rank], -above[rank]))
        for action in level.actions:
            ways.setdefault(action, []).append(reached)
    circuit = world.circuit
    return [
        circuit.conjunction((circuit.disjunction(literals), -withheld.get(action, FALSE)))
        for action, literals in ways.items()
    ]


def _findings(world: World, trace: Trace) -> Iterator[Literal]:
    """Return each finding's two literals.

    With them comes, for each person of whom something is reported, that this person exists.
    """
    for evaluation in trace.evaluations:
        scope: Scope = world.program.scopes[evaluation.scope]
        person: PersonId | None = evaluation.person
        presence = world.presence(person)
        for concept in scope.concepts:
            if concept.is_finding:
                rail = world.all([presence, world.rail(concept.condition, person)])
                yield from (rail.holds, rail.may, presence.holds)
