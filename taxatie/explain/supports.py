"""What carries a condition: the smallest sets of leaves that make it hold, or fail, by themselves.

A *leaf* is one answer, one event or one answer still to come, with the values that would do. Supports are
built from the parts of a condition upwards, and only as large as asked for; a larger one is never looked at
before every smaller one was.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, assert_never

from taxatie.explain.knowledge import Knowledge, Whose
from taxatie.limits import SUPPORTS_MAX
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
from taxatie.rules.program import ScoreItem
from taxatie.terms.names import SubjectId, unlisted_person
from taxatie.terms.trace import AssessedPerson
from taxatie.terms.truth import Truth

Leaf = tuple[str, str, Whose]
"""What kind of leaf, its name, and whose it is."""

Support = Mapping[Leaf, frozenset[int]]
"""Leaves that together carry a condition, each with the values of it that do."""

NOTHING: Support = {}


class Leaves(Protocol):
    """Says what carries the tests at the bottom of a condition."""

    knowledge: Knowledge

    def test(self, condition: Among | Between, person: Whose, *, wanted: bool) -> Iterable[Support]:
        """Return what makes the test hold, or fail."""

    def events(self, condition: Events, person: Whose, *, wanted: bool) -> Iterable[Support]:
        """Return what makes the pattern show, or not show."""

    def unknown(
        self, condition: SignalUnknown | ConceptUnknown | ScoreUnknown, person: Whose, *, wanted: bool
    ) -> Iterable[Support]:
        """Return what makes the thing unknown, or known."""

    def presence(self, person: AssessedPerson, *, wanted: bool) -> Iterable[Support]:
        """Return what makes sure that the person exists, or does not."""


@dataclass(slots=True)
class Supports:
    """Finds what carries conditions, up to a number of leaves."""

    leaves: Leaves
    size: int
    _found: dict[tuple[int, Whose, bool], list[Support]] = field(default_factory=dict)

    def of(self, condition: Condition, person: Whose, *, wanted: bool) -> list[Support]:
        """Return the supports of at most the size, none of them larger than it must be."""
        key = (id(condition), person, wanted)
        if key not in self._found:
            self._found[key] = self._smallest(self._carrying(condition, person, wanted=wanted))
        return self._found[key]

    def _carrying(self, condition: Condition, person: Whose, *, wanted: bool) -> Iterable[Support]:
        match condition:
            case Among() | Between():
                return self.leaves.test(condition, person, wanted=wanted)
            case Events():
                return self.leaves.events(condition, person, wanted=wanted)
            case SignalUnknown() | ConceptUnknown() | ScoreUnknown():
                return self.leaves.unknown(condition, person, wanted=wanted)
            case _:
                return self._combined(condition, person, wanted=wanted)

    def _combined(  # one case a form
        self,
        condition: ConceptHolds | ScoreBetween | Not | All | Any | AtLeast | Some | Every,
        person: Whose,
        *,
        wanted: bool,
    ) -> Iterable[Support]:
        match condition:
            case ConceptHolds(concept):
                return self.of(self.leaves.knowledge.program.concepts[concept].condition, person, wanted=wanted)
            case ScoreBetween():
                return self._score(condition, person, wanted=wanted)
            case Not(part):
                return self.of(part, person, wanted=not wanted)
            case All(parts):
                return self._parts(parts, person, wanted=wanted, count=len(parts) if wanted else 1)
            case Any(parts):
                return self._parts(parts, person, wanted=wanted, count=1 if wanted else len(parts))
            case AtLeast(count, parts):
                needed = count if wanted else len(parts) - count + 1
                return self._parts(parts, person, wanted=wanted, count=needed)
            case Some() | Every():
                return self._group(condition, wanted=wanted)
            case _:
                assert_never(condition)

    def _parts(self, parts: tuple[Condition, ...], person: Whose, *, wanted: bool, count: int) -> Iterable[Support]:
        """Return what makes *count* of the parts hold, or fail."""
        return self._enough([self.of(part, person, wanted=wanted) for part in parts], count)

    def _enough(self, choices: list[list[Support]], count: int) -> Iterable[Support]:
        """Return the ways to take one support from *count* of the choices."""
        reached: list[list[Support]] = [[NOTHING]] + [[] for _ in range(max(count, 0))]
        if count <= 0:
            return [NOTHING]
        if count > sum(1 for choice in choices if choice):
            return []
        for position, choice in enumerate(choices):
            # Fewer than this many cannot become enough any more with the choices that are left.
            fewest = max(1, count - (len(choices) - position - 1))
            for number in range(min(count, position + 1), fewest - 1, -1):
                if choice and reached[number - 1]:
                    joined = self._joined(reached[number - 1], choice)
                    reached[number] = self._smallest([*reached[number], *joined])
        return reached[count]

    def _group(self, condition: Some | Every, *, wanted: bool) -> Iterable[Support]:
        """Return what makes somebody, or everybody, be as the condition says."""
        persons, unlisted = self.leaves.knowledge.persons_of(condition.subject), unlisted_person(condition.subject)
        is_for_all = isinstance(condition, Every) is wanted
        choices = []
        for person in persons:
            carried = self.of(condition.condition, person.id, wanted=wanted)
            if is_for_all:
                absent = list(self.leaves.presence(person, wanted=False))
                choices.append(self._smallest([*carried, *absent]))
            else:
                choices.append(self._smallest(self._joined(carried, list(self.leaves.presence(person, wanted=True)))))
        if is_for_all and not persons:
            return [*self._nobody(condition.subject), *self.of(condition.condition, unlisted, wanted=wanted)]
        return self._enough(choices, len(choices) if is_for_all else 1)

    def _nobody(self, subject: SubjectId) -> Iterable[Support]:
        """Return what makes sure that there is nobody of a subject of whom nobody is assessed."""
        exists_when = next(each.exists_when for each in self.leaves.knowledge.program.subjects if each.id == subject)
        if exists_when is None or subject in self.leaves.knowledge.case.everyone_listed:
            return [NOTHING]
        return self.of(exists_when, None, wanted=False)

    def _score(self, condition: ScoreBetween, person: Whose, *, wanted: bool) -> Iterable[Support]:
        """Return what keeps the sum within the bounds, or puts it out of them."""
        low, high = condition.low, condition.high
        if low is not None and high is not None and low > high:
            return [] if wanted else [NOTHING]
        items = self.leaves.knowledge.program.scores[condition.score].items
        above = [] if low is None else [(low, True)]
        below = [] if high is None else [(high, False)]
        if wanted:
            sides = [self._sum(items, person, *side) for side in (*above, *below)]
            return self._enough([self._smallest(side) for side in sides], len(sides))
        outside = [(bound - 1, False) for bound, _ in above] + [(bound + 1, True) for bound, _ in below]
        return [support for side in outside for support in self._sum(items, person, *side)]

    def _sum(
        self,
        items: tuple[ScoreItem, ...],
        person: Whose,
        bound: int,
        at_least: bool,  # noqa: FBT001
    ) -> Iterable[Support]:
        """Return what makes the sum at least, or at most, the bound, whatever the other items prove to be."""
        sign = 1 if at_least else -1
        weights = [(item, sign * item.points) for item in items if item.points]
        worst = sum(weight for _, weight in weights if weight < 0)
        missing = sign * bound - worst
        states: list[tuple[int, Support]] = [(0, NOTHING)]
        for item, weight in weights:
            carried = self.of(item.condition, person, wanted=weight > 0)
            gained = [
                (total + abs(weight), joined)
                for total, support in states
                if total < missing
                for joined in self._joined([support], carried)
            ]
            states = (states + gained)[:SUPPORTS_MAX]
        return [support for total, support in states if total >= missing]

    def _joined(self, first: list[Support], second: list[Support]) -> Iterator[Support]:
        for one in first:
            for other in second:
                joined = join(one, other)
                if joined is not None and len(joined) <= self.size:
                    yield joined

    def _smallest(self, supports: Iterable[Support]) -> list[Support]:
        """Return the supports that contain no other, each once, the smaller first."""
        kept: list[Support] = []
        for support in sorted((s for s in supports if len(s) <= self.size), key=len):
            if not any(_contains(support, other) for other in kept):
                kept.append(support)
            if len(kept) >= SUPPORTS_MAX:
                break
        return kept


def join(one: Support, other: Support) -> Support | None:
    """Return both supports together, or None where they ask for different answers to one question."""
    joined = dict(one)
    for leaf, values in other.items():
        both = joined.get(leaf, values) & values
        if not both:
            return None
        joined[leaf] = both
    return joined


def _contains(support: Support, other: Support) -> bool:
    """Return whether every leaf of *other* is in *support*, with values that do for it."""
    return all(leaf in support and support[leaf] <= values for leaf, values in other.items())


def settled(truth: Truth, *, wanted: bool) -> bool:
    """Return whether the truth is what is wanted, for certain."""
    return truth is (Truth.HOLDS if wanted else Truth.FAILS)
