"""Proofs over a log that is read once from its first line to its last, however long it is.

`merkle.py` gives the same proofs from a list of all leaves; here no more is kept than one growing part of the tree for
each digest of the proof.
"""

from collections.abc import Iterable, Sequence

from taxatie.ledger.merkle import GrowingTree

Span = tuple[int, int]
"""A part of the tree: its first leaf, and the one after its last."""


def inclusion_spans(place: int, size: int) -> list[Span]:
    """Return the parts whose roots prove that the leaf at *place* is in the tree of *size*, the lowest first.

    Raises:
        IndexError: When there is no such leaf.
    """
    if not 0 <= place < size:
        raise IndexError(f"no leaf {place} among {size}")
    spans: list[Span] = []
    first, end = 0, size
    while end - first > 1:
        split = first + _split(end - first)
        if place < split:
            spans.append((split, end))
            end = split
        else:
            spans.append((first, split))
            first = split
    return spans[::-1]


def consistency_spans(earlier: int, size: int) -> list[Span]:
    """Return the parts whose roots prove that the tree of *size* grew from that of *earlier*, the lowest first.

    Raises:
        IndexError: When the tree never had that size.
    """
    if not 0 <= earlier <= size:
        raise IndexError(f"a tree of {size} leaves never had {earlier}")
    if earlier in {0, size}:
        return []
    spans: list[Span] = []
    first, end = 0, size
    while earlier != end:
        split = first + _split(end - first)
        if earlier <= split:
            spans.append((split, end))
            end = split
        else:
            spans.append((first, split))
            first = split
    # What is left is the last full part of the earlier tree; where it is all of it, its root is known already.
    return ([(first, end)] if first else []) + spans[::-1]


class SpanRoots:
    """The roots of some parts of a tree, while its leaves come one after another."""

    def __init__(self, spans: Sequence[Span]) -> None:
        """Begin without leaves."""
        self._spans = spans
        self._trees = {span: GrowingTree() for span in spans}
        self._ahead = sorted(self._trees)
        self._place = 0

    def append(self, leaf: bytes) -> None:
        """Take the digest of the next leaf."""
        while self._ahead and self._ahead[0][1] <= self._place:
            self._ahead.pop(0)
        if self._ahead and self._ahead[0][0] <= self._place:
            self._trees[self._ahead[0]].append(leaf)
        self._place += 1

    @property
    def roots(self) -> tuple[bytes, ...]:
        """The roots, in the order in which the parts were asked for."""
        return tuple(self._trees[span].root for span in self._spans)


def roots_of(spans: Sequence[Span], leaves: Iterable[bytes]) -> tuple[bytes, ...]:
    """Return the roots of some parts of the tree over *leaves*."""
    roots = SpanRoots(spans)
    for leaf in leaves:
        roots.append(leaf)
    return roots.roots


def _split(size: int) -> int:
    """Return the largest power of two below *size*."""
    return 1 << ((size - 1).bit_length() - 1)
