"""The client for programs without asyncio."""

from collections.abc import Iterable, Iterator
from typing import Self

import grpc

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
    validation_pb2,
    validation_pb2_grpc,
)


class Client:
    """A connection to the service; close it, or use it in a `with`."""

    def __init__(
        self, address: str, *, credentials: grpc.ChannelCredentials | None = None, seconds: float = SECONDS
    ) -> None:
        """Connect when first used; each call may take *seconds*."""
        if credentials is None:
            self._channel = grpc.insecure_channel(address, options=OPTIONS)
        else:
            self._channel = grpc.secure_channel(address, credentials, options=OPTIONS)
        self._seconds = seconds
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
        request = assessment_pb2.AssessRequest(case=case, **wishes)  # type: ignore[arg-type]
        try:
            return self._assessment.Assess(with_id(request), timeout=self._seconds)
        except grpc.RpcError as error:
            raise refused(error) from error

    def assess_many(
        self, requests: Iterable[assessment_pb2.AssessRequest]
    ) -> Iterator[assessment_pb2.AssessManyResponse]:
        """Return the outcome of each request, in order; a faulty one has a problem instead of a response."""
        items = (assessment_pb2.AssessManyRequest(request=request) for request in requests)
        try:
            yield from self._assessment.AssessMany(items)
        except grpc.RpcError as error:
            raise refused(error) from error

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
