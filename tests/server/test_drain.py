"""A server that is told to stop finishes what is under way, and takes nothing new."""

import asyncio

import grpc
import pytest
from grpc import aio

from taxatie.client import AsyncClient, RefusedError, case_message
from taxatie.wire.generated.taxatie.v1 import (
    assessment_pb2,
    assessment_pb2_grpc,
    validation_pb2,
    validation_pb2_grpc,
)
from tests.server.running import MOMENT, running


async def _drained() -> tuple[str | None, RefusedError]:
    async with running() as server:
        address = f"127.0.0.1:{server.port}"
        async with aio.insecure_channel(address) as channel, AsyncClient(address, seconds=2.0) as client:
            stub = validation_pb2_grpc.ValidationServiceStub(channel)
            call = stub.RunScenarios(validation_pb2.RunScenariosRequest())
            events = aiter(call)
            last = await anext(events)
            draining = asyncio.create_task(server.drain(600.0))
            async for event in events:
                last = event
            await draining
            with pytest.raises(RefusedError) as refused:
                await client.assess(case_message({"case": "c-1", "reference_time": MOMENT}))
            return last.WhichOneof("event"), refused.value


def test_a_call_under_way_ends_and_a_new_one_is_refused() -> None:
    """No answer is cut off in the middle because somebody deploys."""
    last, refused = asyncio.run(_drained())

    assert last == "report"
    assert refused.code in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED}


async def _stopped_under_load(callers: int) -> "list[grpc.StatusCode]":
    """Return with what each of many callers, who ask without a pause, was refused."""
    under_way = asyncio.Semaphore(0)

    async with running() as server:
        request = assessment_pb2.AssessRequest(
            case=case_message({"case": "c-1", "reference_time": MOMENT}), detail=assessment_pb2.DETAIL_LEVEL
        )

        async def call(channel: aio.Channel) -> grpc.StatusCode:
            stub = assessment_pb2_grpc.AssessmentServiceStub(channel)
            try:
                while True:
                    await stub.Assess(request)
                    under_way.release()
            except aio.AioRpcError as error:
                return error.code()

        async with aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
            calls = [asyncio.create_task(call(channel)) for _ in range(callers)]
            for _ in range(callers):
                await under_way.acquire()
            await server.drain(600.0)
            return list(await asyncio.gather(*calls))


def test_who_asks_while_the_server_stops_hears_that_another_may_answer() -> None:
    """Of itself gRPC breaks off what it took in and did not begin, as CANCELLED, which nobody asks again."""
    refused = asyncio.run(_stopped_under_load(callers=64))

    assert set(refused) == {grpc.StatusCode.UNAVAILABLE}
