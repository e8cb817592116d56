"""How far a question can reach at most: each route from it is laid in a world that holds only what the route needs.

What is not forced stays open there, so that whatever holds in such a world holds wherever the route is open.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from taxatie.explain.left import Allowed
from taxatie.explain.many_worlds import Kind, ManyWorlds, pattern_planes
from taxatie.explain.means import Means
from taxatie.explain.plane_writer import Plane
from taxatie.rules.program import Rule

ANY: Final = -1
"""Stands for all findings of somebody: that something is reported of them at all."""


class Laid(NamedTuple):
    """A route in a world of its own: what it needs, and the rule or finding it leads to."""

    forced: Allowed
    rule: Rule | None
    scope: int
    place: int
    """Of the rule in its scope."""
    own: int
    """The view of whom the rule is asked."""
    there: int
    """A view that has to be there, or the case."""


def reach_at_most(means: Means, routes: Sequence[Laid]) -> list[int]:
    """Return for each route the highest rank among the worlds in which it may matter; -1 where there are none."""
    worlds = _worlds(means, routes)
    worlds.settle()
    sums = _Sums.of(worlds)
    return [sums.reach(route, 1 << number) for number, route in enumerate(routes)]


def _worlds(means: Means, routes: Sequence[Laid]) -> ManyWorlds:
    scene, every = means.scene, (1 << len(routes)) - 1
    slots = [every if is_left else 0 for is_left in means.left]
    there: dict[int, Plane] = {}
    for number, route in enumerate(routes):
        others = every ^ 1 << number
        for key, allowed in route.forced.items():
            for slot in range(key, key + means.widths[key]):
                if slot not in allowed:
                    slots[slot] &= others
        there[route.there] = there.get(route.there, 0) | 1 << number
    sheets = [slots[start : start + len(view.left)] for start, view in zip(means.starts, scene.views, strict=True)]
    searched = not scene.is_history_open
    patterns = [pattern_planes(scene.patterns.truths(view.whose, is_searched=searched), every) for view in scene.views]
    return ManyWorlds(scene, every, sheets, patterns, Kind.PARTLY, there=there)


@dataclass(slots=True)
class _Sums:
    """What is sure, and what may be, in the worlds of the routes."""

    worlds: ManyWorlds
    sure_rank: list[Plane]
    """By rank: where that level or a higher one is sure."""
    may_rank: list[Plane]
    actions: dict[str, Plane]
    """Where an action is sure to be recommended by a rule, or to be withheld."""
    withheld: dict[str, Plane]
    open: dict[tuple[int, int, int], Plane]
    """By scope, view and place: where it is open whether a rule fires or a finding is present."""

    @classmethod
    def of(cls, worlds: ManyWorlds) -> "_Sums":
        """Return the sums."""
        program = worlds.scene.outlook.program
        sums = cls(worlds, [0] * len(program.levels), [0] * len(program.levels), {}, {}, {})
        for scope, own, planes in worlds.rules():
            there, may_be = worlds.presence[own]
            rules = worlds.scene.outlook.scopes[scope].scope.rules
            for place in range(len(planes) // 2):
                may = planes[2 * place + 1] & may_be
                if not may:
                    continue
                holds = planes[2 * place] & there
                if may ^ holds:
                    sums.open[scope, own, place] = may ^ holds
                if place < len(rules):
                    sums._add(rules[place], holds, may)
        for ranks in (sums.sure_rank, sums.may_rank):
            for rank in range(len(ranks) - 1, 0, -1):
                ranks[rank - 1] |= ranks[rank]
        sums.may_rank[0] = worlds.every
        return sums

    def _add(self, rule: Rule, holds: Plane, may: Plane) -> None:
        if rule.level is not None:
            rank = self.worlds.scene.outlook.program.ranks[rule.level]
            self.may_rank[rank] |= may
            self.sure_rank[rank] |= holds
        if holds:
            for action in rule.actions:
                self.actions[action] = self.actions.get(action, 0) | holds
            for action in rule.withhold:
                self.withheld[action] = self.withheld.get(action, 0) | holds

    def reach(self, route: Laid, world: Plane) -> int:
        """Return the highest rank of a pair of worlds that the route can make differ."""
        if route.place != ANY and not self.open.get((route.scope, route.own, route.place), 0) & world:
            return -1
        levels = self.worlds.scene.outlook.program.levels
        top = max(rank for rank, plane in enumerate(self.may_rank) if plane & world)
        rule = route.rule
        if rule is None or any(not self.withheld.get(action, 0) & world for action in rule.withhold):
            return top
        found = -1
        if rule.level is not None:
            rank = self.worlds.scene.outlook.program.ranks[rule.level]
            if not self.sure_rank[rank] & world:
                found = rank
        for action in rule.actions:
            if not (self.actions.get(action, 0) | self.withheld.get(action, 0)) & world:
                ranks = (r for r in range(top, found, -1) if action not in levels[r].actions and self._may_be(r, world))
                found = max(found, next(ranks, -1))
        return found

    def _may_be(self, rank: int, world: Plane) -> bool:
        """Return whether the level may be this very one."""
        above = self.sure_rank[rank + 1] if rank + 1 < len(self.sure_rank) else 0
        return not above & world
