"""Events are counted alike by rank and one by one, and windows go back as the calendar does."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from taxatie.engine.columns import ColumnsEngine
from taxatie.engine.columns_ranks import ranks_of
from taxatie.engine.columns_tabulate import tabulate
from taxatie.engine.columns_windows import back
from taxatie.engine.reference import ReferenceEngine
from taxatie.engine.reference_events import going_back
from taxatie.limits import EVENT_RANKS_MAX
from taxatie.terms.case import Case, History
from taxatie.terms.period import Window, WindowUnit
from taxatie.wire.case_reader import read_case
from tests.strategies.loading import program_of
from tests.strategies.random_release import random_case, random_release

DAYS = [date(1900, 1, 1), date(2024, 2, 29), date(2025, 3, 31), date(2026, 5, 30), date(2026, 12, 31), date(2999, 7, 1)]


def crowded(case: Case, times: int) -> Case:
    """Return the case with every event so many times, each time a week earlier."""
    events = tuple(
        replace(event, date=event.date - timedelta(days=7 * time))
        for time in range(times)
        for event in case.history.events
    )
    return replace(case, history=History(case.history.is_searched, events))


@pytest.mark.parametrize("times", [4, 20])
def test_cases_with_many_events_are_evaluated_as_the_reference_does(times: int) -> None:
    """Beside a case with too many events for ranks, those of all others are counted one by one."""
    is_ranked = set()
    for seed in range(40):
        release = random_release(seed)
        program = program_of(release)
        reference = ReferenceEngine(program)
        cases = [crowded(read_case(program, random_case(release, seed, number)), times) for number in range(6)]

        traces = ColumnsEngine(program).evaluate_all(cases)

        assert traces == [reference.evaluate(case) for case in cases], seed
        is_ranked.add(ranks_of(tabulate(program, cases)) is not None)
    assert (False in is_ranked) == (times * 6 > EVENT_RANKS_MAX)


@pytest.mark.parametrize("unit", WindowUnit)
@pytest.mark.parametrize("amount", [1, 2, 11, 12, 13, 700, 10_000])
def test_windows_go_back_as_the_reference_does(unit: WindowUnit, amount: int) -> None:
    """To the last day of a shorter month, and never before the first day of the calendar."""
    window = Window(amount, unit)

    found = back(np.array(DAYS, "datetime64[D]"), window)

    assert found.tolist() == [going_back(day, window) for day in DAYS]
