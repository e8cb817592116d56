"""The plots of a report, as SVG that stands within a page: its colours are the page's, light or dark.

Each plot shows what a table beside it says in numbers, so its own description is short.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from html import escape
from io import StringIO
from typing import Final, ParamSpec

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

P = ParamSpec("P")

_INK: Final = "#010101"
_MILDER: Final = "#020202"
_GRAVER: Final = "#030303"
_QUIET: Final = "#040404"
_COLOURS: Final = {_INK: "var(--ink)", _MILDER: "var(--milder)", _GRAVER: "var(--graver)", _QUIET: "var(--quiet)"}
"""Stand-ins, each replaced by a colour of the page's style sheet."""

_WIDTH: Final = 4.6
"""Inches: as wide as a telephone, so that letters keep their size there."""
_ROW: Final = 0.3


@dataclass(frozen=True, slots=True)
class Bars:
    """Two bars a row, on both sides of a line or under each other; None is a bar that may not be shown."""

    names: Sequence[str]
    first: Sequence[float | None]
    second: Sequence[float | None]
    labels: tuple[str, str]
    texts: tuple[Sequence[str], Sequence[str]]
    """What stands at the end of each bar."""


def _styled(draw: Callable[P, str]) -> Callable[P, str]:
    """Return the drawing done in our style, whatever a user's own matplotlib settings are."""

    @wraps(draw)
    def styled(*args: P.args, **kwargs: P.kwargs) -> str:
        with mpl.rc_context():
            mpl.rcdefaults()
            _set_style()
            return draw(*args, **kwargs)

    return styled


def _set_style() -> None:
    mpl.rcParams.update(
        {
            "svg.fonttype": "none",
            "svg.hashsalt": "taxatie",
            "font.size": 9,
            "text.color": _INK,
            "axes.edgecolor": _QUIET,
            "axes.labelcolor": _INK,
            "xtick.color": _INK,
            "ytick.color": _INK,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "legend.frameon": False,
            "axes.grid": False,
        }
    )


@_styled
def diverging_plot(name: str, bars: Bars, about: str) -> str:
    """Return a plot of what goes down, to the left, and what goes up, to the right of a line."""
    figure, axes = _figure(len(bars.names))
    most = max([*(value or 0 for value in (*bars.first, *bars.second)), 1e-9])
    rows = range(len(bars.names))
    axes.barh(rows, [-(value or 0) for value in bars.first], color=_MILDER, label=bars.labels[0], height=0.62)
    axes.barh(rows, [value or 0 for value in bars.second], color=_GRAVER, label=bars.labels[1], height=0.62)
    for row in rows:
        _write(axes, -(bars.first[row] or 0) - most / 40, row, bars.texts[0][row], "right")
        _write(axes, (bars.second[row] or 0) + most / 40, row, bars.texts[1][row], "left")
    axes.set_xlim(-most * 1.45, most * 1.45)
    axes.axvline(0, color=_QUIET, linewidth=0.8)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.spines["left"].set_visible(False)
    _name_rows(axes, bars.names)
    return _svg(figure, axes, name, about)


@_styled
def paired_plot(name: str, bars: Bars, about: str) -> str:
    """Return a plot with two bars under each other in each row."""
    figure, axes = _figure(len(bars.names) * 1.6)
    most = max([*(value or 0 for value in (*bars.first, *bars.second)), 1e-9])
    for offset, values, texts, colour, label in (
        (-0.2, bars.first, bars.texts[0], _QUIET, bars.labels[0]),
        (0.2, bars.second, bars.texts[1], _INK, bars.labels[1]),
    ):
        places = [row + offset for row in range(len(bars.names))]
        axes.barh(places, [value or 0 for value in values], color=colour, label=label, height=0.36)
        for place, value, text in zip(places, values, texts, strict=True):
            _write(axes, (value or 0) + most / 60, place, text, "left")
    axes.set_xlim(0, most * 1.3)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    _name_rows(axes, bars.names)
    return _svg(figure, axes, name, about)


