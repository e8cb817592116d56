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
        entry = read_entry(stored.leaf)
        if entry.commitment is None or stored.key is None or stored.data is None:
            return Kept(entry, None)
        payload = json.loads(open_sealed(Sealed(stored.key, stored.data, entry.commitment)))
    except (BrokenSealError, ValueError) as error:
        message = f"line {stored.place} of the log is not what was written: {error}"
        raise LedgerUnavailableError(message, hint="run `taxatie log verify`") from error
    return Kept(entry, payload)
