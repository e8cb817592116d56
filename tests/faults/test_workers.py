"""Several workers of one service: killed, frozen and stopped under load, and told of new releases."""

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import grpc
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc

from taxatie.registry.folder import ReleaseFolder
from taxatie.wire.generated.taxatie.v1 import admin_pb2, admin_pb2_grpc, assessment_pb2_grpc
from tests.faults.extent import IS_FULL, SEED
from tests.faults.service import CALL_SECONDS_MAX, Service, a_request, serving
from tests.faults.test_releases_dropped import BAD, GOOD, mended
from tests.faults.unbound import assert_nothing_is_missing
from tests.ledger.building import a_place, lines_of, told

WORKERS = 2
KILLS = 100 if IS_FULL else 4
CALLERS = 16
"""Each with a connection of its own: that all come to one worker happens once in 32,768 times."""
ANSWERS_BETWEEN = 40
TRIES_MAX = 1_000


def connections(service: Service) -> "list[aio.Channel]":
    """Return a connection for each caller; without the option channels of one process share one."""
    options = [("grpc.use_local_subchannel_pool", 1), ("grpc.enable_retries", 0)]
    return [aio.insecure_channel(service.address, options=options) for _ in range(CALLERS)]


@dataclass
class Load:
    """Callers who ask one thing after another, each over a connection of its own, and ask again what failed."""

    service: Service
    name: str
    decisions: dict[str, str] = field(default_factory=dict)
    failed: int = 0
    is_over: bool = False
    again: bool = True
    """Whether who gets no answer asks again; else this ends the caller."""
    _answered: asyncio.Event = field(default_factory=asyncio.Event)

    async def call(self, channel: aio.Channel, caller: int) -> None:
        """Ask until the load is over."""
        stub = assessment_pb2_grpc.AssessmentServiceStub(channel)
        number = tries = 0
        while not self.is_over:
            request = a_request(f"{self.name}-{caller}-{number}")
            try:
                answer = await stub.Assess(request, timeout=CALL_SECONDS_MAX, wait_for_ready=self.again)
            except aio.AioRpcError as error:
                tries, self.failed = tries + 1, self.failed + 1
                if error.code() is not grpc.StatusCode.UNAVAILABLE or tries == TRIES_MAX:
                    raise
                if not self.again:
                    return
                continue
            self.decisions[request.request_id] = answer.decision
            self._answered.set()
            number, tries = number + 1, 0

    async def answers(self, count: int) -> None:
        """Wait until so many more have been answered."""
        until = len(self.decisions) + count
        while len(self.decisions) < until:
            self._answered.clear()
            await self._answered.wait()

    async def under(self, meanwhile: Callable[["Load"], Coroutine[object, object, None]]) -> None:
        """Do something under the load."""
        async with AsyncExitStack() as stack:
            channels = [await stack.enter_async_context(channel) for channel in connections(self.service)]
            callers = [asyncio.create_task(self.call(channel, number)) for number, channel in enumerate(channels)]
            await meanwhile(self)
            self.is_over = True
            await asyncio.gather(*callers)


def processes_of(service: Service) -> dict[int, int]:
    """Return the process of each worker that serves, by what the service said."""
    first = service.said[0]["processes"]
    assert isinstance(first, list)
    found = dict(enumerate(first))
    for line in service.said:
        if line["event"] == "worker_serving":
            found[int(str(line["worker"]))] = int(str(line["process"]))
    return found


async def _said(service: Service, event: str, count: int) -> None:
    """Wait until the service has said something so often."""
    await asyncio.to_thread(service.wait_for, event, count)


