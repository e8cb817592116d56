"""How what is overdue is printed: counts by region for people, a row each for programs."""

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from taxatie.cli.output import say, write_line
from taxatie.cli.recording import Titles
from taxatie.terms.text import Language

if TYPE_CHECKING:
    from taxatie.service.due import Overdue

_FIELDS: Final = (
    "decision",
    "region",
    "action",
    "title",
    "owner",
    "due",
    "days_late",
    "late",
    "level",
    "floor",
)
_REFERENCE: Final = "reference"
TitlesByRelease = Mapping[str, Titles]


@dataclass(frozen=True, slots=True)
class JsonRows:
    """A JSON object for each, one a line."""

    titles: TitlesByRelease
    shows_references: bool

    def print(self, rows: "Iterable[Overdue]") -> None:
        """Print the rows."""
        for row in rows:
            plain = _plain(row, self.titles[row.release], shows_reference=self.shows_references)
            write_line(json.dumps(plain, ensure_ascii=False, separators=(",", ":")))


@dataclass(frozen=True, slots=True)
class CsvRows:
    """A line for each, after one with the names of the columns."""

    titles: TitlesByRelease
    shows_references: bool

    def print(self, rows: "Iterable[Overdue]") -> None:
        """Print the rows."""
        names = (*_FIELDS, _REFERENCE) if self.shows_references else _FIELDS
        writer = csv.DictWriter(sys.stdout, names, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            plain = _plain(row, self.titles[row.release], shows_reference=self.shows_references)
            writer.writerow({**plain, "late": "yes" if row.is_late else "no"})


@dataclass(frozen=True, slots=True)
class TableRows:
    """A line for each region, and under it a line for each action."""

    titles: TitlesByRelease
    language: Language
    until: date | None

    def print(self, rows: "Sequence[Overdue]") -> None:
        """Print the counts."""
        from taxatie.service.due import counted

        if not rows:
            say(self._word("Er staat niets open dat te laat is.", "Nothing is overdue."))
            return
        headings = self._headings()
        table = [(self._line(region, of_region), of_region) for region, of_region in counted(rows)]
        lines = (headings, *(line for line, _ in table))
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        say(_aligned(headings, widths))
        for line, of_region in table:
            say(_aligned(line, widths))
            for (title, owner), count in self._actions(of_region):
                say(f"    {count:>5}  {title}" + (f" ({owner})" if owner else ""))

    def _headings(self) -> tuple[str, ...]:
        still = self._word("nog tot en met", "still until")
        return (
            self._word("regio", "region"),
            self._word("te laat", "late"),
            *(() if self.until is None else (f"{still} {self.until}",)),
            self._word("besluiten", "decisions"),
            self._word("dagen te laat (hoogste)", "days late (most)"),
        )

    def _line(self, region: str | None, rows: "Sequence[Overdue]") -> tuple[str, ...]:
        late = [row for row in rows if row.is_late]
        return (
            region or self._word("(zonder regio)", "(no region)"),
            str(len(late)),
            *(() if self.until is None else (str(len(rows) - len(late)),)),
            str(len({row.decision for row in rows})),
            str(max((row.days_late for row in late), default=0)),
        )

    def _actions(self, rows: "Iterable[Overdue]") -> list[tuple[tuple[str, str], int]]:
        found: Counter[tuple[str, str]] = Counter()
        for row in rows:
            titles = self.titles[row.release]
            found[titles.action(row.action), titles.owner(row.action)] += 1
        return sorted(found.items(), key=lambda each: (-each[1], each[0]))

    def _word(self, dutch: str, english: str) -> str:
        return dutch if self.language is Language.NL else english


def _plain(row: "Overdue", titles: Titles, *, shows_reference: bool) -> dict[str, object]:
    plain: dict[str, object] = {
        "decision": row.decision,
        "region": row.region,
        "action": row.action,
        "title": titles.action(row.action),
        "owner": titles.owner(row.action),
        "due": row.due.isoformat(timespec="seconds"),
        "days_late": row.days_late,
        "late": row.is_late,
        "level": row.level,
        "floor": row.floor,
    }
    return {**plain, _REFERENCE: row.reference} if shows_reference else plain


def _aligned(line: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = [
        cell.rjust(width) if column else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(line, widths, strict=True))
    ]
    return "  ".join((first, *rest)).rstrip()
