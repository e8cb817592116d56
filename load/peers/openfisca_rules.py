"""A release as variables of OpenFisca, computed for a whole population at once.

Each concept, score and rule is a variable, as an author there would write it, so that each is computed once. Unknown is
-1 in the input, which no condition asks for.
"""

# ruff: noqa: ANN401  # OpenFisca ships no types

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any as Untyped  # OpenFisca ships no types
from typing import Final

import numpy as np
from openfisca_core import entities, periods, simulations, taxbenefitsystems, variables

from load.peers.two_valued import Rules, is_of_person
from taxatie.rules.condition import (
    All,
    Among,
    Any,
    AtLeast,
    Between,
    ConceptHolds,
    ConceptUnknown,
    Condition,
    Events,
    Every,
    Not,
    ScoreBetween,
    ScoreUnknown,
    SignalUnknown,
    Some,
)
from taxatie.rules.program import Program
from taxatie.terms.names import CASE, SignalId, SubjectId

Formula = Callable[[Untyped, Untyped], Untyped]
Values = Mapping[SignalId, np.ndarray[Untyped, np.dtype[np.int16]]]
UNKNOWN: Final = -1
_PERIOD: Final = periods.period("2026")
"""Any: OpenFisca asks for one."""
LEVEL: Final = "level_of_case"


@dataclass(frozen=True, slots=True)
class Household:
    """A population as OpenFisca wants it: answers by case, persons in a row, each with its case and its subject."""

    cases: int
    answers: Values
    owner: np.ndarray[Untyped, np.dtype[np.int64]]
    role: np.ndarray[Untyped, np.dtype[np.int64]]
    """Each person's subject, by its place in the program."""
    of_persons: Values
    """For every person; where a signal is another subject's, UNKNOWN."""


@dataclass(frozen=True, slots=True)
class OpenFiscaRules:
    """The rules of a program within OpenFisca."""

    program: Program
    system: Untyped

    @classmethod
    def of(cls, program: Program) -> "OpenFiscaRules":
        """Return the rules as a tax and benefit system, which is what OpenFisca calls it."""
        roles = [
            {"key": subject.id, "plural": f"{subject.id}_s", "label": "", "doc": ""} for subject in program.subjects
        ]
        person = entities.Entity("person", "persons", "", "")
        case = entities.GroupEntity("case", "cases", "", "", roles=roles)
        system = taxbenefitsystems.TaxBenefitSystem([person, case])
        _Writer(program, system, {CASE: case}, person).write()
        return cls(program, system)

    def levels(self, house: Household) -> Untyped:
        """Return the rank of each case's level."""
        builder = simulations.SimulationBuilder()
        builder.create_entities(self.system)
        builder.declare_person_entity("person", np.arange(len(house.owner)))
        cases = builder.declare_entity("case", np.arange(house.cases))
        builder.join_with_persons(cases, house.owner, house.role)
        # Joining counts a case without persons out; this is the same for all others.
        cases.members_entity_id = house.owner
        simulation = builder.build(self.system)
        for name, values in (*house.answers.items(), *house.of_persons.items()):
            simulation.set_input(f"s_{name}", _PERIOD, values)
        return simulation.calculate(LEVEL, _PERIOD)


