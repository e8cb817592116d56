"""Conditions as planes: where each holds and where it fails, for the case, a listed person or an unlisted one."""

from dataclasses import dataclass, field
from typing import Final, assert_never

from taxatie.engine.columns_graph import ALWAYS, NEVER, Graph, Node
from taxatie.engine.columns_knowledge import Known, Stored, Truths
from taxatie.engine.columns_layout import (
    PRESENT,
    SEARCHED,
    Layout,
    PatternSource,
    PlaneSource,
    Question,
    everyone_listed,
)
from taxatie.engine.columns_sums import Sums
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
from taxatie.rules.program import Program, Score, Signal
from taxatie.terms.names import CASE, ScoreId, SignalId, SubjectId
from taxatie.terms.vocabulary import SignalType

_APPLIES: Final = Truths(ALWAYS, NEVER)


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """Of whom a condition is asked: the case, each listed person of a subject, or its unlisted one."""

    subject: SubjectId
    is_unlisted: bool = False


OF_THE_CASE: Final = Viewpoint(CASE)


@dataclass(frozen=True, slots=True)
class Unlisted:
    """Where a case has an unlisted person of a subject, and where it is sure that there is one."""

    present: Node
    certain: Node
    impossible: Node
    """Where somebody is listed although there can be nobody."""


@dataclass(frozen=True, slots=True)
class Points:
    """A score as two sums: its lowest is *base* and what is *gained*, its highest *top* less what is *lost*."""

    base: int
    top: int
    gained: tuple[Node, ...]
    lost: tuple[Node, ...]
    unsettled: Node


