"""The open questions of a case, and the routes by which each may come to matter in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from taxatie.explain.left import REGISTERS, Picks
from taxatie.explain.means import Means, joined
from taxatie.explain.routes import Beside, Role, Route
from taxatie.explain.scene import Scene
from taxatie.explain.trials import Matter
from taxatie.rules.program import Rule, Signal
from taxatie.terms.explanation import EVERYONE_LISTED, HISTORY
from taxatie.terms.names import CASE, ActionId
from taxatie.terms.truth import Truth


class Instance(NamedTuple):
    """A route of a question, in a case."""

    route: Route
    own: int
    """The view of whom the rule is asked."""
    member: int
    """The view of the one of a group whose answer it is; -1 where there is none."""


class Sure(NamedTuple):
    """What the rules that fire in every world bring about."""

    rank: int
    actions: frozenset[ActionId]
    """Recommended or withheld: it no longer matters who else recommends them."""
    withheld: frozenset[ActionId]


@dataclass(frozen=True)
class Inquiry:
    """What can be asked in a case."""

    means: Means
    _beside: dict[tuple[int, int, int], list[tuple[Beside, int]] | None] = field(default_factory=dict)

    @property
    def scene(self) -> Scene:
        """The case."""
        return self.means.scene

    @cached_property
    def highest(self) -> int:
        """The rank of the highest level that a rule may still give."""
        scopes = self.scene.outlook.scopes
        return max(
            (
                rank
                for evaluation in self.scene.trace.evaluations
                for rank, places in scopes[evaluation.scope].levels.items()
                if any(evaluation.rules[place] or not scopes[evaluation.scope].firm[place] for place in places)
            ),
            default=0,
        )

    @cached_property
    def matters(self) -> list[Matter]:
        """Every question that may still be answered."""
        scene, starts = self.scene, self.means.starts
        found = [
            Matter(
                asked.question,
                starts[asked.view] + asked.slots.first,
                tuple([starts[asked.view] + slot for slot in asked.left]),
            )
            for asked in scene.asked
            if len(asked.left) > 1 and self._may_apply(asked.view, asked.signal)
        ]
        if scene.is_history_open:
            found.append(Matter((HISTORY, None), REGISTERS, (0, 1)))
        found += [Matter((EVERYONE_LISTED, scene.views[each].whose), -1 - each, (0, 1)) for each in scene.doubtful]
        return found

    def _may_apply(self, place: int, signal: Signal) -> bool:
        if signal.applies_when is None or signal.id not in self.scene.views[place].sleeping:
            return True
        return self.means.forced(signal.applies_when, place, wanted=True) is not None

    def view_of(self, matter: Matter) -> int:
        """Return the view of the one who is asked about."""
        if matter.key < 0:
            return 0 if matter.key == REGISTERS else -1 - matter.key
        return self.means.signals[matter.key][1]

    def own(self, matter: Matter) -> list[Picks]:
        """Return ways in which a question is asked at all: its person is there, and it applies."""
        place = self.view_of(matter)
        ways = self.means.presence(place)
        if matter.key < 0:
            return [{key: slot for key, slot in way.items() if key != matter.key} for way in ways]
        signal, _, _ = self.means.signals[matter.key]
        if signal.applies_when is None or signal.id not in self.scene.views[place].sleeping:
            return ways
        return joined([ways, self.means.ways(signal.applies_when, place, wanted=True)])

    # Routes

    def instances(self, matter: Matter) -> Iterator[Instance]:
        """Return each route of a question that leads to something open, for each person of whom that is asked."""
        scene, place = self.scene, self.view_of(matter)
        for route in scene.outlook.routes.get(matter.question[0], ()):
            subject = scene.outlook.scopes[route.scope].scope.subject
            is_member, is_of_case = route.asked.role is Role.MEMBER, route.asked.subject == CASE
            owners = scene.views_of(subject) if is_member or is_of_case else [place]
            for own in owners:
                live = self.live.get((route.scope, own))
                if live is not None and live[route.place]:
                    yield Instance(route, own, place if is_member else -1)

    def beside(self, instance: Instance) -> list[tuple[Beside, int]] | None:
        """Return the neighbours on a route with the views of whom they are asked, or None where it is closed."""
        key = (id(instance.route), instance.own, instance.member)
        if key not in self._beside:
            self._beside[key] = self._find_beside(*instance)
        return self._beside[key]

    def _find_beside(self, route: Route, own: int, member: int) -> list[tuple[Beside, int]] | None:
        found: list[tuple[Beside, int]] = []
        for each in route.beside:
            if each.asked.role is Role.SELF:
                places = [0 if each.asked.subject == CASE else own]
            elif member < 0:
                continue
            elif each.asked.role is Role.MEMBER:
                places = [member]
            else:
                places = [place for place in self.means.certain.get(each.asked.subject, ()) if place != member]
            if each.asleep is not None:
                places = [place for place in places if each.asleep in self.scene.views[place].sleeping]
                if each.is_closed_awake and not places:
                    return None
            found.extend((each, place) for place in places)
        return found

    # Consequences

    @cached_property
    def live(self) -> Mapping[tuple[int, int], list[bool]]:
        """For each scope and view, whether each rule and finding is open, and not without consequence."""
        found = {}
        for evaluation in self.scene.trace.evaluations:
            scope = self.scene.outlook.scopes[evaluation.scope]
            truths = (*evaluation.rules, *(evaluation.concepts[place] for place in scope.findings))
            rules = (*scope.scope.rules, *(None for _ in scope.findings))
            found[evaluation.scope, self.scene.places[evaluation.person]] = [
                (truth is Truth.CANNOT_TELL or not is_firm) and self.may_show(rule)
                for truth, is_firm, rule in zip(truths, scope.firm, rules, strict=True)
            ]
        return found

    def may_show(self, rule: Rule | None) -> bool:
        """Return whether anything that follows from a rule, or a finding where it is None, is not sure already."""
        if rule is None:
            return True
        sure = self.sure
        is_higher = rule.level is not None and self.scene.outlook.program.ranks[rule.level] > sure.rank
        return is_higher or not (sure.actions.issuperset(rule.actions) and sure.withheld.issuperset(rule.withhold))

    def may_show_at(self, route: Route, rank: int) -> bool:
        """Return whether a route can make worlds differ of which one reaches the level."""
        rule = route.rule
        if rule is None or route.rank >= rank:
            return rule is None or route.rank > self.scene.trace_rank
        level, sure = self.scene.outlook.program.levels[rank], self.sure
        return not sure.withheld.issuperset(rule.withhold) or any(
            action not in sure.actions and action not in level.actions for action in rule.actions
        )

    @cached_property
    def sure(self) -> Sure:
        """What the rules bring about that fire and that no answer can undo."""
        scene, rank = self.scene, 0
        actions: set[ActionId] = set()
        withheld: set[ActionId] = set()
        for evaluation in scene.trace.evaluations:
            if not scene.views[scene.places[evaluation.person]].is_in_doubt:
                scope = scene.outlook.scopes[evaluation.scope]
                for rule, truth, is_firm in zip(scope.scope.rules, evaluation.rules, scope.firm, strict=False):
                    if truth is Truth.HOLDS and is_firm:
                        actions.update(rule.actions)
                        withheld.update(rule.withhold)
                        rank = max(rank, 0 if rule.level is None else scene.outlook.program.ranks[rule.level])
        return Sure(rank, frozenset(actions | withheld), frozenset(withheld))
