"""A server that is told to stop finishes what is under way, and takes nothing new."""

import asyncio

import grpc
import pytest
from grpc import aio

from taxatie.client import AsyncClient, RefusedError, case_message
from taxatie.wire.generated.taxatie.v1 import validation_pb2, validation_pb2_grpc
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
