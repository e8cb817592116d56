"""What another release would have decided: whole files of decisions assessed under two releases at once.

Both releases are laid out in one graph, so that what they share is computed once, and what they share in full is not
looked at again. Memory stays flat: parts of a file follow one another, and only counts are kept.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from taxatie.engine.columns_layout import Layout
from taxatie.engine.columns_tabulate import tabulate
from taxatie.replay.comparison import Comparison, Decided
from taxatie.replay.counts import Counts, Unreplayed
from taxatie.replay.parquet_reader import DecisionFile, StoredDecisions
from taxatie.rules.program import Program
from taxatie.wire.case_reader import read_case

_PAIRS_KEPT: Final = 4


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
        file = DecisionFile(path)
        if file.description.digest != self.old.digest:
            rows = file.rows
            return Counts(decisions=rows, unreplayed={Unreplayed.OTHER_RELEASE: rows} if rows else {})
        return sum(self._parts(file), Counts())

    def names(self, layout: Layout) -> list[str]:
        """Return the names of the planes of a layout that are looked at."""
        return self._comparison(layout).names(layout)

    def _parts(self, file: DecisionFile) -> Iterator[Counts]:
        layout = file.description.layout
        comparison = self._comparison(layout)
        for part in file.parts(comparison.names(layout)):
            yield comparison.count(_in_columns(part))
            if part.whole:
                yield self._count_whole(part)

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


def count_file(path: str | Path, old: Program, new: Program) -> Counts:
    """Return the counts of a file of decisions that *old* decided, had it been *new*.

    The releases are told apart by their digests; what is worked out for two of them is kept from file to file.

    Raises:
        TaxatieError: When the file cannot be read, or holds no decisions.
    """
    return _kept(_Pair(old.digest, new.digest, WhatIf(old, new))).count_file(Path(path))
