"""The service as its callers meet it: over a real connection, with real messages."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import grpc
import pytest
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc

from taxatie.client import AsyncClient, RefusedError, case_message
from taxatie.errors.problem import TaxatieError
from taxatie.server.server import Server
from taxatie.wire.generated.taxatie.v1 import (
    assessment_pb2,
    case_pb2,
    ruleset_pb2,
    ruleset_pb2_grpc,
    validation_pb2,
    validation_pb2_grpc,
)
from taxatie.wiring import Settings
from tests.server.running import MOMENT, KeptLog, running

ASSESS = "/taxatie.v1.AssessmentService/Assess"


def served(use: Callable[[Server, AsyncClient], Awaitable[object]], log: KeptLog | None = None) -> object:
    """Return what *use* makes of a running server and a client of it."""

    async def serve() -> object:
        async with running(log=log) as server, AsyncClient(f"127.0.0.1:{server.port}") as client:
            return await use(server, client)

    return asyncio.run(serve())


def a_case(**parts: object) -> case_pb2.Case:
    """Return a case at the standing clock's moment."""
    return case_message({"case": "c-1", "reference_time": MOMENT, **parts})


async def raw(server: Server, data: bytes) -> grpc.StatusCode:
    """Return the code with which the service answers these bytes."""
    async with aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        call: aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(ASSESS)
        try:
            await call(data)
        except aio.AioRpcError as error:
            return error.code()
    return grpc.StatusCode.OK


def test_an_answer_names_level_reasons_release_and_engine() -> None:
    """What an intake system and an auditor need stands in one answer."""

    async def use(_server: Server, client: AsyncClient) -> assessment_pb2.AssessResponse:
        return await client.assess(a_case(answers={"violence_now": "yes"}))

    answer = served(use)

    assert isinstance(answer, assessment_pb2.AssessResponse)
    assert (answer.level, answer.release, answer.draft) == ("immediate", "2026.1", True)
    assert answer.digest
    assert answer.engine_version
    assert "SN-01" in {match.rule for match in answer.fired}
    assert answer.actions[0].due == MOMENT
    assert any("[SN-01]" in reason for reason in answer.wording.reasons)
    assert answer.open_questions


def test_the_level_alone_is_answered_without_reasons() -> None:
    """Who asks for less gets less, and sooner."""

    async def use(_server: Server, client: AsyncClient) -> assessment_pb2.AssessResponse:
        return await client.assess(a_case(), detail=assessment_pb2.DETAIL_LEVEL)

    answer = served(use)

    assert isinstance(answer, assessment_pb2.AssessResponse)
    assert answer.level
    assert not answer.reasons
    assert not answer.open_questions


def test_a_shareable_answer_names_nothing_that_reveals_the_reporter() -> None:
    """The family may read it: who calls must not show, not even through a reason or a question."""

    async def use(_server: Server, client: AsyncClient) -> str:
        case = a_case(answers={"caller": "bystander", "reporter_could_be_recognised": "yes"})
        answer = await client.assess(case, audience=assessment_pb2.AUDIENCE_SHAREABLE)
        del answer.actions[:]
        return str(answer)

    text = str(served(use))

    for revealing in ("caller", "reporter_could_be_recognised", "anonymity_promised", "CR-01"):
        assert revealing not in text


def test_all_faults_of_a_case_come_back_at_once_with_their_paths() -> None:
    """A caller with three mistakes needs one round."""

    async def use(_server: Server, client: AsyncClient) -> RefusedError:
        case = a_case(
            region="nowhere",
            answers={"violense_now": "yes"},
            persons=[{"id": "a", "subject": "adult", "answers": {"threat_made": "loud"}}],
        )
        with pytest.raises(RefusedError) as caught:
            await client.assess(case)
        return caught.value

    refused = served(use)

    assert isinstance(refused, RefusedError)
    assert refused.code is grpc.StatusCode.INVALID_ARGUMENT
    assert "treat as urgent" in refused.message
    faults = dict(refused.faults)
    assert list(faults) == ["case.region", "case.answers.violense_now", "case.persons[0].answers.threat_made"]
    assert "did you mean `violence_now`?" in faults["case.answers.violense_now"]


