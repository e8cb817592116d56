"""What showed before that a question matters: answers to try first when it is asked again in another case.

A recipe proves nothing: in each case it is tried anew. So it makes no difference to what is found, only to how soon.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from taxatie.explain.left import REGISTERS, Key, Left, Picks
from taxatie.limits import RECIPES_KEPT_MAX
from taxatie.terms.names import CASE, SignalId, SubjectId


class Ingredient(NamedTuple):
    """An answer, by whose it is: of the one who is asked about (None), of the case, or of another of a subject."""

    subject: SubjectId | None
    number: int
    """Which of the others of the subject."""
    first: int
    """The signal's first slot on its sheet; -1 for being there, and the registers by their own number."""
    slot: int


Recipe = tuple[Ingredient, ...] | None
"""None is the simplest: what the case itself offers."""


@dataclass(slots=True)
class Recipes:
    """The recipes of a program, for each question the one that did last first."""

    _kept: dict[tuple[SignalId, SubjectId], list[Recipe]] = field(default_factory=dict)

    def of(self, signal: SignalId, subject: SubjectId) -> list[Recipe]:
        """Return the recipes for a question."""
        found = self._kept.get((signal, subject))
        return [None] if found is None else found

    def note(self, signal: SignalId, subject: SubjectId, recipe: Recipe) -> None:
        """Put a recipe that did in front."""
        others = [each for each in self.of(signal, subject) if each != recipe]
        self._kept[signal, subject] = [recipe, *others][:RECIPES_KEPT_MAX]


def written_down(means: Left, own: int, picks: Picks) -> Recipe:
    """Return picks as a recipe; *own* is the view of the one who is asked about."""
    places = {place: ingredient for ingredient, place in _others(means, own)}
    found = []
    for key, slot in picks.items():
        if key == REGISTERS:
            found.append(Ingredient(CASE, 0, REGISTERS, slot))
            continue
        place = -1 - key if key < 0 else means.signals[key][1]
        subject, number = (None, 0) if place == own else places[place]
        start = means.starts[place]
        found.append(Ingredient(subject, number, -1 if key < 0 else key - start, slot if key < 0 else slot - start))
    return tuple(sorted(found, key=str))


def bound(means: Left, own: int, recipe: tuple[Ingredient, ...]) -> Picks | None:
    """Return a recipe as picks, or None where the case rules one of its answers out."""
    places = dict(_others(means, own))
    found: dict[Key, int] = {}
    for subject, number, first, slot in recipe:
        if first == REGISTERS:
            if not means.scene.is_history_open:
                return None
            found[REGISTERS] = slot
            continue
        place = own if subject is None else places.get((subject, number), -1)
        if place < 0:
            return None
        if first < 0:
            if means.scene.views[place].is_in_doubt:
                found[-1 - place] = slot
            continue
        start = means.starts[place]
        if not means.left[start + slot]:
            return None
        found[start + first] = start + slot
    return found


def _others(means: Left, own: int) -> Iterator[tuple[tuple[SubjectId, int], int]]:
    """Return everybody else, numbered within their subject; those come last whose existence is in doubt."""
    numbers: dict[SubjectId, int] = {}
    for place, view in enumerate(means.scene.views):
        if place != own:
            subject = view.sheet.subject
            numbers[subject] = number = numbers.get(subject, -1) + 1
            yield (subject, number), place
