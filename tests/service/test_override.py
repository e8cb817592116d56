"""Overrides where things go wrong in between: others write, a release is gone, a decision is erased."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree

import pytest

from taxatie.errors.problem import (
    DecisionOutOfReachFaults,
    DeedNotRecordedError,
    RequestFaults,
    RequestReusedFaults,
)
from taxatie.ledger.entry import Draft
from taxatie.ledger.identity import EntryId
from taxatie.ledger.kept import Kept
from taxatie.ledger.serving import ServingLog
from taxatie.ledger.store import LedgerUnavailableError, Written
from taxatie.service.outcome import OutcomeRecorder
from taxatie.service.override import OverrideRecorder
from taxatie.wire.generated.taxatie.v1 import decision_pb2 as messages
from taxatie.wire.problems import StatusCode, refusal_of
from tests.service.office import CALLER, INTAKE, SENIOR, SMALL, Office

REQUEST = "5f0c7c1e-1c1d-4a53-8a27-6a1d6a0a5f11"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return an office on Monday 2 March 2026, in the evening."""
    return Office(tmp_path)


@dataclass
class Interrupted:
    """A log in which something happens just before the first line is appended."""

    log: ServingLog
    before: Callable[[], Awaitable[object]]
    is_done: bool = False

    async def append(self, draft: Draft) -> Written:
        """Let it happen, then append."""
        if not self.is_done:
            self.is_done = True
            await self.before()
        return await self.log.append(draft)

    async def find(self, entry: EntryId) -> Kept | None:
        """Return the line with an id."""
        return await self.log.find(entry)

    async def find_request(self, request: str) -> Kept | None:
        """Return the line of a request."""
        return await self.log.find_request(request)

    async def linked(self, entry: EntryId) -> tuple[Kept, ...]:
        """Return the lines about a decision."""
        return await self.log.linked(entry)


class Overtaken(Interrupted):
    """A log in which something happens just before the decision is looked up."""

    async def find(self, entry: EntryId) -> Kept | None:
        """Let it happen, then find."""
        if not self.is_done:
            self.is_done = True
            await self.before()
        return await self.log.find(entry)


class Silent(Interrupted):
    """A log that cannot be read."""

    async def find(self, entry: EntryId) -> Kept | None:
        """Fail."""
        raise LedgerUnavailableError("the disk is gone")


def an_override(decision: str, level: str, **parts: object) -> messages.RecordOverrideRequest:
    """Return a request by somebody of the intake."""
    return messages.RecordOverrideRequest(**{"decision": decision, "level": level, "by": INTAKE, **parts})  # type: ignore[arg-type]


def test_a_raise_that_would_undo_a_graver_one_does_not_count(office: Office) -> None:
    """Two replicas raise at once: the graver stays, whoever comes last, also when the late one is tried again."""
    calm = {"id": "adult-1", "subject": "adult", "answers": {"strangulation": "no"}}
    decision = office.assess(persons=[calm], answers={"violence_now": "no"}, history={"searched": True, "events": []})
    graver, milder = an_override(decision, "immediate"), an_override(decision, "urgent", request_id=REQUEST)

    async def use(log: ServingLog) -> list[RequestFaults]:
        async def raised() -> object:
            return await OverrideRecorder(office.desk(log)).record(graver, CALLER)

        refused = []
        for desk in (office.desk(Interrupted(log, raised)), office.desk(log)):
            with pytest.raises(RequestFaults) as caught:
                await OverrideRecorder(desk).record(milder, CALLER)
            refused.append(caught.value)
        return refused

    first, again = office.with_log(use)

    assert [fault.field for fault in first.faults] == ["level"]
    assert "raised to `immediate` in the meantime" in first.message
    assert again.message == first.message
    assert {(row.level, row.floor) for row in office.due("2027-12-31")} == {("immediate", "advise")}
    assert office.lower(decision, "urgent").level_before == "immediate"


