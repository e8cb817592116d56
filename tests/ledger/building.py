"""Small logs to try: a place, a clock that stands still, lines made up."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from taxatie.ledger.canonical import canonical_bytes
from taxatie.ledger.entry import Draft, EntryKind
from taxatie.ledger.identity import EntryId, entry_id
from taxatie.ledger.log import Log, fresh_id, utc_text
from taxatie.ledger.opening import LogPlace, open_log, read_store
from taxatie.ledger.sealing import seal
from taxatie.ledger.store import Prepared, Stored
from taxatie.ledger.verify import Verification, verify_log

NOW = datetime(2026, 3, 2, 20, 30, tzinfo=UTC)
ORIGIN = "example/decisions"


def a_place(folder: Path) -> LogPlace:
    """Return where a log lies: its files in one folder, the copy of its checkpoints in another."""
    (folder / "elsewhere").mkdir(exist_ok=True)
    return LogPlace(folder / "log", copy=folder / "elsewhere" / "checkpoints")


def an_id(number: int) -> EntryId:
    """Return an id that is the same in every run."""
    return entry_id(NOW, number.to_bytes(10, "big"))


def a_draft(  # noqa: PLR0913  # a test names what it is about
    *,
    name: EntryId | None = None,
    kind: EntryKind = EntryKind.DECISION,
    reference: str | None = "c-1",
    request: str | None = None,
    about: EntryId | None = None,
    keep_until: str | None = "2046-03-02",
    words: str = "heard",
) -> Draft:
    """Return a line that is to be written, with something sealed."""
    chosen = fresh_id(NOW) if name is None else name
    payload = canonical_bytes({"id": chosen, "reference": reference, "words": words})
    return Draft(
        id=chosen,
        kind=kind,
        at=utc_text(NOW),
        about=about,
        release="f" * 64,
        request=request,
        payload=payload,
        case_reference=reference,
        keep_until=keep_until,
    )


def an_erasure(*places: tuple[int, int]) -> Draft:
    """Return a line that says that payloads are gone."""
    says = {"places": [list(each) for each in places], "reason": "retention", "by": "owner", "second": "auditor"}
    return Draft(fresh_id(NOW), EntryKind.ERASURE, utc_text(NOW), says=says)


def prepared(draft: Draft, *, tag: bytes | None = None) -> Prepared:
    """Return a draft as a store takes it."""
    return Prepared(draft, None if draft.payload is None else seal(draft.payload), tag)


@contextmanager
def opened(place: LogPlace, origin: str = ORIGIN) -> Iterator[Log]:
    """Give the log at a place, to write, and let go of it."""
    log = open_log(place, origin, NOW)
    try:
        yield log
    finally:
        log.store.close()


def lines_of(place: LogPlace) -> list[Stored]:
    """Return all lines of the log at a place."""
    store = read_store(place)
    try:
        return list(store.lines())
    finally:
        store.close()


def verified(place: LogPlace, *, trusted_key: str | None = None, kept: Sequence[Path] = ()) -> Verification:
    """Return what verifying the log at a place finds, beside checkpoints that were kept elsewhere."""
    store = read_store(place)
    try:
        files = (*place.checkpoint_files, *(type(place.checkpoint_files[0])(path) for path in kept))
        return verify_log(store, files, trusted_key=trusted_key)
    finally:
        store.close()


def told(place: LogPlace, *, trusted_key: str | None = None, kept: Sequence[Path] = ()) -> list[str]:
    """Return every fault of the log at a place, each on one line."""
    return [str(fault) for fault in verified(place, trusted_key=trusted_key, kept=kept).faults]
