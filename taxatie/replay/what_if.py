"""What another release would have decided: whole files of decisions assessed under two releases at once.

Both releases are laid out in one graph, so that what they share is computed once, and what they share in full is not
looked at again. While a part of a file is counted, the next ones are decoded by the cores that are free. Memory stays
flat: a few parts are held at a time, and of what was counted only counts are kept.
"""

import json
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
import polars as pl

from taxatie.engine.columns_layout import Layout
from taxatie.engine.columns_tabulate import tabulate
from taxatie.replay.comparison import Comparison, Decided
from taxatie.replay.counts import Counts, Unreplayed
from taxatie.replay.parquet_reader import DecisionFile, StoredDecisions
from taxatie.rules.program import Program
from taxatie.wire.case_reader import read_case

_PAIRS_KEPT: Final = 4
_AHEAD: Final = 3
"""Parts that are decoded before they are asked for, 40 MB each; a file gives its first when all are nearly there."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The decisions of one release under another; what is worked out for a layout is kept."""

    old: Program
    new: Program
    _comparisons: list[tuple[Layout, Comparison]] = field(default_factory=list)

    def count_file(self, path: Path) -> Counts:
        """Return the counts of a file of decisions.

        Raises:
            TaxatieError: When the file cannot be read, or holds no decisions.
        """
        return sum(self.count_files([path]), Counts())

    def count_files(self, paths: Iterable[Path]) -> Iterator[Counts]:
        """Return the counts of each file of decisions, in order; what follows is decoded meanwhile.

        Raises:
            TaxatieError: When a file cannot be read, or holds no decisions.
        """
        counts = Counts()
        for count in ahead(self._tasks(paths)):
            if count is None:
                yield counts
                counts = Counts()
            else:
                counts += count()

    def names(self, layout: Layout) -> list[str]:
        """Return the names of the planes of a layout that are looked at."""
        return self._comparison(layout).names(layout)

    def _tasks(self, paths: Iterable[Path]) -> Iterator[Callable[[], Counts] | None]:
        """Return what is to be counted of each part of the files, decoded by then, and None after each file."""
        for path in paths:
            file = DecisionFile(path)
            if file.description.digest == self.old.digest:
                for batch in file.batches(self.names(file.description.layout)):
                    yield partial(self._count, file, batch)
            else:
                rows = file.rows
                yield partial(Counts, rows, unreplayed={Unreplayed.OTHER_RELEASE: rows} if rows else {})
            yield None

    def _count(self, file: DecisionFile, batch: pl.DataFrame) -> Counts:
        part = file.part(batch)
        counts = self._comparison(file.description.layout).count(_in_columns(part))
        return counts + self._count_whole(part) if part.whole else counts

    def _comparison(self, layout: Layout) -> Comparison:
        for known, comparison in self._comparisons:
            if known == layout:
                return comparison
        self._comparisons.append((layout, Comparison(layout, self.old, self.new)))
        return self._comparisons[-1][1]

    def _count_whole(self, part: StoredDecisions) -> Counts:
        """Return the counts of the cases that do not fit into the columns, each read as it was recorded."""
        rows = np.fromiter(part.whole, np.int64)
        cases = [read_case(self.old, json.loads(text)) for text in part.whole.values()]
        table = tabulate(self.old, cases)
        decided = Decided(
            table=table,
            levels=part.levels[rows],
            regions=part.regions[rows],
            is_empty=np.zeros(len(rows), np.bool_),
            ids_of=lambda some: part.ids_of(rows[some]),
        )
        counts = self._comparison(table.layout).count(decided)
        return replace(counts, whole=counts.replayed)


def _in_columns(part: StoredDecisions) -> Decided:
    is_empty = np.zeros(part.table.rows, np.bool_)
    is_empty[np.fromiter(part.whole, np.int64)] = True
    return Decided(part.table, part.levels, part.regions, is_empty, part.ids_of)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two releases, told apart by their digests."""

    old_digest: str
    new_digest: str
    what_if: WhatIf = field(compare=False)


@lru_cache(_PAIRS_KEPT)
def _kept(pair: _Pair) -> WhatIf:
    return pair.what_if


def ahead(items: Iterable[T]) -> Generator[T, None, None]:
    """Return the items, each made by another thread while whoever takes them is busy with those before."""
    remaining = iter(items)
    with ThreadPoolExecutor(1, "ahead") as pool:
        following = deque(pool.submit(lambda: list(islice(remaining, 1))) for _ in range(_AHEAD))
        while taken := following.popleft().result():
            following.append(pool.submit(lambda: list(islice(remaining, 1))))
            yield taken.pop()


def count_files(paths: Iterable[str | Path], old: Program, new: Program) -> Iterator[Counts]:
    """Return the counts of each file of decisions that *old* decided, had it been *new*.

    Raises:
        TaxatieError: When a file cannot be read, or holds no decisions.
    """
    return _kept(_Pair(old.digest, new.digest, WhatIf(old, new))).count_files(map(Path, paths))


def count_file(path: str | Path, old: Program, new: Program) -> Counts:
    """Return the counts of a file of decisions that *old* decided, had it been *new*.

    The releases are told apart by their digests; what is worked out for two of them is kept from file to file.

    Raises:
        TaxatieError: When the file cannot be read, or holds no decisions.
    """
    return _kept(_Pair(old.digest, new.digest, WhatIf(old, new))).count_file(Path(path))