@dataclass(frozen=True, slots=True)
class _Writer:
    program: Program
    system: Untyped
    groups: Mapping[SubjectId, Untyped]
    person: Untyped

    def write(self) -> None:
        for signal in self.program.signals.values():
            self.add(f"s_{signal.id}", signal.subject, int, None)
        for subject, concept in Rules(self.program).concepts():
            self.add(f"c_{concept.id}", subject, bool, self.of(concept.condition, subject))
        for scope in self.program.scopes:
            for score in scope.scores:
                items = [(self.of(item.condition, scope.subject), item.points) for item in score.items]
                self.add(f"p_{score.id}", scope.subject, int, _total(items))
        fired = []
        for scope, rule, rank in Rules(self.program).by_scope():
            name = f"r_{rule.id.lower().replace('-', '_')}"
            self.add(name, scope.subject, bool, self.of(rule.condition, scope.subject))
            fired.append((self.somebody(name, scope.subject), rank))
        self.add(LEVEL, CASE, int, _gravest(fired))

    def add(self, name: str, subject: SubjectId, value: type, formula: Formula | None) -> None:
        body: dict[str, object] = {
            "value_type": value,
            "entity": self.person if is_of_person(subject) else self.groups[CASE],
            "definition_period": periods.DateUnit.YEAR,
            "label": name,
        }
        if value is int:
            body["default_value"] = UNKNOWN
        if formula is not None:
            body["formula"] = formula
        self.system.add_variable(type(name, (variables.Variable,), body))

    def somebody(self, rule: str, subject: SubjectId) -> Formula:
        if not is_of_person(subject):
            return lambda case, period: case(rule, period)
        return lambda case, period: case.any(case.members(rule, period), role=_role(case, subject))

    def read(self, name: str, whose: SubjectId, subject: SubjectId) -> Formula:
        """Return how somebody of *subject* reads a variable: its own, or that of its case."""
        if whose == subject:
            return lambda population, period: population(name, period)
        return lambda population, period: population.case(name, period)

    def of(self, condition: Condition, subject: SubjectId) -> Formula:
        match condition:
            case Among() | Between() | SignalUnknown():
                return self.of_signal(condition, subject)
            case ConceptHolds(concept=concept):
                return self.read(f"c_{concept}", Rules(self.program).subject_of(concept), subject)
            case Not(condition=inner):
                turned = self.of(inner, subject)
                return lambda population, period: ~turned(population, period)
            case All() | Any() | AtLeast():
                return self.of_several(condition, subject)
            case Some() | Every():
                found = self.of_persons(condition)
                return _seen_by_each_person(found) if is_of_person(subject) else found
            case ScoreBetween(score=score, low=low, high=high):
                return _within(lambda population, period: population(f"p_{score}", period), low, high)
            case Events() | ConceptUnknown() | ScoreUnknown():
                return lambda population, _: np.zeros(population.count, dtype=np.bool_)

    def of_several(self, condition: All | Any | AtLeast, subject: SubjectId) -> Formula:
        parts = [self.of(part, subject) for part in condition.conditions]
        match condition:
            case All():
                return lambda population, period: reduce(np.logical_and, [part(population, period) for part in parts])
            case Any():
                return lambda population, period: reduce(np.logical_or, [part(population, period) for part in parts])
            case AtLeast(count=count):
                total = _total([(part, 1) for part in parts])
                return lambda population, period: total(population, period) >= count

    def of_persons(self, condition: Some | Every) -> Formula:
        subject, inner = condition.subject, self.of(condition.condition, condition.subject)
        if isinstance(condition, Some):
            return lambda case, period: case.any(inner(case.members, period), role=_role(case, subject))
        return lambda case, period: ~case.any(~inner(case.members, period), role=_role(case, subject))

    def of_signal(self, condition: Among | Between | SignalUnknown, subject: SubjectId) -> Formula:
        value = self.read(f"s_{condition.signal}", self.program.signals[condition.signal].subject, subject)
        match condition:
            case Among(values=values):
                wanted = sorted(values)
                return lambda population, period: reduce(
                    np.logical_or, [value(population, period) == each for each in wanted]
                )
            case Between(low=low, high=high):
                return _within(value, 0 if low is None else low, high)
            case SignalUnknown():
                return lambda population, period: value(population, period) == UNKNOWN


def _seen_by_each_person(formula: Formula) -> Formula:
    """Return what a formula of the case comes to for each person."""

    def of_person(person: Untyped, period: Untyped) -> Untyped:
        case = person.simulation.populations["case"]
        return formula(case, period)[case.members_entity_id]

    return of_person


def _role(case: Untyped, subject: SubjectId) -> Untyped:
    return next(role for role in case.entity.roles if role.key == subject)


def _total(weighted: list[tuple[Formula, int]]) -> Formula:
    return lambda population, period: sum(part(population, period) * points for part, points in weighted)


def _within(value: Formula, low: int | None, high: int | None) -> Formula:
    def formula(population: Untyped, period: Untyped) -> Untyped:
        found = value(population, period)
        reaches = np.ones(len(found), dtype=np.bool_) if low is None else found >= low
        return reaches if high is None else reaches & (found <= high)

    return formula


def _gravest(fired: list[tuple[Formula, int]]) -> Formula:
    return lambda case, period: reduce(np.maximum, [fires(case, period) * rank for fires, rank in fired])
