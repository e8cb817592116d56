"""The tree of RFC 6962: the known roots, and proofs that hold for what is so and for nothing else."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taxatie.ledger.merkle import (
    EMPTY_ROOT,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
    prove_consistency,
    prove_inclusion,
    root_of,
)

# The leaves and roots by which implementations of Certificate Transparency are compared.
KNOWN_LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
KNOWN_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
SIZES = st.integers(1, 40)


def leaves(number: int) -> list[bytes]:
    """Return the digests of some leaves."""
    return [leaf_hash(str(each).encode()) for each in range(number)]


def flipped(digest: bytes) -> bytes:
    """Return a digest with one bit changed."""
    return bytes([digest[0] ^ 1]) + digest[1:]


@pytest.mark.parametrize("size", range(1, len(KNOWN_ROOTS) + 1))
def test_the_roots_are_those_of_certificate_transparency(size: int) -> None:
    assert root_of([leaf_hash(bytes.fromhex(each)) for each in KNOWN_LEAVES[:size]]).hex() == KNOWN_ROOTS[size - 1]


def test_a_tree_without_leaves_has_the_digest_of_nothing() -> None:
    assert root_of([]) == EMPTY_ROOT == hashlib.sha256(b"").digest()


def test_a_leaf_is_never_taken_for_a_node() -> None:
    """Else two leaves and the node above them could stand for one another."""
    assert leaf_hash(b"a" * 64) != node_hash(b"a" * 32, b"a" * 32)


@given(size=SIZES, data=st.data())
def test_every_leaf_is_proved_to_be_there_and_nothing_else_is(size: int, data: st.DataObject) -> None:
    tree = leaves(size)
    index = data.draw(st.integers(0, size - 1))
    proof, root = prove_inclusion(tree, index), root_of(tree)

    assert is_included(tree[index], index, size, proof, root)
    assert not is_included(flipped(tree[index]), index, size, proof, root)
    assert not is_included(tree[index], index, size, [*proof, root], root)
    assert not is_included(tree[index], index, size, proof, flipped(root))
    for place in range(len(proof)):
        assert not is_included(tree[index], index, size, proof[:place] + proof[place + 1 :], root)
        changed = [*proof[:place], flipped(proof[place]), *proof[place + 1 :]]
        assert not is_included(tree[index], index, size, changed, root)
    for other in (-1, *(each for each in range(size) if each != index), size):
        assert not is_included(tree[index], other, size, proof, root)


@given(size=SIZES, data=st.data())
def test_a_tree_that_grew_is_proved_to_have_grown(size: int, data: st.DataObject) -> None:
    tree = leaves(size)
    earlier = data.draw(st.integers(0, size))
    before, after = (earlier, root_of(tree[:earlier])), (size, root_of(tree))
    proof = prove_consistency(tree, earlier)

    assert is_consistent(before, after, proof)
    assert not is_consistent((earlier, flipped(before[1])), after, proof)
    assert not is_consistent(before, after, [*proof, after[1]])
    if 0 < earlier < size:
        assert not is_consistent(before, (size, flipped(after[1])), proof)
        assert not is_consistent(before, after, proof[:-1])
        for place in range(len(proof)):
            assert not is_consistent(before, after, [*proof[:place], flipped(proof[place]), *proof[place + 1 :]])


@given(size=st.integers(2, 40), data=st.data())
def test_a_tree_that_was_rewritten_is_not_proved(size: int, data: st.DataObject) -> None:
    """A log rolled back and written anew cannot pass for the one that was signed."""
    tree = leaves(size)
    earlier = data.draw(st.integers(1, size - 1))
    rewritten = [*tree[: earlier - 1], flipped(tree[earlier - 1]), *tree[earlier:]]

    proof = prove_consistency(rewritten, earlier)

    assert not is_consistent((earlier, root_of(tree[:earlier])), (size, root_of(rewritten)), proof)


def test_what_never_was_is_refused() -> None:
    assert not is_consistent((3, root_of(leaves(3))), (2, root_of(leaves(2))), [])
    for index in (-1, 3):
        with pytest.raises(IndexError, match="no leaf"):
            prove_inclusion(leaves(3), index)
    for size in (-1, 4):
        with pytest.raises(IndexError, match="never had"):
            prove_consistency(leaves(3), size)
