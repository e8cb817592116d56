"""What a change of rules does to cases: who comes out otherwise, milder ones first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from taxatie.engine.conclusion import conclude
from taxatie.engine.evaluator import Engine
from taxatie.engine.translation import translate
from taxatie.rules.program import Program
from taxatie.terms.assessment import Assessment
from taxatie.terms.case import Answers, Case, History
from taxatie.terms.names import ActionId, LevelId, RuleId


@dataclass(frozen=True, slots=True)
class Judged:
    """What one release says of a case, without the dates."""

    level: LevelId
    rank: int
    actions: frozenset[ActionId]
    withheld: frozenset[ActionId]
    findings: frozenset[tuple[str, str, str]]
    fired: frozenset[RuleId]


@dataclass(frozen=True, slots=True)
class Difference:
    """A case that comes out otherwise: where it comes from, and what each release says."""

    origin: str
    case: Case
    """As the newer release reads it."""
    before: Judged
    after: Judged

    @property
    def order(self) -> tuple[int, int, int, str]:
        """Milder first, and the more the earlier; then what is lost; then the rest."""
        lost = len(self.before.actions - self.after.actions) + len(self.before.withheld - self.after.withheld)
        return (self.after.rank - self.before.rank, -lost, 0 if lost else 1, self.origin)

    @property
    def is_milder(self) -> bool:
        """Whether the level went down."""
        return self.after.rank < self.before.rank

    @property
    def rules_gone(self) -> tuple[RuleId, ...]:
        """The rules that fired before and no longer do."""
        return tuple(sorted(self.before.fired - self.after.fired))

    @property
    def rules_come(self) -> tuple[RuleId, ...]:
        """The rules that fire now and did not before."""
        return tuple(sorted(self.after.fired - self.before.fired))


@dataclass(frozen=True, slots=True)
class Bench:
    """Two releases side by side, each with its engine."""

    old: Program
    old_engine: Engine
    new: Program
    new_engine: Engine
    left_out: set[str] = field(default_factory=set)
    """What cases say and one of the releases cannot read."""

    def differences(self, cases: Iterable[tuple[str, Case]]) -> Iterator[Difference | None]:
        """Return what differs for each case of the newer release, by its origin; None where nothing does."""
        for origin, case in cases:
            yield self.difference(origin, case)

    def difference(self, origin: str, case: Case) -> Difference | None:
        """Return what differs for one case of the newer release."""
        translated, lost = translate(case, self.new, self.old)
        self.left_out.update(lost)
        before = judged(self.old, conclude(self.old, translated, self.old_engine.evaluate(translated)))
        after = judged(self.new, conclude(self.new, case, self.new_engine.evaluate(case)))
        if replace(before, fired=after.fired, level=after.level) == after:
            return None
        return Difference(origin, case, before, after)

    def smallest(self, difference: Difference) -> Difference:
        """Return the difference for as small a case as shows the same change of level, actions and withholdings."""
        found = difference
        shrunk = True
        while shrunk:
            shrunk = False
            for smaller in _smaller(found.case):
                still = self.difference(found.origin, smaller)
                if still is not None and _same_kind(still, difference):
                    found, shrunk = still, True
                    break
        return found


def judged(program: Program, assessment: Assessment) -> Judged:
    """Return an assessment without what only dates or persons' order change."""
    ranks = {level.id: rank for rank, level in enumerate(program.levels)}
    return Judged(
        level=assessment.level,
        rank=ranks[assessment.level],
        actions=frozenset(each.action for each in assessment.actions),
        withheld=frozenset(each.action for each in assessment.withheld),
        findings=frozenset(
            (person, str(concept), str(finding))
            for person, concepts in assessment.findings.items()
            for concept, finding in concepts.items()
        ),
        fired=frozenset(match.rule for match in assessment.fired),
    )


def _same_kind(one: Difference, other: Difference) -> bool:
    """Return whether two differences change the level alike and lose the same."""
    return (
        (one.before.rank, one.after.rank) == (other.before.rank, other.after.rank)
        and one.before.actions - one.after.actions == other.before.actions - other.after.actions
        and one.before.withheld - one.after.withheld == other.before.withheld - other.after.withheld
    )


def _smaller(case: Case) -> Iterator[Case]:
    """Return the cases with one thing less, the larger things first."""
    for person in case.persons:
        events = tuple(event for event in case.history.events if event.person != person.id)
        others = tuple(each for each in case.persons if each.id != person.id)
        yield replace(case, persons=others, history=History(case.history.is_searched, events))
    for index in range(len(case.history.events)):
        kept = case.history.events[:index] + case.history.events[index + 1 :]
        yield replace(case, history=History(case.history.is_searched, kept))
    for answers in _fewer(case.answers):
        yield replace(case, answers=answers)
    for index, person in enumerate(case.persons):
        for answers in _fewer(person.answers):
            changed = (*case.persons[:index], replace(person, answers=answers), *case.persons[index + 1 :])
            yield replace(case, persons=changed)


def _fewer(answers: Answers) -> Iterator[Answers]:
    for name in answers:
        yield {each: answer for each, answer in answers.items() if each != name}
