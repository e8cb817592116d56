"""The comments of a text, which the parser leaves out: found between the scalars it places."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from taxatie.rules.nodes import Mapping, Node, Scalar, Sequence
from taxatie.source import SourceText


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment and where it stands."""

    line: int
    column: int
    text: str
    is_alone: bool
    """Whether nothing but the dash of a list stands before it on its line."""
    has_blank_above: bool

    @property
    def place(self) -> tuple[int, int]:
        """The line and the column, to compare with those of nodes."""
        return self.line, self.column


def find_comments(source: SourceText, root: Node) -> tuple[Comment, ...]:
    """Return the comments of a text that was parsed to *root*, in reading order."""
    taken = _taken(source, root)
    return tuple(
        comment
        for number, line in enumerate(source.lines, start=1)
        for comment in _comments_in(source, number, line, taken.get(number, []))
    )


def is_block_scalar(source: SourceText, scalar: Scalar) -> bool:
    """Return whether the scalar is written in lines of its own, after `|` or `>`."""
    return first_character(source, scalar) in {"|", ">"}


def first_character(source: SourceText, node: Node) -> str:
    """Return the character with which the node begins in the text; empty where it has none."""
    if (node.span.line, node.span.column) == (node.span.end_line, node.span.end_column):
        return ""
    return source.line(node.span.line)[node.span.column - 1 : node.span.column]


def is_blank(source: SourceText, number: int) -> bool:
    """Return whether the text has a line of that number, and nothing stands on it."""
    return number > 0 and not source.line(number).strip()


def _comments_in(source: SourceText, number: int, line: str, taken: list[tuple[int, int]]) -> Iterator[Comment]:
    """Return the comment of a line, where it has one: a `#` that no scalar holds begins it."""
    for column, character in enumerate(line, start=1):
        if character == "#" and not any(first <= column < end for first, end in taken):
            is_alone = not line[: column - 1].strip(" \t-?")
            above = is_alone and is_blank(source, number - 1)
            yield Comment(number, column, line[column - 1 :].rstrip(), is_alone, above)
            return


def _taken(source: SourceText, root: Node) -> dict[int, list[tuple[int, int]]]:
    """Return, for each line, the columns that scalars take."""
    taken: dict[int, list[tuple[int, int]]] = {}
    for scalar in _scalars(root):
        for number, columns in _columns(source, scalar):
            taken.setdefault(number, []).append(columns)
    return taken


def _columns(source: SourceText, scalar: Scalar) -> Iterator[tuple[int, tuple[int, int]]]:
    span = scalar.span
    whole = len(source.text) + 2
    if is_block_scalar(source, scalar):
        last = span.end_line if span.end_column > 1 else span.end_line - 1
        yield span.line, (span.column, span.column + 1)
        yield from ((number, (1, whole)) for number in range(span.line + 1, last + 1))
        return
    for number in range(span.line, span.end_line + 1):
        first = span.column if number == span.line else 1
        yield number, (first, span.end_column if number == span.end_line else whole)


def _scalars(node: Node) -> Iterator[Scalar]:
    match node:
        case Scalar():
            yield node
        case Sequence():
            for item in node.items:
                yield from _scalars(item)
        case Mapping():
            for key, value in node.entries:
                yield key
                yield from _scalars(value)
        case _ as never:
            assert_never(never)
