"""A packed request over a real connection: the same answer, the same record, and a refusal that says what to do."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2
from grpc import aio

from load.population import Population
from load.population_cases import plain_cases
from taxatie.client import case_message
from taxatie.ledger.kept import Kept
from taxatie.registry.folder import ReleaseFolder
from taxatie.wire.case_codes import Codes, codes_of_program, codes_of_questionnaire
from taxatie.wire.generated.taxatie.v1 import (
    assessment_pb2,
    assessment_pb2_grpc,
    case_pb2,
    ruleset_pb2,
    ruleset_pb2_grpc,
)
from taxatie.wire.packed_case import Packer
from tests.server.deciding import SMALL, lines
from tests.server.running import MOMENT, running

T = TypeVar("T")
RELEASE = "one"
PROGRAM = ReleaseFolder(SMALL).load(RELEASE)


def served(use: Callable[[aio.Channel], Awaitable[T]], ledger: Path | None = None) -> T:
    """Return what *use* makes of a channel to a running server."""

    async def serve() -> T:
        async with (
            running(rulesets=SMALL, ledger=ledger) as server,
            aio.insecure_channel(f"127.0.0.1:{server.port}") as channel,
        ):
            return await use(channel)

    return asyncio.run(serve())


async def asked_codes(channel: aio.Channel) -> Codes:
    """Return the codes that the questionnaire in force gives."""
    stub = ruleset_pb2_grpc.RulesetServiceStub(channel)
    questionnaire = await stub.GetQuestionnaire(ruleset_pb2.GetQuestionnaireRequest())
    codes = codes_of_questionnaire(questionnaire)
    assert questionnaire.vocabulary_digest == codes.digest
    assert [question.first_code for question in questionnaire.questions] == list(codes.firsts[:-1])
    return codes


def made_up_cases(number: int) -> list[case_pb2.Case]:
    """Return plausible cases; those in advice mode refer to no case, as the log demands."""
    messages = list(map(case_message, plain_cases(Population(PROGRAM, seed=3, year=2026), number)))
    for message in messages:
        if message.mode == case_pb2.MODE_ADVICE:
            message.case = ""
    return messages


def test_the_questionnaire_gives_the_codes_of_the_release() -> None:
    """Who builds a form from it can pack by it."""
    assert served(asked_codes) == codes_of_program(PROGRAM)


def test_a_packed_request_is_answered_and_recorded_as_a_readable_one(tmp_path: Path) -> None:
    """Which form came in must not decide anything, nor show in the record but by the digest of the request."""
    cases = made_up_cases(24)
    assert {case.mode for case in cases} == {case_pb2.MODE_REPORT, case_pb2.MODE_ADVICE}

    async def use(channel: aio.Channel) -> list[tuple[bytes, ...]]:
        stub, packer = assessment_pb2_grpc.AssessmentServiceStub(channel), Packer(await asked_codes(channel))
        answers = []
        for number, case in enumerate(cases):
            wishes = {"retrospective": True, "detail": 1 + number % 3, "audience": 1 + number % 2}
            readable = await stub.Assess(assessment_pb2.AssessRequest(case=case, **wishes))  # type: ignore[arg-type]
            packed = await stub.Assess(assessment_pb2.AssessRequest(packed=packer.pack(case), **wishes))  # type: ignore[arg-type]
            answers.append(tuple(map(_without_decision, (readable, packed))))
        return answers

    answers = served(use, tmp_path)

    assert [readable for readable, _ in answers] == [packed for _, packed in answers]
    records = [_comparable(line) for line in lines(tmp_path) if line.payload is not None]
    assert len(records) == 2 * len(cases)
    assert records[::2] == records[1::2]


def _without_decision(answer: assessment_pb2.AssessResponse) -> bytes:
    assert answer.decision
    answer.decision = ""
    return answer.SerializeToString(deterministic=True)


def _comparable(kept: Kept) -> dict[str, object]:
    """Return a record without what is another for every request."""
    assert kept.payload is not None
    record = {name: part for name, part in kept.payload.items() if name not in {"id", "at"}}
    asked = record["asked"]
    assert isinstance(asked, dict)
    return {**record, "asked": {name: part for name, part in asked.items() if name != "digest"}}


async def refusal(channel: aio.Channel, request: assessment_pb2.AssessRequest) -> aio.AioRpcError:
    """Return why a request is not answered."""
    with pytest.raises(aio.AioRpcError) as caught:
        await assessment_pb2_grpc.AssessmentServiceStub(channel).Assess(request)
    return caught.value


def test_codes_of_another_vocabulary_are_refused_by_a_precondition_that_names_the_release() -> None:
    """A program can tell it from every other refusal, and knows which questionnaire to get."""
    message = Packer(codes_of_program(PROGRAM)).pack(case_message({"case": "c-1", "reference_time": MOMENT}))
    message.vocabulary_digest = "0" * 64

    error = served(lambda channel: refusal(channel, assessment_pb2.AssessRequest(packed=message)))

    assert error.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert "treat as urgent" in str(error.details())
    assert f"questionnaire of `{RELEASE}`" in str(error.details())
    failure = error_details_pb2.PreconditionFailure()
    status = dict(error.trailing_metadata() or ())["grpc-status-details-bin"]
    assert isinstance(status, bytes)
    assert status_pb2.Status.FromString(status).details[0].Unpack(failure)
    assert [(each.type, each.subject) for each in failure.violations] == [("VOCABULARY", RELEASE)]


def test_a_request_with_both_forms_is_refused() -> None:
    """One of them would be passed over in silence."""
    case = case_message({"case": "c-1", "reference_time": MOMENT})
    both = assessment_pb2.AssessRequest(case=case, packed=Packer(codes_of_program(PROGRAM)).pack(case))

    error = served(lambda channel: refusal(channel, both))

    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "not both" in str(error.details())
