"""The made-up answers as people store them for polars: a column of small numbers for each signal and person."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from load.answers import ANSWERED, Sheet
from load.dice import Whole
from load.population import Batch, Population
from load.population_table import slots_for
from taxatie.engine.columns_layout import PRESENT, plane_name
from taxatie.rules.program import Program
from taxatie.terms.names import CASE, MODE, SignalId, SubjectId

_UNKNOWN: Final = -32_768
_BATCH: Final = 1 << 15


def write_values(population: Population, path: Path, first: int, rows: int) -> None:
    """Write some of the decisions as one file, compressed as ours are."""
    program = population.program
    frames = [values_of(program, batch) for batch in population.batches(rows, first, _BATCH)]
    pl.concat(frames).write_parquet(path, compression="lz4")


def values_of(program: Program, batch: Batch) -> pl.DataFrame:
    """Return a batch as a frame."""
    return pl.DataFrame(dict(_columns(program, batch)))


def _columns(program: Program, batch: Batch) -> Iterator[tuple[str, pl.Series]]:
    rows = len(batch.numbers)
    yield plane_name(CASE, 0, MODE), pl.Series(batch.is_advice.astype(np.int8))
    yield from _answers(program, batch.answers, (CASE, 0), None)
    for subject, slots in slots_for(program).items():
        people = batch.people[subject]
        for slot in range(slots):
            here = (people.slot == slot).nonzero()[0]
            owner = people.owner[here]
            yield plane_name(subject, slot, PRESENT), pl.Series(_spread(np.ones(len(here), np.int16), owner, rows) == 1)
            answers = {name: sheet.take(here) for name, sheet in people.answers.items()}
            yield from _answers(program, answers, (subject, slot), (owner, rows))


def _answers(
    program: Program,
    answers: Mapping[SignalId, Sheet],
    place: tuple[SubjectId, int],
    spread: tuple[Whole, int] | None,
) -> Iterator[tuple[str, pl.Series]]:
    for name, sheet in answers.items():
        values = np.where(sheet.said == ANSWERED, sheet.value, _UNKNOWN).astype(np.int16)
        series = pl.Series(values if spread is None else _spread(values, *spread))
        kind = pl.Int8 if program.signals[name].highest <= np.iinfo(np.int8).max else pl.Int16
        yield plane_name(*place, name), series.set(series == _UNKNOWN, None).cast(kind)


def _spread(values: npt.NDArray[np.int16], owner: Whole, rows: int) -> npt.NDArray[np.int16]:
    spread = np.full(rows, _UNKNOWN, dtype=np.int16)
    spread[owner] = values
    return spread
