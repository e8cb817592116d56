"""The service erases advice whose period has passed, by itself, and never because of it fails a call."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from taxatie.ledger.kept import open_stored
from taxatie.ledger.log import Log
from taxatie.ledger.opening import LogPlace, open_log
from taxatie.ledger.store import LedgerUnavailableError
from taxatie.service.log_erase import Retainer
from tests.ledger.building import NOW, ORIGIN, a_draft, a_place, opened, told
from tests.server.running import KeptLog


@dataclass
class MovingClock:
    """A clock that is a day later each time it is asked."""

    moment: datetime = NOW
    asked: int = 0

    def now(self) -> datetime:
        """Return the next day."""
        self.asked += 1
        return self.moment + timedelta(days=self.asked)


class EnoughError(Exception):
    """The retainer ran often enough."""


@dataclass
class Times:
    """Opens a log some times, and then stops the retainer."""

    place: LogPlace
    until: int
    fails: set[int] = field(default_factory=set)
    count: int = 0

    def open(self) -> Log:
        """Return the log, unless it is a time at which it cannot be opened."""
        self.count += 1
        if self.count > self.until:
            raise EnoughError
        if self.count in self.fails:
            raise LedgerUnavailableError("the disk is full")
        return open_log(self.place, ORIGIN, NOW)


def ran(times: Times) -> list[dict[str, object]]:
    """Let a retainer run until the log was opened often enough; return what it noted."""
    notes = KeptLog()
    with pytest.raises(EnoughError):
        asyncio.run(Retainer(times.open, MovingClock(), notes, seconds_between=0).run())
    return notes.lines


def erased(place: LogPlace) -> list[int]:
    """Return the places of what was erased."""
    with opened(place) as log:
        return [stored.place for stored in log.store.lines() if open_stored(stored).is_erased]


def test_advice_goes_when_its_period_has_passed_and_reports_stay(tmp_path: Path) -> None:
    place = a_place(tmp_path)
    with opened(place) as log:
        log.append([a_draft(reference=None, keep_until="2026-03-02"), a_draft(reference=None, keep_until="2026-03-04"),
                    a_draft(reference="c-1", keep_until="2026-03-02")])  # fmt: skip

    notes = ran(Times(place, until=3))

    assert erased(place) == [1, 2]
    assert [each for each in notes if each["event"] == "retention"] == [{"event": "retention", "erased": 1}] * 2
    assert told(place) == []


def test_what_fails_is_noted_and_done_the_next_time(tmp_path: Path) -> None:
    place = a_place(tmp_path)
    with opened(place) as log:
        log.append([a_draft(reference=None, keep_until="2026-03-02")])

    notes = ran(Times(place, until=2, fails={1}))

    assert notes[0] == {"event": "retention_failed", "level": "error", "why": "the disk is full"}
    assert erased(place) == [1]


def test_nothing_is_noted_where_nothing_was_to_go(tmp_path: Path) -> None:
    place = a_place(tmp_path)

    assert ran(Times(place, until=2)) == []
