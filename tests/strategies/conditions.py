"""Conditions at random, in every form in which the language writes them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.strategies.choices import Choices
from tests.strategies.plans import CASE, NamedPlan, Plain, PlainCondition, Pool, SignalPlan, Sizes

MODE = "mode"
_COMPARISONS = ("at_least", "at_most", "more_than", "less_than")


@dataclass(frozen=True, slots=True)
class ConditionMaker:
    """Makes conditions that stand at one place: what they may see there, and how large they may be."""

    choices: Choices
    pool: Pool
    sizes: Sizes
    subject: str
    may_group: bool = True
    may_ask_unknown: bool = True

    @property
    def signals(self) -> list[SignalPlan]:
        """The signals in sight."""
        return [signal for signal in self.pool.signals if signal.subject in {CASE, self.subject}]

    @property
    def concepts(self) -> list[NamedPlan]:
        """The concepts in sight."""
        return [concept for concept in self.pool.concepts if self._is_in_sight(concept)]

    @property
    def scores(self) -> list[NamedPlan]:
        """The scores in sight."""
        return [score for score in self.pool.scores if self._is_in_sight(score)]

    def _is_in_sight(self, named: NamedPlan) -> bool:
        return named.subject in {CASE, self.subject} and (self.may_group or not named.has_groups)

    def condition(self, depth: int | None = None) -> PlainCondition:
        """Return a condition that nests no deeper than *depth*."""
        left = self.sizes.depth if depth is None else depth
        if left <= 0 or self.choices.chance(25):
            return self.leaf()
        forms: list[Callable[[int], PlainCondition]] = [self.several_names, self.joined, self.joined, self.at_least]
        if self.may_group and self.pool.subjects:
            forms.append(self.group)
        return self.choices.pick(forms)(left - 1)

    # Leaves

    def leaf(self) -> PlainCondition:
        """Return a condition without parts."""
        forms: list[Callable[[], PlainCondition]] = [self.signal_leaf] * 5
        if self.concepts:
            forms += [self.concept_leaf] * 2
        if self.scores:
            forms += [lambda: self.score_leaf(self.choices.pick(self.scores))] * 2
        if self.pool.kinds:
            forms += [self.events] * 2
        if self.may_ask_unknown:
            forms.append(self.unknown)
        return self.choices.pick(forms)()

    def signal_leaf(self) -> PlainCondition:
        """Return a test of one signal."""
        own = [signal for signal in self.signals if signal.name != MODE]
        signal = self.choices.pick(self.signals if not own or self.choices.chance(10) else own)
        if signal.type == "yes_no" and self.choices.chance(40):
            return signal.name
        return {signal.name: self.signal_test(signal)}

    def signal_test(self, signal: SignalPlan) -> object:
        """Return what stands behind the name of a signal."""
        if signal.type == "yes_no":
            return self.choices.pick(("yes", "no", "yes", "no", True, False))
        if signal.type == "number" or (signal.is_ordered and self.choices.chance(50)):
            return self.comparison(self._operands(signal))
        if self.choices.chance(50):
            return self.choices.pick(signal.values)
        return self.choices.several(signal.values, 1, max(1, len(signal.values) - 1))

    def _operands(self, signal: SignalPlan) -> list[object]:
        if signal.type != "number":
            return list(signal.values)
        numbers = [value for value in signal.values if isinstance(value, int)]
        return [*numbers, *numbers[1:-1], numbers[0] - 1, numbers[-1] + 1]

    def comparison(self, operands: list[object]) -> Plain:
        """Return one comparison, or several together."""
        how_many = 1 if self.choices.chance(60) else 3
        words = self.choices.several(_COMPARISONS, 1, how_many)
        return {word: self.choices.pick(operands) for word in words}

    def score_leaf(self, score: NamedPlan) -> Plain:
        """Return a comparison of a score."""
        return {score.name: self.comparison(list(range(score.low, score.high + 1)))}

    def concept_leaf(self) -> PlainCondition:
        """Return a concept that holds, or fails."""
        concept = self.choices.pick(self.concepts)
        if self.choices.chance(50):
            return concept.name
        return {concept.name: self.choices.pick(("yes", "no", "no", True, False))}

    def unknown(self) -> Plain:
        """Return a question whether something is settled."""
        names = [signal.name for signal in self.signals]
        names += [named.name for named in (*self.concepts, *self.scores)]
        return {"unknown": self.choices.pick(names)}

    def events(self) -> Plain:
        """Return a pattern over time."""
        pattern: Plain = {}
        if self.choices.chance(60):
            pattern["kind"] = self.choices.several(self.pool.kinds, 1, 2)
        elif self.choices.chance(30):
            pattern["kind"] = self.choices.pick(self.pool.kinds)
        if self.choices.chance(75):
            pattern["within"] = self.choices.pick(self.sizes.windows)
            if self.sizes.has_rising and self.choices.chance(45):
                pattern["rising"] = self.choices.pick((True, True, "yes", False))
        if self.choices.chance(60):
            pattern["at_least"] = self.choices.integer(1, self.sizes.at_least_events)
        if self.choices.chance(40):
            pattern["distinct"] = "reporter"
        return {"events": pattern}

    # Combinations

    def several_names(self, depth: int) -> PlainCondition:
        """Return several names in one map; *depth* plays no part, since names do not nest."""
        del depth
        tests: Plain = {}
        for signal in self.choices.several(self.signals, 1, 3):
            tests[signal.name] = self.signal_test(signal)
        for concept in self.choices.several(self.concepts, 0, 1):
            tests[concept.name] = self.choices.pick(("yes", "no"))
        for score in self.choices.several(self.scores, 0, 1):
            tests.update(self.score_leaf(score))
        return tests

    def joined(self, depth: int) -> Plain:
        """Return conditions under `all`, `any` or `none`."""
        return {self.choices.pick(("all", "any", "none")): self.parts(depth, 1, 3)}

    def at_least(self, depth: int) -> Plain:
        """Return a number of conditions of which some must hold; now and then out of reach."""
        parts = self.parts(depth, 2, 4)
        if depth > 0 and self.choices.chance(50):
            parts[0] = self.at_least(depth - 1)
        count = len(parts) + 1 if self.choices.chance(5) else self.choices.integer(1, len(parts))
        return {"at_least": 0 if self.choices.chance(3) else count, "of": parts}

    def parts(self, depth: int, low: int, high: int) -> list[PlainCondition]:
        """Return from *low* to *high* conditions."""
        return [self.condition(depth) for _ in range(self.choices.integer(low, high))]

    def group(self, depth: int) -> Plain:
        """Return a condition over the persons of a subject."""
        subject = self.choices.pick(self.pool.subjects)
        inside = replace(self, subject=subject, may_group=False)
        word = self.choices.pick(("some", "every"))
        return {word: subject, "holds": inside.condition(depth)}


def has_groups(condition: object, pool: Pool) -> bool:
    """Return whether a condition looks at groups of persons, by itself or through a name."""
    grouping = {named.name for named in (*pool.concepts, *pool.scores) if named.has_groups}
    if isinstance(condition, dict):
        return any(
            key in {"some", "every"} or key in grouping or has_groups(value, pool) for key, value in condition.items()
        )
    if isinstance(condition, list):
        return any(has_groups(part, pool) for part in condition)
    return condition in grouping if isinstance(condition, str) else False
