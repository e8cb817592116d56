"""Putting supports together, whatever they are made of: enough of several parts, a score within its bounds."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from taxatie.explain.knowledge import Whose
from taxatie.limits import SUPPORTS_MAX
from taxatie.rules.condition import Condition, ScoreBetween
from taxatie.rules.program import ScoreItem

S = TypeVar("S")


class Finder(Protocol[S]):
    """Finds what carries conditions, up to a number of leaves."""

    @property
    def nothing(self) -> S:
        """The support that needs no leaf."""

    def of(self, condition: Condition, person: Whose, *, wanted: bool) -> list[S]:
        """Return the supports that make a condition hold, or fail."""

    def joined(self, first: list[S], second: list[S]) -> Iterable[S]:
        """Return each of the first together with each of the second."""

    def smallest(self, supports: Iterable[S]) -> list[S]:
        """Return the supports that hold no other, each once, the smaller first."""


def enough(finder: Finder[S], choices: list[list[S]], count: int) -> Iterable[S]:
    """Return the ways to take one support from *count* of the choices."""
    if count <= 0:
        return [finder.nothing]
    if count == 1:
        return [support for choice in choices for support in choice]
    if count > sum(1 for choice in choices if choice):
        return []
    reached: list[list[S]] = [[finder.nothing]] + [[] for _ in range(count)]
    for position, choice in enumerate(choices):
        # Fewer than this many cannot become enough any more with the choices that are left.
        fewest = max(1, count - (len(choices) - position - 1))
        for number in range(min(count, position + 1), fewest - 1, -1):
            if choice and reached[number - 1]:
                reached[number] = finder.smallest([*reached[number], *finder.joined(reached[number - 1], choice)])
    return reached[count]


def supports_of_score(
    finder: Finder[S], condition: ScoreBetween, items: tuple[ScoreItem, ...], person: Whose, *, wanted: bool
) -> Iterable[S]:
    """Return what keeps the sum within the bounds, or puts it out of them."""
    low, high = condition.low, condition.high
    if low is not None and high is not None and low > high:
        return [] if wanted else [finder.nothing]
    above = [] if low is None else [(low, True)]
    below = [] if high is None else [(high, False)]
    if wanted:
        sides = [finder.smallest(_sum(finder, items, person, *side)) for side in (*above, *below)]
        return enough(finder, sides, len(sides))
    outside = [(bound - 1, False) for bound, _ in above] + [(bound + 1, True) for bound, _ in below]
    return [support for side in outside for support in _sum(finder, items, person, *side)]


def _sum(
    finder: Finder[S],
    items: tuple[ScoreItem, ...],
    person: Whose,
    bound: int,
    at_least: bool,  # noqa: FBT001
) -> list[S]:
    """Return what makes the sum at least, or at most, the bound, whatever the other items prove to be."""
    sign = 1 if at_least else -1
    weights = [(item, sign * item.points) for item in items if item.points]
    worst = sum(weight for _, weight in weights if weight < 0)
    missing = sign * bound - worst
    states: list[tuple[int, S]] = [(0, finder.nothing)]
    for item, weight in weights:
        carried = finder.of(item.condition, person, wanted=weight > 0)
        gained = [
            (total + abs(weight), joined)
            for total, support in states
            if total < missing
            for joined in finder.joined([support], carried)
        ]
        states = (states + gained)[:SUPPORTS_MAX]
    return [support for total, support in states if total >= missing]
