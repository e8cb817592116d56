"""Writing decisions to Parquet: Boolean columns as they are, compressed fast, nothing that a reader must unfold."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from taxatie.engine.columns_table import EPOCH, EventTable, Plane, Table, reordered
from taxatie.limits import ROW_GROUP_ROWS
from taxatie.replay.parquet_schema import (
    EVENTS,
    ID,
    LEVEL,
    REFERENCE_DATE,
    REGION,
    WHOLE,
    Description,
    schema_of,
)

_COMPRESSION: Final = "lz4"
ID_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Decisions:
    """Decisions under one release, as columns that run parallel to the rows of the table."""

    ids: NDArray[np.uint8]
    """Sixteen bytes a row."""
    levels: NDArray[np.uint8]
    """The recorded level, by its place on the scale of the release."""
    regions: NDArray[np.uint8]
    """By place in the release's regions, counted from 1; 0 for none."""
    table: Table
    whole: Mapping[int, str]
    """The cases that do not fit into the table, as JSON by row; the table says nothing of them."""


class DecisionWriter:
    """A Parquet file that is being written; it is there when the writer is left without an error."""

    def __init__(self, path: Path, description: Description) -> None:
        """Begin the file."""
        self._description = description
        self._schema = schema_of(description)
        self._writer = pq.ParquetWriter(
            path, self._schema, compression=_COMPRESSION, use_dictionary=False, data_page_version="1.0"
        )

    def write(self, decisions: Decisions) -> None:
        """Write the decisions as row groups of at most `ROW_GROUP_ROWS`, in each those with more events first."""
        decisions = _with_events_first(decisions)
        table = decisions.table
        assert table.layout == self._description.layout, "one file has one layout"
        assert decisions.ids.shape == (table.rows, ID_BYTES)
        assert len(decisions.levels) == len(decisions.regions) == len(table.reference_days) == table.rows
        empty = np.zeros(table.words, np.uint64)
        columns = {
            ID: pa.FixedSizeBinaryArray.from_buffers(pa.binary(ID_BYTES), table.rows, [None, _buffer(decisions.ids)]),
            LEVEL: pa.array(decisions.levels, pa.uint8()),
            REGION: pa.array(decisions.regions, pa.uint8()),
            REFERENCE_DATE: pa.array(table.reference_days, pa.int32()).cast(pa.date32()),
            EVENTS: _events(table.events, table.rows),
            WHOLE: pa.array([decisions.whole.get(row) for row in range(table.rows)], pa.large_string()),
        }
        for name in table.layout.names():
            columns[name] = _booleans(table.planes.get(name, empty), table.rows)
        arrays = [columns[name] for name in self._schema.names]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema), row_group_size=ROW_GROUP_ROWS)

    def __enter__(self) -> Self:
        """Return the writer."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the file."""
        self._writer.close()


def _with_events_first(decisions: Decisions) -> Decisions:
    """Return the decisions in the order in which their events are counted fastest (see `engine/columns_ranks.py`)."""
    table = decisions.table
    numbers = np.bincount(table.events.rows, minlength=table.rows)
    order = np.lexsort((-numbers, np.arange(table.rows) // ROW_GROUP_ROWS))
    places = {int(row): place for place, row in enumerate(order) if row in decisions.whole}
    return Decisions(
        decisions.ids[order],
        decisions.levels[order],
        decisions.regions[order],
        reordered(table, order),
        {places[row]: text for row, text in decisions.whole.items()},
    )


def _buffer(array: NDArray[np.generic]) -> pa.Buffer:
    return pa.py_buffer(np.ascontiguousarray(array))


def _booleans(plane: Plane, rows: int) -> pa.BooleanArray:
    return pa.BooleanArray.from_buffers(pa.bool_(), rows, [None, _buffer(plane)])


def _events(events: EventTable, rows: int) -> pa.ListArray:
    """Return the events of each row, each in the bits of one number."""
    ordinals = (events.days.astype(np.int64) + EPOCH).astype(np.uint64)
    packed = ordinals << np.uint64(32) | events.reporters.astype(np.uint64) << np.uint64(16)
    packed |= events.persons.astype(np.uint64) << np.uint64(8) | events.kinds.astype(np.uint64)
    ends = np.searchsorted(events.rows, np.arange(rows + 1)).astype(np.int32)
    kind = pa.list_(pa.field("item", pa.uint64(), nullable=False))
    return pa.ListArray.from_arrays(pa.array(ends), pa.array(packed), type=kind)
