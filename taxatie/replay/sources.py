"""Where recorded decisions come from: a log, or a file of records; one at a time, however many there are."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import BinaryIO, Final

from taxatie.engine.deadlines import amsterdam
from taxatie.ledger.canonical import canonical_bytes, read_canonical
from taxatie.ledger.entry import Entry, EntryKind, read_entry
from taxatie.ledger.log import utc_text
from taxatie.ledger.sealing import BrokenSealError, Sealed, open_sealed
from taxatie.ledger.store import Stored
from taxatie.limits import DEPTH_MAX, RECORD_BYTES_MAX

_SPACE: Final = b" \t\r\n\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Found:
    """A decision as it was found, before anybody asked what it says."""

    place: str
    """As `line 12` of a log, or `records.jsonl:3`."""
    id: str = ""
    """By the line of the log; unknown of a file's until it is read."""
    data: bytes | None = None
    """The record in its canonical form; None where it was erased or cannot be read."""
    broken: str | None = None
    """Why it cannot be read."""
    digest: str | None = None
    """The digest of the release that decided, as the line of the log says."""
    is_proved: bool = False
    """Whether the log proves that this is what was written."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a log, by place and by time."""

    first: int = 0
    last: int | None = None
    """The last place that belongs to it."""
    since: str | None = None
    """RFC 3339 in UTC, as lines have it: the first moment that belongs to it."""
    before: str | None = None
    """The first moment that does not."""

    def covers(self, entry: Entry) -> bool:
        """Return whether a line belongs to it; its place is known to be in."""
        return (self.since is None or entry.at >= self.since) and (self.before is None or entry.at < self.before)


WHOLE_LOG: Final = Span()


def days(first: date | None, last: date | None) -> Span:
    """Return the stretch from the beginning of one day in Amsterdam to the end of another."""
    since = None if first is None else _midnight(first)
    return Span(since=since, before=None if last is None else _midnight(last + timedelta(days=1)))


def _midnight(day: date) -> str:
    return utc_text(datetime.combine(day, time(), tzinfo=amsterdam()).astimezone(UTC))


def decisions_of(lines: Iterable[Stored], span: Span) -> Iterator[Found]:
    """Return the decisions of a stretch among lines that begin at its first place."""
    for stored in lines:
        if span.last is not None and stored.place > span.last:
            return
        found = decision_of(stored, span)
        if found is not None:
            yield found


def decision_of(stored: Stored, span: Span = WHOLE_LOG) -> Found | None:
    """Return the decision of a line, or None where the line is about something else or outside the stretch."""
    place = f"line {stored.place}"
    try:
        entry = read_entry(stored.leaf)
    except ValueError as error:
        return Found(place, stored.id, broken=f"its line was changed: {error}")
    if entry.kind is not EntryKind.DECISION or not span.covers(entry):
        return None
    if entry.commitment is None or stored.key is None or stored.data is None:
        return Found(place, entry.id, digest=entry.release)
    try:
        data = open_sealed(Sealed(stored.key, stored.data, entry.commitment))
        read_canonical(data)
    except (BrokenSealError, ValueError) as error:
        return Found(place, entry.id, broken=f"its payload was changed: {error}", digest=entry.release)
    return Found(place, entry.id, data, digest=entry.release, is_proved=True)


def records_of(name: str, stream: BinaryIO) -> Iterator[Found]:
    """Return the records of a file: one, or one a line. How it is spelt does not matter, what it says does."""
    head = stream.readline(RECORD_BYTES_MAX + 1)
    number = 1
    while head and not head.strip(_SPACE):
        head, number = stream.readline(RECORD_BYTES_MAX + 1), number + 1
    if head and _is_part(head):
        yield _record(name, head + stream.read(RECORD_BYTES_MAX + 1 - len(head)))
        return
    is_rest = False
    while head:
        if head.strip(_SPACE) and not is_rest:
            yield _record(f"{name}:{number}", head)
        is_rest = not head.endswith(b"\n")
        number += not is_rest
        head = stream.readline(RECORD_BYTES_MAX + 1)


def _is_part(line: bytes) -> bool:
    """Return whether a line is only the beginning of a record that is spread over several."""
    is_begun = line.strip(_SPACE)[:1] == b"{" and not line.rstrip(_SPACE).endswith(b"}")
    return is_begun and len(line) <= RECORD_BYTES_MAX


def _record(place: str, data: bytes) -> Found:
    if len(data) > RECORD_BYTES_MAX:
        return Found(place, broken=f"more than {RECORD_BYTES_MAX} bytes")
    try:
        plain = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_refuse)
        if _is_too_deep(plain):
            return Found(place, broken=f"nested more than {DEPTH_MAX} deep")
        return Found(place, _id_of(plain), canonical_bytes(plain))
    except RecursionError:
        return Found(place, broken=f"nested more than {DEPTH_MAX} deep")
    except ValueError as error:
        return Found(place, broken=f"no JSON: {error}")


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is no number in JSON")


def _id_of(plain: object) -> str:
    name = plain.get("id") if isinstance(plain, dict) else None
    return name if isinstance(name, str) else ""


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in one map")
    return found


def _is_too_deep(plain: object) -> bool:
    """Return whether a value nests deeper than records do; without recursion, since it may nest as deep as it likes."""
    level: list[object] = [plain]
    for _ in range(DEPTH_MAX):
        level = [part for value in level if isinstance(value, dict | list) for part in _parts(value)]
        if not level:
            return False
    return True


def _parts(value: dict[str, object] | list[object]) -> Iterable[object]:
    return value.values() if isinstance(value, dict) else value