def test_a_lowering_does_not_count_against_a_raise_that_nobody_had_seen(office: Office) -> None:
    """Two people agreed to lower what held before; what somebody else saw in between they did not weigh."""
    decision = office.assess()
    reason = messages.OVERRIDE_REASON_DANGER_ENDED
    lowering = an_override(decision, "advise", second=SENIOR, reason=reason)

    async def use(log: ServingLog) -> None:
        async def raised() -> object:
            return await OverrideRecorder(office.desk(log)).record(an_override(decision, "immediate"), CALLER)

        await OverrideRecorder(office.desk(Interrupted(log, raised))).record(lowering, CALLER)

    with pytest.raises(RequestFaults, match="in the meantime"):
        office.with_log(use)

    assert {row.level for row in office.due("2027-12-31")} == {"immediate"}
    assert office.lower(decision, "advise").lowered


def test_a_lowering_counts_where_another_one_went_further(office: Office) -> None:
    """The graver of two lowerings is the safer one, whichever comes last."""
    decision = office.assess()
    office.override(decision, "immediate")
    reason = messages.OVERRIDE_REASON_DANGER_ENDED
    lowerings = [an_override(decision, to, second=SENIOR, reason=reason) for to in ("advise", "urgent")]

    async def use(log: ServingLog) -> messages.RecordOverrideResponse:
        async def lowered() -> object:
            return await OverrideRecorder(office.desk(log)).record(lowerings[0], CALLER)

        return await OverrideRecorder(office.desk(Interrupted(log, lowered))).record(lowerings[1], CALLER)

    answer = office.with_log(use)

    assert (answer.level, answer.level_before) == ("urgent", "immediate")
    assert {row.level for row in office.due("2027-12-31")} == {"urgent"}


def test_the_same_request_at_two_replicas_has_one_answer(office: Office) -> None:
    """The one that comes second finds the line of the first, also if it had looked before that was written."""
    decision = office.assess()
    override = an_override(decision, "immediate", request_id=REQUEST)
    outcome = messages.RecordOutcomeRequest(
        decision=decision, action="safety_assessment", done_on="2026-03-02", by=INTAKE, request_id=REQUEST
    )

    async def use(log: ServingLog) -> list[tuple[object, object]]:
        overrides, outcomes = OverrideRecorder(office.desk(log)), OutcomeRecorder(office.desk(log))
        late_override = office.desk(Interrupted(log, lambda: overrides.record(override, CALLER)))
        late_outcome = office.desk(Interrupted(log, lambda: outcomes.record(outcome, CALLER)))
        return [
            (
                await OverrideRecorder(late_override).record(override, CALLER),
                await overrides.record(override, CALLER),
            ),
            (await OutcomeRecorder(late_outcome).record(outcome, CALLER), await outcomes.record(outcome, CALLER)),
        ]

    for late, first in office.with_log(use):
        assert late == first


def test_what_a_retry_made_impossible_for_itself_is_no_fault(office: Office) -> None:
    """The level holds already, the outcome is taken back already: by this very request."""
    decision = office.assess()
    office.outcome(decision, "safety_assessment", "2026-03-02")
    override = an_override(decision, "immediate", request_id=REQUEST)
    outcome = messages.RecordOutcomeRequest(
        decision=decision, action="safety_assessment", not_done=True, by=INTAKE, request_id=REQUEST
    )

    async def use(log: ServingLog) -> list[tuple[object, object]]:
        overrides, outcomes = OverrideRecorder(office.desk(log)), OutcomeRecorder(office.desk(log))
        late_override = office.desk(Overtaken(log, lambda: overrides.record(override, CALLER)))
        late_outcome = office.desk(Overtaken(log, lambda: outcomes.record(outcome, CALLER)))
        return [
            (
                await OverrideRecorder(late_override).record(override, CALLER),
                await overrides.record(override, CALLER),
            ),
            (await OutcomeRecorder(late_outcome).record(outcome, CALLER), await outcomes.record(outcome, CALLER)),
        ]

    for late, first in office.with_log(use):
        assert late == first


def test_the_level_that_holds_is_no_deviation(office: Office) -> None:
    decision = office.assess()

    with pytest.raises(RequestFaults, match="`urgent` holds already"):
        office.override(decision, "urgent")
    with pytest.raises(RequestFaults, match="one of `advise`, `urgent`, `immediate`"):
        office.override(decision, "xyz")


