"""What a load left in the log: is each decision that was answered there, and what did the second engine say of it?"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from taxatie.ledger.entry import EntryKind, read_entry
from taxatie.ledger.opening import LogPlace, read_store
from taxatie.service.guard import VerdictKind


@dataclass(frozen=True, slots=True)
class OnRecord:
    """The decisions of a log, and the verdicts on them."""

    decisions: set[str] = field(default_factory=set)
    verdicts: Counter[str] = field(default_factory=Counter)
    """By what the second engine says: it agrees, it disagrees, or nothing."""
    silences: Counter[str] = field(default_factory=Counter)
    """Why it said nothing."""

    def told(self) -> str:
        """Return it as a line of text."""
        why = "".join(f", {number:,} {reason}" for reason, number in sorted(self.silences.items()))
        agreed, disagreed, silent = (
            self.verdicts[kind] for kind in (VerdictKind.AGREES, VerdictKind.DISAGREES, VerdictKind.NONE)
        )
        return (
            f"on record: {len(self.decisions):,} decisions; the second engine agrees with {agreed:,},"
            f" disagrees with {disagreed:,}, says nothing of {silent:,}{why}"
        )

    def faults(self, answered: int, ids: frozenset[str] = frozenset()) -> Iterator[str]:
        """Return what is wrong, where so many decisions were answered, some of them known by their ids."""
        missing = max(len(ids - self.decisions), answered - len(self.decisions))
        if missing > 0:
            yield f"{missing:,} decisions were answered and are not on record"
        if self.verdicts[VerdictKind.DISAGREES]:
            yield f"the second engine disagrees with {self.verdicts[VerdictKind.DISAGREES]:,} decisions"


def on_record(folder: Path) -> OnRecord:
    """Return what is in the log of a folder."""
    found = OnRecord()
    store = read_store(LogPlace(folder))
    try:
        for line in store.lines():
            entry = read_entry(line.leaf)
            if entry.kind is EntryKind.DECISION:
                found.decisions.add(entry.id)
            elif entry.kind is EntryKind.VERDICT:
                found.verdicts[str(entry.says["verdict"])] += 1
                if entry.says["why"] is not None:
                    found.silences[str(entry.says["why"])] += 1
    finally:
        store.close()
    return found
