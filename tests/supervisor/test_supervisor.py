"""What a supervisor does when its workers die, hang, refuse, differ or do not end; with workers that are no service."""

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace

import pytest

from taxatie.errors.problem import TaxatieError
from taxatie.service.live_releases import Reloaded
from taxatie.supervisor.supervisor import BEGINNINGS_MAX, Patience, Supervisor

PATIENT = Patience(drain_seconds=60.0, silence_seconds=60.0, pause_seconds=0.0)
TAKEN = Reloaded("one", "d", ("one",), ())


@dataclass
class Noted:
    """Lines that were noted."""

    lines: list[dict[str, object]] = field(default_factory=list)
    _more: asyncio.Condition = field(default_factory=asyncio.Condition)
    _tasks: "set[asyncio.Task[None]]" = field(default_factory=set)

    def note(self, event: str, **fields: object) -> None:
        """Keep a line."""
        self.lines.append({"event": event, **fields})
        task = asyncio.create_task(self._tell())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    fail = note

    def of(self, event: str) -> list[dict[str, object]]:
        """Return the lines of something."""
        return [line for line in self.lines if line["event"] == event]

    async def wait_for(self, event: str, count: int = 1) -> None:
        """Wait until something was noted so often."""
        async with self._more:
            await self._more.wait_for(lambda: len(self.of(event)) >= count)

    async def _tell(self) -> None:
        async with self._more:
            self._more.notify_all()


@dataclass
class Trial:
    """A supervisor with workers of one way."""

    supervisor: Supervisor
    noted: Noted
    processes: list[int] = field(default_factory=list)

    def begun(self, processes: tuple[int, ...]) -> None:
        """Take the processes of all workers, once they serve."""
        self.processes += processes
        self.noted.note("serving")

    async def until(self, meanwhile: Coroutine[object, object, None]) -> None:
        """Have the workers until something is done."""
        running = asyncio.create_task(self.supervisor.run(self.begun))
        try:
            await self.noted.wait_for("serving")
            await meanwhile
        finally:
            self.supervisor.stop()
            await running


def a_trial(way: str, workers: int = 2, patience: Patience = PATIENT) -> Trial:
    """Return a supervisor of workers that behave in one way."""
    noted = Noted()
    command = (sys.executable, "-m", "tests.supervisor.a_worker", way)
    return Trial(Supervisor(command, {}, workers, patience, noted), noted)


def is_there(process: int) -> bool:
    """Return whether a process is."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


async def _serve_and_reload() -> tuple[Trial, Reloaded]:
    trial, found = a_trial("serves"), []

    async def meanwhile() -> None:
        found.append(await trial.supervisor.reload())

    await trial.until(meanwhile())
    return trial, found[0]


def test_workers_serve_reload_together_and_end() -> None:
    trial, reloaded = asyncio.run(_serve_and_reload())

    assert reloaded == TAKEN
    assert trial.noted.of("workers_reloaded") == [
        {"event": "workers_reloaded", "taken": 2, "workers": 2, "release": "one", "digest": "d", "faults": []}
    ]
    assert [line["event"] for line in trial.noted.lines] == ["serving", "workers_reloaded"]
    assert len(trial.processes) == 2
    assert not any(map(is_there, trial.processes))


async def _ended_by(way: str) -> tuple[Trial, TaxatieError]:
    trial = a_trial(way)
    with pytest.raises(TaxatieError) as caught:
        await trial.supervisor.run(trial.begun)
    return trial, caught.value


@pytest.mark.parametrize("way", ["dies", "dies-later"])
def test_workers_that_die_before_they_serve_end_the_service(way: str) -> None:
    """Also where another one serves: a service that never began as it was asked to is none."""
    trial, error = asyncio.run(_ended_by(way))

    assert error.message == f"{BEGINNINGS_MAX} workers in a row could not begin: it ended with code 3"
    assert trial.noted.of("serving") == []
    assert {line["why"] for line in trial.noted.of("worker_died")} == {"it ended with code 3"}


def test_a_worker_that_says_why_it_cannot_begin_is_not_tried_again() -> None:
    """Who started the service reads the worker's own words; trying again would not find the key."""
    trial, error = asyncio.run(_ended_by("cannot"))

    assert (error.message, error.hint) == ("there is no key", "make one")
    assert {line["fault"] for line in trial.noted.of("worker_refused")} == {"a.yaml:1: TX1"}
    assert trial.noted.of("worker_died") == []


async def _killed() -> Trial:
    trial = a_trial("serves")

    async def meanwhile() -> None:
        os.kill(trial.processes[1], signal.SIGKILL)
        await trial.noted.wait_for("worker_serving")
        await trial.noted.wait_for("workers_reloaded")
        assert is_there(trial.processes[0])

    await trial.until(meanwhile())
    return trial


def test_a_worker_that_dies_is_replaced_and_reads_the_same_releases_as_the_others() -> None:
    """The folder may have changed since the others read it."""
    trial = asyncio.run(_killed())

    (died,), (serving,) = trial.noted.of("worker_died"), trial.noted.of("worker_serving")
    assert (died["worker"], died["why"], died["restarts"]) == (1, "it was killed by signal 9", 1)
    assert (serving["worker"], serving["process"] in trial.processes) == (1, False)
    assert not is_there(int(str(serving["process"])))


async def _deaf() -> Trial:
    trial = a_trial("deaf", patience=replace(PATIENT, silence_seconds=0.2))

    async def meanwhile() -> None:
        await trial.noted.wait_for("worker_died", 2)

    await trial.until(meanwhile())
    return trial


def test_a_worker_that_gives_no_sign_of_life_is_replaced() -> None:
    trial = asyncio.run(_deaf())

    assert {line["why"] for line in trial.noted.of("worker_died")} == {"it gave no sign of life for 0.2 seconds"}


async def _stubborn() -> Trial:
    trial = a_trial("stubborn", patience=replace(PATIENT, drain_seconds=0.1, closing_seconds=0.1))

    async def meanwhile() -> None:
        pass

    await trial.until(meanwhile())
    return trial


def test_a_worker_that_does_not_end_is_killed_and_told_of() -> None:
    trial = asyncio.run(_stubborn())

    assert sorted(str(line["process"]) for line in trial.noted.of("worker_killed")) == sorted(map(str, trial.processes))
    assert not any(map(is_there, trial.processes))


async def _reloaded(way: str) -> tuple[Trial, Reloaded]:
    trial, found = a_trial(way), []

    async def meanwhile() -> None:
        found.append(await trial.supervisor.reload())

    await trial.until(meanwhile())
    return trial, found[0]


@pytest.mark.parametrize(
    ("way", "faults"),
    [("differs", ("the workers serve different releases",)), ("refuses-as-1", ("worker 1: its own fault",))],
)
def test_workers_that_differ_are_told_of(way: str, faults: tuple[str, ...]) -> None:
    trial, reloaded = asyncio.run(_reloaded(way))

    assert reloaded.faults == faults
    (line,) = trial.noted.of("workers_differ")
    assert line["faults"] == list(faults)
