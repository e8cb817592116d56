"""Each decision is checked by a second engine: what it says is counted, told, recorded, waited for where required."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from taxatie.engine.evaluator import EngineName
from taxatie.engine.reference import ReferenceEngine
from taxatie.ledger.entry import EntryKind
from taxatie.ledger.kept import Kept, open_stored
from taxatie.ledger.opening import LogPlace, open_log, read_store
from taxatie.ledger.serving import ServingLog
from taxatie.ledger.verify import verify_log
from taxatie.registry.folder import ReleaseFolder
from taxatie.rules.loading import load_release
from taxatie.rules.program import Program
from taxatie.service.engines import engine_versions
from taxatie.service.guard import Guard, VerdictKind
from taxatie.service.record import Recorder, Retention
from taxatie.service.releases import FolderReleases
from taxatie.service.second_opinion import NoOpinionError, Silence
from taxatie.terms.case import Case
from taxatie.terms.trace import Trace
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages
from taxatie.wire.generated.taxatie.v1 import case_pb2
from tests.replay.recording import CALLER, NOW, SMALL, At, violence

RULES = "kitchen-table/1.0.0.yaml"
FAINT = "when: {all: [violence_now, {any: [strangulation, heard_through_wall]}]}"


def spoiled(old: str, new: str) -> Program:
    """Return the small release with a fault in a rule: an engine that got a rule wrong would find the same."""
    texts = {str(path.relative_to(SMALL)): path.read_bytes() for path in SMALL.rglob("*.yaml")}
    assert old.encode() in texts[RULES]
    texts[RULES] = texts[RULES].replace(old.encode(), new.encode())
    loaded = load_release("one", texts.get, is_draft=True)
    assert loaded.program is not None, [each.message for each in loaded.diagnostics]
    return loaded.program


@dataclass
class Opinion:
    """A second engine that finds what a program says, or says nothing."""

    program: Program | None = None
    silence: Silence | None = None
    never: bool = False
    asked: int = 0
    waiting: "list[asyncio.Future[Trace]]" = field(default_factory=list)

    def ask(self, program: Program, case: Case) -> "asyncio.Future[Trace]":
        """Return what it finds at once, or never."""
        self.asked += 1
        future: asyncio.Future[Trace] = asyncio.get_running_loop().create_future()
        if self.silence is not None:
            future.set_exception(NoOpinionError(self.silence))
        elif self.never:
            self.waiting.append(future)
        else:
            future.set_result(ReferenceEngine(self.program or program).evaluate(case))
        return future

    def abandon(self) -> None:
        """Answer nothing to whoever still waits."""
        for future in self.waiting:
            if not future.done():
                future.set_exception(NoOpinionError(Silence.STOPPED))

    async def close(self) -> None:
        """Nothing is held."""


@dataclass
class Alarm:
    """Keeps what was told."""

    told: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def fail(self, event: str, **fields: object) -> None:
        """Keep it."""
        self.told.append((event, fields))


@dataclass
class Guarded:
    """What came of requests under a guard."""

    answers: list[messages.AssessResponse]
    guard: Guard
    alarm: Alarm
    lines: list[Kept]

    @property
    def verdicts(self) -> list[Kept]:
        """The verdicts on record."""
        return [line for line in self.lines if line.entry.kind is EntryKind.VERDICT]


Assess = Callable[..., Guarded]


@pytest.fixture
def assess(tmp_path: Path) -> Assess:
    """Return what assesses requests under a guard."""

    def run(
        opinion: Opinion,
        requests: Iterable[messages.AssessRequest],
        *,
        is_required: bool = False,
        program_folder: Path = SMALL,
        seconds: float = 30.0,
    ) -> Guarded:
        place, alarm = LogPlace(tmp_path), Alarm()

        async def serve() -> tuple[list[messages.AssessResponse], Guard]:
            log = ServingLog(open_log(place, "taxatie/tests", NOW), read_store(place))
            guard = Guard(opinion, log, At(), alarm, is_required=is_required, seconds=seconds, seconds_at_the_end=0.01)
            releases = FolderReleases(ReleaseFolder(program_folder), program_folder, allows_drafts=True)
            versions = engine_versions(EngineName.LIVE)
            recorder = Recorder(releases, At(), log, versions, Retention(14, 20), guard)
            answers = [await recorder.assess(request, CALLER) for request in requests]
            await guard.close()
            await log.close()
            return answers, guard

        answers, guard = asyncio.run(serve())
        store = read_store(place)
        lines = list(map(open_stored, store.lines()))
        assert verify_log(store, place.checkpoint_files).faults == ()
        store.close()
        return Guarded(answers, guard, alarm, lines)

    return run


def test_an_agreement_is_put_on_record_beside_the_decision(assess: Assess) -> None:
    found = assess(Opinion(), [violence(), violence()])

    assert [line.entry.about for line in found.verdicts] == [answer.decision for answer in found.answers]
    assert [line.entry.says["verdict"] for line in found.verdicts] == ["agrees", "agrees"]
    assert [line.payload for line in found.verdicts] == [None, None]
    assert found.guard.counts[VerdictKind.AGREES] == 2
    assert found.alarm.told == []


def test_in_shadow_the_answer_bears_no_mark(assess: Assess) -> None:
    """It did not wait, so it cannot say."""
    (answer,) = assess(Opinion(), [violence()]).answers

    assert answer.confirmation == messages.CONFIRMATION_UNSPECIFIED


@pytest.mark.parametrize("is_required", [False, True])
def test_a_fault_in_the_second_engine_is_told_and_recorded_with_both_traces(
    assess: Assess, *, is_required: bool
) -> None:
    found = assess(Opinion(spoiled("when: strangulation\n", "when: heard_through_wall\n")), [violence()])

    (verdict,) = found.verdicts
    assert verdict.entry.says["verdict"] == "disagrees"
    assert verdict.payload is not None
    assert verdict.payload["live"] != verdict.payload["durable"]
    assert verdict.payload["reference"] == "c-1"
    ((event, fields),) = found.alarm.told
    assert (event, fields["rules"]) == ("second_engine_disagrees", ["KT-02"])
    assert "c-1" not in str(fields)


def test_where_required_a_disagreement_gives_the_graver_level(assess: Assess) -> None:
    """The live engine is the one at fault here: it missed the violence."""
    milder = Opinion(spoiled(FAINT, "when: {all: [strangulation, heard_through_wall]}"))
    calm = violence()
    calm.case.answers["violence_now"].yes = False
    (plain,) = assess(Opinion(), [calm], is_required=True).answers
    (raised,) = assess(milder, [calm], is_required=True).answers

    assert (plain.level, plain.confirmation) == ("urgent", messages.CONFIRMATION_CONFIRMED)
    assert (raised.level, raised.confirmation) == ("immediate", messages.CONFIRMATION_DISPUTED)
    assert raised.decision
    assert raised.wording.level != plain.wording.level


def test_where_required_the_live_level_stays_if_it_is_the_graver(assess: Assess) -> None:
    faint = Opinion(spoiled(FAINT, "when: {all: [violence_now, {none: [strangulation]}]}"))

    (answer,) = assess(faint, [violence()], is_required=True).answers

    assert (answer.level, answer.confirmation) == ("immediate", messages.CONFIRMATION_DISPUTED)


def test_what_either_engine_withholds_is_withheld(assess: Assess) -> None:
    """The live engine recommends mediation where the second one withholds it."""
    stricter = Opinion(spoiled("when: strangulation\n", "when: {unknown: strangulation}\n"))
    calm = violence()
    calm.case.answers["violence_now"].yes = False
    calm.case.persons[0].answers.clear()

    (answer,) = assess(stricter, [calm], is_required=True).answers

    assert "mediation" in [each.action for each in answer.withheld]
    assert "mediation" not in [each.action for each in answer.actions]


def test_a_disputed_answer_that_may_be_shared_names_no_rule(assess: Assess) -> None:
    milder = Opinion(spoiled(FAINT, "when: {all: [strangulation, heard_through_wall]}"))
    calm = violence(audience=messages.AUDIENCE_SHAREABLE)
    calm.case.answers["violence_now"].yes = False

    (answer,) = assess(milder, [calm], is_required=True).answers

    assert answer.level == "immediate"
    assert all(not each.rules for each in answer.actions)
    assert all(not each.rules for each in answer.withheld)


@pytest.mark.parametrize("silence", list(Silence))
def test_where_required_no_verdict_leaves_the_answer_unconfirmed(assess: Assess, silence: Silence) -> None:
    found = assess(Opinion(silence=silence), [violence()], is_required=True)

    assert found.answers[0].confirmation == messages.CONFIRMATION_UNCONFIRMED
    assert found.answers[0].level == "immediate"
    assert found.verdicts[0].entry.says == {"engine": "durable", "verdict": "none", "why": str(silence)}
    assert found.guard.counts[silence] == 1
    assert [event for event, _ in found.alarm.told] == ["second_engine_silent"]


def test_a_verdict_that_does_not_come_in_time_is_not_waited_for(assess: Assess) -> None:
    found = assess(Opinion(never=True), [violence()], is_required=True, seconds=0.01)

    assert found.answers[0].confirmation == messages.CONFIRMATION_UNCONFIRMED
    assert found.verdicts[0].entry.says["why"] == "late"


def test_in_shadow_a_silent_engine_delays_nothing(assess: Assess) -> None:
    """What has no verdict when the service stops is on record as such."""
    found = assess(Opinion(never=True), [violence()] * 5)

    assert len(found.answers) == 5
    assert found.guard.counts[VerdictKind.AGREES] == 0
    assert [line.entry.says["why"] for line in found.verdicts] == ["stopped"] * 5


def test_a_retry_is_confirmed_anew(assess: Assess) -> None:
    """The answer is that of the decision on record, and so is what was done about a dispute."""
    milder = Opinion(spoiled(FAINT, "when: {all: [strangulation, heard_through_wall]}"))
    calm = violence(request_id="once")
    calm.case.answers["violence_now"].yes = False

    first, again = assess(milder, [calm, calm], is_required=True).answers

    assert first == again
    assert first.level == "immediate"


def test_the_verdict_on_an_advice_tells_its_time_by_the_hour(assess: Assess) -> None:
    advice = violence()
    advice.case.mode, advice.case.case = case_pb2.MODE_ADVICE, ""

    (verdict,) = assess(Opinion(), [advice]).verdicts

    assert verdict.entry.at == "2026-03-02T20:00:00Z"
