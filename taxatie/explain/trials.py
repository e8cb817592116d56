"""Worlds in which a question is tried: all is settled alike but for its answer, to see whether that matters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from taxatie.explain.left import REGISTERS, Key, Picks
from taxatie.explain.many_worlds import Kind, ManyWorlds, pattern_planes
from taxatie.explain.means import Means
from taxatie.explain.plane_writer import Plane, Planes
from taxatie.explain.scene import Question
from taxatie.terms.names import ActionId


class Matter(NamedTuple):
    """A question, by its key, and the answers that are left to it."""

    question: Question
    key: Key
    answers: tuple[int, ...]


class Trial(NamedTuple):
    """A question that is given each of its answers, in worlds that are otherwise alike."""

    matter: Matter
    ground: int
    """Which of the grounds the worlds stand on: what else is answered in all of them."""
    picks: Picks
    """What is answered besides, whatever the ground says."""


def tell(means: Means, grounds: Sequence[Picks], trials: Sequence[Trial]) -> list[int | None]:
    """Return for each trial the highest rank among its worlds, or None where all come to the same."""
    starts, end = [], 0
    for trial in trials:
        starts.append(end)
        end += len(trial.matter.answers)
    worlds = _Worlds.of(means, (1 << end) - 1)
    masks = [0] * len(grounds)
    regions = [((1 << len(trial.matter.answers)) - 1) << start for trial, start in zip(trials, starts, strict=True)]
    for trial, region in zip(trials, regions, strict=True):
        masks[trial.ground] |= region
    for ground, mask in zip(grounds, masks, strict=True):
        worlds.pick(ground, mask)
    for trial, start, region in zip(trials, starts, regions, strict=True):
        worlds.pick(trial.picks, region)
        for number, answer in enumerate(trial.matter.answers, start):
            worlds.choose(trial.matter.key, answer, 1 << number)
    ranks, differs = outcome_of(worlds.worlds())
    return [
        next(rank for rank in range(len(ranks) - 1, -1, -1) if ranks[rank] & region)
        if differs & region & region << 1
        else None
        for region in regions
    ]


@dataclass(slots=True)
class _Worlds:
    """Settled worlds in the making: the quietest one everywhere, until something else is chosen."""

    means: Means
    every: Plane
    slots: list[Plane]
    there: dict[int, Plane]
    shown: Plane = 0

    @classmethod
    def of(cls, means: Means, every: Plane) -> "_Worlds":
        """Return the quietest world, as often as it takes."""
        slots = [0] * len(means.left)
        for slot in means.base:
            slots[slot] = every
        return cls(means, every, slots, {})

    def pick(self, picks: Picks, mask: Plane) -> None:
        """Choose some answers in some worlds."""
        for key, answer in picks.items():
            self.choose(key, answer, mask)

    def choose(self, key: Key, answer: int, mask: Plane) -> None:
        """Choose an answer in some worlds."""
        others = self.every ^ mask
        if key >= 0:
            slots = self.slots
            for slot in range(key, key + self.means.widths[key]):
                slots[slot] &= others
            slots[answer] |= mask
        elif key == REGISTERS:
            self.shown = self.shown & others | (mask if answer else 0)
        else:
            place = -1 - key
            self.there[place] = self.there.get(place, 0) & others | (mask if answer else 0)

    def worlds(self) -> ManyWorlds:
        """Return the worlds."""
        scene, every, starts = self.means.scene, self.every, self.means.starts
        sheets = [self.slots[start : start + len(view.left)] for start, view in zip(starts, scene.views, strict=True)]
        patterns = [
            [plane | self.shown for plane in pattern_planes(scene.patterns.truths(view.whose, is_searched=True), every)]
            for view in scene.views
        ]
        absent = {place: every ^ self.there.get(place, 0) for place in scene.doubtful}
        return ManyWorlds(scene, every, sheets, patterns, Kind.SETTLED, not_there=absent)


def outcome_of(worlds: ManyWorlds) -> tuple[list[Plane], Plane]:
    """Return by rank where that level or a higher one is reached, and where a world differs from the one before it."""
    program = worlds.scene.outlook.program
    ranks = [0] * len(program.levels)
    actions: dict[ActionId, Plane] = dict.fromkeys(program.actions, 0)
    withheld = actions.copy()
    parts: list[Plane] = []
    worlds.settle()
    for scope, planes in worlds.outcomes():
        for rank, plane in zip(scope.levels, planes, strict=False):
            ranks[rank] |= plane
        _gather(actions, scope.actions, planes[len(scope.levels) :])
        _gather(withheld, scope.withheld, planes[len(scope.levels) + len(scope.actions) :])
        parts += planes[len(scope.levels) + len(scope.actions) + len(scope.withheld) :]
    ranks[0] = worlds.every
    for rank in range(len(ranks) - 1, 1, -1):
        ranks[rank - 1] |= ranks[rank]
    for level, reached, above in zip(program.levels, ranks, [*ranks[1:], 0], strict=True):
        for action in level.actions:
            actions[action] |= reached & ~above
    parts += (*ranks, *withheld.values(), *(plane & ~withheld[action] for action, plane in actions.items()))
    differs = 0
    for plane in parts:
        differs |= plane ^ plane << 1
    return ranks, differs


def _gather(gathered: dict[ActionId, Plane], names: Iterable[ActionId], planes: Planes) -> None:
    """Add what a scope says of some actions; planes beyond them are of something else."""
    for name, plane in zip(names, planes, strict=False):
        gathered[name] |= plane
