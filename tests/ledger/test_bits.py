"""A set of places, as one bit a place: the same as a set of numbers."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from taxatie.ledger.bits import Bits

STRETCHES = st.lists(st.tuples(st.integers(0, 70), st.integers(0, 20)).map(lambda each: (each[0], sum(each))))


def both(stretches: list[tuple[int, int]]) -> tuple[Bits, set[int]]:
    """Return the places of stretches, as bits and as a set."""
    bits, places = Bits(), set[int]()
    for first, last in stretches:
        bits.add(first, last)
        places.update(range(first, last + 1))
    return bits, places


@given(STRETCHES)
def test_they_hold_what_a_set_holds(stretches: list[tuple[int, int]]) -> None:
    bits, places = both(stretches)

    assert bits.count == len(places)
    assert [place for place in range(120) if place in bits] == sorted(places)


@given(STRETCHES, STRETCHES)
def test_what_is_here_and_not_there_comes_in_whole_stretches(
    here: list[tuple[int, int]], there: list[tuple[int, int]]
) -> None:
    bits, places = both(here)
    others, other_places = both(there)

    found = list(bits.without(others))

    assert [place for first, last in found for place in range(first, last + 1)] == sorted(places - other_places)
    assert all(last + 1 < following for (_, last), (following, _) in pairwise(found))
