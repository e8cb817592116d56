"""How busy a day is: a quiet start, the morning's peak, a spike, and a quiet rest of the day.

The second half is quiet on purpose: memory is judged there, and what a spike leaves behind is no leak.
"""

from collections.abc import Sequence
from typing import Final

Points = Sequence[tuple[float, float]]

DAY: Final[Points] = (
    (0.00, 0.25),
    (0.08, 0.25),
    (0.18, 1.00),  # the morning's peak: everybody comes in and hands over the night
    (0.28, 1.00),
    (0.34, 0.35),
    (0.38, 0.35),
    (0.38, 2.00),  # the spike: all at once, such as after something on the news
    (0.45, 2.00),
    (0.45, 0.35),
    (1.00, 0.35),
)
"""The part of the day, and the users then, as a share of those at the morning's peak."""


def users_at(day: Points, part: float, most: int) -> int:
    """Return the users at a part of a day, of which *most* come at the share of one; never fewer than one."""
    before = max(point for point in enumerate(day) if point[1][0] <= part)
    after = day[min(before[0] + 1, len(day) - 1)]
    (since, share), (until, next_share) = before[1], after
    along = (part - since) / (until - since) if until > since else 0.0
    return max(1, round(most * (share + along * (next_share - share))))
