"""What people do with decisions afterwards, over a real connection, and the log that verifies after it."""

import asyncio
import json
from pathlib import Path

import grpc
import pytest

from taxatie.client import AsyncClient, RefusedError
from taxatie.ledger.entry import EntryKind
from taxatie.wire.generated.taxatie.v1 import decision_pb2 as messages
from taxatie.wiring import LedgerChoice, Settings, build
from tests.server.deciding import INTAKE, REQUEST, SMALL, agreed, an_override, lines, refusal, served, urgent
from tests.server.running import ROOT, KeptLog, StandingClock


def test_raising_is_free_and_the_floor_stays_visible(tmp_path: Path) -> None:
    """A professional who sees more danger need not ask anybody."""

    async def use(client: AsyncClient) -> tuple[str, messages.RecordOverrideResponse]:
        decided = await urgent(client)
        return decided.decision, await client.record_override(an_override(decided.decision, "immediate"))

    decision, answer = served(tmp_path, use)

    assert (answer.decision, answer.level, answer.level_before, answer.lowered) == (
        decision,
        "immediate",
        "urgent",
        False,
    )
    assert answer.floor == "urgent"
    assert [(match.rule, match.person) for match in answer.floor_rules] == [("KT-02", "adult-1")]
    assert [(each.action, each.owner, each.due) for each in answer.actions] == [
        ("call_police", "police", "2026-03-02T21:30:00+01:00")
    ]
    assert answer.valid_until == "2026-03-03T21:30:00+01:00"


def test_an_override_is_in_the_log_under_its_own_seal_and_linked_to_the_decision(tmp_path: Path) -> None:
    """Whoever erases or replays the case finds it; the log verifies, its index included."""

    async def use(client: AsyncClient) -> messages.RecordOverrideResponse:
        decided = await urgent(client)
        return await client.record_override(agreed(decided.decision, "advise"))

    answer = served(tmp_path, use)
    genesis, decision, override = lines(tmp_path)

    assert genesis.entry.kind is EntryKind.GENESIS
    assert (override.entry.id, override.entry.kind, override.entry.about) == (
        answer.override,
        EntryKind.OVERRIDE,
        decision.entry.id,
    )
    assert override.entry.says == {}
    assert override.entry.commitment not in {None, decision.entry.commitment}
    assert override.payload is not None
    said = {name: override.payload[name] for name in ("reference", "level", "floor", "reason", "second", "by")}
    assert said == {
        "reference": "c-1",
        "level": {"before": "urgent", "after": "advise"},
        "floor": "urgent",
        "reason": "danger_ended",
        "second": {"role": "senior", "id": "5e8f00aa5e8f00aa"},
        "by": {"role": "intake", "id": INTAKE.id},
    }


def test_lowering_takes_a_reason_and_a_second_person(tmp_path: Path) -> None:
    """No instrument has a validated override downward, so it takes two, and both omissions are said at once."""

    async def use(client: AsyncClient) -> tuple[RefusedError, RefusedError, messages.RecordOverrideResponse]:
        decision = (await urgent(client)).decision
        alone = await refusal(client.record_override(an_override(decision, "advise")))
        colleague = messages.Actor(role="intake", id=INTAKE.id.replace("-", "").upper())
        reason = messages.OVERRIDE_REASON_TAKEN_OVER
        same = await refusal(client.record_override(an_override(decision, "advise", second=colleague, reason=reason)))
        return alone, same, await client.record_override(agreed(decision, "advise"))

    alone, same, answer = served(tmp_path, use)

    assert alone.code is grpc.StatusCode.INVALID_ARGUMENT
    assert [path for path, _ in alone.faults] == ["reason", "second"]
    assert dict(same.faults) == {
        "second.role": "the second person has the same role: it takes another role",
        "second.id": "this is the same person: lowering takes two",
    }
    assert (answer.level, answer.floor, answer.lowered) == ("advise", "urgent", True)


