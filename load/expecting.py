"""Made-up cases to ask a service about, and what every release must answer: so that a load can judge each answer.

The expected comes from the live engine in this process, where nothing else goes on: what a load can find is an answer
that is wrong because of the load, such as another caller's, or half of one release and half of another.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from load.population import Population
from load.population_cases import cases, plain_case
from taxatie.client import case_message
from taxatie.engine.conclusion import conclude
from taxatie.engine.live import LiveEngine
from taxatie.rules.program import Program
from taxatie.service.answer import noted_moment
from taxatie.terms.assessment import Assessment
from taxatie.terms.case import Case, Mode
from taxatie.wire.decision_record import ADVICE_REFERENCE
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages
from taxatie.wire.generated.taxatie.v1 import case_pb2


class WrongAnswerError(Exception):
    """The service answered, and the answer is wrong."""


@dataclass(frozen=True, slots=True)
class Gist:
    """What must be right in an answer however much of it was asked for."""

    level: str
    ceiling: str
    fired: tuple[tuple[str, str], ...]
    """The rules, each with the person it was asked of, or with nothing."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A case that is asked about, and what each release must answer, by its digest."""

    case: case_pb2.Case
    expected: Mapping[str, Gist]


@dataclass(slots=True)
class Deck:
    """Distinct made-up cases, over and over, each time under another reference."""

    cards: Sequence[Asked]
    _number: "count[int]" = field(default_factory=count)

    def draw(self) -> Asked:
        """Return the next case."""
        number = next(self._number)
        card = self.cards[number % len(self.cards)]
        if card.case.mode == case_pb2.MODE_ADVICE:
            return card
        case = case_pb2.Case()
        case.CopyFrom(card.case)
        case.case = f"made-up-{number}"
        return Asked(case, card.expected)


@dataclass(slots=True)
class Judge:
    """Says what is wrong with answers, and knows the decisions it has seen."""

    _decisions: set[str] = field(default_factory=set)

    @property
    def decisions(self) -> frozenset[str]:
        """The decisions that it has seen, by id."""
        return frozenset(self._decisions)

    def judge(self, asked: Asked, answer: messages.AssessResponse, valid: Iterable[str] | None = None) -> None:
        """Take an answer in; *valid* are the digests of the releases that were served while it was asked for.

        Raises:
            WrongAnswerError: When it is not the answer to what was asked, or not one of these releases'.
        """
        expected = asked.expected.get(answer.digest)
        if expected is None or (valid is not None and answer.digest not in valid):
            raise WrongAnswerError(f"no release with the digest `{answer.digest}` was served")
        if answer.case != (asked.case.case or ADVICE_REFERENCE):
            raise WrongAnswerError("the answer is about another case")
        if gist_of(answer) != expected:
            raise WrongAnswerError("the answer is not what its release says")
        if not answer.decision or answer.decision in self._decisions:
            raise WrongAnswerError("the answer has no decision of its own")
        self._decisions.add(answer.decision)


def gist_of(answer: messages.AssessResponse) -> Gist:
    """Return what must be right in an answer."""
    return Gist(answer.level, answer.ceiling, tuple((match.rule, match.person) for match in answer.fired))


def deck_of(programs: Sequence[Program], size: int, seed: int = 1) -> Deck:
    """Return *size* distinct cases, drawn from the population of the first release, that suit all of them."""
    population = Population(programs[0], seed)
    engines = [(program, LiveEngine(program)) for program in programs]
    return Deck([_asked(case, engines) for case in cases(population, size)])


def _asked(made: Case, engines: Sequence[tuple[Program, LiveEngine]]) -> Asked:
    case = _as_recorded(made)
    message = case_message(plain_case(engines[0][0], case))
    if case.mode is Mode.ADVICE:
        message.case = ""
    expected = {
        str(program.digest): _gist(conclude(program, case, engine.evaluate(case))) for program, engine in engines
    }
    return Asked(message, expected)


def _as_recorded(case: Case) -> Case:
    """Return the case as it is decided: of an advice the time is known by the hour only."""
    return replace(case, reference_time=noted_moment(case.reference_time, case.mode))


def _gist(assessment: Assessment) -> Gist:
    return Gist(
        assessment.level, assessment.ceiling, tuple((match.rule, match.person or "") for match in assessment.fired)
    )
