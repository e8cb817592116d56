"""Looking into the log: one line with all that belongs to it, or the lines that are as somebody seeks them.

Who looks, and why, is on record before anything is given.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from taxatie.errors.problem import TaxatieError
from taxatie.ledger.entry import Entry, EntryKind, read_entry
from taxatie.ledger.erasure import erasure_of, places_of_case
from taxatie.ledger.identity import EntryId, is_entry_id
from taxatie.ledger.kept import Kept, open_stored
from taxatie.ledger.log import Log
from taxatie.ledger.picking import lines_at
from taxatie.ledger.store import Stored
from taxatie.service.access import Looking, access_draft

_HINT: Final = "`taxatie log search` finds ids; `Assess` answers with one"
Watch = Callable[[Iterable[Stored]], Iterable[Stored]]


class UnknownLineError(TaxatieError):
    """A line was named that the log does not hold."""


@dataclass(frozen=True, slots=True)
class Look:
    """Who looks, why, and when."""

    looking: Looking
    moment: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """A line, what was erased of it, and the lines about it."""

    kept: Kept
    erasure: Entry | None
    """The line that says that its payload was erased."""
    linked: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class Sought:
    """What lines somebody seeks; None where it does not matter."""

    since: str | None = None
    """RFC 3339 in UTC: the first moment."""
    before: str | None = None
    """The first moment that no longer counts."""
    release: str | None = None
    """By its name or its digest."""
    level: str | None = None
    region: str | None = None
    mode: str | None = None
    rule: str | None = None
    """A rule that fired."""
    reference: str | None = None
    """Of a case; looked up by its keyed digest, and never put on record."""

    @property
    def asks_for_payload(self) -> bool:
        """Whether only a payload can tell if a decision is sought."""
        return any(each is not None for each in (self.level, self.region, self.mode, self.rule))

    @property
    def on_record(self) -> Mapping[str, object]:
        """What the log keeps of the search: everything but the reference."""
        asked = {
            "since": self.since,
            "before": self.before,
            "release": self.release,
            "level": self.level,
            "region": self.region,
            "mode": self.mode,
            "rule": self.rule,
        }
        return {**{name: each for name, each in asked.items() if each is not None}, "by_case": bool(self.reference)}


@dataclass(frozen=True, slots=True)
class Row:
    """A decision that was found, in codes only; None where it was erased or never had one."""

    id: EntryId
    place: int
    at: str
    release: str | None
    level: str | None
    mode: str | None
    region: str | None
    is_erased: bool


def find_line(log: Log, name: str) -> Stored:
    """Return the line of an id.

    Raises:
        UnknownLineError: When the log holds none.
    """
    stored = log.store.find(EntryId(name)) if is_entry_id(name) else None
    if stored is None:
        raise UnknownLineError(f"the log holds no line `{name}`", hint=_HINT)
    return stored


def look_at(log: Log, stored: Stored, looked_at: Mapping[str, object], look: Look) -> None:
    """Put on record that somebody looks at a line.

    Raises:
        LedgerUnavailableError: When that is not on record for certain: then nothing may be shown.
    """
    entry = read_entry(stored.leaf)
    decision = entry.id if entry.kind is EntryKind.DECISION else entry.about
    log.append([access_draft(look.looking, looked_at, look.moment, decision)])


def show_line(log: Log, name: str, look: Look) -> Shown:
    """Return a line with its payload, the lines about it, and what was erased of it.

    Raises:
        UnknownLineError: When the log holds none.
        LedgerUnavailableError: When it cannot be read, or it cannot be put on record who looks.
    """
    look_at(log, find_line(log, name), {"show": name}, look)
    kept = open_stored(find_line(log, name))
    erasure = erasure_of(log.store, kept.entry.place) if kept.is_erased else None
    linked = tuple(map(open_stored, log.store.linked(kept.entry.id)))
    return Shown(kept, None if erasure is None else read_entry(erasure.leaf), linked)


def search(log: Log, sought: Sought, look: Look, watch: Watch = iter) -> Iterator[Row]:
    """Return the decisions that are as somebody seeks them, in the order of the log.

    Of an erased decision only its date and the digest of its release can be told, so one is found only where nothing
    else is asked.

    Raises:
        LedgerUnavailableError: When the log cannot be read, or it cannot be put on record who looks.
    """
    log.append([access_draft(look.looking, {"search": dict(sought.on_record)}, look.moment)])
    for stored in watch(_candidates(log, sought)):
        entry = read_entry(stored.leaf)
        if entry.kind is EntryKind.DECISION and _is_in_time(entry, sought):
            row = _row(open_stored(stored), sought)
            if row is not None:
                yield row


def _candidates(log: Log, sought: Sought) -> Iterator[Stored]:
    if sought.reference is None:
        return log.store.lines()
    return lines_at(log.store, places_of_case(log, sought.reference))


def _is_in_time(entry: Entry, sought: Sought) -> bool:
    return (sought.since is None or entry.at >= sought.since) and (sought.before is None or entry.at < sought.before)


def _row(kept: Kept, sought: Sought) -> Row | None:
    """Return what is told of a decision; None where it is not sought."""
    entry, record = kept.entry, kept.payload
    if record is None:
        is_sought = not sought.asks_for_payload and sought.release in {None, entry.release}
        return Row(entry.id, entry.place, entry.at, None, None, None, None, is_erased=True) if is_sought else None
    case, assessment, release = (_part(record, name) for name in ("case", "assessment", "release"))
    fired = assessment.get("fired")
    rules = {each.get("rule") for each in fired if isinstance(each, dict)} if isinstance(fired, list) else set()
    asked = (
        (sought.release, {release.get("name"), release.get("digest")}),
        (sought.level, {assessment.get("level")}),
        (sought.region, {case.get("region")}),
        (sought.mode, {case.get("mode")}),
        (sought.rule, rules),
    )
    if any(wanted is not None and wanted not in there for wanted, there in asked):
        return None
    return Row(
        id=entry.id,
        place=entry.place,
        at=entry.at,
        release=_text(release.get("name")),
        level=_text(assessment.get("level")),
        mode=_text(case.get("mode")),
        region=_text(case.get("region")),
        is_erased=False,
    )


def _part(record: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = record.get(name)
    return part if isinstance(part, dict) else {}


def _text(value: object) -> str | None:
    return None if value is None else str(value)
