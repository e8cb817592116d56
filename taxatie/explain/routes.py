"""How each question can come to matter: the routes from an answer through conditions to a rule or a finding."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from taxatie.explain.parts import may_stay_undecided, parts_of
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
from taxatie.rules.program import Program, Rule
from taxatie.terms.explanation import HISTORY
from taxatie.terms.names import CASE, SignalId, SubjectId
from taxatie.terms.vocabulary import SignalType


class Role(StrEnum):
    """Of whom a neighbour on the route is asked."""

    SELF = "self"
    """The person of whom the rule is asked, or the case."""
    MEMBER = "member"
    """The one of a group to whom the question belongs."""
    OTHERS = "others"
    """Everybody else of the group."""


class Asked(NamedTuple):
    """Of whom a condition is asked, and the subject of that person."""

    role: Role
    subject: SubjectId


class Beside(NamedTuple):
    """A neighbour that has to hold, or to fail, for a question to matter by the route past it."""

    condition: Condition
    asked: Asked
    wanted: bool
    is_forced: bool
    """Whether the route is closed without it; else it is only likely to help."""
    asleep: SignalId | None = None
    """Counts only while this signal of the same person has no answer."""
    is_closed_awake: bool = False
    """Whether the route is closed once that signal has an answer."""
    item: int | None = None
    """Of a score, which item the route comes from: the others should be just too few."""


@dataclass(frozen=True, slots=True)
class Route:
    """One way by which the answer to a question changes what a rule or a finding says."""

    signal: SignalId
    asked: Asked
    """Whose answer it is."""
    scope: int
    place: int
    """Of the rule, or of the finding after the rules, in its scope."""
    rule: Rule | None
    """None for a finding."""
    rank: int
    """Of the level that the rule gives."""
    beside: tuple[Beside, ...]


_Found = tuple[SignalId, Asked, tuple[Beside, ...]]


def find_routes(program: Program) -> Mapping[SignalId, tuple[Route, ...]]:
    """Return all routes by question: first to the gravest rules, and by those with few neighbours."""
    found: dict[SignalId, list[Route]] = {}
    finder = _Finder(program)
    for index, scope in enumerate(program.scopes):
        asked = Asked(Role.SELF, scope.subject)
        ends: list[tuple[Rule | None, Condition]] = [(rule, rule.condition) for rule in scope.rules]
        ends += [(None, concept.condition) for concept in scope.concepts if concept.is_finding]
        for place, (rule, condition) in enumerate(ends):
            rank = 0 if rule is None or rule.level is None else program.ranks[rule.level]
            for signal, whose, beside in finder.walk(condition, asked, ()):
                route = Route(signal, whose, index, place, rule, rank, beside)
                found.setdefault(signal, []).append(route)
    return {
        signal: tuple(sorted(routes, key=lambda route: (-route.rank, len(route.beside))))
        for signal, routes in found.items()
    }


@dataclass(frozen=True, slots=True)
class _Finder:
    """Follows the conditions of a program down to its questions."""

    program: Program

    def walk(self, condition: Condition, asked: Asked, beside: tuple[Beside, ...]) -> Iterator[_Found]:
        """Yield every question that the condition rests on, with what is passed on the way."""
        match condition:
            case Among() | Between():
                yield from self._to_answer(condition, asked, beside)
            case Not(part):
                yield from self.walk(part, asked, beside)
            case ConceptHolds(concept):
                yield from self.walk(self.program.concepts[concept].condition, asked, beside)
            case All(parts) | Any(parts):
                yield from self._past(parts, asked, beside, wanted=isinstance(condition, All))
            case AtLeast():
                yield from self._past_enough(condition, asked, beside)
            case Some(subject, part) | Every(subject, part):
                other = Beside(part, Asked(Role.OTHERS, subject), isinstance(condition, Every), is_forced=True)
                yield from self.walk(part, Asked(Role.MEMBER, subject), (*beside, other))
            case _:
                yield from self._to_rest(condition, asked, beside)

    def _to_rest(
        self,
        condition: Events | ScoreBetween | SignalUnknown | ConceptUnknown | ScoreUnknown,
        asked: Asked,
        beside: tuple[Beside, ...],
    ) -> Iterator[_Found]:
        """Walk into what counts, and into what may stay unknown when all is settled."""
        match condition:
            case Events():
                yield HISTORY, Asked(Role.SELF, CASE), beside
            case ScoreBetween(score):
                for place, item in enumerate(self.program.scores[score].items):
                    others = Beside(condition, asked, wanted=True, is_forced=False, item=place)
                    yield from self.walk(item.condition, asked, (*beside, others))
            case SignalUnknown():
                pass
            case ConceptUnknown() | ScoreUnknown():
                if may_stay_undecided(self.program, condition):
                    for part in parts_of(self.program, condition):
                        yield from self.walk(part, asked, beside)

    def _to_answer(self, condition: Among | Between, asked: Asked, beside: tuple[Beside, ...]) -> Iterator[_Found]:
        """Yield the question itself, and those that decide whether it applies."""
        signal = self.program.signals[condition.signal]
        whose = Asked(Role.SELF, CASE) if signal.subject == CASE else asked
        if signal.applies_when is None:
            yield signal.id, whose, beside
            return
        yield signal.id, whose, (*beside, Beside(signal.applies_when, whose, True, True, signal.id))
        value = Among(signal.id, frozenset({1})) if signal.type is SignalType.YES_NO else condition
        yield from self.walk(signal.applies_when, whose, (*beside, Beside(value, whose, True, True, signal.id, True)))

    def _past(
        self, parts: Sequence[Condition], asked: Asked, beside: tuple[Beside, ...], *, wanted: bool
    ) -> Iterator[_Found]:
        """Walk into each part, while all others hold, or fail."""
        for place, part in enumerate(parts):
            others = [Beside(each, asked, wanted, True) for each in (*parts[:place], *parts[place + 1 :])]
            yield from self.walk(part, asked, (*beside, *others))

    def _past_enough(self, condition: AtLeast, asked: Asked, beside: tuple[Beside, ...]) -> Iterator[_Found]:
        """Walk into each part, while the others are likely to be just one too few."""
        parts, count = condition.conditions, condition.count
        for place, part in enumerate(parts):
            others = (*parts[:place], *parts[place + 1 :])
            if 1 <= count <= len(parts):
                enough = Beside(AtLeast(count - 1, others), asked, True, False)
                yield from self.walk(part, asked, (*beside, enough) if count > 1 else beside)
