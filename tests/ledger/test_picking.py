"""Lines are read by their places."""

from pathlib import Path

import pytest

from taxatie.ledger.picking import lines_at, ranges_of
from taxatie.ledger.store import LedgerUnavailableError
from taxatie.limits import LOG_PAGE_LINES
from tests.ledger.building import a_draft, a_place, opened


def test_lines_come_in_the_order_of_the_log_wherever_they_stand(tmp_path: Path) -> None:
    with opened(a_place(tmp_path)) as log:
        log.append([a_draft() for _ in range(2 * LOG_PAGE_LINES)])
        wanted = [0, 1, 5, LOG_PAGE_LINES, LOG_PAGE_LINES + 5, 2 * LOG_PAGE_LINES]

        found = [stored.place for stored in lines_at(log.store, reversed(wanted))]

    assert found == wanted


def test_a_line_that_is_missing_is_said(tmp_path: Path) -> None:
    with opened(a_place(tmp_path)) as log, pytest.raises(LedgerUnavailableError, match="line 7 of the log is missing"):
        list(lines_at(log.store, [0, 7]))


def test_places_become_stretches() -> None:
    assert ranges_of([]) == []
    assert ranges_of([4, 2, 3, 3, 9]) == [[2, 4], [9, 9]]
