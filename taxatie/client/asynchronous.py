"""The client for programs with asyncio."""

from collections.abc import AsyncIterator, Iterable
from typing import Self

import grpc
from grpc import aio

from taxatie.client.channels import OPTIONS, SECONDS
from taxatie.client.refusals import refused
from taxatie.client.request_ids import with_id
from taxatie.wire.generated.taxatie.v1 import (
    assessment_pb2,
    assessment_pb2_grpc,
    audit_pb2,
    audit_pb2_grpc,
    case_pb2,
    decision_pb2,
    decision_pb2_grpc,
    ruleset_pb2,
    ruleset_pb2_grpc,
)


class AsyncClient:
    """A connection to the service; use it in an `async with`."""

    def __init__(
        self, address: str, *, credentials: grpc.ChannelCredentials | None = None, seconds: float = SECONDS
    ) -> None:
        """Connect when first used; each call may take *seconds*."""
        if credentials is None:
            self._channel = aio.insecure_channel(address, options=OPTIONS)
        else:
            self._channel = aio.secure_channel(address, credentials, options=OPTIONS)
        self._seconds = seconds
        self._assessment = assessment_pb2_grpc.AssessmentServiceStub(self._channel)
        self._decisions = decision_pb2_grpc.DecisionServiceStub(self._channel)
        self._audits = audit_pb2_grpc.AuditServiceStub(self._channel)
        self._rulesets = ruleset_pb2_grpc.RulesetServiceStub(self._channel)

    async def __aenter__(self) -> Self:
        """Return the client itself."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connection."""
        await self._channel.close()

    async def assess(self, case: case_pb2.Case, **wishes: object) -> assessment_pb2.AssessResponse:
        """Return the assessment of a case; *wishes* are the other fields of `AssessRequest`.

        Without a `request_id` it gets one, so that what is tried again is recorded once.

        Raises:
            RefusedError: With every fault, when there is no assessment.
        """
        request = assessment_pb2.AssessRequest(case=case, **wishes)  # type: ignore[arg-type]
        try:
            response: assessment_pb2.AssessResponse = await self._assessment.Assess(
                with_id(request), timeout=self._seconds
            )
        except aio.AioRpcError as error:
            raise refused(error) from error
        return response

    async def assess_many(
        self, requests: Iterable[assessment_pb2.AssessRequest]
    ) -> AsyncIterator[assessment_pb2.AssessManyResponse]:
        """Return the outcome of each request, in order; a faulty one has a problem instead of a response."""
        items = (assessment_pb2.AssessManyRequest(request=request) for request in requests)
        try:
            async for outcome in self._assessment.AssessMany(items):
                yield outcome
        except aio.AioRpcError as error:
            raise refused(error) from error

    async def record_override(self, request: decision_pb2.RecordOverrideRequest) -> decision_pb2.RecordOverrideResponse:
        """Record that a human deviates from a decision, and return what holds from now on.

        Without a `request_id` it gets one, so that what is tried again is recorded once.

        Raises:
            RefusedError: With every fault, when it is not recorded.
        """
        try:
            response: decision_pb2.RecordOverrideResponse = await self._decisions.RecordOverride(
                with_id(request), timeout=self._seconds
            )
        except aio.AioRpcError as error:
            raise refused(error) from error
        return response

    async def record_outcome(self, request: decision_pb2.RecordOutcomeRequest) -> decision_pb2.RecordOutcomeResponse:
        """Record that something was done that a decision promised, and return whether it was late.

        Without a `request_id` it gets one, so that what is tried again is recorded once.

        Raises:
            RefusedError: With every fault, when it is not recorded.
        """
        try:
            response: decision_pb2.RecordOutcomeResponse = await self._decisions.RecordOutcome(
                with_id(request), timeout=self._seconds
            )
        except aio.AioRpcError as error:
            raise refused(error) from error
        return response

    async def replay_decision(self, request: audit_pb2.ReplayDecisionRequest) -> audit_pb2.ReplayDecisionResponse:
        """Return what becomes of reaching a decision again; who asks, and why, is on record before.

        Raises:
            RefusedError: With every fault, when nothing is shown.
        """
        try:
            response: audit_pb2.ReplayDecisionResponse = await self._audits.ReplayDecision(
                request, timeout=self._seconds
            )
        except aio.AioRpcError as error:
            raise refused(error) from error
        return response

    async def questionnaire(self, release: str = "", language: int = 0) -> ruleset_pb2.GetQuestionnaireResponse:
        """Return what a release asks; without a name, the one in force now."""
        request = ruleset_pb2.GetQuestionnaireRequest(
            release=release,
            language=language,  # type: ignore[arg-type]
        )
        try:
            response: ruleset_pb2.GetQuestionnaireResponse = await self._rulesets.GetQuestionnaire(
                request, timeout=self._seconds
            )
        except aio.AioRpcError as error:
            raise refused(error) from error
        return response
