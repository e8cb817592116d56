"""A log in two SQLite files: the lines with their sealed payloads, and apart from them the keys.

The keys stand apart so that they can be kept out of copies: a backup of the log alone never brings erased data back.
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from taxatie.ledger.entry import Entry, entry_of, read_entry
from taxatie.ledger.identity import EntryId
from taxatie.ledger.merkle import GrowingTree, leaf_hash
from taxatie.ledger.store import HEAD, Batch, LedgerUnavailableError, Prepared, Stood, Stored, Turn, Written
from taxatie.limits import LOG_PAGE_LINES

LOG_NAME: Final = "log.sqlite"
KEYS_NAME: Final = "keys.sqlite"

_DIGEST_BYTES: Final = 32
_BUSY_MILLISECONDS: Final = 10_000
_CUTTING_MILLISECONDS: Final = 2_000
"""How long cutting a write-ahead log waits for readers: nobody writes meanwhile, so far less than writers bear."""
_PRIVATE: Final = 0o600
_VERIFY: Final = "run `taxatie log verify`"
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS tree (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, peaks BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS lines (
  place INTEGER PRIMARY KEY, leaf BLOB NOT NULL, id TEXT NOT NULL UNIQUE, about TEXT, request TEXT UNIQUE);
CREATE INDEX IF NOT EXISTS lines_about ON lines (about) WHERE about IS NOT NULL;
CREATE TABLE IF NOT EXISTS sealed (place INTEGER PRIMARY KEY, data BLOB NOT NULL, case_tag BLOB, keep_until TEXT);
CREATE INDEX IF NOT EXISTS sealed_case ON sealed (case_tag) WHERE case_tag IS NOT NULL;
CREATE INDEX IF NOT EXISTS sealed_keep ON sealed (keep_until) WHERE keep_until IS NOT NULL;
CREATE TABLE IF NOT EXISTS vault.keys (id TEXT PRIMARY KEY, key BLOB NOT NULL);
INSERT OR IGNORE INTO tree VALUES (1, 0, x'');
"""
_LINE: Final = """
SELECT place, leaf, lines.id, about, request, NULLIF(key, zeroblob(length(key))), NULLIF(data, zeroblob(length(data))),
  case_tag, keep_until
FROM lines LEFT JOIN sealed USING (place) LEFT JOIN vault.keys AS keys ON keys.id = lines.id
"""
_STOOD: Final = """
SELECT size, peaks, (SELECT ifnull(min(place), 0) FROM lines), (SELECT ifnull(max(place) + 1, 0) FROM lines),
  (SELECT value FROM settings WHERE name = ?)
FROM tree
"""
"""One sentence, so that all of it is of one moment."""
_ERASURES: Final = (
    "UPDATE vault.keys SET key = zeroblob(length(key)) WHERE id = (SELECT id FROM lines WHERE place = ?)",
    """
UPDATE sealed SET data = zeroblob(length(data)), case_tag = iif(case_tag IS NULL, NULL, zeroblob(length(case_tag))),
  keep_until = iif(keep_until IS NULL, NULL, '9999-12-31') WHERE place = ?
""",
)
"""What is erased is overwritten where it stands, by as many zeros, and its row stays.

A row that is deleted makes SQLite move its neighbours to other pages, and what it leaves of them there is not
overwritten, in spite of `secure_delete`: a neighbour that is erased later could still be found at its old place
(6 of 4,336 keys were). Rows that are only added at the end and overwritten by what is as long never move.
"""


