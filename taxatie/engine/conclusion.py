"""From a trace to an assessment: the level and all that follows from which rules fire or may fire."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import chain, compress, groupby
from operator import attrgetter
from typing import Final

from taxatie.engine.deadlines import Deadlines, in_amsterdam
from taxatie.rules.program import Program, Rule
from taxatie.terms.assessment import (
    ActionDue,
    Assessment,
    Contradiction,
    ContradictionKind,
    Finding,
    RuleMatch,
    Withholding,
)
from taxatie.terms.case import Case
from taxatie.terms.names import CASE, ActionId, ConceptId, LevelId, ParameterId
from taxatie.terms.period import Term
from taxatie.terms.trace import Trace
from taxatie.terms.truth import Truth
from taxatie.terms.vocabulary import Level

_FINDINGS = {
    Truth.HOLDS: Finding.PRESENT,
    Truth.FAILS: Finding.ABSENT,
    Truth.CANNOT_TELL: Finding.POSSIBLE,
}
Matches = list[tuple[Rule, RuleMatch]]
_CANNOT_TELL: Final = bytes(number == Truth.CANNOT_TELL for number in range(256))
"""Which of the truths, as bytes, are that one."""
_HOLD: Final = bytes(number == Truth.HOLDS for number in range(256))


def conclude(program: Program, case: Case, trace: Trace) -> Assessment:
    """Return the assessment that the trace amounts to."""
    fired, possible = _matches(program, trace)
    level = _gravest(program, {rule.level for rule, _ in fired})
    ceiling = _gravest(program, {rule.level for rule, _ in possible})
    withheld = _withheld(program, fired + possible)
    deadlines = Deadlines(in_amsterdam(case.reference_time), program.calendar, _parameters(program, case))
    return Assessment(
        case=case.id,
        release=program.release,
        level=level.id,
        ceiling=max(level.id, ceiling.id, key=program.ranks.__getitem__),
        fired=tuple([match for _, match in fired]),
        possible=tuple([match for _, match in possible]),
        actions=_actions(program, level, fired, (withheld, deadlines)),
        withheld=tuple(Withholding(action, tuple(rules)) for action, rules in withheld.items()),
        findings=_findings(program, trace),
        contradictions=tuple(_contradictions(case, trace)),
        valid_until=deadlines.after(level.valid_for),
    )


def _matches(program: Program, trace: Trace) -> tuple[Matches, Matches]:
    """Return the rules that fire and that may fire: by release order, then by person."""
    fired: Matches = []
    possible: Matches = []
    for scope, evaluations in groupby(trace.evaluations, attrgetter("scope")):
        asked = list(evaluations)
        truths = bytearray(sum(len(each.rules) for each in asked))
        for place, each in enumerate(asked):
            truths[place :: len(asked)] = bytes(each.rules)
        of_each = [program.matches(scope, each.person) for each in asked]
        matches = of_each[0] if len(of_each) == 1 else list(chain.from_iterable(zip(*of_each, strict=True)))
        fired += compress(matches, truths.translate(_HOLD))
        possible += compress(matches, truths.translate(_CANNOT_TELL))
    return fired, possible


def _gravest(program: Program, levels: Iterable[LevelId | None]) -> Level:
    """Return the gravest of the levels that rules give, or the mildest of the scale where none gives one."""
    rank = program.ranks
    return program.levels[max((rank[level] for level in levels if level is not None), default=0)]


def _withheld(program: Program, matches: Matches) -> dict[ActionId, list[RuleMatch]]:
    """Return the rules that withhold each action, in vocabulary order of the actions."""
    places = program.rule_places
    found: dict[ActionId, list[RuleMatch]] = {}
    withholding = [(rule, match) for rule, match in matches if rule.withhold]
    # The sort keeps persons in their order; a rule fires for some of them and may fire for others.
    for rule, match in sorted(withholding, key=lambda each: places[each[0].id]):
        for action in rule.withhold:
            found.setdefault(action, []).append(match)
    return {action: found[action] for action in program.actions if action in found}


def _actions(
    program: Program, level: Level, fired: Matches, limits: tuple[Mapping[ActionId, list[RuleMatch]], Deadlines]
) -> tuple[ActionDue, ...]:
    """Return the level's actions and those of the rules that fire, less the withheld, by due moment."""
    withheld, deadlines = limits
    recommended: dict[ActionId, list[RuleMatch]] = {action: [] for action in level.actions}
    for rule, match in fired:
        for name in rule.actions:
            recommended.setdefault(name, []).append(match)
    due: dict[Term | ParameterId, datetime] = {}
    listed = []
    for name, action in program.actions.items():
        if name in recommended and name not in withheld:
            if action.within not in due:
                due[action.within] = deadlines.due(action)
            listed.append(ActionDue(name, due[action.within], tuple(recommended[name])))
    return tuple(sorted(listed, key=attrgetter("due")))


def _findings(program: Program, trace: Trace) -> dict[str, dict[ConceptId, Finding]]:
    """Return what is reported of each person, the case first, then persons in their order."""
    found: dict[str, dict[ConceptId, Finding]] = {CASE: {}}
    found.update({person.id: {} for person in trace.persons})
    for evaluation in trace.evaluations:
        scope = program.scopes[evaluation.scope]
        whose = CASE if evaluation.person is None else evaluation.person
        for concept, truth in zip(scope.concepts, evaluation.concepts, strict=True):
            if concept.is_finding:
                found[whose][concept.id] = _FINDINGS[truth]
    return {whose: findings for whose, findings in found.items() if findings}


def _contradictions(case: Case, trace: Trace) -> Iterable[Contradiction]:
    places = {person.id: index for index, person in enumerate(case.persons)}
    for signal, person in trace.inapplicable:
        where = "" if person is None else f"persons[{places[person]}]."
        yield Contradiction(f"{where}answers.{signal}", ContradictionKind.NOT_APPLICABLE)
    for index, listed in enumerate(case.persons):
        if listed.subject in trace.impossible:
            yield Contradiction(f"persons[{index}]", ContradictionKind.SUBJECT_DOES_NOT_EXIST)
    for index, event in enumerate(case.history.events):
        if event.date > case.reference_date:
            yield Contradiction(f"history.events[{index}]", ContradictionKind.AFTER_REFERENCE_DATE)


def _parameters(program: Program, case: Case) -> dict[ParameterId, Term]:
    own = {} if case.region is None else program.regions[case.region]
    return {**program.parameters, **own}
