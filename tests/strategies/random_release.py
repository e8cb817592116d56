"""Releases and cases from seeds, for volume: the same choices as hypothesis makes, in a fraction of the time."""

from tests.strategies.cases import make_case
from tests.strategies.choices import Dice
from tests.strategies.plans import Plain, PlainRelease, Sizes
from tests.strategies.releases import FULL, make_release


def random_release(seed: int, sizes: Sizes = FULL) -> PlainRelease:
    """Return the release of that seed."""
    return make_release(Dice(f"release {seed}"), sizes)


def random_case(release: PlainRelease, seed: int, number: int) -> Plain:
    """Return the case of that number for the release of that seed."""
    return make_case(Dice(f"case {seed} {number}"), release, f"made-{seed}-{number}")
