"""Which single answers more would make a rule fire: each is given in a world of its own, all at once."""

from collections.abc import Iterator
from dataclasses import dataclass

from taxatie.explain.many_worlds import Kind, ManyWorlds, pattern_planes
from taxatie.explain.plane_writer import Plane
from taxatie.explain.scene import Asked, Question, Scene
from taxatie.terms.explanation import EVERYONE_LISTED, HISTORY, FurtherAnswer
from taxatie.terms.names import SignalId


@dataclass(frozen=True, slots=True)
class Answering:
    """One question and the worlds in which it is answered."""

    question: Question
    first: int
    count: int
    asked: Asked | None
    """None for the history and for who else there is."""

    @property
    def worlds(self) -> Plane:
        """A bit for each answer."""
        return ((1 << self.count) - 1) << self.first

    def further(self, reached: Plane) -> FurtherAnswer:
        """Return the question with those of its answers that are among the worlds."""
        if self.asked is None:
            return FurtherAnswer(*self.question, ())
        return FurtherAnswer(
            *self.question,
            tuple(
                self.asked.values(slot)
                for number, slot in enumerate(self.asked.left, self.first)
                if reached >> number & 1
            ),
        )


@dataclass(frozen=True, slots=True)
class SingleAnswers:
    """What every single answer more would come to."""

    answerings: tuple[Answering, ...]
    """By vocabulary, then by person."""
    reached: tuple[Plane, ...]
    """By rank of level: the worlds in which a rule fires that gives it, or a higher one."""

    def reaching(self, rank: int) -> list[Answering]:
        """Return the questions of which an answer reaches a level."""
        reached = self.reached[rank]
        return [each for each in self.answerings if reached & each.worlds]


def give_single_answers(scene: Scene) -> SingleAnswers:
    """Return what each answer would come to."""
    answerings = tuple(_answerings(scene))
    worlds = _worlds(scene, answerings)
    reached = _reached(worlds)
    still_asked = tuple(each for each in answerings if each.asked is None or _is_asked(worlds, each.asked))
    return SingleAnswers(still_asked, reached)


def _answerings(scene: Scene) -> Iterator[Answering]:
    """Return all questions, each with worlds of its own; in the first world there is no further answer."""
    first = 1
    for asked in scene.asked:
        yield Answering(asked.question, first, len(asked.left), asked)
        first += len(asked.left)
    if scene.is_history_open:
        yield Answering((HISTORY, None), first, 1, None)
        first += 1
    for place in scene.doubtful:
        yield Answering((EVERYONE_LISTED, scene.views[place].whose), first, 2, None)
        first += 2


def _worlds(scene: Scene, answerings: tuple[Answering, ...]) -> ManyWorlds:
    last = answerings[-1] if answerings else None
    every = (1 << (1 if last is None else last.first + last.count)) - 1
    sheets = [[every if is_left else 0 for is_left in view.left] for view in scene.views]
    said: list[dict[SignalId, Plane]] = [{} for _ in scene.views]
    told = 0
    there, not_there = {}, {}
    places = {view.whose: place for place, view in enumerate(scene.views)}
    for each in answerings:
        if each.asked is not None:
            _answer(each, each.asked, sheets[each.asked.view], every)
            if each.asked.signal.applies_when is not None:
                said[each.asked.view][each.asked.signal.id] = each.worlds
        elif each.question[0] == HISTORY:
            told = each.worlds
        else:
            place = places[each.question[1]]
            there[place], not_there[place] = 1 << each.first, 2 << each.first
    searched = scene.case.history.is_searched
    patterns = [
        [plane | told for plane in pattern_planes(scene.patterns.truths(view.whose, is_searched=searched), every)]
        for view in scene.views
    ]
    return ManyWorlds(scene, every, sheets, patterns, Kind.FURTHER, said=said, there=there, not_there=not_there)


def _answer(each: Answering, asked: Asked, sheet: list[Plane], every: Plane) -> None:
    """Leave one value in each of the worlds in which the question is answered."""
    others = every ^ each.worlds
    for number, slot in enumerate(asked.left, each.first):
        sheet[slot] = others | 1 << number
    if asked.slots.several is not None:
        sheet[asked.slots.several] &= others


def _is_asked(worlds: ManyWorlds, asked: Asked) -> bool:
    """Return whether the signal may apply as things are; where it does not, its values were struck out."""
    return bool(worlds.sheets[asked.view][asked.left[-1]] & 1)


def _reached(worlds: ManyWorlds) -> tuple[Plane, ...]:
    """Return by rank the worlds in which a rule of that rank or a higher one fires."""
    reached = [0] * len(worlds.scene.outlook.program.levels)
    worlds.settle()
    for scope, planes in worlds.outcomes():
        for rank, plane in zip(scope.levels, planes, strict=False):
            reached[rank] |= plane
    for rank in range(len(reached) - 1, 0, -1):
        reached[rank - 1] |= reached[rank]
    return tuple(reached)
