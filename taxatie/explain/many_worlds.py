"""What a program says of a case in many worlds at once: a bit for each world in every plane."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from taxatie.explain.plane_writer import Function, Plane, Planes, Slots
from taxatie.explain.scene import Scene, View
from taxatie.rules.condition import Some
from taxatie.rules.program import Signal
from taxatie.terms.names import SignalId, SubjectId
from taxatie.terms.trace import Evaluation, Existence
from taxatie.terms.truth import Truth
from taxatie.terms.vocabulary import SignalType

Both = tuple[Plane, Plane]
"""The worlds in which something holds, and those in which it may."""


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
    is_settled: bool
    """Whether nothing can be unknown in these worlds, but for what a searched register leaves open."""
    said: list[dict[SignalId, Plane]] = field(default_factory=list)
    """For each view, the worlds in which a signal is answered, whether or not it applies."""
    there: dict[int, Plane] = field(default_factory=dict)
    """For views in doubt, the worlds in which it was said that the person is there."""
    not_there: dict[int, Plane] = field(default_factory=dict)
    presence: list[Both] = field(default_factory=list)
    """For each view, where the person exists."""
    exist: dict[SubjectId, Both] = field(default_factory=dict)
    """For each subject, where anybody of it exists."""

    def evaluate(self) -> Iterator[tuple[Evaluation, int, Planes]]:
        """Return each of the trace's evaluations, the view it is of, and the planes of its rules and findings."""
        outlook, sheets, patterns = self.scene.outlook, self.sheets, self.patterns
        views = self.scene.views
        unknown = 0 if self.is_settled else self.every
        self._settle(0)
        self._note_presence()
        for place in range(1, len(views)):
            self._settle(place)
        groups = self._groups()
        places = {view.whose: place for place, view in enumerate(views)}
        for evaluation in self.scene.trace.evaluations:
            place = places[evaluation.person]
            function = outlook.scopes[evaluation.scope].function
            planes = function(sheets[0], sheets[place], patterns[place], groups, self.every, unknown, self.every)
            yield evaluation, place, planes

    def _settle(self, place: int) -> None:
        """Strike out the values of signals where they do not apply."""
        view, sheet = self.scene.views[place], self.sheets[place]
        said = self.said[place] if self.said else {}
        for signal, slots, function in view.sheet.conditional:
            if signal.id in view.sleeping:
                holds, may = self._ask(function, place)
                its = said.get(signal.id, 0)
                self._strike(signal, slots, sheet, ((may if self.is_settled else holds) | its, may | its))

    def _strike(self, signal: Signal, slots: Slots, sheet: list[Plane], applies: Both) -> None:
        holds, may = applies
        if signal.type is SignalType.YES_NO:
            sheet[slots.first] |= self.every ^ may
            sheet[slots.first + 1] &= may
            return
        for slot in slots.all:
            sheet[slot] &= may
        if slots.not_applicable is not None:
            sheet[slots.not_applicable] = self.every ^ holds
        if slots.several is not None:
            sheet[slots.several] &= may

    def _ask(self, function: Function, place: int, groups: Planes = ()) -> Both:
        unknown = 0 if self.is_settled else self.every
        holds, may = function(
            self.sheets[0], self.sheets[place], self.patterns[place], groups, self.every, unknown, self.every
        )
        return holds, may

    # Persons

    def _note_presence(self) -> None:
        every = self.every
        for subject, function in self.scene.outlook.exists:
            is_sure = self.scene.is_listed(subject.id)
            self.exist[subject.id] = (every, every) if function is None or is_sure else self._ask(function, 0)
        self.presence = [self._presence_of(place, view) for place, view in enumerate(self.scene.views)]

    def _presence_of(self, place: int, view: View) -> Both:
        """Return where somebody exists; of somebody unlisted there must be one, and nobody said otherwise."""
        every = self.every
        is_sure = self.is_settled and not view.is_in_doubt
        if view.person is None or view.person.existence is Existence.LISTED or is_sure:
            return every, every
        there, absent = self.there.get(place, 0), every ^ self.not_there.get(place, 0)
        holds, may = self.exist[view.sheet.subject]
        if self.is_settled:
            return may & absent, may & absent
        if self.scene.is_listed(view.sheet.subject):
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
                its_holds, its_may = self._ask(function, place)
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
