"""A table of cases as planes: a bit for each case in every plane, the events sorted by row, reference dates as days."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taxatie.engine.columns_layout import Layout, plane_name
from taxatie.terms.names import SubjectId

Plane = NDArray[np.uint64]
Days = NDArray[np.int32]
Flags = NDArray[np.bool_]

WORD_BITS: Final = 64
EPOCH: Final = 719_163
"""The ordinal of 1 January 1970, from which days are counted."""


@dataclass(frozen=True, slots=True)
class EventTable:
    """The events of all cases, sorted by row; as many of each list as there are events."""

    rows: Days
    kinds: NDArray[np.uint8]
    """By their place among the kinds of the layout."""
    days: Days
    persons: NDArray[np.uint8]
    """By their place in the layout, counted from 1; 0 names nobody."""
    reporters: NDArray[np.uint16]
    """Numbered within a case from 1; 0 was not named."""


@dataclass(frozen=True, slots=True)
class Table:
    """Cases as columns. A plane that is not there is empty; bits beyond the last row mean nothing."""

    layout: Layout
    rows: int
    planes: Mapping[str, Plane]
    reference_days: Days
    events: EventTable

    @property
    def words(self) -> int:
        """How many machine words a plane takes."""
        return -(-self.rows // WORD_BITS)

    def plane(self, subject: SubjectId, slot: int, part: str) -> Plane | None:
        """Return a plane, or None where nothing is set in it."""
        return self.planes.get(plane_name(subject, slot, part))


def reordered(table: Table, order: NDArray[np.intp]) -> Table:
    """Return the table with its rows in another order; each row is given by its place before."""
    events, place = table.events, np.empty(table.rows, np.int32)
    place[order] = np.arange(table.rows, dtype=np.int32)
    rows = place[events.rows]
    sorted_events = np.argsort(rows, kind="stable")
    return Table(
        table.layout,
        table.rows,
        {name: pack(unpack(plane, table.rows)[order]) for name, plane in table.planes.items()},
        table.reference_days[order],
        EventTable(
            rows[sorted_events],
            events.kinds[sorted_events],
            events.days[sorted_events],
            events.persons[sorted_events],
            events.reporters[sorted_events],
        ),
    )


def pack(flags: Flags | NDArray[np.uint8]) -> Plane:
    """Return a plane with a bit for each flag."""
    packed = np.packbits(flags, bitorder="little")
    missing = -len(packed) % (WORD_BITS // 8)
    if missing:
        packed = np.concatenate((packed, np.zeros(missing, np.uint8)))
    return packed.view(np.uint64)


def plane_of_rows(rows: Iterable[int], length: int) -> Plane:
    """Return a plane of *length* cases in which the rows are set."""
    flags = np.zeros(length, np.bool_)
    flags[np.fromiter(rows, np.int64)] = True
    return pack(flags)


def unpack(plane: Plane, rows: int) -> NDArray[np.uint8]:
    """Return 1 for each row that is set, 0 for each other."""
    return np.unpackbits(plane.view(np.uint8), count=rows, bitorder="little")