def test_a_release_that_is_not_here_as_it_was_overrides_nothing(tmp_path: Path) -> None:
    """Levels of another text may mean something else: the case is assessed anew instead."""
    office = Office(tmp_path / "ledger", rulesets=copytree(SMALL, tmp_path / "rulesets"))
    decision = office.assess()
    vocabulary = office.rulesets / "vocabulary" / "1.0.0.yaml"
    vocabulary.write_text(vocabulary.read_text(encoding="utf-8").replace("60 days", "50 days"), encoding="utf-8")

    with pytest.raises(DecisionOutOfReachFaults, match="`one`, is not here as it was"):
        office.override(decision, "immediate")
    (office.rulesets / "releases" / "one.yaml").unlink()
    with pytest.raises(DecisionOutOfReachFaults, match="assess the case anew") as caught:
        office.override(decision, "", reason=99)

    assert [fault.field for fault in caught.value.faults] == ["decision", "level", "reason"]
    assert refusal_of(caught.value).code is StatusCode.FAILED_PRECONDITION


def test_an_erased_decision_can_neither_be_overridden_nor_followed(office: Office) -> None:
    """What it said is gone; a retry of what was recorded about it says so too."""
    decision = office.assess()
    office.override(decision, "immediate", request_id=REQUEST)
    office.erase(2)
    office.erase(1)

    for refused in (
        lambda: office.override(decision, "immediate"),
        lambda: office.override(decision, "immediate", request_id=REQUEST),
        lambda: office.outcome(decision, "safety_assessment", "2026-03-02"),
    ):
        with pytest.raises(DecisionOutOfReachFaults, match="erased"):
            refused()


def test_a_decision_whose_override_was_erased_is_out_of_reach(office: Office) -> None:
    """Nobody knows any more which level holds."""
    decision = office.assess()
    office.override(decision, "immediate")
    office.erase(2)

    with pytest.raises(DecisionOutOfReachFaults):
        office.override(decision, "immediate")


def test_a_line_that_is_about_nothing_is_no_decision(office: Office) -> None:
    """The first line of a log has an id as well."""
    office.assess()

    async def use(log: ServingLog) -> str:
        return next(iter(log.reading.lines())).id

    with pytest.raises(RequestFaults, match="entry of kind `genesis`") as caught:
        office.override(office.with_log(use), "immediate")

    assert "Assess" in caught.value.message


def test_a_log_that_is_out_of_reach_changes_nothing(office: Office) -> None:
    """The message says what it means: the level is what it was, and how to try again."""
    decision = office.assess()

    async def nothing() -> None:
        """Let nothing happen."""

    async def use(log: ServingLog) -> None:
        await OverrideRecorder(office.desk(Silent(log, nothing))).record(an_override(decision, "immediate"), CALLER)

    with pytest.raises(DeedNotRecordedError, match="the level is what it was") as caught:
        office.with_log(use)

    assert refusal_of(caught.value).code is StatusCode.UNAVAILABLE


def test_an_assessment_and_an_override_may_have_one_request_id(office: Office) -> None:
    """Each kind of request has its own ids, so that systems that count per kind need not agree."""
    decision = office.assess()

    office.override(decision, "immediate", request_id=REQUEST)
    office.outcome(decision, "reassessment", "2026-03-02", request_id=REQUEST)

    with pytest.raises(RequestReusedFaults):
        office.override(decision, "advise", request_id=REQUEST)


def test_an_override_is_kept_as_long_as_its_decision(office: Office) -> None:
    """What is about a case goes when the case goes: not later, and not before."""
    report = office.assess()
    advice = office.assess("", mode="advice")
    office.at("2026-03-10")
    office.override(report, "immediate")
    office.override(advice, "immediate")

    async def use(log: ServingLog) -> list[str | None]:
        return [stored.keep_until for stored in log.reading.lines()]

    assert office.with_log(use) == [None, "2046-03-02", "2026-03-16", "2046-03-02", "2026-03-16"]
