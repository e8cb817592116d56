"""A line of the log as people need it: what it says, and its payload while that is there."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from taxatie.ledger.entry import Entry, read_entry
from taxatie.ledger.sealing import BrokenSealError, Sealed, open_sealed
from taxatie.ledger.store import LedgerUnavailableError, Stored


@dataclass(frozen=True, slots=True)
class Kept:
    """A line with its payload; None where there is none, or it was erased."""

    entry: Entry
    payload: Mapping[str, object] | None

    @property
    def is_erased(self) -> bool:
        """Whether there was a payload, and is none any more."""
        return self.payload is None and self.entry.commitment is not None


def open_stored(stored: Stored) -> Kept:
    """Return the line that is stored.

    Raises:
        LedgerUnavailableError: When it is not what was written; verifying the log tells more.
    """
    try:
        entry = _entry(stored)
        if entry.commitment is None or stored.key is None or stored.data is None:
            return Kept(entry, None)
        payload = read_payload(Sealed(stored.key, stored.data, entry.commitment))
    except (BrokenSealError, ValueError) as error:
        message = f"line {stored.place} of the log is not what was written: {error}"
        raise LedgerUnavailableError(message, hint="run `taxatie log verify`") from error
    return Kept(entry, payload)


def _entry(stored: Stored) -> Entry:
    entry = read_entry(stored.leaf)
    if entry.place != stored.place:
        raise ValueError("it stands at another place than it says")
    return entry


def read_payload(sealed: Sealed) -> Mapping[str, object]:
    """Return what a sealed payload says.

    Raises:
        BrokenSealError: When it does not open, is not what was committed to, or is no record.
    """
    try:
        payload: object = json.loads(open_sealed(sealed))
    except (ValueError, RecursionError) as error:
        raise BrokenSealError("it is no record") from error
    if not isinstance(payload, dict):
        raise BrokenSealError("it is no record")
    return payload
