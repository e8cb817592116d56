"""A retry gets the answer of the decision on record, or none: never that of another release."""

import asyncio
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from taxatie.engine.evaluator import EngineName
from taxatie.errors.problem import CaseFaults, NotAssessedError
from taxatie.ledger.entry import Draft
from taxatie.ledger.opening import LogPlace, open_log, read_store
from taxatie.ledger.serving import ServingLog
from taxatie.ledger.store import Written
from taxatie.service.answer import Outcome
from taxatie.service.engines import engine_versions
from taxatie.service.live_releases import LiveReleases
from taxatie.service.record import Recorder, Retention
from taxatie.wire.generated.taxatie.v1.assessment_pb2 import AssessResponse
from tests.replay.recording import CALLER, NOW, SMALL, At, violence

RULES = "kitchen-table/1.0.0.yaml"


def test_a_retry_under_a_changed_release_is_refused(tmp_path: Path) -> None:
    """The same name and other rules: the answer that was given cannot be given again."""
    folder = Path(shutil.copytree(SMALL, tmp_path / "rulesets"))
    releases = LiveReleases(folder, folder, allows_drafts=True)
    releases.load(NOW)

    async def decide_change_and_retry() -> None:
        place = LogPlace(tmp_path / "ledger")
        log = ServingLog(open_log(place, "taxatie/tests", NOW), read_store(place))
        recorder = Recorder(releases, At(), log, engine_versions(EngineName.LIVE), Retention(14, 20))
        try:
            first = await recorder.assess(violence(request_id="r-1"), CALLER)
            again = await recorder.assess(violence(request_id="r-1"), CALLER)
            assert again == first
            text = (folder / RULES).read_text(encoding="utf-8")
            (folder / RULES).write_text(text.replace("level: urgent", "level: immediate"), encoding="utf-8")
            assert releases.reload(NOW).is_taken
            await recorder.assess(violence(request_id="r-1"), CALLER)
        finally:
            await log.close()

    with pytest.raises(NotAssessedError, match="has changed since"):
        asyncio.run(decide_change_and_retry())


@dataclass
class CountedClock:
    """A clock that stands still, and knows how often it was asked: once for each case that is decided."""

    asked: int = 0

    def now(self) -> datetime:
        """Return the moment."""
        self.asked += 1
        return NOW


class WatchedLog(ServingLog):
    """A log that notes how many cases had been decided when each line came to it."""

    clock: CountedClock
    decided: list[int]

    async def append(self, draft: Draft) -> Written:
        """Note it, and append the line."""
        self.decided.append(self.clock.asked)
        return await super().append(draft)


def test_the_cases_of_one_message_are_decided_before_the_first_is_put_on_record(tmp_path: Path) -> None:
    """So they become durable at one turn of the disk, with one signature; a faulty one is no line."""
    clock = CountedClock()
    releases = LiveReleases(SMALL, SMALL, allows_drafts=True)
    releases.load(NOW)
    faulty = violence()
    faulty.case.case = ""
    requests = [violence(detail=1) for _ in range(20)]
    requests[7] = faulty

    async def decide() -> tuple[list[Outcome], list[int]]:
        place = LogPlace(tmp_path)
        log = WatchedLog(open_log(place, "taxatie/tests", NOW), read_store(place))
        log.clock, log.decided = clock, []
        recorder = Recorder(releases, clock, log, engine_versions(EngineName.LIVE), Retention(14, 20))
        try:
            return await recorder.assess_together(requests, CALLER, asyncio.Lock()), log.decided
        finally:
            await log.close()

    outcomes, decided = asyncio.run(decide())

    assert decided == [20] * 19
    assert [place for place, each in enumerate(outcomes) if isinstance(each, CaseFaults)] == [7]
    assert len({each.decision for each in outcomes if isinstance(each, AssessResponse)}) == 19
