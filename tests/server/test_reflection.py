"""A client that has no protocol files finds the service and calls it, as grpcurl does."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from grpc import aio
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from tests.server.running import MOMENT, running

SERVICE = "taxatie.v1.AssessmentService"


async def _asked(stub: Any, request: object) -> Any:  # noqa: ANN401  # grpcio-reflection types neither
    async def one() -> AsyncIterator[object]:
        yield request

    async for response in stub.ServerReflectionInfo(one()):
        return response
    return None


def _pool_of(files: Iterable[bytes]) -> descriptor_pool.DescriptorPool:
    """Return what the files describe: each is added after those that it rests on."""
    waiting = [descriptor_pb2.FileDescriptorProto.FromString(data) for data in files]
    pool = descriptor_pool.DescriptorPool()
    added: set[str] = set()
    while waiting:
        ready = next(file for file in waiting if added.issuperset(file.dependency))
        pool.Add(ready)
        added.add(ready.name)
        waiting.remove(ready)
    return pool


async def _call_without_protocol_files() -> dict[str, object]:
    async with running() as server, aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        stub = reflection_pb2_grpc.ServerReflectionStub(channel)  # type: ignore[arg-type]  # aio's channel serves as well
        listed = await _asked(stub, reflection_pb2.ServerReflectionRequest(list_services=""))
        names = {service.name for service in listed.list_services_response.service}
        assert SERVICE in names
        files = await _asked(stub, reflection_pb2.ServerReflectionRequest(file_containing_symbol=SERVICE))
        pool = _pool_of(files.file_descriptor_response.file_descriptor_proto)
        method = pool.FindServiceByName(SERVICE).methods_by_name["Assess"]
        request = message_factory.GetMessageClass(method.input_type)()
        answers = {"violence_now": {"yes": True}}
        json_format.ParseDict({"case": {"case": "c-1", "referenceTime": MOMENT, "answers": answers}}, request)
        response = message_factory.GetMessageClass(method.output_type)()
        call: aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(f"/{SERVICE}/Assess")
        response.ParseFromString(await call(request.SerializeToString()))
        return json_format.MessageToDict(response)


def test_a_client_without_protocol_files_discovers_and_calls_the_service() -> None:
    """Whoever connects can see what there is, with the tools that exist."""
    found = asyncio.run(_call_without_protocol_files())

    assert found["level"] == "immediate"
