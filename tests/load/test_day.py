"""The day has a morning's peak and a spike, and never nobody."""

import pytest

from load.day import DAY, users_at


@pytest.mark.parametrize(
    ("part", "users"),
    [(0, 10), (0.08, 10), (0.13, 25), (0.25, 40), (0.36, 14), (0.38, 80), (0.44, 80), (0.45, 14), (0.999, 14), (1, 14)],
)
def test_users_come_and_go(part: float, users: int) -> None:
    assert users_at(DAY, part, 40) == users


def test_somebody_is_always_there() -> None:
    assert users_at(DAY, 0, 1) == 1
