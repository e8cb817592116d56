"""A server that answers without looking: what no service on this gRPC server can be faster than.

The server's options, the decoder and the serialiser are the service's own. Each request is decoded and answered with
the next of some prepared messages, which is serialised anew; nothing is assessed, logged, or noted.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path

import grpc
from google.protobuf.message import Message
from grpc import aio

from load.sender import read_messages
from taxatie.server.calls import _serialized
from taxatie.server.decoding import Incoming, strict_decoder
from taxatie.server.server import Listening, _options
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages

LISTENING = Listening("127.0.0.1", 0, message_bytes_max=4_000_000, concurrent_calls_max=1_000, credentials=None)
"""As the service by default."""


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=Path, required=True, help="a file of answers, each with its gRPC prefix")
    data = parser.parse_args().answers.read_bytes()
    asyncio.run(_serve([messages.AssessResponse.FromString(each[5:]) for each in read_messages(data)]))


async def _serve(answers: Sequence[Message]) -> None:
    server = aio.server(options=_options(LISTENING), maximum_concurrent_rpcs=LISTENING.concurrent_calls_max)
    methods = {"Assess": empty_method(cycle(answers))}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("taxatie.v1.AssessmentService", methods),))
    port = server.add_insecure_port(f"{LISTENING.host}:{LISTENING.port}")
    await server.start()
    print(json.dumps({"event": "serving", "port": port}), file=sys.stderr, flush=True)
    await server.wait_for_termination()


def empty_method(answers: Iterator[Message]) -> "grpc.RpcMethodHandler[object, object]":
    """Return a method that decodes its request and answers with the next message."""

    async def answer(incoming: Incoming[messages.AssessRequest], _: object) -> Message:
        incoming.require()
        return next(answers)

    return grpc.unary_unary_rpc_method_handler(
        answer, request_deserializer=strict_decoder(messages.AssessRequest), response_serializer=_serialized
    )


if __name__ == "__main__":
    main()