def test_an_override_of_an_override_counts_from_the_level_that_holds(tmp_path: Path) -> None:
    """After a raise, going back to what the decision gave is lowering as well; the floor remains the decision's."""

    async def use(client: AsyncClient) -> tuple[RefusedError, list[messages.RecordOverrideResponse]]:
        decision = (await urgent(client)).decision
        raised = await client.record_override(an_override(decision, "immediate"))
        back = await refusal(client.record_override(an_override(decision, "urgent")))
        return back, [raised, *[await client.record_override(agreed(decision, to)) for to in ("urgent", "advise")]]

    back, answers = served(tmp_path, use)

    assert [path for path, _ in back.faults] == ["reason", "second"]
    assert [(each.level_before, each.level, each.lowered, each.floor) for each in answers] == [
        ("urgent", "immediate", False, "urgent"),
        ("immediate", "urgent", True, "urgent"),
        ("urgent", "advise", True, "urgent"),
    ]


def test_everything_that_is_wrong_with_an_override_comes_back_at_once(tmp_path: Path) -> None:
    """Free text and names have no place in a log that is kept for twenty years."""

    async def use(client: AsyncClient) -> RefusedError:
        decision = (await urgent(client)).decision
        request = messages.RecordOverrideRequest(
            decision=decision,
            level="imediate",
            reason=99,  # type: ignore[arg-type]  # what comes in may be any number
            by=messages.Actor(role="Intake desk", id="J. de Vries"),
            second=messages.Actor(role="anna", id="123456782"),
            request_id="no id!",
        )
        return await refusal(client.record_override(request))

    refused = served(tmp_path, use)

    assert refused.code is grpc.StatusCode.INVALID_ARGUMENT
    assert [path for path, _ in refused.faults] == [
        "level",
        "reason",
        "by.role",
        "by.id",
        "second.role",
        "second.id",
        "request_id",
    ]
    assert "did you mean `immediate`?" in dict(refused.faults)["level"]
    assert len(lines(tmp_path)) == 2


@pytest.mark.parametrize(
    ("decision", "code", "message"),
    [
        ("", grpc.StatusCode.INVALID_ARGUMENT, "no id of a decision"),
        ("0198c2a4-7d1e-7b44-9c1a-3f6f0a2b9d11", grpc.StatusCode.NOT_FOUND, "no decision of this log"),
    ],
)
def test_a_decision_that_is_not_there_is_told_with_all_else(
    tmp_path: Path, decision: str, code: grpc.StatusCode, message: str
) -> None:
    """Neither an override nor an outcome is about nothing."""

    async def use(client: AsyncClient) -> list[RefusedError]:
        override = client.record_override(messages.RecordOverrideRequest(decision=decision))
        outcome = client.record_outcome(messages.RecordOutcomeRequest(decision=decision))
        return [await refusal(override), await refusal(outcome)]

    override, outcome = served(tmp_path, use)

    assert (override.code, outcome.code) == (code, code)
    assert [path for path, _ in override.faults] == ["decision", "level", "by"]
    assert [path for path, _ in outcome.faults] == ["decision", "action", "done_on", "by"]
    assert message in override.faults[0][1]


def test_an_override_is_no_decision(tmp_path: Path) -> None:
    """Who names the override instead is told which decision was meant."""

    async def use(client: AsyncClient) -> tuple[str, RefusedError]:
        decision = (await urgent(client)).decision
        raised = await client.record_override(an_override(decision, "immediate"))
        return decision, await refusal(client.record_override(an_override(raised.override, "urgent")))

    decision, refused = served(tmp_path, use)

    assert refused.faults == (
        ("decision", f"this is no decision but an entry of kind `override`: it is about the decision `{decision}`"),
    )


