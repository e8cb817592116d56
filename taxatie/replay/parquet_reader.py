"""Reading decisions from Parquet, row group by row group, straight into planes: no bit is unpacked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
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
_OWN: Final = (ID, LEVEL, REGION, REFERENCE_DATE, EVENTS, WHOLE)
"""The columns that are no planes and always read."""


@dataclass(frozen=True, slots=True)
class StoredDecisions:
    """Some consecutive decisions of a file."""

    ids: pl.Series
    levels: NDArray[np.uint8]
    regions: NDArray[np.uint8]
    table: Table
    whole: Mapping[int, str]
    """The cases that do not fit into the table, as JSON by row."""

    def ids_of(self, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Return the ids of some rows, sixteen bytes each."""
        ids: list[bytes] = self.ids.gather(rows).to_list()
        return np.frombuffer(b"".join(ids), np.uint8).reshape(-1, ID_BYTES)


@dataclass(frozen=True)
class DecisionFile:
    """A Parquet file of decisions under one release."""

    path: Path

    @cached_property
    def description(self) -> Description:
        """What the file says of itself.

        Raises:
            TaxatieError: When it is no Parquet file, or holds no decisions.
        """
        try:
            metadata = pl.read_parquet_metadata(self.path)
        except pl.exceptions.ComputeError as error:
            raise TaxatieError(f"`{self.path}` is no Parquet file") from error
        return read_description(metadata, str(self.path))

    @property
    def rows(self) -> int:
        """How many decisions the file holds."""
        return int(pl.scan_parquet(self.path).select(pl.len()).collect().item())

    def parts(self, names: Iterable[str]) -> Iterator[StoredDecisions]:
        """Return all decisions in parts, with the planes of these names and no others.

        Raises:
            TaxatieError: When a decision has a level or a region that is none.
        """
        return map(self.part, self.batches(names))

    def batches(self, names: Iterable[str]) -> Iterator[pl.DataFrame]:
        """Return the columns of all decisions in parts, decoded and nothing else."""
        yield from (
            pl.scan_parquet(self.path)
            .select(*_OWN, *names)
            .collect_batches(chunk_size=ROW_GROUP_ROWS, maintain_order=True)
        )

    def part(self, batch: pl.DataFrame) -> StoredDecisions:
        """Return the decisions of a batch, which is used up by it.

        Raises:
            TaxatieError: When one of them has a level or a region that is none.
        """
        part = _part(batch, self.description.layout)
        self._check(LEVEL, part.levels, len(self.description.levels) - 1)
        self._check(REGION, part.regions, len(self.description.regions))
        return part

    def _check(self, what: str, places: NDArray[np.uint8], most: int) -> None:
        if places.max(initial=0) > most:
            raise TaxatieError(
                f"`{self.path}` holds a decision whose {what} is none of those that it names",
                hint="it was changed or damaged: write it again with `taxatie log export --parquet`",
            )


def _part(batch: pl.DataFrame, layout: Layout) -> StoredDecisions:
    ids = batch.drop_in_place(ID)
    # As one array of many fields: to hand over each column by itself takes twice as long.
    arrays = dict(zip(batch.columns, batch.to_struct().to_arrow().flatten(), strict=True))
    table = Table(
        layout=layout,
        rows=batch.height,
        planes={name: _plane(array) for name, array in arrays.items() if name not in _OWN},
        reference_days=arrays[REFERENCE_DATE].view(pa.int32()).to_numpy(),
        events=_events(arrays[EVENTS]),
    )
    whole = arrays[WHOLE]
    texts = {} if whole.null_count == len(whole) else dict(enumerate(whole.to_pylist()))
    return StoredDecisions(
        ids=ids,
        levels=arrays[LEVEL].to_numpy(),
        regions=arrays[REGION].to_numpy(),
        table=table,
        whole={row: text for row, text in texts.items() if text is not None},
    )


def _plane(array: pa.BooleanArray) -> Plane:
    """Return a column's bits; they are copied only where they do not begin or end with a machine word."""
    words = -(-len(array) // WORD_BITS)
    bits = array.buffers()[1]
    if array.offset % 8 == 0 and bits.size >= array.offset // 8 + words * _WORD_BYTES:
        return np.frombuffer(bits, np.uint64, words, array.offset // 8)
    return pack(array.to_numpy(zero_copy_only=False))


_EVENT: Final = np.dtype([("kind", "u1"), ("person", "u1"), ("reporter", "<u2"), ("ordinal", "<u4")])


def _events(array: pa.LargeListArray) -> EventTable:
    """Return the events of all rows; the reverse of how they are written."""
    ends = array.offsets.to_numpy()
    events = array.values.to_numpy()[ends[0] : ends[-1]].view(_EVENT)
    return EventTable(
        rows=_rows(ends - ends[0]),
        kinds=np.ascontiguousarray(events["kind"]),
        days=_days(events["ordinal"]),
        persons=np.ascontiguousarray(events["person"]),
        reporters=np.ascontiguousarray(events["reporter"]),
    )


def _rows(ends: NDArray[np.int64]) -> Days:
    """Return the row of each event, given where the events of each row begin and end."""
    # A row number is how many rows ended before; counting ends is three times as fast as repeating numbers.
    ended = np.bincount(ends[1:-1], minlength=ends[-1] + 1)[: ends[-1]]
    return np.cumsum(ended, dtype=np.int32)


def _days(ordinals: NDArray[np.uint32]) -> Days:
    return (ordinals.view(np.int32) - np.int32(EPOCH)).astype(np.int32, copy=False)
