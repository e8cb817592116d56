"""Whether a condition holds: three values, never two, because unknown is not no."""

from enum import IntEnum


class Truth(IntEnum):
    """What can be said of a condition, in the order of Kleene's strong logic.

    The order makes *and* the least and *or* the greatest of the parts, and *not* the mirror.
    """

    FAILS = 0
    CANNOT_TELL = 1
    HOLDS = 2
