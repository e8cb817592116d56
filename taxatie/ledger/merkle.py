"""The Merkle tree of RFC 6962 over the log's leaves: its root, and proofs of inclusion and consistency.

A proof is a list of digests of 32 bytes, the lowest first, as the RFC gives them. Every function is pure.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

EMPTY_ROOT: Final = hashlib.sha256().digest()
"""The root of a tree without leaves."""

_LEAF: Final = b"\x00"
_NODE: Final = b"\x01"


def leaf_hash(data: bytes) -> bytes:
    """Return the digest of one leaf."""
    return hashlib.sha256(_LEAF + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the digest of a node above two others."""
    return hashlib.sha256(_NODE + left + right).digest()


class GrowingTree:
    """A tree that only grows, of which no more is kept than the roots of its full parts.

    The parts are those of the size's binary digits: at most one for each power of two, the largest first.
    """

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        """Begin without leaves, or where another tree of *size* leaves stood."""
        assert len(peaks) == size.bit_count(), size
        self.size = size
        self._peaks = list(peaks)

    def append(self, leaf: bytes) -> None:
        """Add the digest of one more leaf."""
        self._peaks.append(leaf)
        self.size += 1
        size = self.size
        while size % 2 == 0:
            right = self._peaks.pop()
            self._peaks.append(node_hash(self._peaks.pop(), right))
            size //= 2

    @property
    def peaks(self) -> tuple[bytes, ...]:
        """The roots of the full parts: with the size all that is needed to go on."""
        return tuple(self._peaks)

    @property
    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self._peaks:
            return EMPTY_ROOT
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root over digests of leaves."""
    tree = GrowingTree()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root


def prove_inclusion(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return what shows that the leaf at *index* is in the tree over *leaves*.

    Raises:
        IndexError: When there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"no leaf {index} among {len(leaves)}")
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*prove_inclusion(leaves[:split], index), root_of(leaves[split:])]
    return [*prove_inclusion(leaves[split:], index - split), root_of(leaves[:split])]


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Return whether the proof shows the leaf at *index* of the tree of *size* with that root."""
    if not 0 <= index < size:
        return False
    found, place, last = leaf, index, size - 1
    for sibling in proof:
        if last == 0:
            return False
        if place % 2 == 1 or place == last:
            found = node_hash(sibling, found)
            while place % 2 == 0 and place != 0:
                place, last = place // 2, last // 2
        else:
            found = node_hash(found, sibling)
        place, last = place // 2, last // 2
    return last == 0 and found == root


def prove_consistency(leaves: Sequence[bytes], earlier: int) -> list[bytes]:
    """Return what shows that the tree over *leaves* grew from the one over its first *earlier* leaves.

    Raises:
        IndexError: When the tree never had that size.
    """
    if not 0 <= earlier <= len(leaves):
        raise IndexError(f"a tree of {len(leaves)} leaves never had {earlier}")
    return _consistency(leaves, earlier, is_whole=True) if 0 < earlier < len(leaves) else []


def is_consistent(earlier: tuple[int, bytes], later: tuple[int, bytes], proof: Sequence[bytes]) -> bool:
    """Return whether the proof shows that the later tree grew from the earlier one; each is a size and a root."""
    (old_size, old_root), (size, root) = earlier, later
    if old_size in {0, size}:
        return not proof and (old_root == EMPTY_ROOT if old_size == 0 else old_root == root)
    if old_size > size:
        return False
    place, last = old_size - 1, size - 1
    while place % 2 == 1:
        place, last = place // 2, last // 2
    # A power of two is a full part of the later tree: its own root begins the proof.
    known = [old_root, *proof] if place == 0 else list(proof)
    return bool(known) and _rebuilds(known, (place, last), (old_root, root))


def _rebuilds(known: list[bytes], at: tuple[int, int], roots: tuple[bytes, bytes]) -> bool:
    """Return whether the digests build both roots, from the last full part of the earlier tree upward."""
    place, last = at
    old = new = known[0]
    for sibling in known[1:]:
        if last == 0:
            return False
        if place % 2 == 1 or place == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while place % 2 == 0 and place != 0:
                place, last = place // 2, last // 2
        else:
            new = node_hash(new, sibling)
        place, last = place // 2, last // 2
    return last == 0 and (old, new) == roots


def _consistency(leaves: Sequence[bytes], earlier: int, *, is_whole: bool) -> list[bytes]:
    """Return the proof within a part of the tree; the earlier root itself is known where the part is *whole*."""
    if earlier == len(leaves):
        return [] if is_whole else [root_of(leaves)]
    split = _split(len(leaves))
    if earlier <= split:
        return [*_consistency(leaves[:split], earlier, is_whole=is_whole), root_of(leaves[split:])]
    return [*_consistency(leaves[split:], earlier - split, is_whole=False), root_of(leaves[:split])]


def _split(size: int) -> int:
    """Return the largest power of two below *size*."""
    return 1 << ((size - 1).bit_length() - 1)
