"""Matrices of levels, in all and by region, channel and month: one count over what all of them have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taxatie.engine.columns_layout import Layout, plane_name
from taxatie.engine.columns_table import Days, Table, unpack
from taxatie.replay.counts import Change, Matrix
from taxatie.rules.program import Program
from taxatie.terms.names import CASE, SignalId

CHANNEL: Final = SignalId("caller")
"""The signal of the case whose answer is the channel through which it came; a release may be without it."""
_NONE: Final = ""

Codes = NDArray[np.uint8]
Matrices = Mapping[str, Matrix]


@dataclass(frozen=True, slots=True)
class Groups:
    """By what the decisions of one release are grouped."""

    regions: tuple[str, ...]
    channels: tuple[str, ...]
    channel_planes: tuple[str, ...]

    @classmethod
    def of(cls, layout: Layout, old: Program) -> "Groups":
        """Return the groups of decisions of a layout."""
        signal = layout.signals.get(CHANNEL)
        labels = signal.labels if signal is not None and signal.subject == CASE else ()
        planes = tuple(plane_name(CASE, 0, signal.label(label)) for label in labels) if signal is not None else ()
        return cls((_NONE, *old.regions), (_NONE, *labels), planes)

    def count(
        self, table: Table, regions: Codes, counted: tuple[Codes, NDArray[np.bool_]], changes: Sequence[Change]
    ) -> tuple[Matrix, Matrices, Matrices, Matrices]:
        """Return the matrices of the counted rows: in all, by region, by channel, by month."""
        change, is_counted = counted
        months, month = _months(table.reference_days)
        shape = (len(months), len(self.regions), len(self.channels), len(changes))
        key = month
        for codes, size in zip((regions, self._channels(table), change), shape[1:], strict=True):
            key *= size
            key += codes
        if not is_counted.all():
            key = key[is_counted]
        numbers = np.bincount(key, minlength=int(np.prod(shape))).reshape(shape)
        return (
            _matrix(numbers.sum((0, 1, 2)), changes),
            _matrices(self.regions, numbers.sum((0, 2)), changes),
            _matrices(self.channels, numbers.sum((0, 1)), changes),
            _matrices(months, numbers.sum((1, 2)), changes),
        )

    def _channels(self, table: Table) -> Codes:
        found = np.zeros(table.rows, np.uint8)
        for place, name in enumerate(self.channel_planes, start=1):
            plane = table.planes.get(name)
            if plane is not None:
                found += unpack(plane, table.rows) * np.uint8(place)
        return found


def _months(days: Days) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Return the months from the first day to the last, and the place among them of each day."""
    first, last = days.min(), days.max()
    by_day = np.arange(first, last + 1).astype("datetime64[D]").astype("datetime64[M]")
    places = (by_day - by_day[0]).astype(np.int64)
    return tuple(map(str, np.arange(by_day[0], by_day[-1] + 1))), places[days - first]


def _matrices(names: Sequence[str], numbers: NDArray[np.int64], changes: Sequence[Change]) -> dict[str, Matrix]:
    found = {name: _matrix(row, changes) for name, row in zip(names, numbers, strict=True) if row.any()}
    return {name: found[name] for name in sorted(found)}


def _matrix(numbers: NDArray[np.int64], changes: Sequence[Change]) -> dict[Change, int]:
    found = {change: int(number) for change, number in zip(changes, numbers, strict=True) if number}
    return {change: found[change] for change in sorted(found)}
