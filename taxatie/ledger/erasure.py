"""Erasing what the log holds of cases: first a line that says so, then payloads and keys are destroyed.

In this order a crash in between leaves a log that says what was to go, and erasing again finishes it. What stays is
the line: its place, times and commitment, so that proofs and counts stay valid.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import islice
from typing import Final

from taxatie.errors.problem import UnknownDecisionError
from taxatie.ledger.entry import Draft, EntryKind, read_entry
from taxatie.ledger.identity import EntryId
from taxatie.ledger.log import Log, fresh_id, utc_text
from taxatie.ledger.picking import lines_at, ranges_of
from taxatie.ledger.store import Store, Stored
from taxatie.limits import LOG_ERASED_AT_ONCE_MAX

_ERASES: Final = b'"kind":"erasure"'
_ROUNDS_MAX: Final = 100_000
"""Times that it is looked for what is left, each time for some hundreds: beyond the size of any log."""

Watch = Callable[[Sequence[int]], Iterable[int]]


class ErasureReason(StrEnum):
    """Why something is erased; coded, because free text may name people."""

    RETENTION = "retention"
    """It was kept as long as it may be."""
    DATA_SUBJECT_REQUEST = "data_subject_request"
    """The person concerned asked for it (GDPR, article 17)."""
    COURT_ORDER = "court_order"
    RECORDED_IN_ERROR = "recorded_in_error"
    """It should never have been recorded, as a test against the real service."""


@dataclass(frozen=True, slots=True)
class Order:
    """Who has something erased, and why; the second is of another role."""

    reason: ErasureReason
    by: str
    second: str | None = None
    """None where a period has passed: then nobody decides."""


def places_of_decision(store: Store, decision: EntryId) -> tuple[int, ...]:
    """Return the places of the payloads of a decision and of all lines about it that are still there.

    Raises:
        UnknownDecisionError: When the log holds no decision of this id.
    """
    found = store.find(decision)
    if found is None or read_entry(found.leaf).kind is not EntryKind.DECISION:
        raise UnknownDecisionError(f"the log holds no decision `{decision}`", hint="`taxatie log search` finds ids")
    return tuple(stored.place for stored in (found, *store.linked(decision)) if _is_there(stored))


def places_of_case(log: Log, reference: str) -> tuple[int, ...]:
    """Return the places of all payloads of a case that are still there."""
    return log.store.places_of_case(log.case_tag(reference))


def places_past(store: Store, day: date, *, is_advice_only: bool = False) -> Iterator[int]:
    """Return the places of payloads that were to be kept until a date before *day*, and of lines about them."""
    places = store.places_expired(day.isoformat())
    if not is_advice_only:
        yield from places
        return
    yield from (stored.place for stored in lines_at(store, places) if stored.case_tag is None)


def erase(
    log: Log,
    find: Callable[[], Iterable[int]],
    order: Order,
    moment: datetime,
    *,
    rounds_max: int = _ROUNDS_MAX,
) -> Iterator[int]:
    """Erase what is found until nothing is found any more; yield how many payloads went, as they go.

    Raises:
        LedgerUnavailableError: When it is not all gone for certain; erase again.
    """
    for _ in range(rounds_max):
        places = tuple(islice(find(), LOG_ERASED_AT_ONCE_MAX))
        if places:
            log.append([_draft(places, order, moment)])
        # Also where nothing is found: an erasure before may have left its traces to a reader that has ended since.
        log.store.erase(places)
        if not places:
            return
        yield len(places)


def erasure_of(store: Store, place: int) -> Stored | None:
    """Return the last line that says that the payload at a place was erased."""
    found = None
    for stored in store.lines(place + 1):
        if _ERASES in stored.leaf and place in _places(stored.leaf):
            found = stored
    return found


def _places(leaf: bytes) -> Iterator[int]:
    entry = read_entry(leaf)
    places = entry.says.get("places") if entry.kind is EntryKind.ERASURE else None
    for each in places if isinstance(places, list) else []:
        match each:
            case [int(first), int(last)]:
                yield from range(first, last + 1)
            case _:
                pass


def _is_there(stored: Stored) -> bool:
    """Return whether anything is left to erase: also what an erasure that was stopped half-way left."""
    return stored.data is not None or stored.key is not None


def _draft(places: Sequence[int], order: Order, moment: datetime) -> Draft:
    says = {
        "places": ranges_of(places),
        "reason": str(order.reason),
        "by": order.by,
        "second": order.second,
    }
    return Draft(fresh_id(moment), EntryKind.ERASURE, utc_text(moment), says=says)
