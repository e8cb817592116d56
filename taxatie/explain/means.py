"""By which answers a condition of a case can be made to hold, or to fail: choices each of which is likely enough."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from taxatie.explain.forced import Forced, how_many, is_about_applying
from taxatie.explain.left import NOTHING, REGISTERS, Picks
from taxatie.explain.routes import Beside
from taxatie.limits import CHOICES_WEIGHED_MAX
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
from taxatie.terms.names import SubjectId
from taxatie.terms.truth import Truth


@dataclass(frozen=True)
class Means(Forced):
    """The means of one case, each found once."""

    _ways: dict[tuple[int, int, bool], list[Picks]] = field(default_factory=dict)

    def ways(self, condition: Condition, place: int, *, wanted: bool) -> list[Picks]:
        """Return some choices of answers each of which is likely enough, the fewest first."""
        key = (id(condition), place, wanted)
        if key not in self._ways:
            found = islice(self._find_ways(condition, place, wanted=wanted), 4 * CHOICES_WEIGHED_MAX)
            self._ways[key] = sorted(found, key=self._changes)[:CHOICES_WEIGHED_MAX]
        return self._ways[key]

    def _changes(self, picks: Picks) -> int:
        quiet = self.quiet
        return sum(slot not in quiet for slot in picks.values())

    def _find_ways(self, condition: Condition, place: int, *, wanted: bool) -> Iterable[Picks]:
        match condition:
            case Among() | Between():
                return self._ways_of_test(condition, place, wanted=wanted)
            case Not(part):
                return self.ways(part, place, wanted=not wanted)
            case ConceptHolds(concept):
                return self.ways(self.scene.outlook.program.concepts[concept].condition, place, wanted=wanted)
            case All(parts) | Any(parts) | AtLeast(_, parts):
                needed = how_many(condition, wanted=wanted)
                return self._several([self.ways(part, place, wanted=wanted) for part in parts], needed)
            case Some(subject, part) | Every(subject, part):
                is_all = isinstance(condition, Every) is wanted
                return self._ways_of_group(subject, part, is_all=is_all, wanted=wanted)
            case Events():
                return self._ways_of_pattern(condition, place, wanted=wanted)
            case _:
                return self._ways_of_score(condition, place, wanted=wanted)

    def _ways_of_test(self, condition: Among | Between, place: int, *, wanted: bool) -> Iterable[Picks]:
        signal = self.scene.outlook.program.signals[condition.signal]
        key, place, fitting, does_all = self.fitting(condition, place, wanted=wanted)
        own: list[Picks] = [{key: slot} for slot in sorted(fitting, key=lambda each: each not in self.quiet)]
        is_asleep = signal.id in self.scene.views[place].sleeping
        if does_all and not is_asleep:
            return [NOTHING]
        if not is_asleep or not is_about_applying(signal, condition, wanted=wanted):
            return own
        assert signal.applies_when is not None
        return joined([own, self.ways(signal.applies_when, place, wanted=True)])

    def _several(self, choices: Sequence[list[Picks]], count: int) -> Iterable[Picks]:
        """Return ways to have *count* of the choices: all that can be had, or neighbours together."""
        found = [ways for ways in choices if ways]
        if count <= 0:
            return [NOTHING]
        if count > len(found):
            return []
        if count == 1:
            return sorted((way for ways in found for way in ways), key=self._changes)
        found.sort(key=lambda ways: self._changes(ways[0]))
        return (way for start in range(len(found) - count + 1) for way in joined(found[start : start + count]))

    def _ways_of_group(self, subject: SubjectId, part: Condition, *, is_all: bool, wanted: bool) -> Iterable[Picks]:
        members = self.certain.get(subject, [])
        if is_all:
            return joined([self.ways(part, place, wanted=wanted) for place in members])
        return sorted((way for place in members for way in self.ways(part, place, wanted=wanted)), key=self._changes)

    def _ways_of_pattern(self, condition: Events, place: int, *, wanted: bool) -> Iterable[Picks]:
        scene = self.scene
        if condition not in scene.outlook.patterns:
            return [NOTHING]
        number = scene.outlook.patterns.index(condition)
        found = []
        for shown in (0, 1) if scene.is_history_open else (0,):
            does = (
                bool(shown) or scene.patterns.truths(scene.views[place].whose, is_searched=True)[number] is Truth.HOLDS
            )
            if does is wanted:
                found.append({REGISTERS: shown} if scene.is_history_open else NOTHING)
        return found

    def _ways_of_score(
        self, condition: ScoreBetween | SignalUnknown | ConceptUnknown | ScoreUnknown, place: int, *, wanted: bool
    ) -> Iterable[Picks]:
        """Return the items that add up to the lower bound; to stay below it, or to know a thing, nothing is needed."""
        if not isinstance(condition, ScoreBetween):
            return [] if wanted else [NOTHING]
        if condition.low is None or not wanted:
            return [NOTHING]
        return self._adding_up(condition, place, None, (condition.low, None))

    def just_short(self, condition: ScoreBetween, place: int, item: int) -> list[Picks]:
        """Return other items that are too few for the lower bound by no more than what one item adds."""
        points = self.scene.outlook.program.scores[condition.score].items[item].points
        if condition.low is None or points <= 0:
            return [NOTHING]
        return self._adding_up(condition, place, item, (condition.low - points, condition.low))

    def _adding_up(
        self, condition: ScoreBetween, place: int, left_out: int | None, bounds: tuple[int, int | None]
    ) -> list[Picks]:
        """Return items that add up to the first bound and stay below the second, those first that hold already."""
        lower, upper = bounds
        items = [
            (item.points, self.ways(item.condition, place, wanted=True))
            for number, item in enumerate(self.scene.outlook.program.scores[condition.score].items)
            if item.points > 0 and number != left_out
        ]
        items = [(points, ways) for points, ways in items if ways]
        items.sort(key=lambda each: (bool(each[1][0]), -each[0]))
        chosen, total = [], 0
        for points, ways in items:
            if total < lower and (upper is None or total + points < upper):
                chosen.append(ways)
                total += points
        return joined(chosen) if total >= lower else []

    def beside(self, beside: Beside, place: int) -> list[Picks]:
        """Return ways in which a neighbour on a route is as it should be."""
        condition = beside.condition
        if beside.item is not None:
            assert isinstance(condition, ScoreBetween)
            return self.just_short(condition, place, beside.item)
        if beside.is_closed_awake:
            assert isinstance(condition, Among | Between)
            key, _, fitting, _ = self.fitting(condition, place, wanted=True)
            return [{key: slot} for slot in fitting]
        return self.ways(condition, place, wanted=beside.wanted)

    def presence(self, place: int) -> list[Picks]:
        """Return ways in which somebody is there."""
        view = self.scene.views[place]
        if not view.is_in_doubt:
            return [NOTHING]
        here: list[Picks] = [{-1 - place: 1}]
        subject = next(each for each in self.scene.outlook.program.subjects if each.id == view.sheet.subject)
        if subject.exists_when is None or self.scene.is_listed(subject.id):
            return here
        return joined([here, self.ways(subject.exists_when, 0, wanted=True)])


def joined(choices: Sequence[Sequence[Picks]]) -> list[Picks]:
    """Return some ways to take one of each of the choices that do not contradict each other."""
    found: list[Picks] = [NOTHING]
    for ways in choices:
        found = [both for one in found for other in ways if (both := join(one, other)) is not None]
        found = found[:CHOICES_WEIGHED_MAX]
    return found


def join(one: Picks, other: Picks) -> Picks | None:
    """Return both choices together, or None where they contradict each other."""
    for key, slot in other.items():
        if one.get(key, slot) != slot:
            return None
    return {**one, **other}
