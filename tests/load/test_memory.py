"""Memory is judged by the line through the last half: what settles is flat, what goes on growing is not."""

import os
from collections.abc import Callable

import psutil
import pytest

from load.memory import GROWN_MIB_MAX, MIB, Sample, memory_of, sample_of, slope_of

HOUR = 3600
Held = Callable[[float], float]


def samples(service: Held, seconds: int = HOUR, workers: Held = lambda _: 50.0) -> list[Sample]:
    """Return what was held, a sample each second."""
    return [Sample(float(now), service(now), workers(now)) for now in range(seconds)]


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("nothing moves", lambda _: 100.0),
        ("it settles in the first half", lambda now: 100.0 + min(now, 1000) / 5),
        ("it goes up and down", lambda now: 100.0 + now % 60),
        ("it falls", lambda now: 300.0 - now / 50),
        ("a twentieth of much", lambda now: 1000.0 + 40 * now / HOUR),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_what_settles_is_flat(name: str, held: Held) -> None:
    memory = memory_of(samples(held))

    assert memory.is_flat, name
    assert list(memory.told())[-1] == "memory: flat"


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("a hundred bytes a call", lambda now: 100.0 + now / HOUR * 1_000_000 * 100 / MIB),
        ("a saw that rises", lambda now: 100.0 + now % 60 + now / 50),
        ("late", lambda now: 100.0 + max(0.0, now - 0.7 * HOUR) / 20),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_what_goes_on_growing_is_not_flat(name: str, held: Held) -> None:
    """Whether it is the service or one of its workers."""
    assert not memory_of(samples(held)).is_flat, name
    assert not memory_of(samples(lambda _: 100.0, workers=held)).is_flat, name
    assert list(memory_of(samples(held)).told())[-1] == "memory: NOT FLAT"


def test_of_a_short_run_nothing_is_said() -> None:
    """A service that has just begun still grows."""
    memory = memory_of(samples(lambda now: 100.0 + now, seconds=60))

    assert memory.is_flat
    assert list(memory.told())[-1] == "memory: too short to tell (less than 120 s)"


def test_without_samples_nothing_is_said() -> None:
    assert memory_of([]).is_flat


def test_the_figures_are_those_of_begin_half_and_end() -> None:
    service, workers = memory_of(samples(lambda now: 100.0 + now / 100)).lines

    assert (round(service.begin), round(service.half), round(service.end), round(service.peak)) == (101, 119, 135, 136)
    assert service.grown == pytest.approx(18, abs=0.1)
    assert service.grown > GROWN_MIB_MAX
    assert workers.grown == 0


def test_a_slope_is_that_of_the_straight_line() -> None:
    assert slope_of([(0, 1), (1, 3), (2, 5)]) == 2
    assert slope_of([(0, 1)]) == 0


def test_a_sample_is_of_a_process_and_of_those_that_it_started() -> None:
    sample = sample_of(psutil.Process(), 1.5)

    assert sample is not None
    assert sample.seconds == 1.5
    assert sample.service > 1


def test_a_process_that_is_gone_gives_no_sample() -> None:
    """It may end between two samples."""
    child = psutil.Popen(["true"])
    child.wait()

    assert sample_of(child, 0) is None


@pytest.mark.skipif(not hasattr(os, "waitid"), reason="this system cannot wait for a process and leave it there")
def test_a_process_that_ended_unnoticed_gives_no_sample() -> None:
    """Until somebody has waited for it, it is there and holds nothing: that is no fall of its memory."""
    child = psutil.Popen(["true"])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)

    assert sample_of(child, 0) is None
    child.wait()
