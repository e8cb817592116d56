"""The counts of a what-if as tables for other programs: a CSV file for each, and one Parquet file of them all.

Numbers of regions, channels and months are hidden as in the report: `<10`, or `10+`. In Parquet a hidden number is
null, and `shown` holds the text.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from taxatie.replay.counts import Counts, Matrix, Shift
from taxatie.replay.report_rows import GROUPS, SMALL_NUMBER, THINGS, Hidden, Scale, Shown, group_rows, thing_rows
from taxatie.rules.program import Program

Row = tuple[str, str, Shown]
"""Two words that say which number it is, and the number."""

_HEADS: Final = {
    "levels": ("before", "after"),
    **{f"by_{kind}": (kind, "which") for kind in GROUPS},
    **dict.fromkeys(THINGS, ("id", "which")),
    "unreplayed": ("why", "which"),
    "left_out": ("id", "which"),
}


@dataclass(frozen=True, slots=True)
class ReportTable:
    """One table: its name, what its two words are, and its rows."""

    name: str
    heads: tuple[str, str]
    rows: Sequence[Row]


def report_tables(counts: Counts, old: Program, new: Program) -> tuple[ReportTable, ...]:
    """Return all tables of a what-if."""
    scale = Scale.of(old, new)
    found: dict[str, Sequence[Row]] = {
        "levels": list(_levels(counts.levels)),
        **{f"by_{kind}": list(_groups(scale, getattr(counts, f"by_{kind}"))) for kind in GROUPS},
        **{kind: list(_things(getattr(counts, kind))) for kind in THINGS},
        "unreplayed": [(why, "decisions", number) for why, number in sorted(counts.unreplayed.items())],
        "left_out": [(name, "decisions", number) for name, number in sorted(counts.left_out.items())],
    }
    return tuple(ReportTable(name, _HEADS[name], rows) for name, rows in found.items())


def write_csv(tables: Sequence[ReportTable], folder: Path) -> None:
    """Write a file for each table into a folder, which is made where it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in tables:
        with (folder / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow((*table.heads, "decisions"))
            writer.writerows((first, second, shown_text(number)) for first, second, number in table.rows)


def write_parquet(tables: Sequence[ReportTable], path: Path) -> None:
    """Write all tables as one file, a row a number."""
    rows = [(table.name, *row) for table in tables for row in table.rows]
    columns = {
        "table": pa.array([row[0] for row in rows], pa.string()),
        "first": pa.array([row[1] for row in rows], pa.string()),
        "second": pa.array([row[2] for row in rows], pa.string()),
        "decisions": pa.array([None if isinstance(row[3], Hidden) else row[3] for row in rows], pa.int64()),
        "shown": pa.array([shown_text(row[3]) for row in rows], pa.string()),
    }
    pq.write_table(pa.table(columns), path)


def shown_text(number: Shown) -> str:
    """Return a number as it may be told."""
    match number:
        case Hidden.SMALL:
            return f"<{SMALL_NUMBER}"
        case Hidden.GIVES_AWAY:
            return f"{SMALL_NUMBER}+"
        case int():
            return str(number)


def _levels(matrix: Matrix) -> Iterator[Row]:
    for change, number in sorted(matrix.items()):
        yield change.before, change.after, number


def _groups(scale: Scale, groups: Mapping[str, Matrix]) -> Iterator[Row]:
    for row in group_rows(scale, groups):
        yield row.name, "decisions", row.decisions
        yield row.name, "milder", row.milder
        yield row.name, "graver", row.graver


def _things(shift: Shift) -> Iterator[Row]:
    for row in thing_rows(shift):
        yield row.id, "gained", row.gained
        yield row.id, "lost", row.lost
