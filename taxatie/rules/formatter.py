"""The canonical form of a text: the same meaning and comments, laid out in one way.

A list or map that its author wrote on lines of its own stays so; one written in brackets stays in
brackets where it fits into the width of a line. Our own layout rather than a library's, because
formatting twice must be formatting once, and no comment may be lost.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, assert_never

from taxatie.errors.diagnostics import Diagnostics
from taxatie.rules.comments import find_comments, first_character
from taxatie.rules.entries import Entry, read_entries
from taxatie.rules.nodes import Mapping, Node, Scalar, Sequence, plain
from taxatie.rules.parser import parse_text
from taxatie.source import SourceText

WIDTH: Final = 120
_STEP: Final = 2
_PLANE_END: Final = 0xFFFF
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


_ROUNDS_MAX: Final = 8
"""Rounds of laying out a text; the second has changed nothing but for comments between a dash and its brace."""


def format_text(source: SourceText, diagnostics: Diagnostics) -> str | None:
    """Return the text in canonical form, or None where it cannot be read.

    A comment in an odd place may find its own only when what is around it has found theirs, so the text is
    laid out until it stays as it is.
    """
    before = len(diagnostics)
    text = source.text
    for _ in range(_ROUNDS_MAX):
        current = SourceText(source.name, text)
        root = parse_text(current, diagnostics)
        if root is None or len(diagnostics) > before:
            return None
        laid_out = "\n".join(_Layout(current).lines(read_entries(current, root))) + "\n"
        _assert_same(current, root, laid_out)
        if laid_out == text:
            break
        text = laid_out
    return text


def _assert_same(source: SourceText, root: Node, text: str) -> None:
    """Formatting changes neither what a text says nor its comments: relied on wherever it is published."""
    diagnostics = Diagnostics()
    formatted = SourceText(source.name, text)
    again = parse_text(formatted, diagnostics)
    assert again is not None, [str(each) for each in diagnostics]
    assert _with_order(plain(again)) == _with_order(plain(root)), source.name
    assert _words(formatted, again) == _words(source, root), source.name


def _with_order(value: object) -> object:
    """Return the value with its maps as lists, so that the order of keys counts."""
    if isinstance(value, dict):
        return [(key, _with_order(each)) for key, each in value.items()]
    return [_with_order(each) for each in value] if isinstance(value, list) else repr(value)


def _words(source: SourceText, root: Node) -> Counter[str]:
    return Counter(word for comment in find_comments(source, root) for word in comment.text.split())


@dataclass(frozen=True, slots=True)
class _Layout:
    """Lays out the entries of one text."""

    source: SourceText

    def lines(self, whole: Entry) -> Iterator[str]:
        """Return the lines of the whole text."""
        yield from self._aside(whole.leading, 0)
        if whole.is_block:
            yield from self._aside(whole.beside, 0)
            yield from self._parts(whole, 0)
        else:
            yield from self._value("", whole, 0)
        yield from self._aside(whole.tail, 0)

    def _parts(self, entry: Entry, indent: int) -> Iterator[str]:
        """Return the lines of the parts of a list or map, each on lines of its own."""
        for number, child in enumerate(entry.children):
            self._lift_comments(child, indent)
            leading = child.leading
            if number == 0 and leading[:1] == [""]:
                leading = leading[1:]
            yield from self._aside(leading, indent)
            head = " " * indent + ("-" if child.key is None else f"{self._inline(child.key)}:")
            yield from self._value(head, child, indent)
            yield from self._aside(child.tail, indent)

    def _aside(self, lines: list[str], indent: int) -> Iterator[str]:
        """Return comments, and single empty lines between them."""
        for before, line in pairwise(["#", *lines]):
            if line:
                yield " " * indent + line
            elif before:
                yield ""

    def _value(self, head: str, entry: Entry, indent: int) -> Iterator[str]:
        """Return the lines of an entry, after its dash or key."""
        beside = "".join(f"  {comment}" for comment in entry.beside)
        if isinstance(entry.node, Scalar):
            first, *rest = self._scalar(entry.node, indent + _STEP)
            yield _joined(head, first) + beside
            yield from rest
            return
        if not self._expands(head, entry):
            yield _joined(head, self._flow(entry.node)) + beside
        elif entry.key is None:
            yield from self._after_dash(head, entry, indent)
        else:
            yield head + beside
            yield from self._parts(entry, indent + _STEP)

    def _expands(self, head: str, entry: Entry) -> bool:
        """Return whether the parts of an entry get lines of their own."""
        is_too_wide = bool(entry.children) and len(_joined(head, self._flow(entry.node))) > WIDTH
        return entry.is_block or is_too_wide

    def _lift_comments(self, entry: Entry, indent: int) -> None:
        """Put comments between a dash and what begins on its line above the dash, where they can stand."""
        head = " " * indent + "-"
        if entry.key is not None or not self._expands(head, entry):
            return
        first = entry.children[0]
        self._lift_comments(first, indent + _STEP)
        entry.leading.extend([*entry.beside, *first.leading])
        entry.beside.clear()
        first.leading.clear()

    def _after_dash(self, head: str, entry: Entry, indent: int) -> Iterator[str]:
        """Return the lines of a list or map that begins on the line of its dash; the whole text has none."""
        parts = self._parts(entry, indent + _STEP if head else indent)
        yield head + next(parts)[len(head) :]
        yield from parts

    def _flow(self, node: Node) -> str:
        """Return the node in brackets, on one line."""
        match node:
            case Scalar():
                return self._inline(node) or "null"
            case Sequence():
                return f"[{', '.join(map(self._flow, node.items))}]"
            case Mapping():
                parts = (f"{self._inline(key)}: {self._flow(value)}" for key, value in node.entries)
                return f"{{{', '.join(parts)}}}"
            case _ as never:
                assert_never(never)

    def _inline(self, scalar: Scalar) -> str:
        """Return the scalar on one line: in quotes where its author put it in quotes, or where it must be."""
        first = first_character(self.source, scalar)
        text = str(scalar.value)
        if first == "'" and '"' in text and "'" not in text and text.isprintable():
            return f"'{text}'"
        if first and (first in "\"'|>" or scalar.span.line != scalar.span.end_line):
            return quoted(text)
        return scalar.text

    def _scalar(self, scalar: Scalar, indent: int) -> list[str]:
        """Return the scalar on one line, or as the block that its author wrote."""
        style = first_character(self.source, scalar)
        if style not in {"|", ">"} or not isinstance(scalar.value, str):
            return [self._inline(scalar)]
        body = scalar.value.removesuffix("\n")
        lines = body.split("\n")
        if not body or body != body.strip() or any(line and not line.strip() for line in lines):
            return [self._inline(scalar)]
        if style == ">" and all(line == " ".join(line.split()) for line in lines):
            lines = list(_folded(lines, WIDTH - indent))
        else:
            style = "|"
        chomping = "" if scalar.value.endswith("\n") else "-"
        return [style + chomping, *(" " * indent + line if line else "" for line in lines)]


def quoted(text: str) -> str:
    """Return the text in double quotes, with escapes where they are needed."""
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    number = ord(character)
    return f"\\u{number:04x}" if number <= _PLANE_END else f"\\U{number:08x}"


def _folded(paragraphs: list[str], width: int) -> Iterator[str]:
    """Return the lines of a folded text: an empty line between paragraphs, and one for each empty paragraph."""
    for number, paragraph in enumerate(paragraphs):
        if number:
            yield ""
        line = ""
        for word in paragraph.split():
            if line and len(line) + 1 + len(word) > width:
                yield line
                line = word
            else:
                line = _joined(line, word)
        if line:
            yield line


def _joined(head: str, value: str) -> str:
    return f"{head} {value}" if head and value else head or value
