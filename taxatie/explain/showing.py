"""Showing that a question matters, by worlds in which it does; the simplest are tried first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import zip_longest
from typing import Final

from taxatie.explain.inquiry import Inquiry, Instance
from taxatie.explain.left import NOTHING, Key, Picks
from taxatie.explain.means import Means, join, joined
from taxatie.explain.recipes import Recipe, Recipes, bound, written_down
from taxatie.explain.trials import Matter, Trial, tell
from taxatie.limits import GROUNDS_MAX, TRIALS_MAX
from taxatie.terms.names import SignalId, SubjectId
from taxatie.terms.truth import Truth

_SOME: Final = 4
"""Recipes of one question that are tried together."""


@dataclass
class Showing:
    """The questions that were shown to matter, each with the highest rank that was seen."""

    inquiry: Inquiry
    recipes: Recipes
    found: dict[Key, int] = field(default_factory=dict)

    @property
    def means(self) -> Means:
        """The means of the case."""
        return self.inquiry.means

    def remaining(self) -> list[Matter]:
        """Return the questions that were not seen to reach the highest level."""
        highest = self.inquiry.highest
        return [matter for matter in self.inquiry.matters if self.found.get(matter.key, -1) < highest]

    # Grounds

    @cached_property
    def _ranked_grounds(self) -> list[tuple[int, Picks]]:
        ranks = range(self.inquiry.highest, self.inquiry.scene.trace_rank, -1)
        return [(rank, ground) for rank in ranks for ground in self._grounds_of(rank)]

    @cached_property
    def grounds(self) -> list[Picks]:
        """Some ways to reach each level, the highest first; the quietest world last."""
        return [*(ground for _, ground in self._ranked_grounds), NOTHING]

    def _numbers(self, rank: int) -> list[int]:
        """Return the numbers of the grounds of a level; the quietest world where it is reached already."""
        found = [number for number, (its_rank, _) in enumerate(self._ranked_grounds) if its_rank == rank]
        return found or [len(self.grounds) - 1]

    def _grounds_of(self, rank: int) -> list[Picks]:
        """Return ways to a level that ask little, bring little else about, and have little in common."""
        scene = self.inquiry.scene
        ways: list[tuple[int, int, Picks]] = []
        for evaluation in scene.trace.evaluations:
            scope, place = scene.outlook.scopes[evaluation.scope], scene.places[evaluation.person]
            for index in () if scene.views[place].is_in_doubt else scope.levels.get(rank, ()):
                if evaluation.rules[index] is Truth.CANNOT_TELL:
                    rule = scope.scope.rules[index]
                    cost = len(rule.actions) + len(rule.withhold)
                    ways += [(cost, len(way), way) for way in self.means.ways(rule.condition, place, wanted=True)[:2]]
        chosen: list[Picks] = []
        keys: set[Key] = set()
        for *_, way in sorted(ways, key=lambda each: each[:2]):
            if keys.isdisjoint(way) and len(chosen) < GROUNDS_MAX:
                chosen.append(way)
                keys |= way.keys()
        return chosen

    def _fitting(self, matter: Matter, picks: Picks, rank: int) -> list[int]:
        """Return the grounds of a level that leave the question open, and the picks as they are."""
        return [
            number
            for number in self._numbers(rank)
            if matter.key not in self.grounds[number] and join(self.grounds[number], picks) is not None
        ]

    # Recipes

    def try_first_recipes(self) -> None:
        """Try for each question what showed last that it matters."""
        self._try((matter, recipe) for matter in self.inquiry.matters for recipe in self._recipes(matter)[:1])

    def try_more_recipes(self, matters: Sequence[Matter]) -> None:
        """Try for some questions what showed earlier that they matter."""
        self._try((matter, recipe) for matter in matters for recipe in self._recipes(matter)[1 : 1 + _SOME])

    def _recipes(self, matter: Matter) -> list[Recipe]:
        return self.recipes.of(*self._kind(matter))

    def _kind(self, matter: Matter) -> tuple[SignalId, SubjectId]:
        return matter.question[0], self.inquiry.scene.views[self.inquiry.view_of(matter)].sheet.subject

    def _try(self, pairs: Iterable[tuple[Matter, Recipe]]) -> None:
        trials: list[Trial] = []
        recipes: list[Recipe] = []
        for matter, recipe in pairs:
            trial = self._by_recipe(matter, recipe)
            if trial is not None:
                trials.append(trial)
                recipes.append(recipe)
        for trial, recipe, rank in zip(trials, recipes, self._told(trials), strict=True):
            if self._note(trial, rank):
                self.recipes.note(*self._kind(trial.matter), recipe)

    def _by_recipe(self, matter: Matter, recipe: Recipe) -> Trial | None:
        last = len(self.grounds) - 1
        if recipe is not None:
            picks = bound(self.means, self.inquiry.view_of(matter), recipe)
            return None if picks is None else Trial(matter, last, picks)
        own = self.inquiry.own(matter)
        if not own:
            return None
        return Trial(matter, next(iter(self._fitting(matter, own[0], self.inquiry.highest)), last), own[0])

    def _told(self, trials: Sequence[Trial]) -> list[int | None]:
        return tell(self.means, self.grounds, trials) if trials else []

    def _note(self, trial: Trial, rank: int | None) -> bool:
        """Note what was seen, and return whether it is more than before."""
        if rank is None or rank <= self.found.get(trial.matter.key, -1):
            return False
        self.found[trial.matter.key] = rank
        return True

    # Routes

    def try_routes(self, matters: Iterable[tuple[Matter, int]]) -> None:
        """Try some questions along their routes, each towards a level."""
        trials = [trial for matter, rank in matters for trial in self._along_routes(matter, rank)]
        for trial, rank in zip(trials, self._told(trials), strict=True):
            if self._note(trial, rank):
                self._write_down(trial.matter, {**self.grounds[trial.ground], **trial.picks})

    def _along_routes(self, matter: Matter, rank: int) -> list[Trial]:
        """Return trials along the routes of a question, one of each before the second of any."""
        queues: list[list[Trial]] = []
        seen: set[tuple[int, int]] = set()
        for instance in self.inquiry.instances(matter):
            route = instance.route
            is_seen = (route.scope, route.place) in seen and len(queues) > TRIALS_MAX // 2
            if is_seen or not self.inquiry.may_show_at(route, rank):
                continue
            seen.add((route.scope, route.place))
            trials = self._along(matter, instance, rank)
            if trials:
                queues.append(trials)
            if len(queues) == TRIALS_MAX:
                break
        return [trial for turn in zip_longest(*queues) for trial in turn if trial is not None][: 3 * TRIALS_MAX]

    def _along(self, matter: Matter, instance: Instance, rank: int) -> list[Trial]:
        quietest, found = len(self.grounds) - 1, []
        for picks in self._picks(matter, instance)[:3]:
            grounds = [quietest] if instance.route.rank == rank else self._fitting(matter, picks, rank)
            found += [Trial(matter, ground, picks) for ground in grounds]
        return found

    def _picks(self, matter: Matter, instance: Instance) -> list[Picks]:
        """Return ways in which all is beside a route as it should be."""
        beside = self.inquiry.beside(instance)
        if beside is None:
            return []
        choices = [self.means.presence(instance.own), self.inquiry.own(matter)]
        for each, place in beside:
            ways = self.means.beside(each, place)
            if not ways or ways[0]:
                choices.append([_without(way, matter.key) for way in ways])
        return joined(choices)

    # Learning

    def learn(self, matter: Matter, picks: Picks, rank: int) -> None:
        """Write down what showed that a question matters, without what it can do without."""
        quiet = self.means.quiet
        needed = {
            key: slot for key, slot in _without(picks, matter.key).items() if slot not in quiet and (key >= 0 or slot)
        }
        if not self._does(matter, [needed], rank)[0]:
            return
        pending = list(needed)
        while pending:
            able = self._does(matter, [_without(needed, key) for key in pending], rank)
            pending = [key for key, is_able in zip(pending, able, strict=True) if is_able]
            dropped = pending
            while dropped and not self._does(matter, [_without(needed, *dropped)], rank)[0]:
                dropped = dropped[: len(dropped) // 2]
            needed = _without(needed, *dropped)
            pending = [key for key in pending if key in needed]
            if not dropped:
                break
        self._write_down(matter, needed)

    def _does(self, matter: Matter, choices: Sequence[Picks], rank: int) -> list[bool]:
        """Return for each choice whether it shows that the question reaches the rank."""
        quietest = len(self.grounds) - 1
        return [told == rank for told in self._told([Trial(matter, quietest, picks) for picks in choices])]

    def _write_down(self, matter: Matter, picks: Picks) -> None:
        quiet = self.means.quiet
        needed = {key: slot for key, slot in _without(picks, matter.key).items() if slot not in quiet}
        self.recipes.note(*self._kind(matter), written_down(self.means, self.inquiry.view_of(matter), needed))


def _without(picks: Picks, *keys: Key) -> dict[Key, int]:
    """Return the picks without some."""
    return {key: slot for key, slot in picks.items() if key not in keys}
