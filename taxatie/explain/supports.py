"""What carries a condition: the smallest sets of leaves that make it hold, or fail, by themselves.

A *leaf* is one answer, one event or one answer still to come, with the values that would do. Supports are
built from the parts of a condition upwards, and only as large as asked for; a larger one is never looked at
before every smaller one was.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, assert_never

from taxatie.explain.combining import enough, supports_of_score
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

    @property
    def nothing(self) -> Support:
        """The support that needs no leaf."""
        return NOTHING

    def of(self, condition: Condition, person: Whose, *, wanted: bool) -> list[Support]:
        """Return the supports of at most the size, none of them larger than it must be."""
        key = (id(condition), person, wanted)
        if key not in self._found:
            self._found[key] = self.smallest(self._carrying(condition, person, wanted=wanted))
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
                items = self.leaves.knowledge.program.scores[condition.score].items
                return supports_of_score(self, condition, items, person, wanted=wanted)
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
        return enough(self, [self.of(part, person, wanted=wanted) for part in parts], count)

    def _group(self, condition: Some | Every, *, wanted: bool) -> Iterable[Support]:
        """Return what makes somebody, or everybody, be as the condition says."""
        persons, unlisted = self.leaves.knowledge.persons_of(condition.subject), unlisted_person(condition.subject)
        is_for_all = isinstance(condition, Every) is wanted
        choices = []
        for person in persons:
            carried = self.of(condition.condition, person.id, wanted=wanted)
            if is_for_all:
                absent = list(self.leaves.presence(person, wanted=False))
                choices.append(self.smallest([*carried, *absent]))
            else:
                choices.append(self.smallest(self.joined(carried, list(self.leaves.presence(person, wanted=True)))))
        if is_for_all and not persons:
            return [*self._nobody(condition.subject), *self.of(condition.condition, unlisted, wanted=wanted)]
        return enough(self, choices, len(choices) if is_for_all else 1)

    def _nobody(self, subject: SubjectId) -> Iterable[Support]:
        """Return what makes sure that there is nobody of a subject of whom nobody is assessed."""
        exists_when = next(each.exists_when for each in self.leaves.knowledge.program.subjects if each.id == subject)
        if exists_when is None or subject in self.leaves.knowledge.case.everyone_listed:
            return [NOTHING]
        return self.of(exists_when, None, wanted=False)

    def joined(self, first: list[Support], second: list[Support]) -> Iterator[Support]:
        """Return each of the first together with each of the second, where they do not contradict each other."""
        for one in first:
            for other in second:
                joined = join(one, other)
                if joined is not None and len(joined) <= self.size:
                    yield joined

    def smallest(self, supports: Iterable[Support]) -> list[Support]:
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