def test_workers_killed_under_load_lose_no_decision(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Who asks again gets an answer, each request is decided once whoever decides it, and the log verifies."""
    place, dice = a_place(tmp_path), random.Random(SEED)

    async def kill(load: Load) -> None:
        for number in range(1, KILLS + 1):
            await load.answers(dice.randint(1, 2 * ANSWERS_BETWEEN))
            os.kill(dice.choice(sorted(processes_of(load.service).values())), signal.SIGKILL)
            await _said(load.service, "worker_serving", number)
        await load.answers(ANSWERS_BETWEEN)

    with serving(place, workers=WORKERS, TAXATIE_WORKER_PAUSE_SECONDS="0") as service:
        load = Load(service, "r")
        asyncio.run(load.under(kill))
        assert_nothing_is_missing(place, load.decisions)

    deaths = [line for line in service.said if line["event"] == "worker_died"]
    assert [line["restarts"] for line in deaths] == list(range(1, KILLS + 1))
    assert {line["why"] for line in deaths} == {"it was killed by signal 9"}
    assert service.process.returncode == 0
    assert told(place) == []
    requests = Counter(line.request for line in lines_of(place) if line.request is not None)
    assert set(requests.values()) == {1}
    assert {line["worker"] for line in service.said if line["event"] == "call"} == set(range(WORKERS))
    record_property(
        "table", f"{KILLS} workers killed, {len(load.decisions)} answers, {load.failed} tries that failed (seed {SEED})"
    )


def test_stopping_under_load_loses_no_answer_and_says_so_to_every_connection(tmp_path: Path) -> None:
    """Each worker says that it serves no more, and finishes what it took in; nothing stays without a checkpoint."""
    place = a_place(tmp_path)

    async def stop(load: Load) -> None:
        await load.answers(ANSWERS_BETWEEN)
        async with AsyncExitStack() as stack:
            channels = [await stack.enter_async_context(channel) for channel in connections(load.service)]
            stubs = [health_pb2_grpc.HealthStub(channel) for channel in channels]
            calls = [stub.Watch(health_pb2.HealthCheckRequest()) for stub in stubs]  # type: ignore[attr-defined]  # the stubs leave it out
            watched = [aiter(call) for call in calls]
            before = [(await anext(each)).status for each in watched]
            load.service.process.send_signal(signal.SIGTERM)
            after = [(await anext(each)).status for each in watched]
            for call in calls:
                call.cancel()
        assert set(before) == {health_pb2.HealthCheckResponse.SERVING}
        assert set(after) == {health_pb2.HealthCheckResponse.NOT_SERVING}

    with serving(place, workers=WORKERS) as service:
        load = Load(service, "r", again=False)
        asyncio.run(load.under(stop))
        service.process.wait()

    assert service.process.returncode == 0
    assert [line["event"] for line in service.said if line["event"] != "call"] == ["serving", "draining", "stopped"]
    assert told(place) == []
    assert_nothing_is_missing(place, load.decisions)
    assert {line["worker"] for line in service.said if line["event"] == "call"} == set(range(WORKERS))


def test_a_worker_that_hangs_is_replaced(tmp_path: Path) -> None:
    """The kernel would go on giving it connections, on which nobody answers."""

    async def freeze(load: Load) -> None:
        await load.answers(ANSWERS_BETWEEN)
        os.kill(processes_of(load.service)[1], signal.SIGSTOP)
        await _said(load.service, "worker_serving", 1)
        await load.answers(ANSWERS_BETWEEN)

    with serving(a_place(tmp_path), workers=WORKERS, TAXATIE_WORKER_SILENCE_SECONDS="1") as service:
        asyncio.run(Load(service, "r").under(freeze))

    died = [(line["worker"], line["why"]) for line in service.said if line["event"] == "worker_died"]
    assert died == [(1, "it gave no sign of life for 1 seconds")]
    assert told(a_place(tmp_path)) == []


def test_connections_come_to_a_worker_that_has_begun_since(tmp_path: Path) -> None:
    """Callers keep their connections for days; those that fled from a dead worker would all stay at the other one."""

    def is_used(service: Service, process: int) -> bool:
        lines = service.said
        since = next(number for number, line in enumerate(lines) if line.get("process") == process)
        return any(line["event"] == "call" and line["worker"] == 1 for line in lines[since:])

    async def kill(load: Load) -> None:
        await load.answers(ANSWERS_BETWEEN)
        os.kill(processes_of(load.service)[1], signal.SIGKILL)
        await _said(load.service, "worker_serving", 1)
        while not is_used(load.service, processes_of(load.service)[1]):
            await load.answers(ANSWERS_BETWEEN)

    with serving(a_place(tmp_path), workers=WORKERS, TAXATIE_WORKER_CONNECTION_SECONDS="1") as service:
        load = Load(service, "r")
        asyncio.run(load.under(kill))

    assert_nothing_is_missing(a_place(tmp_path), load.decisions)
    assert told(a_place(tmp_path)) == []


def test_workers_do_not_outlive_their_supervisor(tmp_path: Path) -> None:
    """They finish and end; what they took in is on record, and another service can take the port."""
    place = a_place(tmp_path)

    async def kill(load: Load) -> None:
        await load.answers(ANSWERS_BETWEEN)
        load.service.process.kill()

    with serving(place, workers=WORKERS) as service:
        load = Load(service, "r", again=False)
        asyncio.run(load.under(kill))
    # Here the pipe has ended to which all of them wrote, and so the last of them.

    assert told(place) == []
    assert_nothing_is_missing(place, load.decisions)


def test_new_releases_reach_every_worker_whoever_is_told(tmp_path: Path) -> None:
    """By the admin call at one worker, or by SIGHUP at the supervisor: all take them, or all refuse them."""
    folder = tmp_path / "rulesets"
    mended(folder)
    before = str(ReleaseFolder(folder).load("one").digest)

    async def reload(service: Service) -> tuple[set[str], admin_pb2.ReloadReleasesResponse, set[str], set[str]]:
        async with AsyncExitStack() as stack:
            channels = [await stack.enter_async_context(channel) for channel in connections(service)]
            admin = admin_pb2_grpc.AdminServiceStub(channels[0])
            BAD["an unknown name"](folder)
            refused = await admin.ReloadReleases(admin_pb2.ReloadReleasesRequest(), timeout=CALL_SECONDS_MAX)
            kept = await _digests(channels, "bad")
            mended(folder)
            GOOD["graver"](folder)
            taken = await admin.ReloadReleases(admin_pb2.ReloadReleasesRequest(), timeout=CALL_SECONDS_MAX)
            assert taken.taken
            after = await _digests(channels, "good")
            mended(folder)
            service.process.send_signal(signal.SIGHUP)
            await _said(service, "workers_reloaded", 3)
            return kept, refused, after, await _digests(channels, "again")

    environment = {"TAXATIE_WATCH": "0"}
    with serving(a_place(tmp_path), folder, workers=WORKERS, **environment) as service:
        kept, refused, after, again = asyncio.run(reload(service))

    assert (refused.taken, len(refused.faults), refused.digest) == (False, 1, before)
    assert kept == again == {before}
    assert len(after) == 1
    assert after != {before}
    assert {line["worker"] for line in service.said if line["event"] == "call"} == set(range(WORKERS))


async def _digests(channels: "list[aio.Channel]", name: str) -> set[str]:
    """Return of which releases the answers are, over all connections."""
    stubs = [assessment_pb2_grpc.AssessmentServiceStub(channel) for channel in channels]
    answers = [await stub.Assess(a_request(f"{name}-{number}")) for number, stub in enumerate(stubs)]
    return {answer.digest for answer in answers}


def test_the_watched_folder_is_followed_by_all_workers(tmp_path: Path) -> None:
    folder = tmp_path / "rulesets"
    mended(folder)

    async def follow(service: Service) -> set[str]:
        async with AsyncExitStack() as stack:
            channels = [await stack.enter_async_context(channel) for channel in connections(service)]
            GOOD["graver"](folder)
            await _said(service, "workers_reloaded", 1)
            return await _digests(channels, "r")

    with serving(a_place(tmp_path), folder, workers=WORKERS) as service:
        digests = asyncio.run(follow(service))

    assert digests == {str(ReleaseFolder(folder).load("one").digest)}
    assert {line["worker"] for line in service.said if line["event"] == "releases_taken"} == set(range(WORKERS))
