"""Makes decisions on a synthetic population and stores them as Parquet: what a year of the service would export.

    python -m load.make_population --decisions 131000 --seed 1 --output build/population

Every decision is another one. The recorded level is what the release gives, computed by the columns engine.
"""

import argparse
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Final

import numpy as np
import numpy.typing as npt

from load import figures
from load.dice import Dice
from load.peers.values import write_values
from load.population import Batch, Population
from load.population_table import joined, slots_for, table_of
from taxatie.engine.columns_outcome import TableAssessor
from taxatie.limits import ROW_GROUP_ROWS
from taxatie.registry.folder import ReleaseFolder
from taxatie.replay.parquet_schema import Description
from taxatie.replay.parquet_writer import Decisions, DecisionWriter
from taxatie.rules.program import Program

ROOT: Final = Path(__file__).resolve().parents[1]
FILE_ROWS: Final = 2 * ROW_GROUP_ROWS
"""Decisions in a file: some seconds' work for one worker of a cluster."""
_BATCH: Final = ROW_GROUP_ROWS // 8
"""Cases that are made at once; a whole number of machine words, so that planes can be put one after another."""


def main() -> None:
    """Write the decisions that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--decisions", type=int, default=figures.CASES_A_YEAR)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--year", type=int, default=2026)
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "population")
    parser.add_argument("--rulesets", type=Path, default=ROOT / "rulesets")
    parser.add_argument("--release", help="the newest by default")
    wishes = parser.parse_args()
    population = Population(shipped(wishes.rulesets, wishes.release), wishes.seed, wishes.year)
    begun = perf_counter()
    paths = write_population(population, wishes.decisions, wishes.output)
    size = sum(path.stat().st_size for path in paths)
    print(f"{wishes.decisions:,} decisions in {len(paths)} files, {size / 1e6:,.1f} MB, {perf_counter() - begun:.1f} s")


def shipped(folder: Path, name: str | None = None) -> Program:
    """Return a release of a folder; the newest without a name."""
    releases = ReleaseFolder(folder)
    return releases.load(name or releases.entries()[-1].name)


def write_population(population: Population, count: int, folder: Path, processes: int = 2) -> list[Path]:
    """Write *count* decisions as files of at most FILE_ROWS, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = [
        _Part(folder / f"{first:09}.parquet", first, min(FILE_ROWS, count - first))
        for first in range(0, count, FILE_ROWS)
    ]
    write = partial(_write_file, population)
    if len(parts) == 1 or processes == 1:
        return [write(part) for part in parts]
    # `spawn`, because a process that has used numpy's and polars' threads must not be forked.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        return list(pool.map(write, parts))


@dataclass(frozen=True, slots=True)
class _Part:
    path: Path
    first: int
    rows: int


def write_values_beside(population: Population, count: int, folder: Path) -> None:
    """Write the same decisions as columns of small numbers, for polars to be compared on."""
    folder.mkdir(parents=True, exist_ok=True)
    for first in range(0, count, FILE_ROWS):
        write_values(population, folder / f"{first:09}.parquet", first, min(FILE_ROWS, count - first))


def _write_file(population: Population, part: _Part) -> Path:
    program, slots = population.program, slots_for(population.program)
    description = Description.of(program, slots)
    assessor = TableAssessor(program, description.layout)
    with DecisionWriter(part.path, description) as writer:
        for first in range(part.first, part.first + part.rows, ROW_GROUP_ROWS):
            rows = min(ROW_GROUP_ROWS, part.first + part.rows - first)
            writer.write(_decisions(population, list(population.batches(rows, first, _BATCH)), assessor))
    return part.path


def _decisions(population: Population, batches: Sequence[Batch], assessor: TableAssessor) -> Decisions:
    table = joined([table_of(population.program, batch) for batch in batches])
    return Decisions(
        ids=np.concatenate([_ids(population, batch) for batch in batches]),
        levels=assessor.assess(table).level.copy(),
        regions=np.concatenate([batch.region + 1 for batch in batches]).astype(np.uint8),
        table=table,
        whole={},
    )


def _ids(population: Population, batch: Batch) -> npt.NDArray[np.uint8]:
    """Return a UUIDv7 for each decision: its moment, and what the dice give."""
    dice = Dice(population.seed)
    chance = [dice.throw(name, batch.numbers).bits for name in ("id/first", "id/second")]
    first = batch.seconds.astype(np.uint64) * np.uint64(1000) << np.uint64(16)
    first |= np.uint64(0x7000) | (chance[0] & np.uint64(0xFFF))
    second = np.uint64(1 << 63) | (chance[1] >> np.uint64(2))
    return np.ascontiguousarray(np.stack([first, second], axis=1).astype(">u8")).view(np.uint8)


def files_of(folder: Path) -> Iterator[Path]:
    """Return the files of a population, in order."""
    return iter(sorted(folder.glob("*.parquet")))


if __name__ == "__main__":
    main()