@dataclass(slots=True)
class SqliteStore:
    """A log in a folder; one at a time writes, others read. A connection that failed is opened anew."""

    folder: Path
    is_read_only: bool = False
    _connection: sqlite3.Connection | None = field(default=None, init=False)

    def append(self, drafts: Sequence[Prepared], turn: Turn, *, after: GrowingTree | None = None) -> Batch:
        """Write drafts at the end, all or none; the keys become durable first, so that no line is without its own."""
        with self._use() as connection:
            keys = [(each.draft.id, each.sealed.key) for each in drafts if each.sealed is not None]
            if keys:
                turn.check(_stood(connection))  # what is refused leaves no key behind
                with _transaction(connection):
                    connection.executemany("INSERT INTO vault.keys VALUES (?, ?)", keys)
            with _transaction(connection):
                stood = _stood(connection)
                turn.check(stood)
                tree = stood.tree if after is None else _cut(connection, after)
                written = tuple(_write(connection, tree, each) for each in drafts)
                connection.execute("UPDATE tree SET size = ?, peaks = ?", (tree.size, b"".join(tree.peaks)))
                head = turn.sign(tree)
                if head != stood.head:
                    connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (HEAD, head))
        return Batch(written, tree, head)

    def tree(self) -> GrowingTree:
        """Return the tree as the store remembers it."""
        return self.stood().tree

    def stood(self) -> Stood:
        """Return where the log stands now."""
        with self._use() as connection:
            return _stood(connection)

    def setting(self, name: str) -> bytes | None:
        """Return what is kept under a name."""
        with self._use() as connection:
            return _setting(connection, name)

    def keep_setting(self, name: str, value: bytes) -> bytes:
        """Keep something under a name, unless there is something; return what is kept then."""
        with self._use() as connection, _transaction(connection):
            connection.execute("INSERT OR IGNORE INTO settings VALUES (?, ?)", (name, value))
            kept = _setting(connection, name)
        assert kept is not None, name
        return kept

    def replace_setting(self, name: str, value: bytes) -> None:
        """Keep something else under a name."""
        with self._use() as connection, _transaction(connection):
            connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))

    def lines(self, first: int = 0) -> Iterator[Stored]:
        """Return every line from a place on: some hundreds at a time, so that nobody waits for the reader."""
        sentence = f"{_LINE} WHERE place >= ? ORDER BY place LIMIT ?"
        following = first
        while rows := self._rows(sentence, following, LOG_PAGE_LINES):
            for row in rows:
                # A damaged file may hold a line where it does not belong, and would be read in a circle.
                if row.place < following:
                    raise LedgerUnavailableError(f"line {row.place} of the log stands again after line {following - 1}")
                following = row.place + 1
                yield row

    def find(self, entry: EntryId) -> Stored | None:
        """Return the line with an id."""
        return next(iter(self._rows(f"{_LINE} WHERE lines.id = ?", entry)), None)

    def find_request(self, request: str) -> Stored | None:
        """Return the line of a request."""
        return next(iter(self._rows(f"{_LINE} WHERE request = ?", request)), None)

    def linked(self, entry: EntryId) -> Iterator[Stored]:
        """Return the lines about a decision, in order."""
        yield from self._rows(f"{_LINE} WHERE about = ? ORDER BY place", entry)

    def places_of_case(self, case_tag: bytes) -> tuple[int, ...]:
        """Return the places of all payloads of a case that are still there."""
        return self._places("SELECT place FROM sealed WHERE case_tag = ? ORDER BY place", case_tag)

    def places_expired(self, day: str) -> tuple[int, ...]:
        """Return the places of payloads that were to be kept until a date before *day*."""
        return self._places("SELECT place FROM sealed WHERE keep_until < ? ORDER BY place", day)

    def erase(self, places: Sequence[int]) -> None:
        """Destroy keys and payloads: overwritten in their files, and the write-ahead logs cut to nothing."""
        with self._use() as connection:
            chosen = [(place,) for place in places]
            for sentence in _ERASURES:
                with _transaction(connection):
                    connection.executemany(sentence, chosen)
            connection.execute(f"PRAGMA busy_timeout = {_CUTTING_MILLISECONDS}")
            for name in ("vault", "main"):
                (is_busy, _, _) = connection.execute(f"PRAGMA {name}.wal_checkpoint(TRUNCATE)").fetchone()
                if is_busy:
                    raise LedgerUnavailableError(
                        "a reader of the log keeps what was erased in its files",
                        hint="end the reader, then erase again: nothing else is needed",
                    )
            connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")

    def faults(self) -> Iterator[str]:
        """Return what SQLite itself finds broken in the files."""
        for schema, name in (("main", LOG_NAME), ("vault", KEYS_NAME)):
            with self._use() as connection:
                told = connection.execute(f"PRAGMA {schema}.integrity_check(20)").fetchall()
            for (found,) in told:
                if found != "ok":
                    yield f"{name}: {found}"

    def close(self) -> None:
        """Let go of the files."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _rows(self, sentence: str, *values: object) -> list[Stored]:
        with self._use() as connection:
            return [_stored(row) for row in connection.execute(sentence, values).fetchall()]

    def _places(self, sentence: str, value: object) -> tuple[int, ...]:
        with self._use() as connection:
            return tuple(place for (place,) in connection.execute(sentence, (value,)).fetchall())

    @contextmanager
    def _use(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection; one that failed is closed, and what failed is said in our words."""
        try:
            if self._connection is None:
                self._connection = self._connect()
            yield self._connection
        except (sqlite3.Error, OSError, OverflowError, UnicodeDecodeError) as error:
            self._drop()
            raise LedgerUnavailableError(f"the log in `{self.folder}` fails: {error}") from error
        except LedgerUnavailableError:
            self._drop()
            raise

    def _drop(self) -> None:
        try:
            self.close()
        except sqlite3.Error:
            self._connection = None

    def _connect(self) -> sqlite3.Connection:
        paths = [self.folder / LOG_NAME, self.folder / KEYS_NAME]
        mode = "ro" if self.is_read_only else "rw"
        if not self.is_read_only:
            for path in paths:
                _make(path)
        log, keys = (f"{path.resolve().as_uri()}?mode={mode}" for path in paths)
        connection = sqlite3.connect(log, uri=True, isolation_level=None, check_same_thread=False)
        try:
            connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
            connection.execute("ATTACH ? AS vault", (keys,))
            _set_up(connection, is_read_only=self.is_read_only)
        except BaseException:
            connection.close()
            raise
        return connection


