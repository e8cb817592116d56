"""One case on durable-rules, within the worker: from the reader's atoms and the networks to a trace."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from taxatie.engine.durable_judge import So
from taxatie.engine.durable_reader import NO, CaseReader, Judges, PersonReader, Whose
from taxatie.rules.program import Program, Scope
from taxatie.terms.case import Case
from taxatie.terms.names import CASE, SignalId
from taxatie.terms.trace import Evaluation, Trace
from taxatie.terms.truth import Truth


@dataclass(slots=True)
class DurableEvaluation:
    """A program on durable-rules, evaluating one case after another."""

    program: Program
    judges: Judges = field(init=False)

    def __post_init__(self) -> None:
        """Keep the judges between cases."""
        self.judges = Judges(self.program)

    def evaluate(self, case: Case) -> Trace:
        """Return what the program finds about the case."""
        reader = CaseReader(self.judges, case)
        evaluations = []
        for index, scope in enumerate(self.program.scopes):
            owners: list[Whose] = [None]
            if scope.subject != CASE:
                owners = [person.id for person in reader.persons if person.subject == scope.subject]
            evaluations += [self._scope(reader, index, scope, owner) for owner in owners]
        listed = {person.subject for person in case.persons}
        return Trace(
            persons=reader.persons,
            evaluations=tuple(evaluations),
            inapplicable=tuple(self._inapplicable(reader)),
            impossible=tuple(s.id for s in self.program.subjects if s.id in listed and reader.exists(s) == NO),
        )

    def _scope(self, reader: CaseReader, index: int, scope: Scope, owner: Whose) -> Evaluation:
        items = [item.condition for score in scope.scores for item in score.items]
        rules = [rule.condition for rule in scope.rules]
        concepts = [concept.condition for concept in scope.concepts]
        judge = self.judges.of(*rules, *concepts, *items)
        found = judge.judge(PersonReader(reader, owner))
        after_rules, after_concepts = len(rules), len(rules) + len(concepts)
        rest, scores = found[after_concepts:], []
        for score in scope.scores:
            scores.append(judge.score(score.id, rest[: len(score.items)]))
            rest = rest[len(score.items) :]
        return Evaluation(
            scope=index,
            person=owner,
            rules=tuple(map(_truth, found[:after_rules])),
            concepts=tuple(map(_truth, found[after_rules:after_concepts])),
            scores=tuple(scores),
        )

    def _inapplicable(self, reader: CaseReader) -> Iterator[tuple[SignalId, Whose]]:
        owners = [(None, CASE), *((person.id, person.subject) for person in reader.case.persons)]
        for owner, subject in owners:
            for signal in self.program.signals.values():
                if signal.subject == subject and reader.inapplicable(signal, owner):
                    yield signal.id, owner


def _truth(so: So) -> Truth:
    certain, excluded = so
    assert not (certain and excluded), "a condition cannot both hold and fail"
    return Truth.HOLDS if certain else Truth.FAILS if excluded else Truth.CANNOT_TELL
