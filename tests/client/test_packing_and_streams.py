"""The client sends several cases in one message and packs them, and nobody notices but by the time it takes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Event
from typing import TypeVar

import grpc
import pytest

from taxatie.client import AsyncClient, Client, RefusedError, case_message
from taxatie.limits import CASES_TOGETHER_MAX
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages
from tests.server.deciding import SMALL
from tests.server.running import MOMENT, running

T = TypeVar("T")


def request(name: str, **parts: object) -> messages.AssessRequest:
    """Return a request for a case of that name."""
    case = case_message({"case": name, "reference_time": MOMENT, **parts})
    return messages.AssessRequest(case=case, detail=messages.DETAIL_LEVEL)


def told(outcome: messages.AssessOutcome) -> str:
    """Return the case of an outcome, or the path of its fault."""
    return outcome.response.case if outcome.HasField("response") else outcome.problem.faults[0].path


def with_async(use: Callable[[AsyncClient], Awaitable[T]], *, packs: bool = False) -> T:
    """Return what *use* makes of a client of a running service."""

    async def serve() -> T:
        async with running(rulesets=SMALL) as server, AsyncClient(f"127.0.0.1:{server.port}", packs=packs) as client:
            return await use(client)

    return asyncio.run(serve())


def with_threads(use: Callable[[Client], T], *, packs: bool = False) -> T:
    """Return what *use* makes of a client without asyncio."""

    def talk(address: str) -> T:
        with Client(address, packs=packs) as client:
            return use(client)

    async def serve() -> T:
        async with running(rulesets=SMALL) as server:
            with ThreadPoolExecutor(1) as pool:
                loop = asyncio.get_running_loop()
                return await loop.run_in_executor(pool, talk, f"127.0.0.1:{server.port}")

    return asyncio.run(serve())


NAMES = [f"c-{number}" if number % 10 else "" for number in range(3 * CASES_TOGETHER_MAX)]
EXPECTED = [name or "case.case" for name in NAMES]


@pytest.mark.parametrize("packs", [False, True])
def test_a_long_stream_comes_in_order(packs: bool) -> None:  # noqa: FBT001  # both ways
    """Faulty cases have their problems in their places."""

    async def use(client: AsyncClient) -> list[str]:
        return [told(outcome) async for outcome in client.assess_many(map(request, NAMES))]

    assert with_async(use, packs=packs) == EXPECTED
    assert (
        with_threads(lambda client: list(map(told, client.assess_many(map(request, NAMES)))), packs=packs) == EXPECTED
    )


def test_who_sends_the_next_case_only_after_an_answer_is_not_kept_waiting() -> None:
    """A message that waited to be full would wait for ever."""

    async def use(client: AsyncClient) -> list[str]:
        answered = asyncio.Queue[str]()

        async def requests() -> AsyncIterator[messages.AssessRequest]:
            for number in range(5):
                yield request(f"c-{number}")
                assert await answered.get() == f"c-{number}"

        found = []
        async for outcome in client.assess_many(requests()):
            found.append(told(outcome))
            answered.put_nowait(told(outcome))
        return found

    assert with_async(use) == [f"c-{number}" for number in range(5)]


def test_without_asyncio_who_sends_slowly_is_answered_promptly_too() -> None:
    """The next case comes when the answer to the one before is there."""

    def use(client: Client) -> list[str]:
        answered = Event()

        def requests() -> Iterator[messages.AssessRequest]:
            for number in range(5):
                yield request(f"c-{number}")
                assert answered.wait(60)
                answered.clear()

        found = []
        for outcome in client.assess_many(requests()):
            found.append(told(outcome))
            answered.set()
        return found

    assert with_threads(use) == [f"c-{number}" for number in range(5)]


def test_what_breaks_the_source_of_requests_reaches_who_reads_the_answers() -> None:
    """After the answers to what came before."""

    def requests() -> Iterator[messages.AssessRequest]:
        yield request("c-1")
        raise ConnectionError("the file is gone")

    async def read_async(client: AsyncClient, found: list[str]) -> None:
        async for outcome in client.assess_many(requests()):
            found.append(told(outcome))  # noqa: PERF401  # what came before the break is kept

    async def use(client: AsyncClient) -> list[str]:
        found: list[str] = []
        with pytest.raises(ConnectionError, match="the file is gone"):
            await read_async(client, found)
        return found

    def use_threads(client: Client) -> list[str]:
        found: list[str] = []
        with pytest.raises(ConnectionError, match="the file is gone"):
            found.extend(map(told, client.assess_many(requests())))
        return found

    assert with_async(use) == with_threads(use_threads) == ["c-1"]


def test_an_endless_source_is_not_read_ahead_of_the_answers_without_bound() -> None:
    """Who stops reading stops the reading of cases as well."""
    taken = count()

    def requests() -> Iterator[messages.AssessRequest]:
        while True:
            yield request(f"c-{next(taken)}")

    def use(client: Client) -> str:
        outcomes = client.assess_many(requests())
        first = told(next(outcomes))
        outcomes.close()
        return first

    async def use_async(client: AsyncClient) -> str:
        async for outcome in client.assess_many(requests()):
            return told(outcome)
        return ""

    assert with_threads(use) == "c-0"
    assert next(taken) <= 4 * CASES_TOGETHER_MAX
    before = next(taken) + 1
    assert with_async(use_async) == f"c-{before}"
    assert next(taken) <= before + 4 * CASES_TOGETHER_MAX


def test_a_client_that_packs_gets_the_same_answers_and_refusals() -> None:
    """What cannot be packed goes as it is, so that the service says what is wrong with it."""
    good = case_message({"case": "c-1", "reference_time": MOMENT, "answers": {"violence_now": "yes"}})
    bad = case_message({"case": "c-1", "reference_time": MOMENT, "answers": {"violense_now": "yes"}})

    def use(client: Client) -> tuple[str, list[tuple[str, str]]]:
        with pytest.raises(RefusedError) as refused:
            client.assess(bad)
        return client.assess(good, detail=messages.DETAIL_LEVEL).level, list(refused.value.faults)

    assert with_threads(use, packs=True) == with_threads(use)


def outdated(client: Client | AsyncClient) -> None:
    """Let the client believe in a vocabulary that the service does not have."""
    assert client._packing is not None
    packer = client._packing._packers[""]
    assert packer is not None
    packer._digest = "0" * 64


def test_a_client_whose_vocabulary_is_outdated_is_answered_all_the_same() -> None:
    """The service has a new release since: the client gets its questionnaire, and the caller the answers."""

    def use(client: Client) -> list[str]:
        found = [client.assess(request("c-1").case).case]
        outdated(client)
        found.append(client.assess(request("c-2").case).case)
        outdated(client)
        found.extend(map(told, client.assess_many([request("c-3"), request(""), request("c-4")])))
        return found

    async def use_async(client: AsyncClient) -> list[str]:
        found = [(await client.assess(request("c-1").case)).case]
        outdated(client)
        found.append((await client.assess(request("c-2").case)).case)
        outdated(client)
        requests = [request("c-3"), request(""), request("c-4")]
        return found + [told(outcome) async for outcome in client.assess_many(requests)]

    expected = ["c-1", "c-2", "c-3", "case.case", "c-4"]
    assert with_threads(use, packs=True) == expected
    assert with_async(use_async, packs=True) == expected


def test_a_release_that_is_not_there_is_refused_by_the_service() -> None:
    """Without its questionnaire the case goes as it is."""
    wanted = request("c-1")
    wanted.release = "1999.1"

    def use(client: Client) -> tuple[grpc.StatusCode, list[int]]:
        with pytest.raises(RefusedError) as refused:
            client.assess(wanted.case, release="1999.1")
        return refused.value.code, [outcome.problem.code for outcome in client.assess_many([wanted])]

    assert with_threads(use, packs=True) == (grpc.StatusCode.NOT_FOUND, [grpc.StatusCode.NOT_FOUND.value[0]])
