"""A retry gets the answer of the decision on record, or none: never that of another release."""

import asyncio
import shutil
from pathlib import Path

import pytest

from taxatie.engine.evaluator import EngineName
from taxatie.errors.problem import NotAssessedError
from taxatie.ledger.opening import LogPlace, open_log, read_store
from taxatie.ledger.serving import ServingLog
from taxatie.service.engines import engine_versions
from taxatie.service.live_releases import LiveReleases
from taxatie.service.record import Recorder, Retention
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
