"""What is left to answer in a case: the slots of all its sheets, laid end to end.

A signal of somebody is known by the first of its slots.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from taxatie.explain.parts import passes
from taxatie.explain.plane_writer import Slots
from taxatie.explain.scene import Scene
from taxatie.rules.condition import Among, Between
from taxatie.rules.program import Signal
from taxatie.terms.names import CASE

Key = int
"""The first slot of a signal of somebody; below zero, the presence of a view; far below, the registers."""

Allowed = Mapping[Key, frozenset[int]]
"""For some signals, the slots that do."""

Picks = Mapping[Key, int]
"""For some signals, the slot that is chosen."""

NOTHING: Final[Picks] = {}
REGISTERS: Final[Key] = -1_000_000
"""Chosen as 1: all that can show shows; as 0: nothing more came in."""


@dataclass(frozen=True)
class Left:
    """What is left to answer in a case."""

    scene: Scene

    @cached_property
    def starts(self) -> list[int]:
        """Where the sheet of each view starts."""
        starts, end = [], 0
        for view in self.scene.views:
            starts.append(end)
            end += len(view.left)
        return starts

    @cached_property
    def left(self) -> list[bool]:
        """Whether each slot is possible."""
        return [is_left for view in self.scene.views for is_left in view.left]

    @cached_property
    def signals(self) -> Mapping[Key, tuple[Signal, int, Slots]]:
        """Each signal of somebody by its key, with the view and the slots on its sheet."""
        slots = self.scene.outlook.slots
        return {
            start + slots[signal.id].first: (signal, place, slots[signal.id])
            for place, (start, view) in enumerate(zip(self.starts, self.scene.views, strict=True))
            for signal in view.sheet.signals
        }

    @cached_property
    def widths(self) -> Mapping[Key, int]:
        """How many slots of values each signal has, by its key."""
        return {
            start + first: width
            for start, view in zip(self.starts, self.scene.views, strict=True)
            for first, width in view.sheet.widths
        }

    @cached_property
    def certain(self) -> Mapping[str, list[int]]:
        """The views of those who exist for certain, by subject."""
        found: dict[str, list[int]] = {}
        for place, view in enumerate(self.scene.views):
            if not view.is_in_doubt:
                found.setdefault(view.sheet.subject, []).append(place)
        return found

    def fitting(self, condition: Among | Between, place: int, *, wanted: bool) -> tuple[Key, int, list[int], bool]:
        """Return the signal's key and view, the slots left of which the test says so, and whether all do."""
        slots = self.scene.outlook.slots[condition.signal]
        signal = self.scene.outlook.program.signals[condition.signal]
        place = 0 if signal.subject == CASE else place
        start = self.starts[place]
        fitting, does_all = [], True
        for slot, stretch in zip(slots.all, slots.stretches, strict=True):
            if self.left[start + slot]:
                if passes(condition, stretch.start) is wanted:
                    fitting.append(start + slot)
                else:
                    does_all = False
        return start + slots.first, place, fitting, does_all

    @cached_property
    def base(self) -> list[int]:
        """The chosen slot of each signal in the quietest world: the least dangerous value that is left."""
        left = self.left
        return [
            next(start + slot for slot in order if left[start + slot])
            for start, view in zip(self.starts, self.scene.views, strict=True)
            for order in view.sheet.quietest
        ]

    @cached_property
    def quiet(self) -> frozenset[int]:
        """The chosen slots of the quietest world."""
        return frozenset(self.base)
