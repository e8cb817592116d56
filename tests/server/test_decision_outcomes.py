"""What was promised is said to be done, over a real connection."""

from pathlib import Path

from taxatie.client import AsyncClient, RefusedError
from taxatie.wire.generated.taxatie.v1 import decision_pb2 as messages
from tests.server.deciding import INTAKE, an_override, lines, refusal, served, urgent


def test_an_outcome_says_when_it_was_due_and_a_later_one_replaces_it(tmp_path: Path) -> None:
    """A wrong date is mended by saying it again; both stay on record."""

    async def use(client: AsyncClient) -> list[messages.RecordOutcomeResponse]:
        decision = (await urgent(client)).decision
        await client.record_override(an_override(decision, "immediate"))

        async def say(action: str, **parts: object) -> messages.RecordOutcomeResponse:
            request = {"decision": decision, "action": action, "by": INTAKE, **parts}
            return await client.record_outcome(messages.RecordOutcomeRequest(**request))  # type: ignore[arg-type]

        return [
            await say("safety_assessment", done_on="2026-03-02"),
            await say("call_police", done_on="2026-03-02"),
            await say("safety_assessment", done_on="2026-03-02"),
            await say("safety_assessment", not_done=True),
            await say("reassessment", done_on="2026-03-02"),
        ]

    first, police, again, taken_back, anew = served(tmp_path, use)

    assert (first.due, first.late, first.corrects) == ("2026-03-09T23:59:59+01:00", False, "")
    assert (police.due, police.late) == ("2026-03-02T21:30:00+01:00", False)
    assert again.corrects == first.outcome
    assert taken_back.corrects == again.outcome
    assert anew.due == "2026-03-03T21:30:00+01:00"
    assert (first.level, first.floor) == ("immediate", "urgent")
    assert len(lines(tmp_path)) == 8


def test_only_what_was_asked_for_can_be_done(tmp_path: Path) -> None:
    """A typing mistake must not leave the real promise open without anybody seeing it."""

    async def use(client: AsyncClient) -> list[RefusedError]:
        decision = (await urgent(client)).decision
        said: list[tuple[str, dict[str, object]]] = [
            ("safety_assesment", {"done_on": "2026-03-02"}),
            ("call_police", {"done_on": "2026-03-02"}),
            ("safety_assessment", {"done_on": "2026-03-03"}),
            ("safety_assessment", {"done_on": "2026-03-01"}),
            ("safety_assessment", {"done_on": "20260302"}),
            ("safety_assessment", {"not_done": True}),
            ("safety_assessment", {"not_done": True, "done_on": "2026-03-02"}),
        ]
        requests = [{"decision": decision, "action": action, "by": INTAKE, **parts} for action, parts in said]
        return [await refusal(client.record_outcome(messages.RecordOutcomeRequest(**each))) for each in requests]  # type: ignore[arg-type]

    refused = served(tmp_path, use)

    assert [each.faults for each in refused] == [
        (("action", "neither the decision nor an override of it asks for this: did you mean `safety_assessment`?"),),
        (
            (
                "action",
                "neither the decision nor an override of it asks for this: one of `safety_assessment`, `reassessment`",
            ),
        ),
        (("done_on", "this day is still to come: an outcome says what was done"),),
        (("done_on", "it was asked for on 2026-03-02, after this day"),),
        (("done_on", "this is no date: as `2026-03-31`"),),
        (("not_done", "no outcome says that it was done"),),
        (
            ("done_on", "a day on which it was done, though it was not done: leave one of the two out"),
            ("not_done", "no outcome says that it was done"),
        ),
    ]