@pytest.mark.parametrize("count", [40, 150, 5_000])
def test_a_case_with_many_faults_is_refused_with_those_that_there_is_room_for(count: int) -> None:
    """Trailers are bounded: a refusal beyond them would reach the caller as an error of the connection."""

    async def use(_server: Server, client: AsyncClient) -> RefusedError:
        case = a_case(answers={f"violense_now_{number}": "yes" for number in range(count)})
        with pytest.raises(RefusedError) as caught:
            await client.assess(case)
        return caught.value

    refused = served(use)

    assert isinstance(refused, RefusedError)
    assert refused.code is grpc.StatusCode.INVALID_ARGUMENT
    *told, (_, last) = refused.faults
    assert len(told) >= 39
    assert all(path.startswith("case.answers.violense_now_") for path, _ in told)
    assert ("further faults are left out" in last) is (count > 40)


def test_a_time_far_from_now_is_refused_unless_it_looks_back() -> None:
    """A wrong year must not choose a wrong release in silence."""

    async def use(_server: Server, client: AsyncClient) -> tuple[tuple[str, str], ...]:
        case = case_message({"case": "c-1", "reference_time": "2026-02-02T21:15:00+01:00"})
        with pytest.raises(RefusedError) as caught:
            await client.assess(case)
        await client.assess(case, retrospective=True)
        return caught.value.faults

    faults = served(use)

    assert isinstance(faults, tuple)
    assert faults[0][0] == "case.reference_time"
    assert "retrospective" in faults[0][1]


def test_an_advice_refers_to_no_case_whether_or_not_it_is_recorded() -> None:
    """Nothing is recorded here; whoever calls must not need to know that."""

    async def use(_server: Server, client: AsyncClient) -> tuple[str, tuple[str, ...]]:
        told = await client.assess(a_case(case=None, mode="advice"))
        with pytest.raises(RefusedError) as refused:
            await client.assess(a_case(mode="advice"))
        return told.case, tuple(path for path, _ in refused.value.faults)

    assert served(use) == ("advice", ("case.case",))


def test_bytes_that_are_no_message_are_the_callers_fault() -> None:
    """Not INTERNAL, which would say that the fault is ours."""

    async def use(server: Server, _client: AsyncClient) -> grpc.StatusCode:
        return await raw(server, b"\xff\xff\xff")

    assert served(use) is grpc.StatusCode.INVALID_ARGUMENT


def test_fields_that_the_protocol_does_not_know_are_refused() -> None:
    """A field that is dropped in silence could have been the one that mattered; so too a nested one."""

    async def use(server: Server, _client: AsyncClient) -> list[grpc.StatusCode]:
        case = a_case().SerializeToString() + b"\xfa\x07\x01x"
        nested = b"\x0a" + bytes([len(case)]) + case
        return [await raw(server, b"\xfa\x07\x01x"), await raw(server, nested)]

    assert served(use) == [grpc.StatusCode.INVALID_ARGUMENT] * 2


def test_a_release_that_is_not_there_is_not_found() -> None:
    """And the case counts as urgent until somebody has looked at it."""

    async def use(_server: Server, client: AsyncClient) -> RefusedError:
        with pytest.raises(RefusedError) as caught:
            await client.assess(a_case(), release="1999.1")
        return caught.value

    refused = served(use)

    assert isinstance(refused, RefusedError)
    assert refused.code is grpc.StatusCode.NOT_FOUND
    assert "treat as urgent" in refused.message


def test_a_stream_keeps_its_order_and_outlives_a_faulty_item() -> None:
    """A faulty case gets a problem in its place; the others get their answers."""

    async def use(_server: Server, client: AsyncClient) -> list[str]:
        names = ["c-0", "c-1", "", "c-3"]
        requests = [
            assessment_pb2.AssessRequest(
                case=case_message({"case": name, "reference_time": MOMENT}), detail=assessment_pb2.DETAIL_LEVEL
            )
            for name in names
        ]
        outcomes = [outcome async for outcome in client.assess_many(requests)]
        return [o.response.case if o.HasField("response") else o.problem.faults[0].path for o in outcomes]

    assert served(use) == ["c-0", "c-1", "case.case", "c-3"]


