"""What the benchmark of a what-if measures: ours and its peers', each on the same decisions, each as one function.

`load/bench_replay.py` runs them, each in a process of its own, so that peak memory is each one's own.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from load.peers.polars_rules import level_expression
from load.peers.two_valued import another_release, fully_answered
from load.peers.values import values_of
from load.population import Batch, Population
from load.population_cases import cases, cases_of
from load.population_table import planes_of, slots_for, table_of
from taxatie.engine.columns_outcome import TableAssessor
from taxatie.engine.columns_table import unpack
from taxatie.engine.conclusion import conclude
from taxatie.engine.live import LiveEngine
from taxatie.limits import ROW_GROUP_ROWS
from taxatie.replay.counts import Counts
from taxatie.replay.parquet_reader import DecisionFile
from taxatie.replay.parquet_schema import EVENTS, ID, LEVEL, REFERENCE_DATE, REGION, WHOLE
from taxatie.replay.what_if import WhatIf, count_files
from taxatie.rules.program import Program

if TYPE_CHECKING:
    from load.peers.openfisca_rules import Household, OpenFiscaRules

Matrix = Mapping[tuple[int, int], int]
"""How many decisions go from which level to which, by rank."""
Levels = Sequence[int]

VALUES: Final = "values"
"""The folder beside the decisions where the same lie as small numbers."""

CHECKED: Final = 2_000
"""Fully answered cases on which all must give the same level."""


@dataclass(frozen=True, slots=True)
class Seconds:
    """How long something took: by the clock, and of all cores together, which a busy machine changes less."""

    wall: float
    cores: float

    def scaled(self, factor: float) -> "Seconds":
        """Return the same for so many times as much."""
        return Seconds(self.wall * factor, self.cores * factor)


def best_seconds(run: Callable[[], object], rounds: int) -> Seconds:
    """Return the shortest of some rounds, because noise only ever adds."""
    times = [_timed(run) for _ in range(rounds)]
    return Seconds(min(each.wall for each in times), min(each.cores for each in times))


def _timed(run: Callable[[], object]) -> Seconds:
    wall, cores = perf_counter(), process_time()
    run()
    return Seconds(perf_counter() - wall, process_time() - cores)


@dataclass(frozen=True, slots=True)
class Work:
    """The decisions that are measured on, and the release that they are put under."""

    population: Population
    paths: Sequence[Path]

    @property
    def old(self) -> Program:
        """The release that decided."""
        return self.population.program

    @property
    def new(self) -> Program:
        """The other release."""
        return another_release(self.old)

    def what_if(self) -> Counts:
        """Return the whole what-if, on one machine."""
        old, new = self.old, self.new
        return sum(count_files(self.paths, old, new), Counts())

    def decoding(self) -> int:
        """Read the columns that the what-if looks at, by polars alone, and return how many rows there were."""
        layout = DecisionFile(self.paths[0]).description.layout
        names = [ID, LEVEL, REGION, REFERENCE_DATE, EVENTS, WHOLE, *WhatIf(self.old, self.new).names(layout)]
        return sum(
            batch.height
            for path in self.paths
            for batch in pl.scan_parquet(path).select(names).collect_batches(chunk_size=ROW_GROUP_ROWS)
        )

    def polars(self) -> Matrix:
        """Return the matrix of levels by expressions of polars over small numbers, as people store them for it."""
        return self._by_expressions(sorted((self.paths[0].parent / VALUES).glob("*.parquet")), is_boolean=False)

    def polars_boolean(self) -> Matrix:
        """Return the same over our own files."""
        return self._by_expressions(list(self.paths), is_boolean=True)

    def _by_expressions(self, paths: list[Path], *, is_boolean: bool) -> Matrix:
        slots = slots_for(self.old)
        before, after = (level_expression(each, slots, is_boolean=is_boolean) for each in (self.old, self.new))
        found = (
            pl.scan_parquet(paths)
            .select(before.alias("before"), after.alias("after"))
            .group_by("before", "after")
            .len()
            .collect(engine="streaming")
        )
        return {(row[0], row[1]): row[2] for row in found.iter_rows()}

    def openfisca(self, number: int) -> Seconds:
        """Return what OpenFisca takes for *number* cases under both releases, given in memory."""
        from load.peers.answers import household  # noqa: PLC0415  # the peers need not be installed
        from load.peers.openfisca_rules import OpenFiscaRules  # noqa: PLC0415  # as above

        systems = [OpenFiscaRules.of(program) for program in (self.old, self.new)]
        houses = (household(self.old, batch) for batch in self.population.batches(number))
        times = [_timed(partial(_all_levels, systems, house)) for house in houses]
        return Seconds(sum(each.wall for each in times), sum(each.cores for each in times))

    def zen(self, number: int) -> Seconds:
        """Return what ZEN takes for *number* cases under both releases, given as it wants them."""
        from load.peers.zen_rules import ZenRules  # noqa: PLC0415  # as above

        decisions = [ZenRules.of(program) for program in (self.old, self.new)]
        contexts = [decisions[0].context(case) for case in cases(self.population, number)]
        return _timed(lambda: [decision.level(context) for context in contexts for decision in decisions])

    def agreements(self, number: int = CHECKED, *, with_peers: bool) -> Iterator[str]:
        """Return who gives the same level as the live engine on fully answered cases, one after another.

        Raises:
            AssertionError: When somebody gives another level: then nothing here could be compared.
        """
        batch = fully_answered(self.population.batch(0, number))
        for program in (self.old, self.new):
            expected = list(_live(program, batch))
            for name, levels in _others(program, batch, with_peers=with_peers):
                assert list(levels) == expected, f"{name} gives other levels under {program.release}"
                yield name


def _all_levels(systems: "Sequence[OpenFiscaRules]", house: "Household") -> None:
    for system in systems:
        system.levels(house)


def _live(program: Program, batch: Batch) -> Iterator[int]:
    engine = LiveEngine(program)
    for case in cases_of(program, batch):
        yield program.level_rank(conclude(program, case, engine.evaluate(case)).level)


def _others(program: Program, batch: Batch, *, with_peers: bool) -> Iterator[tuple[str, Levels]]:
    table = table_of(program, batch)
    yield "columns", TableAssessor(program, table.layout).assess(table).level.tolist()
    flags = {name: unpack(plane, table.rows).astype(np.bool_) for name, plane in planes_of(table).items()}
    level = level_expression(program, slots_for(program)).alias("level")
    yield "polars over our columns", pl.DataFrame(flags).with_columns(level)["level"].to_list()
    level = level_expression(program, slots_for(program), is_boolean=False).alias("level")
    yield "polars", values_of(program, batch).with_columns(level)["level"].to_list()
    if with_peers:
        from load.peers.answers import household  # noqa: PLC0415  # the peers need not be installed
        from load.peers.openfisca_rules import OpenFiscaRules  # noqa: PLC0415  # as above
        from load.peers.zen_rules import ZenRules  # noqa: PLC0415  # as above

        yield "OpenFisca", OpenFiscaRules.of(program).levels(household(program, batch)).tolist()
        zen = ZenRules.of(program)
        yield "ZEN", [zen.level(zen.context(case)) for case in cases_of(program, batch)]
