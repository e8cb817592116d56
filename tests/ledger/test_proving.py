"""Proofs from one reading of the leaves are those of RFC 6962."""

import pytest

from taxatie.ledger.merkle import leaf_hash, prove_consistency, prove_inclusion
from taxatie.ledger.proving import consistency_spans, inclusion_spans, roots_of

LEAVES = [leaf_hash(str(number).encode()) for number in range(70)]


@pytest.mark.parametrize("size", [*range(1, 34), 63, 64, 65, 70])
def test_a_proof_of_inclusion_is_the_one_from_all_leaves(size: int) -> None:
    leaves = LEAVES[:size]

    for place in range(size):
        assert list(roots_of(inclusion_spans(place, size), leaves)) == prove_inclusion(leaves, place)


@pytest.mark.parametrize("size", [*range(1, 34), 63, 64, 65, 70])
def test_a_proof_of_consistency_is_the_one_from_all_leaves(size: int) -> None:
    leaves = LEAVES[:size]

    for earlier in range(size + 1):
        assert list(roots_of(consistency_spans(earlier, size), leaves)) == prove_consistency(leaves, earlier)


def test_what_never_was_cannot_be_proved() -> None:
    with pytest.raises(IndexError):
        inclusion_spans(5, 5)
    with pytest.raises(IndexError):
        consistency_spans(6, 5)
