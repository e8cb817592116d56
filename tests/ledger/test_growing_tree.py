"""A tree that only grows is put down as a few digests, and taken up again as if nothing had been."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taxatie.ledger.merkle import GrowingTree, leaf_hash, root_of

LEAVES = st.lists(st.binary(max_size=3).map(leaf_hash), max_size=70)


@given(LEAVES, LEAVES)
def test_a_tree_taken_up_again_grows_as_the_one_that_was_put_down(before: list[bytes], after: list[bytes]) -> None:
    tree = GrowingTree()
    for leaf in before:
        tree.append(leaf)

    again = GrowingTree(tree.size, tree.peaks)
    for leaf in after:
        again.append(leaf)

    assert tree.root == root_of(before)
    assert (again.size, again.root) == (len(before) + len(after), root_of(before + after))


@given(LEAVES)
def test_no_more_is_kept_than_the_binary_digits_of_the_size(leaves: list[bytes]) -> None:
    tree = GrowingTree()
    for leaf in leaves:
        tree.append(leaf)

    assert len(tree.peaks) == len(leaves).bit_count()


@pytest.mark.parametrize(("size", "peaks"), [(0, 1), (1, 0), (3, 1), (4, 2), (7, 2)])
def test_a_tree_is_not_taken_up_with_digests_of_another_size(size: int, peaks: int) -> None:
    with pytest.raises(AssertionError):
        GrowingTree(size, [bytes(32)] * peaks)