def test_the_log_has_one_line_a_call_and_nothing_of_the_case() -> None:
    """Logs outlive cases and are read by others."""
    log = KeptLog()

    async def use(_server: Server, client: AsyncClient) -> None:
        await client.assess(a_case(answers={"violence_now": "yes"}))
        with pytest.raises(RefusedError):
            await client.assess(a_case(answers={"secret_thing": "yes"}))

    served(use, log)

    assert [(line["method"], line["code"]) for line in log.lines] == [("Assess", "OK"), ("Assess", "INVALID_ARGUMENT")]
    text = json.dumps(log.lines)
    for told in ("c-1", "violence_now", "secret_thing", "immediate", "AD-01"):
        assert told not in text


def test_the_service_says_that_it_is_healthy() -> None:
    """What watches over it asks by the standard protocol."""

    async def use(server: Server, _client: AsyncClient) -> int:
        async with aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
            stub = health_pb2_grpc.HealthStub(channel)
            request = health_pb2.HealthCheckRequest(service="taxatie.v1.AssessmentService")
            answer = await stub.Check(request)  # type: ignore[attr-defined]  # its stubs do not know it
            return int(answer.status)

    assert served(use) == health_pb2.HealthCheckResponse.SERVING


def test_the_questionnaire_is_enough_to_build_a_form() -> None:
    """Every signal with its text, type, options and bounds, and on what it depends."""

    async def use(_server: Server, client: AsyncClient) -> ruleset_pb2.GetQuestionnaireResponse:
        return await client.questionnaire(language=assessment_pb2.LANGUAGE_NL)

    found = served(use)

    assert isinstance(found, ruleset_pb2.GetQuestionnaireResponse)
    questions = {question.signal: question for question in found.questions}
    assert "mode" not in questions
    assert questions["threat_made"].subject == "adult"
    assert [option.id for option in questions["threat_made"].options][-1] == "with_death"
    assert list(questions["months_since_strangulation"].applies_depends_on) == ["strangulation"]
    assert (questions["child_age"].min, questions["child_age"].max) == (0, 17)
    assert questions["caller"].reveals_reporter
    assert "?" in questions["violence_now"].ask


def test_releases_are_listed_and_shown() -> None:
    """An auditor sees what was in force, and its rules with their sources."""

    async def use(server: Server, _client: AsyncClient) -> ruleset_pb2.GetReleaseResponse:
        async with aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
            stub = ruleset_pb2_grpc.RulesetServiceStub(channel)
            listed = await stub.ListReleases(ruleset_pb2.ListReleasesRequest())
            assert [release.release for release in listed.releases] == ["2026.1"]
            return await stub.GetRelease(ruleset_pb2.GetReleaseRequest())

    shown = served(use)

    assert isinstance(shown, ruleset_pb2.GetReleaseResponse)
    assert {rule.id for rule in shown.rules} >= {"AD-01", "GZ-01", "KG-01", "SC-01"}
    assert all(rule.sources or rule.own_proposal for rule in shown.rules)


def test_the_suite_runs_within_the_service_and_ends_with_a_digest() -> None:
    """Policy staff can show that the release that is served does what they expect."""

    async def use(server: Server, _client: AsyncClient) -> list[validation_pb2.RunScenariosResponse]:
        async with aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
            stub = validation_pb2_grpc.ValidationServiceStub(channel)
            return [event async for event in stub.RunScenarios(validation_pb2.RunScenariosRequest())]

    events = served(use)

    assert isinstance(events, list)
    *results, last = events
    assert all(event.result.met for event in results)
    assert last.report.met == last.report.total == len(results)
    assert len(last.report.digest) == 64


def test_drafts_are_not_served_unless_they_are_asked_for(tmp_path: Path) -> None:
    """What nobody approved must not decide by accident."""

    async def serve() -> None:
        async with running(drafts=False):
            pass

    with pytest.raises(TaxatieError, match="is a draft"):
        asyncio.run(serve())
    assert list(tmp_path.iterdir()) == []


def test_without_tls_nobody_else_can_connect() -> None:
    """Reports must not cross a network that others can read."""
    with pytest.raises(ValueError, match="loopback only"):
        Settings(rulesets=Path(), scenarios=Path(), host="0.0.0.0")
