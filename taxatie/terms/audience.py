"""For whom an explanation is meant."""

from enum import StrEnum


class Audience(StrEnum):
    """Who may read an explanation.

    The internal one is for the professional; the shareable one may reach the family, and shows nothing
    from which they could tell who reported.
    """

    INTERNAL = "internal"
    SHAREABLE = "shareable"
