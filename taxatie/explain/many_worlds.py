"""What a program says of a case in many worlds at once: a bit for each world in every plane."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from taxatie.explain.plane_writer import Function, Plane, Planes, Slots
from taxatie.explain.scene import Scene, View
from taxatie.explain.written_scope import WrittenScope
from taxatie.rules.condition import Some
from taxatie.rules.program import Signal
from taxatie.terms.names import SignalId, SubjectId
from taxatie.terms.trace import Existence
from taxatie.terms.truth import Truth
from taxatie.terms.vocabulary import SignalType

Both = tuple[Plane, Plane]
"""The worlds in which something holds, and those in which it may."""


class Kind(Enum):
    """How much is settled in the worlds that are looked at."""

    FURTHER = 0
    """What is known now with some answers more: what is not answered is unknown."""
    SETTLED = 1
    """Everything has its value; only what a searched register leaves open is undecided."""
    PARTLY = 2
    """Some of it has, and whatever else is open will be settled as well: nothing stays unknown."""


@dataclass(slots=True)
class ManyWorlds:
    """The worlds to look at: what is possible of each signal in each of them, and who is there."""

    scene: Scene
    every: Plane
    """The plane with all worlds."""
    sheets: list[list[Plane]]
    """For each view, a plane for each slot: the worlds in which its value is possible."""
    patterns: list[list[Plane]]
    """For each view, the two planes of each pattern."""
    kind: Kind
    said: list[dict[SignalId, Plane]] = field(default_factory=list)
    """For each view, the worlds in which a signal is answered, whether or not it applies."""
    there: dict[int, Plane] = field(default_factory=dict)
    """For views in doubt, the worlds in which it was said that the person is there."""
    not_there: dict[int, Plane] = field(default_factory=dict)
    presence: list[Both] = field(default_factory=list)
    """For each view, where the person exists."""
    exist: dict[SubjectId, Both] = field(default_factory=dict)
    """For each subject, where anybody of it exists."""
    groups: Planes = ()
    """The planes of each condition on a group."""

    def settle(self) -> None:
        """Work out which signals apply, who exists, and what is so of groups."""
        self._settle(0)
        self._note_presence()
        for place in range(1, len(self.scene.views)):
            self._settle(place)
        self.groups = self._groups()

    def rules(self) -> Iterator[tuple[int, int, Planes]]:
        """Return for each evaluation of the trace its scope, its view, and the planes of its rules and findings."""
        scopes, places = self.scene.outlook.scopes, self.scene.places
        for evaluation in self.scene.trace.evaluations:
            place = places[evaluation.person]
            yield evaluation.scope, place, self._called(scopes[evaluation.scope].function, place)

    def outcomes(self) -> Iterator[tuple[WrittenScope, Planes]]:
        """Return for each evaluation of the trace its scope, and the planes of all that follows from it."""
        scopes, places = self.scene.outlook.scopes, self.scene.places
        for evaluation in self.scene.trace.evaluations:
            scope, place = scopes[evaluation.scope], places[evaluation.person]
            holds, may = self.presence[place]
            # Rules fire for somebody in doubt all the same: precaution. Once all is settled there is no doubt.
            yield scope, self._called(scope.outcome, place, may if self.kind is Kind.FURTHER else holds, may)

    def _called(self, function: Function, place: int, *presence: Plane) -> Planes:
        every, kind = self.every, self.kind
        unknown = every if kind is Kind.FURTHER else 0
        undecided = 0 if kind is Kind.PARTLY else every
        return function(
            self.sheets[0], self.sheets[place], self.patterns[place], self.groups, every, unknown, undecided, *presence
        )

    def _settle(self, place: int) -> None:
        """Strike out the values of signals where they do not apply."""
        view, sheet = self.scene.views[place], self.sheets[place]
        said = self.said[place] if self.said else {}
        for signal, slots, function in view.sheet.conditional:
            if signal.id in view.sleeping:
                holds, may = self._called(function, place)
                its = said.get(signal.id, 0)
                if self.kind is Kind.SETTLED:
                    holds = may
                self._strike(signal, slots, sheet, (holds | its, may | its))

    def _strike(self, signal: Signal, slots: Slots, sheet: list[Plane], applies: Both) -> None:
        holds, may = applies
        if signal.type is SignalType.YES_NO:
            sheet[slots.first] |= self.every ^ holds
            sheet[slots.first + 1] &= may
            return
        for slot in slots.all:
            sheet[slot] &= may
        if slots.not_applicable is not None:
            sheet[slots.not_applicable] = self.every ^ holds
        if slots.several is not None:
            sheet[slots.several] &= may

    # Persons

    def _note_presence(self) -> None:
        every = self.every
        for subject, function in self.scene.outlook.exists:
            is_sure = self.scene.is_listed(subject.id)
            if function is None or is_sure:
                self.exist[subject.id] = every, every
            else:
                holds, may = self._called(function, 0)
                self.exist[subject.id] = holds, may
        self.presence = [self._presence_of(place, view) for place, view in enumerate(self.scene.views)]

    def _presence_of(self, place: int, view: View) -> Both:
        """Return where somebody exists; of somebody unlisted there must be one, and nobody said otherwise."""
        every = self.every
        is_sure = self.kind is not Kind.FURTHER and not view.is_in_doubt
        if view.person is None or view.person.existence is Existence.LISTED or is_sure:
            return every, every
        there, absent = self.there.get(place, 0), every ^ self.not_there.get(place, 0)
        holds, may = self.exist[view.sheet.subject]
        if self.kind is Kind.SETTLED:
            return may & absent, may & absent
        if self.kind is Kind.PARTLY or self.scene.is_listed(view.sheet.subject):
            # That there must be somebody may be said of others; whether this one is there is a question of its own.
            holds = 0
        return (holds | there) & absent, (may | there) & absent

    def _groups(self) -> list[Plane]:
        """Return the planes of each condition on a group: what is so of somebody, or of everybody."""
        planes: list[Plane] = []
        for group, function in self.scene.outlook.groups:
            is_some = isinstance(group, Some)
            holds = may = 0 if is_some else self.every
            for place, view in enumerate(self.scene.views):
                if view.person is None or view.sheet.subject != group.subject:
                    continue
                its_holds, its_may = self._called(function, place)
                there, may_be = self.presence[place]
                if is_some:
                    holds, may = holds | (there & its_holds), may | (may_be & its_may)
                else:
                    holds &= (self.every ^ may_be) | its_holds
                    may &= (self.every ^ there) | its_may
            planes += (holds, may)
        return planes


def pattern_planes(truths: Sequence[Truth], every: Plane) -> list[Plane]:
    """Return the two planes of each pattern, the same in every world."""
    return [plane for truth in truths for plane in _PLANES[truth](every)]


_PLANES: Mapping[Truth, Callable[[Plane], Both]] = {
    Truth.HOLDS: lambda every: (every, every),
    Truth.CANNOT_TELL: lambda every: (0, every),
    Truth.FAILS: lambda _: (0, 0),
}
