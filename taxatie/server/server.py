"""The server: its services, its limits, and how it starts and drains."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

import grpc
from grpc import aio
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from taxatie.server.audits import audit_methods
from taxatie.server.calls import CallLog, Calls, Method
from taxatie.server.case_stream import Answers
from taxatie.server.decisions import decision_methods
from taxatie.server.door import Door
from taxatie.service.answer import Outcome, answer_request, answer_together
from taxatie.service.audit import Auditor
from taxatie.service.ports import Clock, Releases
from taxatie.service.record import Caller, Recorder
from taxatie.service.reload import Reloading
from taxatie.service.show import get_questionnaire, get_release, list_releases
from taxatie.service.validate import run_suite
from taxatie.wire.generated.taxatie.v1 import admin_pb2, assessment_pb2, ruleset_pb2, validation_pb2

SERVICES: Final = (
    "taxatie.v1.AssessmentService",
    "taxatie.v1.RulesetService",
    "taxatie.v1.ValidationService",
    "taxatie.v1.DecisionService",
    "taxatie.v1.AuditService",
    "taxatie.v1.AdminService",
)
HANDSHAKE_MILLISECONDS_MAX: Final = 5_000
"""A socket that says nothing is closed after this: 3,000 of 3,000 dead sockets were, and none without it."""


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the server listens and how much it takes in."""

    host: str
    port: int
    message_bytes_max: int
    concurrent_calls_max: int
    credentials: grpc.ServerCredentials | None
    is_shared: bool = False
    """Whether other processes of this user may listen on the port, too; each connection then goes to one of them."""
    connection_seconds_max: float = 600.0
    """How long a connection takes new calls where the port is shared: the next one may come to a process with less
    to do, or to one that has begun since. Calls and streams under way are never broken off."""


Closing: TypeAlias = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class UseCases:
    """What the server offers, each made of its parts elsewhere."""

    releases: Releases
    clock: Clock
    recorder: Recorder | None
    """Puts each decision on record; None where nothing is recorded."""
    auditor: Auditor | None
    """Reaches decisions again; None where nothing is recorded."""
    reloader: Reloading
    """Exchanges the releases, of every process that serves."""
    close: Closing
    """Lets go of what the use cases hold."""


@dataclass(slots=True)
class Server:
    """A server that can be started, and drained: calls in flight end, new ones are refused."""

    aio_server: aio.Server
    health: health.aio.HealthServicer
    port: int
    reloader: Reloading
    door: Door
    close: Closing

    async def start(self) -> None:
        """Begin to answer."""
        await self.aio_server.start()
        for service in ("", *SERVICES):
            await self.health.set(service, health_pb2.HealthCheckResponse.SERVING)

    async def drain(self, seconds: float) -> None:
        """Say that no more calls are taken, refuse those that come, wait for those in flight, and stop."""
        await self.health.enter_graceful_shutdown()
        await self.door.close()
        await self.aio_server.stop(seconds)
        await self.close()

    async def wait(self) -> None:
        """Wait until the server has stopped."""
        await self.aio_server.wait_for_termination()


def build_server(use_cases: UseCases, log: CallLog, listening: Listening) -> Server:
    """Return a server that is ready to start.

    Raises:
        RuntimeError: When the port is taken.
    """
    server = aio.server(options=_options(listening), maximum_concurrent_rpcs=listening.concurrent_calls_max)
    door = Door()
    server.add_generic_rpc_handlers((door,))  # the first that knows a method answers it
    for service, methods in _methods(use_cases, Calls(log)).items():
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, methods),))
    health_servicer = health.aio.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(health_servicer, server)
    reflection.enable_server_reflection((*SERVICES, health.SERVICE_NAME, reflection.SERVICE_NAME), server)
    address = f"{listening.host}:{listening.port}"
    if listening.credentials is None:
        port = server.add_insecure_port(address)
    else:
        port = server.add_secure_port(address, listening.credentials)
    return Server(server, health_servicer, port, use_cases.reloader, door, use_cases.close)


def _options(listening: Listening) -> Sequence[tuple[str, int]]:
    age = ("grpc.max_connection_age_ms", round(listening.connection_seconds_max * 1000))
    return (
        ("grpc.max_receive_message_length", listening.message_bytes_max),
        ("grpc.server_handshake_timeout_ms", HANDSHAKE_MILLISECONDS_MAX),
        ("grpc.so_reuseport", int(listening.is_shared)),
        *((age,) if listening.is_shared else ()),
    )


def _methods(use_cases: UseCases, calls: Calls) -> dict[str, dict[str, Method]]:
    releases, clock = use_cases.releases, use_cases.clock
    answers = _unrecorded(use_cases) if use_cases.recorder is None else _recorded(use_cases.recorder)
    assessment, rulesets, validation, decisions, audits, admin = SERVICES
    return {
        assessment: {
            "Assess": calls.recorded("Assess", assessment_pb2.AssessRequest, answers.alone),
            "AssessMany": calls.assess_stream("AssessMany", answers),
        },
        rulesets: {
            "ListReleases": calls.unary(
                "ListReleases", ruleset_pb2.ListReleasesRequest, lambda _: list_releases(releases)
            ),
            "GetRelease": calls.unary(
                "GetRelease", ruleset_pb2.GetReleaseRequest, partial(get_release, releases, clock)
            ),
            "GetQuestionnaire": calls.unary(
                "GetQuestionnaire", ruleset_pb2.GetQuestionnaireRequest, partial(get_questionnaire, releases, clock)
            ),
        },
        validation: {
            "RunScenarios": calls.server_stream(
                "RunScenarios", validation_pb2.RunScenariosRequest, partial(run_suite, releases, clock)
            ),
        },
        decisions: decision_methods(calls, use_cases.recorder),
        audits: audit_methods(calls, use_cases.auditor),
        admin: {
            "ReloadReleases": calls.recorded(
                "ReloadReleases", admin_pb2.ReloadReleasesRequest, partial(_reload, use_cases.reloader)
            )
        },
    }


def _recorded(recorder: Recorder) -> Answers:
    return Answers(recorder.assess, recorder.assess_together)


def _unrecorded(use_cases: UseCases) -> Answers:
    async def alone(request: assessment_pb2.AssessRequest, _caller: Caller) -> assessment_pb2.AssessResponse:
        return answer_request(use_cases.releases, use_cases.clock, request)

    async def together(
        requests: Sequence[assessment_pb2.AssessRequest], _caller: Caller, turn: asyncio.Lock
    ) -> Sequence[Outcome]:
        return await answer_together(use_cases.releases, use_cases.clock, requests, turn)

    return Answers(alone, together)


async def _reload(
    reloader: Reloading, _request: admin_pb2.ReloadReleasesRequest, _caller: Caller
) -> admin_pb2.ReloadReleasesResponse:
    reloaded = await reloader.reload()
    return admin_pb2.ReloadReleasesResponse(
        taken=reloaded.is_taken,
        release=reloaded.in_force,
        digest=reloaded.digest,
        releases=reloaded.releases,
        faults=reloaded.faults,
    )
