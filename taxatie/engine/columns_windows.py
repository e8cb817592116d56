"""Windows laid on every reference date, and which events count for whom."""

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taxatie.engine.columns_layout import PatternSource
from taxatie.engine.columns_table import Days
from taxatie.terms.names import CASE
from taxatie.terms.period import Window, WindowUnit

Dates = NDArray[np.datetime64]

_FIRST_DAY: Final = np.datetime64("0001-01-01", "D")
_FIRST_MONTH: Final = np.datetime64("0001-01", "M")
_SPANS_KEPT: Final = 256


def counts_for(source: PatternSource, slot: int, place: tuple[str, int]) -> bool:
    """Return whether an event that names the person in a place counts."""
    if source.is_unlisted or place[0] not in source.subjects:
        return False
    return source.subject == CASE or place == (source.subject, slot)


@lru_cache(_SPANS_KEPT)
def spans_back(window: Window, first: int, last: int) -> tuple[Days, Days]:
    """Return how many days a window goes back, once and twice, from each day from *first* to *last*."""
    days = np.arange(first, last + 1).astype("datetime64[D]")
    start = back(days, window)
    return (days - start).astype(np.int32), (days - back(start, window)).astype(np.int32)


def back(days: Dates, window: Window) -> Dates:
    """Return the days one window earlier; months clip to their last day, and the calendar begins in the year 1."""
    match window.unit:
        case WindowUnit.DAYS:
            return np.maximum(days - np.timedelta64(window.amount, "D"), _FIRST_DAY)
        case WindowUnit.WEEKS:
            return np.maximum(days - np.timedelta64(7 * window.amount, "D"), _FIRST_DAY)
        case WindowUnit.MONTHS:
            return _months_back(days, window.amount)
        case WindowUnit.YEARS:
            return _months_back(days, 12 * window.amount)


def _months_back(days: Dates, months: int) -> Dates:
    month = days.astype("datetime64[M]")
    there = month - np.timedelta64(months, "M")
    of_month = days - month.astype("datetime64[D]")
    following = (there + np.timedelta64(1, "M")).astype("datetime64[D]")
    last_of_month = following - there.astype("datetime64[D]") - np.timedelta64(1, "D")
    found = there.astype("datetime64[D]") + np.minimum(of_month, last_of_month)
    return np.where(there < _FIRST_MONTH, _FIRST_DAY, found)
