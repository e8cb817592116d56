"""A text that people wrote, and places in it."""

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a text, from its first character to just after its last; lines and columns from 1."""

    line: int
    column: int
    end_line: int
    end_column: int


START: Span = Span(1, 1, 1, 1)
"""The place to name when a fault has no place of its own."""


@dataclass(frozen=True)
class SourceText:
    """A text with the name by which its reader knows it: a path, or `-`."""

    name: str
    text: str

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines, without their ends."""
        return tuple(self.text.splitlines())

    def line(self, number: int) -> str:
        """Return the line of that number, counted from 1; an empty line beyond the end."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""
