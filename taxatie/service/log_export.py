"""Taking the log elsewhere: its records as they are, or its lines as the Logboek Dataverwerkingen has them.

Who exports, and why, is on record before anything is given.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from taxatie.ledger.entry import Entry, EntryKind
from taxatie.ledger.identity import EntryId
from taxatie.ledger.kept import Kept, open_stored
from taxatie.ledger.log import Log
from taxatie.ledger.store import Stored
from taxatie.service.access import access_draft
from taxatie.service.log_look import Look
from taxatie.wire.logboek import NOBODY, Concerned, Doing, LogboekLine, Register, logboek_lines, persons_of

Watch = Callable[[Iterable[Stored]], Iterable[Stored]]


@dataclass(frozen=True, slots=True)
class Stretch:
    """From when until when; RFC 3339 in UTC, the last no longer counts, None has no end."""

    since: str | None = None
    before: str | None = None

    def covers(self, entry: Entry) -> bool:
        """Return whether a line belongs to it."""
        return (self.since is None or entry.at >= self.since) and (self.before is None or entry.at < self.before)


def note_export(log: Log, form: str, stretch: Stretch, look: Look) -> int:
    """Put on record who exports, in which form; return how many lines there were before.

    Raises:
        LedgerUnavailableError: When that is not on record for certain: then nothing may be given.
    """
    looked_at = {"export": form, "since": stretch.since, "before": stretch.before}
    (written,) = log.append([access_draft(look.looking, looked_at, look.moment)])
    return written.entry.place


def exported(log: Log, stretch: Stretch, lines_max: int, watch: Watch = iter) -> Iterator[Kept]:
    """Return the lines of a stretch among the first *lines_max*, opened one by one.

    Raises:
        LedgerUnavailableError: When a line is not what was written.
    """
    for stored in watch(log.store.lines()):
        if stored.place >= lines_max:
            return
        kept = open_stored(stored)
        if stretch.covers(kept.entry):
            yield kept


def as_logboek(log: Log, lines: Iterable[Kept], register: Register) -> Iterator[LogboekLine]:
    """Return what lines of the log become in the Logboek Dataverwerkingen."""
    for kept in lines:
        entry = kept.entry
        doing = Doing(entry.id, str(entry.kind), entry.at, kept.payload)
        yield from logboek_lines(doing, log.origin, _concerned(log, kept), register)


def _concerned(log: Log, kept: Kept) -> Concerned:
    """Return whom a line concerns: the case of its decision, and the persons that it lists."""
    decision = kept if kept.entry.kind is EntryKind.DECISION else _decision(log, kept.entry.about)
    record = None if decision is None else decision.payload
    reference = None if record is None else record.get("reference")
    if reference is None:
        return NOBODY
    return Concerned(log.case_tag(str(reference)), persons_of(record))


def _decision(log: Log, about: EntryId | None) -> Kept | None:
    stored = None if about is None else log.store.find(about)
    return None if stored is None else open_stored(stored)
