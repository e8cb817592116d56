"""Reading some lines of a log by their places."""

from collections.abc import Iterable, Iterator
from typing import Final

from taxatie.ledger.store import LedgerUnavailableError, Store, Stored
from taxatie.limits import LOG_PAGE_LINES

_VERIFY: Final = "run `taxatie log verify`"


def lines_at(store: Store, places: Iterable[int]) -> Iterator[Stored]:
    """Return the lines at places, in the order of the log.

    Raises:
        LedgerUnavailableError: When there is no line at a place.
    """
    reading: Iterator[Stored] = iter(())
    reached = -LOG_PAGE_LINES
    for place in sorted(places):
        if place - reached >= LOG_PAGE_LINES:
            reading = store.lines(place)
        found = next((stored for stored in reading if stored.place >= place), None)
        if found is None or found.place != place:
            raise LedgerUnavailableError(f"line {place} of the log is missing", hint=_VERIFY)
        reached = place
        yield found


def ranges_of(places: Iterable[int]) -> list[list[int]]:
    """Return places as stretches, each from its first to its last.

    >>> ranges_of([3, 4, 5, 9])
    [[3, 5], [9, 9]]
    """
    ranges: list[list[int]] = []
    for place in sorted(set(places)):
        if ranges and ranges[-1][1] == place - 1:
            ranges[-1][1] = place
        else:
            ranges.append([place, place])
    return ranges