@dataclass(frozen=True, slots=True)
class ConditionPlanes:
    """The conditions of one program over one layout, as nodes of a graph."""

    program: Program
    layout: Layout
    graph: Graph
    _truths: dict[tuple[Viewpoint, Condition], Truths] = field(default_factory=dict)
    _known: dict[tuple[Viewpoint, SignalId], Known] = field(default_factory=dict)
    _points: dict[tuple[Viewpoint, ScoreId], Points] = field(default_factory=dict)

    def truths(self, condition: Condition, whose: Viewpoint) -> Truths:
        """Return where the condition holds and fails."""
        found = self._truths.get((whose, condition))
        if found is None:
            found = self._truths[whose, condition] = self._judged(condition, whose)
        return found

    def _judged(self, condition: Condition, whose: Viewpoint) -> Truths:
        match condition:
            case Among(signal, values):
                return self.known(signal, whose).among(values)
            case Between(signal, low, high):
                return self.known(signal, whose).between(low, high)
            case ScoreBetween(score, low, high):
                return self._score_between(self.points(score, whose), low, high)
            case ConceptHolds(concept):
                return self.truths(self.program.concepts[concept].condition, whose)
            case Events():
                return self._events(condition, whose)
            case SignalUnknown() | ConceptUnknown() | ScoreUnknown():
                unknown = self._unknown(condition, whose)
                return Truths(unknown, self.graph.invert(unknown))
            case _:
                return self._combined(condition, whose)

    def _unknown(self, condition: SignalUnknown | ConceptUnknown | ScoreUnknown, whose: Viewpoint) -> Node:
        match condition:
            case SignalUnknown(signal):
                return self.known(signal, whose).unsettled
            case ScoreUnknown(score):
                return self.points(score, whose).unsettled
            case ConceptUnknown(concept):
                return self.in_doubt(self.truths(self.program.concepts[concept].condition, whose))

    def _combined(self, condition: Not | All | Any | AtLeast | Some | Every, whose: Viewpoint) -> Truths:
        graph = self.graph
        match condition:
            case Not(part):
                holds, fails = self.truths(part, whose)
                return Truths(fails, holds)
            case All(conditions):
                parts = [self.truths(part, whose) for part in conditions]
                return Truths(graph.all_of(p.holds for p in parts), graph.any_of(p.fails for p in parts))
            case Any(conditions):
                parts = [self.truths(part, whose) for part in conditions]
                return Truths(graph.any_of(p.holds for p in parts), graph.all_of(p.fails for p in parts))
            case AtLeast(count, conditions):
                parts = [self.truths(part, whose) for part in conditions]
                sums, too_many = Sums(graph), len(parts) - count + 1
                return Truths(
                    sums.count_at_least(count, [part.holds for part in parts]),
                    sums.count_at_least(too_many, [part.fails for part in parts]),
                )
            case Some(subject, part):
                return self._some(subject, part)
            case Every(subject, part):
                holds, fails = self._some(subject, Not(part))
                return Truths(fails, holds)
            case _:
                assert_never(condition)

    def in_doubt(self, truths: Truths) -> Node:
        """Return where it cannot be told."""
        return self.graph.invert(self.graph.either(*truths))

    # Signals

    def known(self, name: SignalId, whose: Viewpoint) -> Known:
        """Return what is known of a signal; a case signal is the same for everybody."""
        signal = self.program.signals[name]
        asked = OF_THE_CASE if signal.subject == CASE else whose
        assert asked.subject == signal.subject, name
        found = self._known.get((asked, name))
        if found is None:
            applies = _APPLIES if signal.applies_when is None else self.truths(signal.applies_when, asked)
            found = Known(self.graph, signal, self._stored(signal, asked), applies)
            self._known[asked, name] = found
        return found

    def _stored(self, signal: Signal, whose: Viewpoint) -> Stored:
        """Return the stored planes of a signal that mean the same in this program."""
        planes = self.layout.signals.get(signal.id)
        is_other = planes is None or planes.subject != signal.subject or planes.type is not signal.type
        if planes is None or is_other or whose.is_unlisted:
            return Stored(None, (NEVER,) * len(signal.labels), (), NEVER, NEVER)
        unreliable = self._plane(whose.subject, planes.unreliable)
        if signal.type is not SignalType.NUMBER:
            labels = tuple(
                self._plane(whose.subject, planes.label(label)) if label in planes.labels else NEVER
                for label in signal.labels
            )
            return Stored(planes, labels, (), self.graph.any_of(labels), unreliable)
        digits = tuple(self._plane(whose.subject, digit) for digit in planes.digits)
        sums = Sums(self.graph)
        answered = self.graph.all_of(
            (
                self._plane(whose.subject, planes.answered),
                sums.at_least(digits, signal.lowest - planes.lowest),
                ALWAYS if signal.highest >= planes.highest else sums.at_most(digits, signal.highest - planes.lowest),
            )
        )
        return Stored(planes, (), digits, answered, unreliable)

    def _plane(self, subject: SubjectId, part: str) -> Node:
        return self.graph.input(PlaneSource(subject, part))

    # Scores

    def points(self, name: ScoreId, whose: Viewpoint) -> Points:
        """Return the sums of a score."""
        found = self._points.get((whose, name))
        if found is None:
            found = self._points[whose, name] = self._summed(self.program.scores[name], whose)
        return found

    def _summed(self, score: Score, whose: Viewpoint) -> Points:
        """Return the sums: points are gained where an item holds, and where one that takes off fails."""
        gained, lost, doubts = [], [], []
        for item in score.items:
            truths = self.truths(item.condition, whose)
            up, down = truths if item.points > 0 else (truths.fails, truths.holds)
            gained.append((abs(item.points), up))
            lost.append((abs(item.points), down))
            doubts.append(self.in_doubt(truths) if item.points else NEVER)
        sums = Sums(self.graph)
        return Points(
            base=sum(min(item.points, 0) for item in score.items),
            top=sum(max(item.points, 0) for item in score.items),
            gained=sums.total(gained),
            lost=sums.total(lost),
            unsettled=self.graph.any_of(doubts),
        )

    def _score_between(self, points: Points, low: int | None, high: int | None) -> Truths:
        if low is not None and high is not None and low > high:
            return Truths(NEVER, ALWAYS)
        sums, graph = Sums(self.graph), self.graph
        holding, failing = [], []
        if low is not None:
            holding.append(sums.at_least(points.gained, low - points.base))
            failing.append(sums.at_least(points.lost, points.top - low + 1))
        if high is not None:
            holding.append(sums.at_least(points.lost, points.top - high))
            failing.append(sums.at_least(points.gained, high + 1 - points.base))
        return Truths(graph.all_of(holding), graph.any_of(failing))

    # Events

    def _events(self, pattern: Events, whose: Viewpoint) -> Truths:
        graph = self.graph
        searched = self._plane(CASE, SEARCHED)
        holds = self._seen(pattern, whose, Question.ENOUGH)
        too_few = self._seen(pattern, whose, Question.TOO_FEW) if pattern.is_distinct else graph.invert(holds)
        fails = graph.both(searched, too_few)
        if not pattern.is_rising or pattern.within is None:
            return Truths(holds, fails)
        rises = self._seen(pattern, whose, Question.RISING)
        not_rising = self._seen(pattern, whose, Question.NOT_RISING) if pattern.is_distinct else graph.invert(rises)
        return Truths(
            graph.all_of((holds, searched, rises)),
            graph.either(fails, graph.both(searched, not_rising)),
        )

    def _seen(self, pattern: Events, whose: Viewpoint, question: Question) -> Node:
        subject = CASE if whose.is_unlisted else whose.subject
        subjects = frozenset(each.id for each in self.program.subjects)
        return self.graph.input(PatternSource(subject, pattern, question, whose.is_unlisted, subjects))

    # Persons

    def unlisted(self, name: SubjectId) -> Unlisted:
        """Return where there is an unlisted person of a subject."""
        graph = self.graph
        exists_when = next(each.exists_when for each in self.program.subjects if each.id == name)
        exists = _APPLIES if exists_when is None else self.truths(exists_when, OF_THE_CASE)
        listed = graph.somebody(name, self._plane(name, PRESENT)) if name in self.layout.slots else NEVER
        more = graph.invert(self._plane(CASE, everyone_listed(name))) if name in self.layout.slots else ALWAYS
        return Unlisted(
            present=graph.both(more, graph.either(listed, graph.invert(exists.fails))),
            certain=graph.all_of((more, graph.invert(listed), exists.holds)),
            impossible=graph.both(listed, exists.fails),
        )

    def _some(self, subject: SubjectId, part: Condition) -> Truths:
        """Return where the condition holds for somebody; of an unlisted person in doubt it holds for nobody yet."""
        graph, unlisted = self.graph, self.unlisted(subject)
        listed_truths = self.truths(part, Viewpoint(subject))
        unlisted_truths = self.truths(part, Viewpoint(subject, is_unlisted=True))
        holding = (
            self.somebody(subject, listed_truths.holds),
            graph.both(unlisted.certain, unlisted_truths.holds),
        )
        not_failing = (
            self.somebody(subject, graph.invert(listed_truths.fails)),
            graph.both(unlisted.present, graph.invert(unlisted_truths.fails)),
        )
        return Truths(graph.any_of(holding), graph.invert(graph.any_of(not_failing)))

    def somebody(self, subject: SubjectId, part: Node) -> Node:
        """Return where something is so of a listed person of *subject*; nobody is where the layout has no place."""
        return self.graph.somebody(subject, part) if subject in self.layout.slots else NEVER