def _make(path: Path) -> None:
    """Make a file that only its owner can read, unless it is there.

    One that is there is never opened here. Closing a file takes away every lock that the process holds on it, those of
    SQLite's connections too: the next process that came and went would take itself for the last one, and delete the
    write-ahead log under those that go on writing.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, _PRIVATE))


def _set_up(connection: sqlite3.Connection, *, is_read_only: bool) -> None:
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    if is_read_only:
        connection.execute("PRAGMA query_only = ON")
        return
    for name in ("main", "vault"):
        connection.execute(f"PRAGMA {name}.journal_mode = WAL")
        connection.execute(f"PRAGMA {name}.synchronous = FULL")
        connection.execute(f"PRAGMA {name}.secure_delete = ON")
    with _transaction(connection):
        for sentence in _TABLES.split(";\n"):
            connection.execute(sentence)


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Make all within durable at once, or nothing of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _stood(connection: sqlite3.Connection) -> Stood:
    match connection.execute(_STOOD, (HEAD,)).fetchall():
        case [(int(size), bytes(peaks), int(first), int(end), bytes() | None as head)] if (
            size >= 0 and len(peaks) == size.bit_count() * _DIGEST_BYTES
        ):
            parts = [peaks[start : start + _DIGEST_BYTES] for start in range(0, len(peaks), _DIGEST_BYTES)]
            return Stood(GrowingTree(size, parts), first, end, head)
        case [(*_, int() | float() | str())]:
            raise LedgerUnavailableError(f"the log does not remember its `{HEAD}`", hint=_VERIFY)
        case _:
            raise LedgerUnavailableError("the log does not remember its tree", hint=_VERIFY)


def _cut(connection: sqlite3.Connection, after: GrowingTree) -> GrowingTree:
    """Take away the lines behind a tree, and return the tree; their keys are gone by now, and keys never move."""
    connection.execute("DELETE FROM sealed WHERE place < 0 OR place >= ?", (after.size,))
    connection.execute("DELETE FROM lines WHERE place < 0 OR place >= ?", (after.size,))
    return GrowingTree(after.size, after.peaks)


def _setting(connection: sqlite3.Connection, name: str) -> bytes | None:
    match connection.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone():
        case None:
            return None
        case (bytes(value),):
            return value
        case _:
            raise LedgerUnavailableError(f"the log does not remember its `{name}`", hint=_VERIFY)


def _stored(row: tuple[object, ...]) -> Stored:
    """Return a line as it is kept; in a damaged file a column may hold another kind of value."""
    match row:
        case (
            int(place),
            bytes(leaf),
            str(name),
            str() | None as about,
            str() | None as request,
            bytes() | None as key,
            bytes() | None as data,
            bytes() | None as case_tag,
            str() | None as keep_until,
        ):
            return Stored(place, leaf, name, about, request, key, data, case_tag, keep_until)
        case _:
            raise LedgerUnavailableError(f"line {row[0]} of the log holds what is none", hint=_VERIFY)


def _write(connection: sqlite3.Connection, tree: GrowingTree, prepared: Prepared) -> Written:
    """Write one line, unless its request has one already."""
    draft, sealed = prepared.draft, prepared.sealed
    if draft.request is not None:
        row = connection.execute("SELECT leaf FROM lines WHERE request = ?", (draft.request,)).fetchone()
        if row is not None:
            connection.execute("UPDATE vault.keys SET key = zeroblob(length(key)) WHERE id = ?", (draft.id,))
            return Written(_entry(row[0]), is_new=False)
    entry = entry_of(draft, tree.size, None if sealed is None else sealed.commitment)
    leaf = entry.leaf
    values = (entry.place, leaf, entry.id, entry.about, entry.request)
    connection.execute("INSERT INTO lines VALUES (?, ?, ?, ?, ?)", values)
    if sealed is not None:
        rest = (entry.place, sealed.data, prepared.case_tag, draft.keep_until)
        connection.execute("INSERT INTO sealed VALUES (?, ?, ?, ?)", rest)
    tree.append(leaf_hash(leaf))
    return Written(entry, is_new=True)


def _entry(leaf: object) -> Entry:
    """Return the line of a request that came before."""
    try:
        return read_entry(bytes(leaf) if isinstance(leaf, bytes) else b"")
    except ValueError as error:
        raise LedgerUnavailableError("the line of this request is not what was written", hint=_VERIFY) from error
