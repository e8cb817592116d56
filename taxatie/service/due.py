"""What was promised and is not done: read from the log, from its first line to its last.

Memory grows with what the log holds of decisions that are not erased; a decision takes four to six hundred bytes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial

from taxatie.engine.deadlines import in_amsterdam
from taxatie.ledger.entry import EntryKind
from taxatie.ledger.kept import Kept, open_stored
from taxatie.ledger.store import Stored
from taxatie.service.standing import Promise, Standing, open_of_case, stand_after, standing_of
from taxatie.service.standings import Standings
from taxatie.wire.deed_record import read_decided


@dataclass(frozen=True, slots=True)
class Overdue:
    """Something that was to be done, of one case."""

    decision: str
    """The decision that asked for it first, where several do."""
    reference: str | None
    """Of the case; None of an advice, and where nobody asked for references."""
    region: str | None
    release: str
    digest: str
    """Of the release."""
    action: str
    due: datetime
    days_late: int
    """Days since the day on which it was due; below 0 the days that are left."""
    is_late: bool
    level: str
    """That holds now."""
    floor: str
    """The level of the decision."""


@dataclass(slots=True)
class Followed:
    """Every decision that is not erased as it stands, by case."""

    keeps_references: bool
    standings: Standings = field(default_factory=Standings)
    erased: int = 0
    """Decisions of which nothing is known any more."""

    def take(self, stored: Stored) -> None:
        """Take in the next line of the log.

        Raises:
            LedgerUnavailableError: When it is not what was written.
        """
        kept = open_stored(stored)
        if kept.entry.kind is EntryKind.DECISION:
            self._begin(kept, stored.case_tag)
        elif kept.entry.about is not None:
            self.standings.change(kept.entry.about, partial(stand_after, line=kept))

    def _begin(self, kept: Kept, case_tag: bytes | None) -> None:
        if kept.payload is None:
            self.erased += 1
            return
        standing = standing_of(read_decided(kept.payload), kept.entry.place)
        if not self.keeps_references:
            standing = replace(standing, reference=None)
        # An advice refers to no case, so each is one of its own.
        case = kept.entry.id.encode("ascii") if case_tag is None else case_tag
        self.standings.add(case, standing)


def follow(lines: Iterable[Stored], *, keeps_references: bool = False) -> Followed:
    """Return every decision as it stands after all lines."""
    followed = Followed(keeps_references)
    for stored in lines:
        followed.take(stored)
    return followed


def overdue(followed: Followed, now: datetime, until: date | None = None) -> tuple[Overdue, ...]:
    """Return what is late at a moment, and what is due up to and with a date, by region and moment."""
    found = [
        _overdue(standing, promise, now)
        for standings in followed.standings.cases()
        for standing, promise in open_of_case(standings)
        if promise.due < now or (until is not None and promise.due.date() <= until)
    ]
    return tuple(sorted(found, key=_order))


def counted(rows: Iterable[Overdue]) -> Iterator[tuple[str | None, list[Overdue]]]:
    """Return the rows of each region, in order."""
    by_region: dict[str | None, list[Overdue]] = {}
    for row in rows:
        by_region.setdefault(row.region, []).append(row)
    yield from by_region.items()


def _overdue(standing: Standing, promise: Promise, now: datetime) -> Overdue:
    return Overdue(
        decision=standing.decision,
        reference=standing.reference,
        region=standing.region,
        release=standing.release,
        digest=standing.digest,
        action=promise.action,
        due=promise.due,
        days_late=(in_amsterdam(now).date() - promise.due.date()).days,
        is_late=promise.due < now,
        level=standing.level,
        floor=standing.floor,
    )


def _order(row: Overdue) -> tuple[bool, str, datetime, str, str]:
    """The regions by name, those without one last; in a region what was due first."""
    return (row.region is None, row.region or "", row.due, row.decision, row.action)
