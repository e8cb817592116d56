"""The day has a morning's peak and a spike, and never nobody."""

import pytest

from load.day import DAY, users_at


@pytest.mark.parametrize(
    ("part", "users"),
    [(0, 10), (0.1, 10), (0.25, 25), (0.4, 40), (0.65, 14), (0.7, 80), (0.75, 80), (0.8, 14), (0.999, 10), (1, 10)],
)
def test_users_come_and_go(part: float, users: int) -> None:
    assert users_at(DAY, part, 40) == users


def test_somebody_is_always_there() -> None:
    assert users_at(DAY, 0, 1) == 1
