"""Small logs to try: a place, a clock that stands still, lines made up."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from taxatie.ledger.canonical import canonical_bytes
from taxatie.ledger.entry import Draft, EntryKind
from taxatie.ledger.head import SigningTurn
from taxatie.ledger.identity import EntryId, entry_id
from taxatie.ledger.log import Log, fresh_id, utc_text
from taxatie.ledger.opening import LogPlace, open_log, read_store
from taxatie.ledger.sealing import seal
from taxatie.ledger.store import Prepared, Stored
from taxatie.ledger.verify import Verification, verify_log
from taxatie.signing import new_private_key, public_key_of

NOW = datetime(2026, 3, 2, 20, 30, tzinfo=UTC)
ORIGIN = "example/decisions"
STOPPED = "lines {} to {} are bound by no checkpoint: written as the service was stopped, and signed by the log's key"
ADDED = "lines {} to {} were not signed by the log's key: somebody added them"


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


def a_turn(log: Log, *keys: bytes) -> SigningTurn:
    """Return what signs for a log, as its store asks it; by default with its own key."""
    return SigningTurn(log.origin, public_key_of(log.signer), keys or (log.signer,), None)


@contextmanager
def opened(place: LogPlace, origin: str = ORIGIN) -> Iterator[Log]:
    """Give the log at a place, to write, and let go of it."""
    log = open_log(place, origin, NOW)
    try:
        yield log
    finally:
        log.store.close()


def a_small_log(place: LogPlace) -> str:
    """Write a log with everything in it, and return the key that signed first.

    Line 0 begins it; 1 to 3 are decisions, two of one case; 4 is an override of 2; 5 says that 3 is erased; from 6 on
    another key signs; 7 is an advice, of no case; 8 is a decision.
    """
    with opened(place) as log:
        key = public_key_of(log.signer)
        first, second, third = (a_draft(reference=name, request=f"r-{name}") for name in ("c-1", "c-2", "c-3"))
        log.append([first])
        log.append([second, third])
        log.append([a_draft(kind=EntryKind.OVERRIDE, about=second.id, reference="c-2")])
        log.append([an_erasure((3, 3))])
        log.store.erase((3,))
        new = new_private_key()
        log.rotate(new, NOW)
        log.append([a_draft(reference=None, keep_until="2026-03-16")])
        log.append([a_draft(reference="c-1")])
    place.key_file.write_bytes(new)
    return key


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


def has(faults: list[str], *words: str) -> bool:
    """Return whether each of some words is told."""
    return all(any(word in fault for fault in faults) for word in words)
