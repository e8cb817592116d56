"""A release as one expression of CEL, run by the Rust interpreter, one case at a time.

It comes to a list of lists: which rules about the case fire, and, for each person of each subject, which of theirs do.
One expression for a case is many times faster than one for each rule, because the answers are handed over once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import cel

from load.peers.expressions import Dialect, Writer, each_rule
from load.peers.plain_facts import plain_facts
from taxatie.rules.condition import Some
from taxatie.rules.program import Program
from taxatie.terms.case import Case
from taxatie.terms.names import CASE, RuleId, SubjectId

_DIALECT = Dialect(
    conjunction=" && ",
    disjunction=" || ",
    negation="!({})",
    choice="({} ? {} : {})",
    answer=lambda signal, person: f"s_{signal}" if person is None else f"{person}.s_{signal}",
    group=lambda group, inner: (
        f"all_{group.subject}.{'exists' if isinstance(group, Some) else 'all'}(other, {inner('other')})"
    ),
)


@dataclass(frozen=True, slots=True)
class CelRules:
    """The rules of a program as one compiled expression of CEL."""

    program: Program
    expression: cel.Program

    @classmethod
    def of(cls, program: Program) -> "CelRules":
        """Return the rules, compiled."""
        writer = Writer(program, _DIALECT)

        def listed(subject: SubjectId, person: str | None) -> str:
            conditions = (rule.condition for owner, rule in each_rule(program) if owner == subject)
            return f"[{', '.join(writer.written(condition, person) for condition in conditions)}]"

        of_persons = [f"all_{subject.id}.map(p, {listed(subject.id, 'p')})" for subject in program.subjects]
        return cls(program, cel.compile(f"[{', '.join([listed(CASE, None), *of_persons])}]"))

    def facts(self, case: Case) -> dict[str, object]:
        """Return what CEL is given."""
        return plain_facts(self.program, case)

    def context(self, case: Case) -> cel.Context:
        """Return the same, already turned into CEL's own values."""
        return cel.Context(variables=self.facts(case))

    def evaluate(self, facts: "Mapping[str, object] | cel.Context") -> Sequence[object]:
        """Return the lists that the expression comes to."""
        found: Sequence[object] = self.expression.execute(facts)
        return found

    def fired(self, facts: Mapping[str, object]) -> Iterator[RuleId]:
        """Return each rule that fires for the case or somebody in it."""
        of_case, *of_persons = self.evaluate(facts)
        yield from self._named(CASE, of_case)
        for subject, persons in zip(self.program.subjects, of_persons, strict=True):
            assert isinstance(persons, list)
            for found in persons:
                yield from self._named(subject.id, found)

    def _named(self, subject: SubjectId, found: object) -> Iterator[RuleId]:
        assert isinstance(found, list)
        rules = [rule.id for owner, rule in each_rule(self.program) if owner == subject]
        return (rule for rule, fires in zip(rules, found, strict=True) if fires)
