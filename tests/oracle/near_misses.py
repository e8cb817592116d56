"""How near each higher level is, by giving every small set of further answers in turn."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations, product

from taxatie.engine.reference import Reading, contexts_of
from taxatie.rules.condition import Condition
from taxatie.rules.program import Signal, Subject
from taxatie.terms.case import Answer
from taxatie.terms.explanation import EVERYONE_LISTED, HISTORY
from taxatie.terms.names import CASE, PersonId, unlisted_person
from taxatie.terms.trace import Existence
from taxatie.terms.truth import Truth
from tests.oracle.worlds import NO, OpenVariable, Question, Worlds

TRIES_MAX = 4000
Answers = Mapping[Question, int]


@dataclass(frozen=True)
class FurtherReading(Reading):
    """A case with some further answers, each reliable; all else stays as it is known."""

    further: Answers = field(default_factory=dict)
    _truths: dict[tuple[int, PersonId | None], Truth] = field(default_factory=dict)

    def answer(self, signal: Signal, person: PersonId | None) -> Answer:
        """Return the further answer, or the one that was given."""
        value = self.further.get((signal.id, None if signal.subject == CASE else person))
        return super().answer(signal, person) if value is None else Answer(value)

    def unlisted_existence(self, subject: Subject) -> Existence | None:
        """Return how sure the unlisted person is, once somebody said whether there is one."""
        said = self.further.get((EVERYONE_LISTED, unlisted_person(subject.id)))
        if said is None:
            return super().unlisted_existence(subject)
        return Existence.CERTAIN if said == NO else None

    def truth(self, condition: Condition, person: PersonId | None) -> Truth:
        """Return the condition's truth; each is asked once of everybody."""
        key = (id(condition), person)
        if key not in self._truths:
            self._truths[key] = super().truth(condition, person)
        return self._truths[key]

    def level(self) -> int:
        """Return the place of the level that the rules that fire reach."""
        persons = tuple(self.assessed_persons())
        return max(
            (
                self.program.level_rank(rule.level)
                for scope in self.program.scopes
                for whose in contexts_of(scope.subject, persons)
                for rule in scope.rules
                if rule.level is not None and self.truth(rule.condition, whose) is Truth.HOLDS
            ),
            default=0,
        )


@dataclass(frozen=True)
class Nearest:
    """The smallest sets of questions that may reach a level, each with the answers that do."""

    size: int
    ways: Mapping[frozenset[Question], list[Answers]]


@dataclass(frozen=True)
class FurtherAnswers:
    """All small sets of further answers to a case."""

    worlds: Worlds

    def level_with(self, further: Answers) -> int:
        """Return the place of the level with these answers."""
        program, case = self.worlds.program, self.worlds.case
        number = further.get((HISTORY, None))
        known = case if number is None else replace(case, history=self.worlds.histories[number])
        return FurtherReading(program, known, further).level()

    def nearest(self) -> tuple[dict[int, Nearest], int]:
        """Return the smallest sets for each level above the present one, and up to which size all were tried."""
        reached = self.level_with({})
        found: dict[int, Nearest] = {}
        tries = size = 0
        for size in range(1, len(self.worlds.variables) + 1):
            sets = list(combinations(self.worlds.variables, size))
            tries += sum(1 for chosen in sets for _ in _all_answers(chosen))
            if tries > TRIES_MAX:
                return found, size - 1
            ways = self._ways(sets, reached, found)
            found |= {rank: Nearest(size, by_set) for rank, by_set in ways.items()}
        return found, size

    def _ways(
        self, sets: list[tuple[OpenVariable, ...]], reached: int, found: Mapping[int, Nearest]
    ) -> dict[int, dict[frozenset[Question], list[Answers]]]:
        ways: dict[int, dict[frozenset[Question], list[Answers]]] = {}
        for chosen in sets:
            for further in _all_answers(chosen):
                for rank in range(reached + 1, self.level_with(further) + 1):
                    if rank not in found:
                        ways.setdefault(rank, {}).setdefault(frozenset(further), []).append(further)
        return ways


def _all_answers(chosen: tuple[OpenVariable, ...]) -> Iterator[Answers]:
    questions = [variable.question for variable in chosen]
    for answers in product(*(variable.answers for variable in chosen)):
        yield dict(zip(questions, answers, strict=True))
