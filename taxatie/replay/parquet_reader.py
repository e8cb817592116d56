"""Reading decisions from Parquet, row group by row group, straight into planes: no bit is unpacked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from taxatie.engine.columns_layout import Layout
from taxatie.engine.columns_table import EPOCH, WORD_BITS, Days, EventTable, Plane, Table, pack
from taxatie.errors.problem import TaxatieError
from taxatie.limits import ROW_GROUP_ROWS
from taxatie.replay.parquet_schema import (
    EVENTS,
    ID,
    LEVEL,
    REFERENCE_DATE,
    REGION,
    WHOLE,
    Description,
    read_description,
)
from taxatie.replay.parquet_writer import ID_BYTES

_WORD_BYTES: Final = WORD_BITS // 8


@dataclass(frozen=True, slots=True)
class StoredDecisions:
    """Some consecutive decisions of a file."""

    first: int
    """The place of the first in the file."""
    levels: NDArray[np.uint8]
    regions: NDArray[np.uint8]
    table: Table
    whole: Mapping[int, str]
    """The cases that do not fit into the table, as JSON by row."""


@dataclass(frozen=True)
class DecisionFile:
    """A Parquet file of decisions under one release."""

    path: Path

    @cached_property
    def description(self) -> Description:
        """What the file says of itself.

        Raises:
            TaxatieError: When it cannot be read, or holds no decisions.
        """
        try:
            return read_description(pq.read_schema(self.path).metadata, str(self.path))
        except pa.ArrowInvalid as error:
            raise TaxatieError(f"`{self.path}` is no Parquet file") from error

    @property
    def rows(self) -> int:
        """How many decisions the file holds."""
        return int(self._file.metadata.num_rows)

    def parts(self, names: Iterable[str]) -> Iterator[StoredDecisions]:
        """Return all decisions in parts, with the planes of these names and no others."""
        wanted = [LEVEL, REGION, REFERENCE_DATE, EVENTS, WHOLE, *names]
        batches = (
            pl.scan_parquet(self.path).select(wanted).collect_batches(chunk_size=ROW_GROUP_ROWS, maintain_order=True)
        )
        first = 0
        for batch in batches:
            yield _part(batch, first, self.description.layout)
            first += batch.height

    def ids(self, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Return the ids of some rows of the file, sixteen bytes each."""
        groups = self._firsts.searchsorted(rows, side="right") - 1
        found = [self._ids_in(int(group), rows[groups == group]) for group in np.unique(groups)]
        return np.concatenate(found) if found else np.zeros((0, ID_BYTES), np.uint8)

    @cached_property
    def _file(self) -> pq.ParquetFile:
        return pq.ParquetFile(self.path)

    @cached_property
    def _firsts(self) -> NDArray[np.int64]:
        """The first row of each row group."""
        metadata = self._file.metadata
        rows = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
        return np.cumsum([0, *rows[:-1]])

    def _ids_in(self, group: int, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        column = self._file.read_row_group(group, columns=[ID]).column(0).combine_chunks()
        ids = np.frombuffer(column.buffers()[1], np.uint8).reshape(-1, ID_BYTES)
        found: NDArray[np.uint8] = ids[rows - self._firsts[group]]
        return found


def _part(batch: pl.DataFrame, first: int, layout: Layout) -> StoredDecisions:
    arrays = dict(zip(batch.columns, _arrays(batch), strict=True))
    table = Table(
        layout=layout,
        rows=batch.height,
        planes=_ArrowPlanes(arrays),
        reference_days=arrays[REFERENCE_DATE].view(pa.int32()).to_numpy(),
        events=_events(arrays[EVENTS]),
    )
    whole = arrays[WHOLE]
    texts = {} if whole.null_count == len(whole) else dict(enumerate(whole.to_pylist()))
    return StoredDecisions(
        first=first,
        levels=arrays[LEVEL].to_numpy(),
        regions=arrays[REGION].to_numpy(),
        table=table,
        whole={row: text for row, text in texts.items() if text is not None},
    )


def _arrays(batch: pl.DataFrame) -> Iterator[pa.Array]:
    """Return the columns as they lie in memory."""
    for column in batch.to_arrow().columns:
        yield column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


@dataclass(frozen=True, slots=True)
class _ArrowPlanes(Mapping[str, Plane]):
    """The Boolean columns of a part as planes, each made when it is asked for."""

    arrays: Mapping[str, pa.Array]

    def __getitem__(self, name: str) -> Plane:
        return _plane(self.arrays[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self.arrays)

    def __len__(self) -> int:
        return len(self.arrays)


def _plane(array: pa.BooleanArray) -> Plane:
    """Return a column's bits; they are copied only where they do not begin or end with a machine word."""
    rows, begin = len(array), array.offset // 8
    words = -(-rows // WORD_BITS)
    bits = np.frombuffer(array.buffers()[1], np.uint8)[begin:]
    if array.offset % 8:
        return pack(array.to_numpy(zero_copy_only=False))
    if len(bits) < words * _WORD_BYTES:
        bits = np.concatenate((bits, np.zeros(words * _WORD_BYTES - len(bits), np.uint8)))
    return bits[: words * _WORD_BYTES].view(np.uint64)


_EVENT: Final = np.dtype([("kind", "u1"), ("person", "u1"), ("reporter", "<u2"), ("ordinal", "<u4")])


def _events(array: pa.LargeListArray) -> EventTable:
    """Return the events of all rows; the reverse of how they are written."""
    ends = array.offsets.to_numpy()
    events = array.values.to_numpy()[ends[0] : ends[-1]].view(_EVENT)
    return EventTable(
        rows=np.repeat(np.arange(len(array), dtype=np.int32), np.diff(ends)),
        kinds=np.ascontiguousarray(events["kind"]),
        days=_days(events["ordinal"]),
        persons=np.ascontiguousarray(events["person"]),
        reporters=np.ascontiguousarray(events["reporter"]),
    )


def _days(ordinals: NDArray[np.uint32]) -> Days:
    return (ordinals.view(np.int32) - np.int32(EPOCH)).astype(np.int32, copy=False)