def test_a_retry_is_answered_the_same_and_recorded_once(tmp_path: Path) -> None:
    """An answer may be lost on the way; the override was made once all the same."""

    async def use(client: AsyncClient) -> tuple[list[object], RefusedError, RefusedError]:
        decision = (await urgent(client)).decision
        override = an_override(decision, "immediate", request_id=REQUEST)
        outcome = messages.RecordOutcomeRequest(
            decision=decision, action="safety_assessment", done_on="2026-03-02", by=INTAKE, request_id=REQUEST
        )
        answers: list[object] = [await client.record_override(override) for _ in range(2)]
        answers += [await client.record_outcome(outcome) for _ in range(2)]
        other = an_override(decision, "advise", request_id=REQUEST)
        outcome.action = "reassessment"
        return answers, await refusal(client.record_override(other)), await refusal(client.record_outcome(outcome))

    answers, override, outcome = served(tmp_path, use)

    assert answers[0] == answers[1]
    assert answers[2] == answers[3]
    assert [line.entry.kind for line in lines(tmp_path)][2:] == [EntryKind.OVERRIDE, EntryKind.OUTCOME]
    for refused in (override, outcome):
        assert refused.code is grpc.StatusCode.ALREADY_EXISTS
        assert refused.faults == (("request_id", "the id came before, with another request: take a new id"),)


def test_what_is_tried_again_at_once_becomes_one_line(tmp_path: Path) -> None:
    """Two that came at the same time have one override between them."""

    async def use(client: AsyncClient) -> list[messages.RecordOverrideResponse]:
        decision = (await urgent(client)).decision
        override = an_override(decision, "immediate", request_id=REQUEST)
        return list(await asyncio.gather(*(client.record_override(override) for _ in range(8))))

    answers = served(tmp_path, use)

    assert all(answer == answers[0] for answer in answers)
    assert len(lines(tmp_path)) == 3


def test_about_an_advice_the_hour_is_noted_and_no_case(tmp_path: Path) -> None:
    """Nothing that identifies anyone: not through the minute of an override either."""

    async def use(client: AsyncClient) -> messages.RecordOverrideResponse:
        decided = await urgent(client, case="", mode="advice", region=None)
        return await client.record_override(an_override(decided.decision, "immediate"))

    served(tmp_path, use)
    override = lines(tmp_path)[-1]

    assert override.entry.at == "2026-03-02T20:00:00Z"
    assert override.payload is not None
    assert override.payload["reference"] is None


def test_an_override_leaves_nothing_of_the_case_in_the_log_of_calls(tmp_path: Path) -> None:
    """Logs of calls outlive cases and are read by others."""
    log = KeptLog()

    async def use(client: AsyncClient) -> None:
        decision = (await urgent(client)).decision
        await client.record_override(an_override(decision, "immediate"))
        await refusal(client.record_override(an_override(decision, "advise")))

    served(tmp_path, use, log)

    calls = [(line["method"], line["code"]) for line in log.lines]
    assert calls == [("Assess", "OK"), ("RecordOverride", "OK"), ("RecordOverride", "INVALID_ARGUMENT")]
    assert not [told for told in ("c-1", "urgent", "immediate", INTAKE.id) if told in json.dumps(log.lines)]


def test_without_a_log_that_can_be_written_nothing_is_answered(tmp_path: Path) -> None:
    """The caller hears that the level is what it was."""

    async def use(client: AsyncClient) -> RefusedError:
        decision = (await urgent(client)).decision
        (tmp_path / "checkpoints").rename(tmp_path / "aside")
        (tmp_path / "checkpoints").mkdir()
        return await refusal(client.record_override(an_override(decision, "immediate")))

    refused = served(tmp_path, use)

    assert refused.code is grpc.StatusCode.UNAVAILABLE
    assert refused.message.startswith("not recorded: the level is what it was")


def test_a_service_that_records_nothing_says_so() -> None:
    """An override that nobody will find again would be worse than none."""

    async def serve() -> list[RefusedError]:
        settings = Settings(rulesets=SMALL, scenarios=ROOT / "validation", port=0, drafts=True, ledger=LedgerChoice.OFF)
        server = build(settings, StandingClock(), KeptLog())
        await server.start()
        try:
            async with AsyncClient(f"127.0.0.1:{server.port}") as client:
                override = client.record_override(messages.RecordOverrideRequest())
                outcome = client.record_outcome(messages.RecordOutcomeRequest())
                return [await refusal(override), await refusal(outcome)]
        finally:
            await server.drain(0)

    refused = asyncio.run(serve())

    assert [each.code for each in refused] == [grpc.StatusCode.FAILED_PRECONDITION] * 2
    assert refused[0].message == "no decision is on record here: serve with `--ledger required`"
