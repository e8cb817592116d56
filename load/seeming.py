"""Whether a condition seems to hold from what was answered, as people see it who decide what to ask next.

Two-valued and rough: what was not answered does not hold, and what answers do not tell does. No engine: it only keeps
made-up cases from answering questions that nobody would ask.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from load.answers import ANSWERED, Sheet
from load.dice import Truths, Whole
from taxatie.rules.condition import All, Among, Any, AtLeast, Between, ConceptHolds, Condition, Not
from taxatie.rules.program import Concept
from taxatie.terms.names import ConceptId, SignalId


@dataclass(frozen=True, slots=True)
class Sight:
    """What was answered, for each of so many cases or persons."""

    concepts: Mapping[ConceptId, Concept]
    sheets: Mapping[SignalId, Sheet]
    size: int

    def all(self, value: bool) -> Truths:  # noqa: FBT001  # the one thing it says
        """Return the same for everybody."""
        return np.full(self.size, value)


def seems_to_hold(condition: Condition, sight: Sight) -> Truths:
    """Return for whom the condition seems to hold."""
    match condition:
        case Among() | Between():
            return _answer_holds(condition, sight)
        case ConceptHolds(concept=concept):
            return seems_to_hold(sight.concepts[concept].condition, sight)
        case Not(condition=inner):
            return ~seems_to_hold(inner, sight)
        case All(conditions=parts):
            return _count(parts, sight) == len(parts)
        case Any(conditions=parts):
            return _count(parts, sight) > 0
        case AtLeast(count=count, conditions=parts):
            return _count(parts, sight) >= count
        case _:
            return sight.all(True)


def _answer_holds(condition: Among | Between, sight: Sight) -> Truths:
    sheet = sight.sheets.get(condition.signal)
    if sheet is None:
        return sight.all(False)
    if isinstance(condition, Among):
        return (sheet.said == ANSWERED) & np.isin(sheet.value, list(condition.values))
    return _within(sheet, condition.low, condition.high)


def _count(conditions: tuple[Condition, ...], sight: Sight) -> Whole:
    return sum((seems_to_hold(each, sight).astype(np.int64) for each in conditions), np.zeros(sight.size, np.int64))


def _within(sheet: Sheet, low: int | None, high: int | None) -> Truths:
    is_within = sheet.said == ANSWERED
    if low is not None:
        is_within = is_within & (sheet.value >= low)
    return is_within if high is None else is_within & (sheet.value <= high)
