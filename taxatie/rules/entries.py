"""A text as entries that know their comments: what the formatter lays out anew."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import takewhile

from taxatie.rules.comments import Comment, find_comments, first_character, is_blank
from taxatie.rules.nodes import Mapping, Node, Scalar, Sequence
from taxatie.source import SourceText

Place = tuple[int, int]
_DASH = 2


@dataclass(slots=True, eq=False)
class Entry:
    """A key with its value, an item of a list, or the whole text; with the comments that go with it."""

    key: Scalar | None
    node: Node
    parent: "Entry | None"
    place: Place
    column: int
    """Where it begins on its line: an item at its dash."""
    children: tuple["Entry", ...] = ()
    is_block: bool = False
    """Whether its parts stand on lines of their own in the text, or must, because of a comment among them."""
    leading: list[str] = field(default_factory=list)
    """Comments above it; an empty line is one."""
    beside: list[str] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)
    """Comments below it, as deep as it stands."""

    @property
    def ancestors(self) -> Iterator["Entry"]:
        """The entries around it, innermost first."""
        entry = self.parent
        while entry is not None:
            yield entry
            entry = entry.parent


def read_entries(source: SourceText, root: Node) -> Entry:
    """Return the whole text as one entry, with every comment at the entry that it goes with."""
    comments = find_comments(source, root)
    whole = _entry(source, comments, (None, root), None)
    listed = list(_block_entries(whole))
    _place_comments(source, listed, comments)
    return whole


def _entry(
    source: SourceText, comments: tuple[Comment, ...], said: tuple[Scalar | None, Node], parent: Entry | None
) -> Entry:
    key, node = said
    first = node if key is None else key
    place = (first.span.line, first.span.column)
    dash = _DASH if key is None and parent is not None else 0
    entry = Entry(key, node, parent, place, first.span.column - dash)
    entry.is_block = _is_block(source, node, comments)
    entry.children = tuple(_entry(source, comments, part, entry) for part in _parts(node))
    return entry


def _parts(node: Node) -> Iterator[tuple[Scalar | None, Node]]:
    if isinstance(node, Mapping):
        yield from node.entries
    elif isinstance(node, Sequence):
        yield from ((None, item) for item in node.items)


def _is_block(source: SourceText, node: Node, comments: tuple[Comment, ...]) -> bool:
    if isinstance(node, Scalar) or not tuple(_parts(node)):
        return False
    if first_character(source, node) not in {"{", "["}:
        return True
    first, last = (node.span.line, node.span.column), (node.span.end_line, node.span.end_column)
    return any(first < comment.place < last for comment in comments)


def _block_entries(entry: Entry) -> Iterator[Entry]:
    """Return the entries that begin a line of their own, the whole first."""
    yield entry
    if entry.is_block:
        for child in entry.children:
            yield from _block_entries(child)


def _place_comments(source: SourceText, entries: list[Entry], comments: Iterable[Comment]) -> None:
    """Give every comment, and every empty line, to the entry that it goes with, in reading order."""
    whole, *rest = entries
    waiting = list(comments)
    before = whole
    for entry in rest:
        while waiting and waiting[0].place < entry.place:
            _give(waiting.pop(0), before, entry)
        is_first_there = before.place != entry.place or before is whole
        if is_first_there and _begins_line(source, entry) and is_blank(source, entry.place[0] - 1):
            entry.leading.append("")
        before = entry
    for comment in waiting:
        _give(comment, before, None)


def _begins_line(source: SourceText, entry: Entry) -> bool:
    line, column = entry.place
    return not source.line(line)[: column - 1].strip(" \t-?")


def _give(comment: Comment, before: Entry, after: Entry | None) -> None:
    """Give a comment to the entry before it or after it."""
    lines = ["", comment.text] if comment.has_blank_above else [comment.text]
    if not comment.is_alone and before.place < comment.place:
        before.beside.append(comment.text)
        return
    owner = _owner_above(comment, before, after)
    if owner is not None and owner.place < comment.place:
        owner.tail.extend(lines)
    else:
        (after or before).leading.extend(lines)


def _owner_above(comment: Comment, before: Entry, after: Entry | None) -> Entry | None:
    """Return the entry below which the comment stands: the deepest that begins no further to the right.

    What stands as far to the left as what follows belongs to that.
    """
    if after is None:
        chain = [before, *before.ancestors]
        return next((entry for entry in chain if entry.column <= comment.column), chain[-1])
    around = [*after.ancestors]
    below = takewhile(lambda entry: entry not in around and entry.parent not in around, (before, *before.ancestors))
    return next((entry for entry in below if entry.column <= comment.column), None)
