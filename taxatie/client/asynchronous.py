"""The client for programs with asyncio."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable
from typing import Self

import grpc
from grpc import aio

from taxatie.client.channels import OPTIONS, SECONDS
from taxatie.client.packing import Packing, refused_vocabularies
from taxatie.client.refusals import RefusedError, refused
from taxatie.client.request_ids import with_id
from taxatie.client.together import AsyncGathering, outcomes_of
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
        self,
        address: str,
        *,
        credentials: grpc.ChannelCredentials | None = None,
        seconds: float = SECONDS,
        packs: bool = False,
    ) -> None:
        """Connect when first used; each call may take *seconds*.

        A client that *packs* asks for the questionnaire first, and from then on sends cases in codes: less work for
        the service, the same answers.
        """
        if credentials is None:
            self._channel = aio.insecure_channel(address, options=OPTIONS)
        else:
            self._channel = aio.secure_channel(address, credentials, options=OPTIONS)
        self._seconds = seconds
        self._packing = Packing() if packs else None
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
        request = with_id(assessment_pb2.AssessRequest(case=case, **wishes))  # type: ignore[arg-type]
        try:
            return await self._assess(await self._packed(request))
        except RefusedError as error:
            if not error.pack_for:
                raise
            await self._learn(request.release, error.pack_for)
        return await self._assess(request)

    async def assess_many(
        self, requests: Iterable[assessment_pb2.AssessRequest] | AsyncIterable[assessment_pb2.AssessRequest]
    ) -> AsyncIterator[assessment_pb2.AssessOutcome]:
        """Return the outcome of each request, in order; a faulty one has a problem instead of a response.

        Several go in one message, as many as came meanwhile: who sends slowly is answered promptly.
        """
        gathering = AsyncGathering(requests)
        call = self._assessment.AssessMany(self._messages(gathering))
        try:
            async for message in call:
                batch = gathering.answered()
                for outcome in await self._mended(batch, outcomes_of(batch, message)):
                    yield outcome
        except aio.AioRpcError as error:
            raise refused(error) from error
        finally:
            gathering.close()
            call.cancel()
        gathering.check()

    async def _messages(self, gathering: AsyncGathering) -> AsyncIterator[assessment_pb2.AssessManyRequest]:
        async for batch in gathering.batches():
            yield assessment_pb2.AssessManyRequest(requests=[await self._packed(request) for request in batch])

    async def _assess(self, request: assessment_pb2.AssessRequest) -> assessment_pb2.AssessResponse:
        try:
            response: assessment_pb2.AssessResponse = await self._assessment.Assess(request, timeout=self._seconds)
        except aio.AioRpcError as error:
            raise refused(error) from error
        return response

    async def _packed(self, request: assessment_pb2.AssessRequest) -> assessment_pb2.AssessRequest:
        if self._packing is None:
            return request
        if not self._packing.knows(request.release):
            await self._learn(request.release, request.release)
        return self._packing.packed(request)

    async def _learn(self, release: str, pack_for: str) -> None:
        """Pack what is asked of a release by the questionnaire of the one that the service names."""
        if self._packing is None:
            return
        try:
            self._packing.learn(release, await self.questionnaire(pack_for))
        except RefusedError:
            self._packing.give_up(release)

    async def _mended(
        self, batch: list[assessment_pb2.AssessRequest], outcomes: list[assessment_pb2.AssessOutcome]
    ) -> list[assessment_pb2.AssessOutcome]:
        """Return the outcomes, where a vocabulary was refused those of the cases sent as they are."""
        refusals = dict(refused_vocabularies(outcomes))
        for release, pack_for in {batch[place].release: pack_for for place, pack_for in refusals.items()}.items():
            await self._learn(release, pack_for)
        again = [batch[place] for place in refusals]
        if again:
            call = self._assessment.AssessMany(iter([assessment_pb2.AssessManyRequest(requests=again)]))
            (message,) = [message async for message in call]
            for place, outcome in zip(refusals, outcomes_of(again, message), strict=True):
                outcomes[place] = outcome
        return outcomes

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
