"""Verifying a whole log: that nothing was changed, removed, added, moved, cut off or rolled back, line by line.

Memory stays flat however long the log is: two bits a line, and some hundreds of lines at a time.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from taxatie.ledger.bits import Bits
from taxatie.ledger.checkpoint_cursor import CheckpointCursor, HeadNote
from taxatie.ledger.checkpoint_file import CheckpointFile
from taxatie.ledger.entry import Entry, EntryKind, read_entry
from taxatie.ledger.kept import read_payload
from taxatie.ledger.log import TAG_SECRET, rotation_message, signer_of, tag_of
from taxatie.ledger.merkle import EMPTY_ROOT, GrowingTree, leaf_hash
from taxatie.ledger.sealing import BrokenSealError, Sealed
from taxatie.ledger.store import LedgerUnavailableError, Stood, Store, Stored
from taxatie.signing import is_public_key, is_signed

FAULTS_MAX: Final = 100
"""Faults that are told one by one; more are counted."""


@dataclass(frozen=True, slots=True)
class LogFault:
    """Something wrong with the log, and the line it is about."""

    place: int | None
    message: str

    def __str__(self) -> str:
        """Return the fault on one line."""
        return self.message if self.place is None else f"line {self.place}: {self.message}"


@dataclass(frozen=True, slots=True)
class Verification:
    """What verifying a log found."""

    size: int
    root: bytes
    origin: str
    first_key: str
    """The public key that signed first: to be compared with one that was kept elsewhere."""
    kinds: Mapping[EntryKind, int]
    erased: int
    faults: tuple[LogFault, ...]
    faults_untold: int

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def verify_log(
    store: Store,
    checkpoints: Sequence[CheckpointFile],
    *,
    trusted_key: str | None = None,
    watch: Callable[[Iterable[Stored]], Iterable[Stored]] = iter,
) -> Verification:
    """Return whether the log is whole, and everything that is wrong where it is not.

    The log may be written meanwhile: it is verified as far as it stood when this began.

    Args:
        store: The log.
        checkpoints: Every file of checkpoints that is at hand; one that was kept elsewhere shows a rollback.
        trusted_key: The public key that must have signed first.
        watch: Is given the lines and passes them on, to show progress.
    """
    verifier = _Verifier(store, [CheckpointCursor(file) for file in checkpoints])
    verifier.is_read(verifier.stand)
    verifier.is_read(verifier.files)
    verifier.is_read(verifier.settings)
    # Where the lines cannot be read to their end, nothing can be said of what stands at their end.
    if verifier.is_read(lambda: verifier.lines(watch)):
        verifier.end(trusted_key)
        verifier.is_read(verifier.memory)
    return verifier.verification()


@dataclass(slots=True)
class _Verifier:
    """Follows a log from its first line to its last."""

    store: Store
    cursors: list[CheckpointCursor]
    faults: list[LogFault] = field(default_factory=list)
    untold: int = 0
    tree: GrowingTree = field(default_factory=GrowingTree)
    next_place: int = 0
    origin: str = ""
    first_key: str = ""
    signers: tuple[str, ...] = ()
    """The key that signs now; at the line of a rotation the old and the new one."""
    secret: bytes | None = None
    gone: Bits = field(default_factory=Bits)
    erased: Bits = field(default_factory=Bits)
    kinds: dict[EntryKind, int] = field(default_factory=dict)
    stood: Stood | None = None
    """Where the log stood when this began."""
    head: CheckpointCursor = field(default_factory=lambda: CheckpointCursor(HeadNote(None)))
    """Its signature over all lines that were there then."""
    then: tuple[bytes, tuple[str, tuple[str, ...]]] = (EMPTY_ROOT, ("", ()))
    """The root over its lines, and origin and keys, where it stood."""
    erased_since: list[tuple[int, int]] = field(default_factory=list)

    def fault(self, place: int | None, message: str) -> None:
        """Note a fault."""
        if len(self.faults) < FAULTS_MAX:
            self.faults.append(LogFault(place, message))
        else:
            self.untold += 1

    def is_read(self, step: Callable[[], None]) -> bool:
        """Take a step, and return whether all could be read; what could not is a fault."""
        try:
            step()
        except LedgerUnavailableError as error:
            self.fault(None, error.message)
            return False
        return True

    def stand(self) -> None:
        """Note where the log stands now."""
        self.stood = self.store.stood()
        self.head = CheckpointCursor(HeadNote(self.stood.head))
        if self.stood.first < 0:
            self.fault(self.stood.first, "lies before the first line")

    def files(self) -> None:
        """Ask the store what it finds broken itself."""
        for message in self.store.faults():
            self.fault(None, message)

    def settings(self) -> None:
        """Read what is kept beside the lines."""
        self.secret = self.store.setting(TAG_SECRET)
        if self.secret is None:
            self.fault(None, "the secret of the case digests is gone")

    def lines(self, watch: Callable[[Iterable[Stored]], Iterable[Stored]]) -> None:
        """Verify every line."""
        for stored in watch(self.store.lines()):
            self.line(stored)

    def line(self, stored: Stored) -> None:
        """Verify the next line."""
        if stored.place != self.next_place:
            self.fault(self.next_place, f"is missing{_up_to(self.next_place, stored.place - 1)}")
        self.next_place = stored.place + 1
        self.tree.append(leaf_hash(stored.leaf))
        entry = self._entry(stored)
        if entry is not None:
            self.kinds[entry.kind] = self.kinds.get(entry.kind, 0) + 1
            if (entry.kind is EntryKind.GENESIS) != (stored.place == 0):
                self.fault(stored.place, "a log begins once, at line 0")
            self._follow(entry)
            self._payload(entry, stored)
        self._checkpoints(self.tree.size)
        self.signers = self.signers[-1:]

    def _checkpoints(self, size: int) -> None:
        """Verify the checkpoints of the lines so far, and note where the log stood when this began."""
        is_stand = self.stood is not None and size == self.stood.tree.size
        # The root takes a dozen digests: it is computed only where somebody asks for it.
        if is_stand or any(cursor.is_due(size) for cursor in (self.head, *self.cursors)):
            root, by = self.tree.root, (self.origin, self.signers)
            if is_stand:
                self.then = (root, by)
            self._judge(size, root, by)

    def _judge(self, size: int, root: bytes, by: tuple[str, tuple[str, ...]]) -> None:
        """Verify the checkpoints of the first lines."""
        for cursor in (self.head, *self.cursors):
            for message in cursor.at(size, root, by):
                self.fault(None, message)

    def _entry(self, stored: Stored) -> Entry | None:
        try:
            entry = read_entry(stored.leaf)
        except ValueError as error:
            self.fault(stored.place, f"was changed: {error}")
            return None
        if entry.place != stored.place:
            self.fault(stored.place, f"says that it is line {entry.place}: lines were moved or swapped")
        if (entry.id, entry.about, entry.request) != (stored.id, stored.about, stored.request):
            self.fault(stored.place, "is indexed under other names than its own")
        return entry

    def _follow(self, entry: Entry) -> None:
        """Follow who signs, and what was erased."""
        match entry.kind:
            case EntryKind.GENESIS:
                self._begin(entry)
            case EntryKind.ROTATION:
                self._rotate(entry)
            case EntryKind.ERASURE:
                self._erase(entry)
            case _:
                pass

    def _begin(self, entry: Entry) -> None:
        self.origin, self.first_key = str(entry.says.get("origin")), str(entry.says.get("key"))
        self.signers = (self.first_key,)
        if not is_public_key(self.first_key):
            self.fault(entry.place, "names no key that signs")

    def _rotate(self, entry: Entry) -> None:
        old, new, signature = (str(entry.says.get(name)) for name in ("from", "to", "signature"))
        if self.signers != (old,) or not is_signed(old, signature, rotation_message(self.origin, new)):
            self.fault(entry.place, "another key takes over without the word of the one before")
        self.signers = (old, new)

    def _erase(self, entry: Entry) -> None:
        for first, last in _ranges(entry.says.get("places")):
            if 0 <= first <= last < entry.place:
                self.erased.add(first, last)
                if self.stood is not None and entry.place >= self.stood.tree.size:
                    self.erased_since.append((first, last))
            else:
                self.fault(entry.place, "erases lines that were not there")

    def _payload(self, entry: Entry, stored: Stored) -> None:
        """Verify that the payload is what was committed to, or note that it is gone."""
        if entry.commitment is None:
            if stored.data is not None or stored.key is not None:
                self.fault(entry.place, "has a payload that its line does not know")
            return
        if stored.data is None and stored.key is None:
            self.gone.add(entry.place, entry.place)
            return
        if stored.data is None or stored.key is None:
            what = "sealed payload" if stored.data is None else "key"
            self.fault(entry.place, f"its {what} is gone, and the rest is still there")
            return
        try:
            payload = read_payload(Sealed(stored.key, stored.data, entry.commitment))
        except BrokenSealError as error:
            self.fault(entry.place, f"its payload was changed: {error}")
            return
        if payload.get("id") != entry.id:
            self.fault(entry.place, "holds the payload of another line")
        if stored.case_tag != self._tag(payload.get("reference")):
            self.fault(entry.place, "is indexed under another case than its own")
        if stored.keep_until != entry.keep_until:
            self.fault(entry.place, "is to be erased on another date than its own")

    def _tag(self, reference: object) -> bytes | None:
        return None if reference is None or self.secret is None else tag_of(self.secret, str(reference))

    def end(self, trusted_key: str | None) -> None:
        """Verify what can be said at the end only."""
        if not self.next_place:
            self.fault(None, "the log is empty: it was never begun, or all of it was taken away")
        if trusted_key is not None and trusted_key != self.first_key:
            self.fault(None, "the log was begun under another key than the one you trust")
        self._bounds()
        for first, last in self.gone.without(self.erased):
            self.fault(first, f"its payload is gone{_up_to(first, last)}; no erasure is on record")
        for first, last in self.erased_since:
            self.gone.add(first, last)  # some of it was read before it went
        for first, last in self.erased.without(self.gone):
            self.fault(first, f"was erased{_up_to(first, last)}; yet the payload is still there")

    def memory(self) -> None:
        """Verify what the log remembers of itself."""
        remembered = self.store.tree()
        is_known = self.stood is None or self.then[0] == self.stood.tree.root
        is_behind = remembered.size < self.tree.size
        is_other = remembered.size == self.tree.size and remembered.root != self.tree.root
        if not is_known or is_behind or is_other:
            self.fault(None, f"the log remembers {remembered.size} lines with another root than its lines have")
        if signer_of(self.store) not in self.signers:
            self.fault(None, "the log remembers another key than the one that signs now")

    def _bounds(self) -> None:
        """Verify that checkpoints bind the log to where it stood, and not beyond where it is now."""
        size, now = self.tree.size, self._size_now()
        stood = None if self.stood is None else self.stood.tree.size
        is_cut = stood is not None and size < stood
        for cursor in (self.head, *self.cursors):
            for message in cursor.end(size, self.signers, size if is_cut else max(size, now)):
                self.fault(None, message)
        # Lines that came meanwhile need not be bound yet; such that the log itself does not know need.
        expected = size if stood is None or is_cut or now < size else stood
        if self._bound() < expected == stood:
            for cursor in self.cursors:
                cursor.look_again()  # the last checkpoint may have been on its way
            self._judge(expected, *self.then)
        self._unbound(self._bound(), expected)

    def _unbound(self, bound: int, expected: int) -> None:
        """Name lines that no checkpoint binds: those that the key signed at least, and those that it did not."""
        has_head = self.stood is not None and self.stood.head is not None
        signed = min(max(bound, self.head.bound), expected)
        if bound < signed:
            few = f"lines {bound} to {signed - 1} are bound by no checkpoint"
            self.fault(None, f"{few}: written as the service was stopped, and signed by the log's key")
        if signed < expected and has_head:
            self.fault(None, f"lines {signed} to {expected - 1} were not signed by the log's key: somebody added them")
        elif signed < expected:
            few = f"lines {signed} to {expected - 1} are bound by no checkpoint"
            self.fault(None, f"{few}: written as the service was stopped, or added since")

    def _bound(self) -> int:
        return max((cursor.bound for cursor in self.cursors), default=0)

    def _size_now(self) -> int:
        try:
            return self.store.tree().size
        except LedgerUnavailableError:
            return 0  # which `memory` tells

    def verification(self) -> Verification:
        """Return what was found."""
        return Verification(
            size=self.tree.size,
            root=self.tree.root,
            origin=self.origin,
            first_key=self.first_key,
            kinds=dict(self.kinds),
            erased=self.erased.count,
            faults=tuple(self.faults),
            faults_untold=self.untold,
        )


def _up_to(first: int, last: int) -> str:
    return "" if first == last else f", and all up to line {last}"


def _ranges(places: object) -> Iterator[tuple[int, int]]:
    """Return the stretches of places that an erasure names; what is none becomes one that was never there."""
    for each in places if isinstance(places, list) else [None]:
        match each:
            case [int(first), int(last)]:
                yield first, last
            case _:
                yield -1, -1
