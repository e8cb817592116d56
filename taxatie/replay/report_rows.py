"""The rows of a report: levels, things and groups in the order of the releases, small numbers of groups hidden."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from taxatie.replay.counts import Change, Matrix, Shift
from taxatie.rules.program import Program

GROUPS: Final = ("region", "channel", "month")
SMALL_NUMBER: Final = 10
"""Fewer decisions than this of a region, channel or month are not told: somebody could be recognised among them."""

THINGS: Final = ("actions", "withheld", "findings")


class Hidden(Enum):
    """Why a number is not shown."""

    SMALL = auto()
    """It is more than nobody, and so few that somebody could be recognised."""
    GIVES_AWAY = auto()
    """It would give away the one small number beside it, by subtraction from the sum."""


Shown = int | Hidden


@dataclass(frozen=True, slots=True)
class GroupRow:
    """How many decisions a group has, and how many of them change."""

    name: str
    decisions: Shown
    milder: Shown
    graver: Shown


@dataclass(frozen=True, slots=True)
class ThingRow:
    """In how many decisions a thing is gained, and in how many lost."""

    id: str
    gained: int
    lost: int


@dataclass(frozen=True, slots=True)
class Scale:
    """The levels of both releases, the mildest first."""

    before: tuple[str, ...]
    after: tuple[str, ...]

    @classmethod
    def of(cls, old: Program, new: Program) -> "Scale":
        """Return the scale of two releases."""
        before, after = (tuple(str(level.id) for level in program.levels) for program in (old, new))
        return cls(before, after)

    def way(self, change: Change) -> int:
        """Return -1 where a change is to a milder level, 1 where it is to a graver one, else 0.

        On the new scale, or on the old one where only that has both levels.
        """
        for scale in (self.after, self.before):
            if change.before in scale and change.after in scale:
                steps = scale.index(change.after) - scale.index(change.before)
                return (steps > 0) - (steps < 0)
        return 0

    def milder(self, matrix: Matrix) -> int:
        """Return how many decisions become milder."""
        return sum(number for change, number in matrix.items() if self.way(change) < 0)

    def graver(self, matrix: Matrix) -> int:
        """Return how many decisions become graver."""
        return sum(number for change, number in matrix.items() if self.way(change) > 0)


def group_rows(scale: Scale, groups: Mapping[str, Matrix]) -> tuple[GroupRow, ...]:
    """Return a row for each group, in the order of their names; small numbers are hidden."""
    names = sorted(groups)
    decisions = hide_small([sum(groups[name].values()) for name in names])
    milder = hide_small([scale.milder(groups[name]) for name in names])
    graver = hide_small([scale.graver(groups[name]) for name in names])
    return tuple(GroupRow(*row) for row in zip(names, decisions, milder, graver, strict=True))


def hide_small(numbers: Sequence[int]) -> list[Shown]:
    """Return the numbers of a column whose sum is known, with what is small hidden.

    Where one alone is small, the smallest of the others is hidden too: else the sum would give it away.

    >>> hide_small([0, 3, 40, 20])
    [0, <Hidden.SMALL: 1>, 40, <Hidden.GIVES_AWAY: 2>]
    """
    shown: list[Shown] = [Hidden.SMALL if 0 < number < SMALL_NUMBER else number for number in numbers]
    if shown.count(Hidden.SMALL) == 1:
        others = [(number, place) for place, number in enumerate(numbers) if number >= SMALL_NUMBER]
        if others:
            shown[min(others)[1]] = Hidden.GIVES_AWAY
    return shown


def thing_rows(shift: Shift) -> tuple[ThingRow, ...]:
    """Return a row for each thing that is gained or lost anywhere, those that change most first."""
    names = sorted({*shift.gained, *shift.lost})
    rows = [ThingRow(name, shift.gained.get(name, 0), shift.lost.get(name, 0)) for name in names]
    return tuple(sorted(rows, key=lambda row: -(row.gained + row.lost)))


def level_totals(levels: Iterable[str], matrix: Matrix, side: str) -> list[int]:
    """Return in how many decisions each level stands on one side, `before` or `after`."""
    return [sum(n for change, n in matrix.items() if getattr(change, side) == level) for level in levels]
