"""Erasing with a reason and a second person, and what the service erases by itself when its period has passed."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, Protocol

from taxatie.engine.deadlines import in_amsterdam
from taxatie.errors.problem import RequestFault, RequestFaults, TaxatieError
from taxatie.ledger.erasure import ErasureReason, Order, erase, places_past
from taxatie.ledger.log import Log
from taxatie.rules.checks.approvers import is_role
from taxatie.service.ports import Clock

SERVICE: Final = "service"
"""The role in which the service erases what is past its period."""
RETENTION: Final = Order(ErasureReason.RETENTION, SERVICE)

_SECONDS_BETWEEN: Final = 3_600.0
_ROUNDS_AT_ONCE: Final = 20
"""Some ten thousand payloads an hour at most: nobody waits for the log for long, and the rest goes an hour later."""
_ROLE_LENGTH_MAX: Final = 40


def read_order(reason: ErasureReason | None, by: str, second: str) -> Order:
    """Return who has something erased, and why.

    Raises:
        RequestFaults: When it is not said, or two people of one role say it; each fault with its field.
    """
    faults = []
    if reason is None:
        hint = "one of " + ", ".join(f"`{each}`" for each in ErasureReason)
        faults.append(RequestFault("reason", "what is erased is erased for a reason", hint))
    faults += _faults_of_roles(by, second)
    if faults or reason is None:
        raise RequestFaults(tuple(faults))
    return Order(reason, by, second)


def read_roles(by: str, second: str) -> tuple[str, str]:
    """Return the roles of two people who have something done to the log.

    Raises:
        RequestFaults: When one is no role, or both are the same.
    """
    faults = tuple(_faults_of_roles(by, second))
    if faults:
        raise RequestFaults(faults)
    return by, second


def _faults_of_roles(by: str, second: str) -> Iterator[RequestFault]:
    for name, role in (("role", by), ("second-role", second)):
        if not is_role(role) or len(role) > _ROLE_LENGTH_MAX:
            yield RequestFault(name, "this is no role", "as in `privacy-officer`; never a name")
    if by == second:
        yield RequestFault("second-role", "both have one role", "a second person of another role agrees")


def retain(log: Log, moment: datetime, *, is_advice_only: bool = False, rounds_max: int | None = None) -> Iterator[int]:
    """Erase what is past its period; yield how many payloads went, as they go.

    Raises:
        LedgerUnavailableError: When it is not all gone for certain; the next time goes on with it.
    """
    day = in_amsterdam(moment).date()
    find = partial(places_past, log.store, day, is_advice_only=is_advice_only)
    if rounds_max is None:
        return erase(log, find, RETENTION, moment)
    return erase(log, find, RETENTION, moment, rounds_max=rounds_max)


class Notes(Protocol):
    """Where the service says what it did."""

    def note(self, event: str, **fields: object) -> object:
        """Write a line."""

    def fail(self, event: str, **fields: object) -> object:
        """Write a line about a failure."""


@dataclass(frozen=True, slots=True)
class Retainer:
    """Erases advice whose period has passed: when the service starts, and every hour."""

    open_log: Callable[[], Log]
    """Opens the log over a connection of its own, so that no decision waits for it in a queue."""
    clock: Clock
    notes: Notes
    seconds_between: float = _SECONDS_BETWEEN

    async def run(self) -> None:
        """Erase, wait, and erase again, until cancelled. What fails is noted, and done the next time."""
        while True:
            try:
                count = await asyncio.to_thread(self.erase_once)
            except TaxatieError as error:
                self.notes.fail("retention_failed", why=error.message)
            else:
                if count:
                    self.notes.note("retention", **_counted(count))
            await asyncio.sleep(self.seconds_between)

    def erase_once(self) -> int:
        """Erase what is past its period, but no more than some thousands; return how many payloads went.

        Raises:
            TaxatieError: When the log cannot be written.
        """
        log = self.open_log()
        try:
            return sum(retain(log, self.clock.now(), is_advice_only=True, rounds_max=_ROUNDS_AT_ONCE))
        finally:
            log.store.close()


def _counted(count: int) -> Mapping[str, object]:
    return {"erased": count}
