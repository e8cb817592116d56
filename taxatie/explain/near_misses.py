"""How near each higher level is: the smallest sets of further answers that would reach it.

Nearly always one answer does, and every single answer is tried in a world of its own. Only where none does are
larger sets looked for, from the conditions of the rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from taxatie.explain.knowledge import Knowledge
from taxatie.explain.open_rules import OpenRule, smallest_supports
from taxatie.explain.parts import Whose
from taxatie.explain.scene import Question, Scene
from taxatie.explain.single_answers import SingleAnswers, give_single_answers
from taxatie.explain.supports import Leaf, Support
from taxatie.limits import NEAR_MISSES_MAX
from taxatie.rules.program import Rule
from taxatie.terms.assessment import Assessment
from taxatie.terms.explanation import FurtherAnswer, NearMiss
from taxatie.terms.names import SignalId
from taxatie.terms.truth import Truth


@dataclass(frozen=True, slots=True)
class Ways:
    """The smallest sets of further answers that would reach a level."""

    rank: int
    size: int
    """How many answers each set holds."""
    questions: frozenset[Question]
    """The questions of all sets."""
    named: tuple[tuple[FurtherAnswer, ...], ...]
    """The first sets, by vocabulary."""


def find_ways(knowledge: Knowledge, scene: Scene, assessment: Assessment) -> tuple[Ways, ...]:
    """Return for each level above the one reached, up to the ceiling, the smallest ways to it."""
    ranks = knowledge.program.ranks
    reached, ceiling = ranks[assessment.level], ranks[assessment.ceiling]
    if reached == ceiling:
        return ()
    single, awkward = give_single_answers(scene), _awkward_rank(scene)
    open_rules = _OpenRules(knowledge, scene)
    found = []
    for rank in range(reached + 1, ceiling + 1):
        ways = open_rules.ways(rank, 1) if rank <= awkward else _single_ways(single, rank) or open_rules.ways(rank, 2)
        if ways is not None:
            found.append(ways)
    return tuple(found)


def find_near_misses(knowledge: Knowledge, ways: tuple[Ways, ...]) -> tuple[NearMiss, ...]:
    """Return the ways as near misses, at most a handful for each level."""
    levels = knowledge.program.levels
    return tuple(NearMiss(levels[way.rank].id, answers) for way in ways for answers in way.named)


def _awkward_rank(scene: Scene) -> int:
    """Return the highest rank of a rule that may fire for which it does not do that every pattern shows."""
    if not scene.is_history_open:
        return 0
    ranks = (
        rank
        for evaluation in scene.trace.evaluations
        for place, rank in scene.outlook.scopes[evaluation.scope].awkward
        if evaluation.rules[place] is Truth.CANNOT_TELL
    )
    return max(ranks, default=0)


def _single_ways(single: SingleAnswers, rank: int) -> Ways | None:
    reaching = single.reaching(rank)
    if not reaching:
        return None
    named = tuple((each.further(single.reached[rank]),) for each in reaching[:NEAR_MISSES_MAX])
    return Ways(rank, 1, frozenset(each.question for each in reaching), named)


@dataclass(slots=True)
class _OpenRules:
    """The rules that may fire, looked at one by one."""

    knowledge: Knowledge
    scene: Scene
    _found: list[tuple[OpenRule, int]] | None = None

    def ways(self, rank: int, first_size: int) -> Ways | None:
        """Return the ways to a level, from a size on."""
        rules = [rule for rule, its_rank in self._ranked() if its_rank >= rank]
        supports = sorted(smallest_supports(rules, first_size), key=self._orders)
        if not supports:
            return None
        questions = frozenset((SignalId(name), whose) for support in supports for _, name, whose in support)
        named = tuple(self._named(support) for support in supports[:NEAR_MISSES_MAX])
        return Ways(rank, len(supports[0]), questions, named)

    def _ranked(self) -> Sequence[tuple[OpenRule, int]]:
        if self._found is None:
            ranks = self.knowledge.program.ranks
            self._found = [
                (OpenRule.of(self.knowledge, rule, person), ranks[rule.level])
                for rule, person in self._may_fire()
                if rule.level is not None
            ]
        return self._found

    def _may_fire(self) -> list[tuple[Rule, Whose]]:
        return [
            (rule, evaluation.person)
            for evaluation in self.scene.trace.evaluations
            for rule, truth in zip(self.knowledge.program.scopes[evaluation.scope].rules, evaluation.rules, strict=True)
            if truth is Truth.CANNOT_TELL
        ]

    def _orders(self, support: Support) -> list[tuple[int, int, str]]:
        return sorted(map(self._order, support))

    def _order(self, leaf: Leaf) -> tuple[int, int, str]:
        return self.scene.order((SignalId(leaf[1]), leaf[2]))

    def _named(self, support: Support) -> tuple[FurtherAnswer, ...]:
        return tuple(self._further(leaf, support) for leaf in sorted(support, key=self._order))

    def _further(self, leaf: Leaf, support: Support) -> FurtherAnswer:
        name, whose = SignalId(leaf[1]), leaf[2]
        signal = self.knowledge.program.signals.get(name)
        if signal is None:
            return FurtherAnswer(name, whose, ())
        known = self.knowledge.known(name, whose)
        stretches = self.knowledge.insight.stretches(signal, known.low, known.high)
        passing = [(s.start, s.stop - 1) for s in stretches if s.start in support[leaf]]
        return FurtherAnswer(name, whose, tuple(passing))
