"""The client for programs without asyncio."""

from collections.abc import Generator, Iterable, Iterator
from typing import Self

import grpc

from taxatie.client.channels import OPTIONS, SECONDS
from taxatie.client.packing import Packing, refused_vocabularies
from taxatie.client.refusals import RefusedError, refused
from taxatie.client.request_ids import with_id
from taxatie.client.together import Gathering, outcomes_of
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
    validation_pb2,
    validation_pb2_grpc,
)


class Client:
    """A connection to the service; close it, or use it in a `with`."""

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
            self._channel = grpc.insecure_channel(address, options=OPTIONS)
        else:
            self._channel = grpc.secure_channel(address, credentials, options=OPTIONS)
        self._seconds = seconds
        self._packing = Packing() if packs else None
        self._assessment = assessment_pb2_grpc.AssessmentServiceStub(self._channel)
        self._decisions = decision_pb2_grpc.DecisionServiceStub(self._channel)
        self._audits = audit_pb2_grpc.AuditServiceStub(self._channel)
        self._rulesets = ruleset_pb2_grpc.RulesetServiceStub(self._channel)
        self._validation = validation_pb2_grpc.ValidationServiceStub(self._channel)

    def __enter__(self) -> Self:
        """Return the client itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self._channel.close()

    def assess(self, case: case_pb2.Case, **wishes: object) -> assessment_pb2.AssessResponse:
        """Return the assessment of a case; *wishes* are the other fields of `AssessRequest`.

        Without a `request_id` it gets one, so that what is tried again is recorded once.

        Raises:
            RefusedError: With every fault, when there is no assessment.
        """
        request = with_id(assessment_pb2.AssessRequest(case=case, **wishes))  # type: ignore[arg-type]
        try:
            return self._assess(self._packed(request))
        except RefusedError as error:
            if not error.pack_for:
                raise
            self._learn(request.release, error.pack_for)
        return self._assess(request)

    def assess_many(
        self, requests: Iterable[assessment_pb2.AssessRequest]
    ) -> Generator[assessment_pb2.AssessOutcome, None, None]:
        """Return the outcome of each request, in order; a faulty one has a problem instead of a response.

        Several go in one message, as many as came meanwhile: who sends slowly is answered promptly.
        """
        gathering = Gathering(requests)
        sent = ([self._packed(request) for request in batch] for batch in gathering.batches())
        call = self._assessment.AssessMany(assessment_pb2.AssessManyRequest(requests=batch) for batch in sent)
        try:
            for message in call:
                batch = gathering.answered()
                yield from self._mended(batch, outcomes_of(batch, message))
        except grpc.RpcError as error:
            raise refused(error) from error
        finally:
            gathering.close()
            call.cancel()
        gathering.check()

    def _assess(self, request: assessment_pb2.AssessRequest) -> assessment_pb2.AssessResponse:
        try:
            return self._assessment.Assess(request, timeout=self._seconds)
        except grpc.RpcError as error:
            raise refused(error) from error

    def _packed(self, request: assessment_pb2.AssessRequest) -> assessment_pb2.AssessRequest:
        if self._packing is None:
            return request
        if not self._packing.knows(request.release):
            self._learn(request.release, request.release)
        return self._packing.packed(request)

    def _learn(self, release: str, pack_for: str) -> None:
        """Pack what is asked of a release by the questionnaire of the one that the service names."""
        if self._packing is None:
            return
        try:
            self._packing.learn(release, self.questionnaire(pack_for))
        except RefusedError:
            self._packing.give_up(release)

    def _mended(
        self, batch: list[assessment_pb2.AssessRequest], outcomes: list[assessment_pb2.AssessOutcome]
    ) -> list[assessment_pb2.AssessOutcome]:
        """Return the outcomes, where a vocabulary was refused those of the cases sent as they are."""
        refusals = dict(refused_vocabularies(outcomes))
        for release, pack_for in {batch[place].release: pack_for for place, pack_for in refusals.items()}.items():
            self._learn(release, pack_for)
        again = [batch[place] for place in refusals]
        if again:
            (message,) = self._assessment.AssessMany(iter([assessment_pb2.AssessManyRequest(requests=again)]))
            for place, outcome in zip(refusals, outcomes_of(again, message), strict=True):
                outcomes[place] = outcome
        return outcomes

    def record_override(self, request: decision_pb2.RecordOverrideRequest) -> decision_pb2.RecordOverrideResponse:
        """Record that a human deviates from a decision, and return what holds from now on.

        Without a `request_id` it gets one, so that what is tried again is recorded once.

        Raises:
            RefusedError: With every fault, when it is not recorded.
        """
        try:
            return self._decisions.RecordOverride(with_id(request), timeout=self._seconds)
        except grpc.RpcError as error:
            raise refused(error) from error

    def record_outcome(self, request: decision_pb2.RecordOutcomeRequest) -> decision_pb2.RecordOutcomeResponse:
        """Record that something was done that a decision promised, and return whether it was late.

        Without a `request_id` it gets one, so that what is tried again is recorded once.

        Raises:
            RefusedError: With every fault, when it is not recorded.
        """
        try:
            return self._decisions.RecordOutcome(with_id(request), timeout=self._seconds)
        except grpc.RpcError as error:
            raise refused(error) from error

    def replay_decision(self, request: audit_pb2.ReplayDecisionRequest) -> audit_pb2.ReplayDecisionResponse:
        """Return what becomes of reaching a decision again; who asks, and why, is on record before.

        Raises:
            RefusedError: With every fault, when nothing is shown.
        """
        try:
            return self._audits.ReplayDecision(request, timeout=self._seconds)
        except grpc.RpcError as error:
            raise refused(error) from error

    def list_releases(self) -> ruleset_pb2.ListReleasesResponse:
        """Return every release that the service knows."""
        try:
            return self._rulesets.ListReleases(ruleset_pb2.ListReleasesRequest(), timeout=self._seconds)
        except grpc.RpcError as error:
            raise refused(error) from error

    def questionnaire(self, release: str = "", language: int = 0) -> ruleset_pb2.GetQuestionnaireResponse:
        """Return what a release asks; without a name, the one in force now."""
        request = ruleset_pb2.GetQuestionnaireRequest(
            release=release,
            language=language,  # type: ignore[arg-type]
        )
        try:
            return self._rulesets.GetQuestionnaire(request, timeout=self._seconds)
        except grpc.RpcError as error:
            raise refused(error) from error

    def run_scenarios(self, release: str = "") -> Iterator[validation_pb2.RunScenariosResponse]:
        """Return the results of the release's scenarios as they come, and the report at the end."""
        try:
            yield from self._validation.RunScenarios(validation_pb2.RunScenariosRequest(release=release))
        except grpc.RpcError as error:
            raise refused(error) from error