@dataclass(frozen=True, slots=True)
class Cells:
    """A matrix of numbers, each with its text and with which way it goes: -1 milder, 0 the same, 1 graver."""

    rows: Sequence[str]
    columns: Sequence[str]
    numbers: Sequence[Sequence[int]]
    texts: Sequence[Sequence[str]]
    ways: Sequence[Sequence[int]]
    sides: tuple[str, str]

    def changed(self) -> list[list[int]]:
        """Return the numbers, with nobody where nothing changes."""
        return [
            [number if way else 0 for number, way in zip(numbers, ways, strict=True)]
            for numbers, ways in zip(self.numbers, self.ways, strict=True)
        ]


@_styled
def matrix_plot(name: str, cells: Cells, about: str) -> str:
    """Return a plot of a matrix: the more decisions change in a cell, the stronger its colour."""
    figure = Figure(figsize=(_WIDTH, 1.3 + 0.42 * len(cells.rows)), layout="constrained")
    axes = figure.add_subplot()
    most = max(number for row in cells.changed() for number in row)
    for place, (numbers, texts, ways) in enumerate(zip(cells.numbers, cells.texts, cells.ways, strict=True)):
        for column, (number, text, way) in enumerate(zip(numbers, texts, ways, strict=True)):
            colour = {-1: _MILDER, 0: _QUIET, 1: _GRAVER}[way]
            strength = 0.25 if way == 0 else (0.12 + 0.43 * number / most if number else 0.0)
            axes.barh(place, 0.94, left=column - 0.47, height=0.9, color=colour, alpha=strength, linewidth=0)
            axes.text(column, place, text if number else "·", ha="center", va="center", fontsize=7.5)
    axes.set_xlim(-0.5, len(cells.columns) - 0.5)
    axes.set_xticks(
        range(len(cells.columns)), cells.columns, fontsize=7, rotation=28, ha="left", rotation_mode="anchor"
    )
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.set_xlabel(cells.sides[1])
    axes.set_ylabel(cells.sides[0])
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    _name_rows(axes, cells.rows)
    return _inline(figure, name, about)


def _figure(rows: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(_WIDTH, 0.55 + _ROW * max(rows, 1)), layout="constrained")
    return figure, figure.add_subplot()


def _name_rows(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), [_wrapped(name) for name in names], fontsize=7.5)
    axes.set_ylim(len(names) - 0.45, -0.55)
    axes.tick_params(axis="y", length=0)


def _write(axes: Axes, x: float, y: float, text: str, side: str) -> None:
    axes.text(x, y, text, ha=side, va="center", fontsize=7.5)


def _wrapped(name: str) -> str:
    """Return a name on two lines where it is long."""
    if len(name) <= 18:  # noqa: PLR2004  # what fits beside the bars
        return name
    words = name.split(" ")
    middle = min(range(1, len(words)), key=lambda at: abs(len(" ".join(words[:at])) - len(name) / 2), default=0)
    first, second = " ".join(words[:middle]), " ".join(words[middle:])
    return "\n".join(_cut(line) for line in (first, second) if line)


def _cut(line: str) -> str:
    return line if len(line) <= 26 else line[:25] + "…"  # noqa: PLR2004  # the table beside it has it in full


def _svg(figure: Figure, axes: Axes, name: str, about: str) -> str:
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=2, fontsize=8)
    return _inline(figure, name, about)


def _inline(figure: Figure, name: str, about: str) -> str:
    """Return the figure as an element of a page: named, without a size of its own, in the page's colours."""
    stream = StringIO()
    FigureCanvasSVG(figure)
    figure.savefig(stream, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = stream.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    box = re.search(r'viewBox="[^"]+"', text)
    assert box is not None, "matplotlib gives every drawing a view box"
    text = re.sub(r"<svg[^>]*>", f'<svg role="img" aria-label="{escape(about)}" {box.group()}>', text, count=1)
    text = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", text)
    text = text.replace("xlink:href", "href")
    text = re.sub(r"font: ([\d.]+px) [^;\"]+", r"font-size: \1", text)
    for stand_in, colour in _COLOURS.items():
        text = text.replace(stand_in, colour)
    return text
