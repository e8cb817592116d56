"""What an assessment would be in each world: the parts in which two worlds can differ."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from taxatie.explain.knowledge import Whose
from taxatie.explain.world import CERTAINLY, NEVER, Rail, World
from taxatie.rules.circuit import FALSE, TRUE, Literal
from taxatie.rules.program import Rule, Scope
from taxatie.terms.names import ActionId, LevelId, PersonId
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


@dataclass(frozen=True, slots=True)
class _Sure:
    """What the rules that fire in every world bring about, so that no other rule can add it."""

    rank: int
    actions: frozenset[ActionId]
    """Recommended by one of them, or withheld: it no longer matters who else recommends it."""
    withheld: frozenset[ActionId]

    @classmethod
    def of(cls, rules: Iterable[Rule], ranks: Mapping[LevelId, int]) -> "_Sure":
        """Return what the rules bring about."""
        listed = list(rules)
        withheld = frozenset(action for rule in listed for action in rule.withhold)
        return cls(
            rank=max((ranks[rule.level] for rule in listed if rule.level is not None), default=0),
            actions=withheld.union(action for rule in listed for action in rule.actions),
            withheld=withheld,
        )

    def leaves_room_for(self, rule: Rule, ranks: Mapping[LevelId, int]) -> bool:
        """Return whether it can make a difference that the rule fires as well."""
        is_higher = rule.level is not None and ranks[rule.level] > self.rank
        return is_higher or not (self.actions.issuperset(rule.actions) and self.withheld.issuperset(rule.withhold))


def _rules(world: World, trace: Trace) -> Iterator[tuple[Rule, Rail]]:
    """Return the rules that can make a difference, of whom they are asked, with the literals that they fire."""
    certain: list[Rule] = []
    others: list[tuple[Rule, Whose, Rail | None]] = []
    for rule, person, rail in _asked(world, trace):
        if rail is not None and rail.holds == TRUE:
            certain.append(rule)
        elif rail is None or rail.may != FALSE:
            others.append((rule, person, rail))
    yield from ((rule, CERTAINLY) for rule in certain)
    sure = _Sure.of(certain, world.program.ranks)
    for rule, person, rail in others:
        if sure.leaves_room_for(rule, world.program.ranks):
            yield rule, rail or world.all([world.presence(person), world.rail(rule.condition, person)])


def _asked(world: World, trace: Trace) -> Iterator[tuple[Rule, Whose, Rail | None]]:
    """Return each rule and person, with the literals that the rule fires where the trace says it all."""
    for evaluation in trace.evaluations:
        presence = world.presence(evaluation.person)
        for rule, truth in zip(world.program.scopes[evaluation.scope].rules, evaluation.rules, strict=True):
            rail = None
            if truth is not Truth.CANNOT_TELL and not world.knowledge.insight.rests_on_unknown(rule.condition):
                rail = presence if truth is Truth.HOLDS else NEVER
            yield rule, evaluation.person, rail


def _at_least(world: World, rules: list[tuple[Rule, Rail]], rank: int) -> Literal:
    if rank == 0:
        return TRUE
    ranks = world.program.ranks
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
