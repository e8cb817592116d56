"""The table that the benchmark prints: a row for each thing measured, with its goal where it has one."""

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

_PACKAGES: Final = (
    "grpcio",
    "protobuf",
    "zen-engine",
    "common-expression-language",
    "cedarpy",
    "durable_rules",
)
_BEGIN: Final = "<!-- figures: `python -m load.bench --into` writes them -->"
_END: Final = "<!-- end of figures -->"
_HEADS: Final = ("what", "ours", "beside", "ratio", "goal", "")


@dataclass(frozen=True, slots=True)
class Figure:
    """A quantity with its unit."""

    value: float
    unit: str

    def __str__(self) -> str:
        """Return it as people read it: three digits that count."""
        digits = 0 if self.value >= 100 else 1 if self.value >= 10 else 2  # noqa: PLR2004  # three digits
        return f"{self.value:,.{digits}f} {self.unit}"


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound that a ratio, or a figure, is to keep."""

    bound: float
    is_least: bool
    unit: str = "x"

    def __str__(self) -> str:
        """Return it as people read it."""
        return f"{'≥' if self.is_least else '≤'} {self.bound:g} {self.unit}"

    def is_met(self, value: float) -> bool:
        """Return whether a value keeps to it."""
        return value >= self.bound if self.is_least else value <= self.bound


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was measured."""

    what: str
    ours: Figure
    beside: Figure | None = None
    """What it is measured beside, in the same run."""
    ratio: float | None = None
    """None where the figure itself has a goal, or nothing stands beside it."""
    goal: Goal | None = None
    profile: str = ""
    """Which profile shows where the time goes."""

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is met; None where there is none."""
        if self.goal is None:
            return None
        return self.goal.is_met(self.ours.value if self.ratio is None else self.ratio)

    def cells(self) -> tuple[str, ...]:
        """Return the row as text."""
        return (
            self.what,
            str(self.ours),
            "" if self.beside is None else str(self.beside),
            "" if self.ratio is None else f"{self.ratio:.2f} x",
            "" if self.goal is None else str(self.goal),
            {None: "", True: "met", False: "NOT MET"}[self.is_met],
        )


@dataclass(frozen=True, slots=True)
class Section:
    """Rows that belong together, and what a reader must know of them."""

    title: str
    notes: tuple[str, ...]
    rows: tuple[Row, ...]


def machine() -> str:
    """Return what it was measured on, in one line."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    known = ", ".join(f"{name} {found}" for name in _PACKAGES if (found := _version(name)))
    return f"{os.cpu_count()} cores, {_chip()}, {platform.system()}, {python}; {known}"


def load_of_others() -> str:
    """Return how busy the machine is with other work, as it was within the last minute."""
    busy = os.getloadavg()[0]
    warning = "; IT IS BUSY: believe core time only" if busy > (os.cpu_count() or 1) / 2 else ""
    return f"{busy:.1f} others at work in the last minute{warning}"


def _chip() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{names[0]} ({platform.machine()})" if names else platform.machine()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def as_text(sections: Sequence[Section]) -> str:
    """Return the table for a terminal, the notes of each section under it."""
    cells = [_HEADS, *(row.cells() for section in sections for row in section.rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(_HEADS))]
    lines = [_line(_HEADS, widths)]
    for section in sections:
        lines += ["", section.title, *(_line(row.cells(), widths) for row in section.rows)]
        lines += [f"  {note}" for note in section.notes]
    return "\n".join(lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *middle, last = cells
    padded = [cell.rjust(width) for cell, width in zip(middle, widths[1:-1], strict=True)]
    return "  ".join([first.ljust(widths[0]), *padded, last]).rstrip()


def as_markdown(sections: Sequence[Section], heading: str) -> str:
    """Return the table as Markdown, below a heading that somebody else writes."""
    lines = [heading]
    for section in sections:
        lines += ["", f"## {section.title}", "", f"| {' | '.join(_HEADS)} |", f"|---|{'---:|' * 4}---|"]
        lines += [f"| {' | '.join(row.cells())} |" for row in section.rows]
        lines += ["", *(f"- {note}" for note in section.notes)] if section.notes else []
    return "\n".join(lines) + "\n"


def put_into(page: str, table: str) -> str:
    """Return a page with the table in the place of the one that it has, between two comments."""
    before, rest = page.split(_BEGIN, 1)
    _, after = rest.split(_END, 1)
    return f"{before}{_BEGIN}\n\n{table}\n{_END}{after}"


def as_plain(sections: Sequence[Section], heading: str) -> dict[str, object]:
    """Return the table ready for JSON."""
    return {
        "machine": heading,
        "sections": [
            {
                "title": section.title,
                "notes": section.notes,
                "rows": [{**asdict(row), "met": row.is_met} for row in section.rows],
            }
            for section in sections
        ],
    }
