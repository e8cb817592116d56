"""A log in PostgreSQL, which several replicas of the service write at once: one takes its turn, the others wait.

The turn is the lock on the row of the tree; it ends with the transaction, and with the connection of a replica that
died. Keys and payloads go in by COPY, which no setting of the server writes into its own logs.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final, LiteralString, TypeVar

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from taxatie.ledger import postgresql_tables as tables
from taxatie.ledger.entry import Entry, entry_of, read_entry
from taxatie.ledger.identity import EntryId
from taxatie.ledger.merkle import GrowingTree, leaf_hash
from taxatie.ledger.postgresql_connection import Connection, connect, place_of, unavailable
from taxatie.ledger.store import HEAD, Batch, LedgerUnavailableError, Prepared, Stood, Stored, Turn, Written
from taxatie.limits import LOG_PAGE_LINES, LOG_PART_LINES

T = TypeVar("T")
_DIGEST_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class _Row:
    """A line that is to be written."""

    entry: Entry
    leaf: bytes
    prepared: Prepared


@dataclass(slots=True)
class PostgresqlStore:
    """A log in a database; one at a time uses this, any number of others the same log. A lost connection is renewed."""

    address: str
    """As libpq reads it; the password comes from its environment or its password file."""
    is_read_only: bool = False
    part_lines: int = LOG_PART_LINES
    """Lines whose payloads lie together, where this begins the log; else the log says it."""
    patience_seconds: float = 5
    """How long an erasure waits for a reader: meanwhile those who come after wait as well, among them the service."""
    _connection: Connection | None = field(default=None, init=False)

    def append(self, drafts: Sequence[Prepared], turn: Turn, *, after: GrowingTree | None = None) -> Batch:
        """Write drafts at the end, all or none, with their keys, in one transaction that is durable when it ends."""
        self._ask(lambda connection: connection.execute("SELECT"))  # a lost connection is renewed before the turn
        with self._use() as connection, connection.transaction():
            connection.execute(tables.TURN)
            stood = _stood(connection)
            turn.check(stood)
            tree = stood.tree if after is None else _cut(connection, after)
            written, rows = _placed(tree, drafts, _known(connection, drafts))
            for row in rows:
                if row.entry.place % self.part_lines == 0:
                    _add_part(connection, row.entry.place, self.part_lines)
            _copy_rows(connection, rows)
            connection.execute("UPDATE taxatie.tree SET size = %s, peaks = %s", (tree.size, b"".join(tree.peaks)))
            head = turn.sign(tree)
            if head != stood.head:
                connection.execute(tables.REPLACE, (HEAD, head))
        return Batch(written, tree, head)

    def tree(self) -> GrowingTree:
        """Return the tree as the store remembers it."""
        return self.stood().tree

    def stood(self) -> Stood:
        """Return where the log stands now."""
        return self._ask(_stood)

    def setting(self, name: str) -> bytes | None:
        """Return what is kept under a name."""
        return self._ask(lambda connection: _setting(connection, name))

    def keep_setting(self, name: str, value: bytes) -> bytes:
        """Keep something under a name, unless there is something; return what is kept then."""
        self._ask(lambda connection: connection.execute(tables.KEEP, (name, value)))
        kept = self.setting(name)
        assert kept is not None, "it was kept"
        return kept

    def replace_setting(self, name: str, value: bytes) -> None:
        """Keep something else under a name."""
        self._ask(lambda connection: connection.execute(tables.REPLACE, (name, value)))

    def lines(self, first: int = 0) -> Iterator[Stored]:
        """Return every line from a place on: some hundreds at a time, so that no snapshot is held for long."""
        following = first
        while places := self._places(tables.PAGE, {"first": following, "most": LOG_PAGE_LINES}):
            yield from self._lines_at(places)
            following = places[-1] + 1

    def find(self, entry: EntryId) -> Stored | None:
        """Return the line with an id."""
        return next(iter(self._lines_at(self._places(tables.OF_ID, {"id": entry}))), None)

    def find_request(self, request: str) -> Stored | None:
        """Return the line of a request."""
        return next(iter(self._lines_at(self._places(tables.OF_REQUEST, {"request": request}))), None)

    def linked(self, entry: EntryId) -> Iterator[Stored]:
        """Return the lines about a decision, in order."""
        yield from self._lines_at(self._places(tables.ABOUT, {"about": entry}))

    def places_of_case(self, case_tag: bytes) -> tuple[int, ...]:
        """Return the places of all payloads of a case that are still there."""
        return self._places(tables.OF_CASE, {"case_tag": case_tag})

    def places_expired(self, day: str) -> tuple[int, ...]:
        """Return the places of payloads that were to be kept until a date before *day*."""
        return self._places(tables.EXPIRED, {"day": day})

    def erase(self, places: Sequence[int]) -> None:
        """Destroy keys and payloads: the parts that hold some are written anew without them, the old files removed.

        What else PostgreSQL wrote them to is the operator's duty: see `docs/operating-the-log.md`.
        """
        held = self._places(tables.HELD, {"places": list(places)})
        with self._use() as connection:
            try:
                for number, part in groupby(held, lambda place: place // self.part_lines):
                    _rewrite_part(connection, number, list(part), self.patience_seconds)
            except psycopg.errors.LockNotAvailable as error:
                raise LedgerUnavailableError(
                    "a reader of the log keeps what was to be erased",
                    hint="end the reader (a dump?), then erase again: nothing else is needed",
                ) from error

    def faults(self) -> Iterator[str]:
        """Return what the database finds broken of itself, and what lies in it that belongs to no line."""
        yield from self._ask(lambda connection: [str(said) for (said,) in connection.execute(tables.FAULTS)])

    def close(self) -> None:
        """Let go of the database."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _lines_at(self, places: Sequence[int]) -> list[Stored]:
        """Return the lines at places; who asks for a request that never came asks no more than that."""
        if not places:
            return []
        return self._ask(
            lambda connection: [
                Stored(*row)  # type: ignore[arg-type]  # as the columns are
                for row in connection.execute(tables.LINES_AT, {"places": list(places)})
            ]
        )

    def _places(self, sentence: LiteralString, values: Mapping[str, object]) -> tuple[int, ...]:
        return self._ask(lambda connection: tuple(int(str(place)) for (place,) in connection.execute(sentence, values)))

    def _ask(self, question: Callable[[Connection], T]) -> T:
        """Return the answer to what may be asked twice: where the connection was lost meanwhile, over a new one."""
        with self._use() as connection:
            try:
                return question(connection)
            except psycopg.OperationalError:
                if not connection.broken:
                    raise
            self.close()
            return question(self._opened())

    @contextmanager
    def _use(self) -> Iterator[Connection]:
        """Yield the connection; one that failed is closed, and what failed is said in our words."""
        try:
            yield self._opened()
        except (psycopg.Error, OSError, UnicodeError) as error:
            self.close()
            raise unavailable(self.address, error) from error
        except LedgerUnavailableError:
            self.close()
            raise

    def _opened(self) -> Connection:
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> Connection:
        connection = connect(self.address, is_read_only=self.is_read_only)
        try:
            if not self.is_read_only:
                _make_tables(connection, self.part_lines)
            self.part_lines = _check_tables(connection, self.address)
        except BaseException:
            connection.close()
            raise
        return connection


def _make_tables(connection: Connection, part_lines: int) -> None:
    """Make the tables where there are none; of several replicas one does."""
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (tables.MAKING_LOCK,))
        if _has_tables(connection):
            return
        for schema in (tables.SCHEMA, tables.KEYS_SCHEMA):
            # Where the database's owner made the schema, this role need not be allowed to.
            if connection.execute("SELECT to_regnamespace(%s)", (schema,)).fetchone() == (None,):
                connection.execute(SQL("CREATE SCHEMA {}").format(Identifier(schema)))
        for sentence in tables.TABLES:
            connection.execute(sentence)
        for name, number in ((tables.VERSION_NAME, tables.TABLES_VERSION), (tables.PART_LINES_NAME, part_lines)):
            connection.execute("INSERT INTO taxatie.settings VALUES (%s, %s)", (name, str(number).encode()))


def _has_tables(connection: Connection) -> bool:
    return connection.execute("SELECT to_regclass('taxatie.settings')").fetchone() != (None,)


def _check_tables(connection: Connection, address: str) -> int:
    """Return how many lines a part has, once it is certain that the tables are those that this program knows."""
    if not _has_tables(connection):
        raise LedgerUnavailableError(f"there is no log in `{place_of(address)}`", hint="serve once: that begins it")
    version = _setting(connection, tables.VERSION_NAME)
    if version != str(tables.TABLES_VERSION).encode():
        said = "none" if version is None else version.decode("ascii", "replace")
        raise LedgerUnavailableError(
            f"the tables in `{place_of(address)}` are of version {said}, this program knows {tables.TABLES_VERSION}",
            hint="use the taxatie that wrote them last, or a newer one",
        )
    part_lines = _setting(connection, tables.PART_LINES_NAME)
    if part_lines is None or not part_lines.isdigit() or not int(part_lines):
        raise LedgerUnavailableError(f"the log in `{place_of(address)}` does not remember its parts")
    return int(part_lines)


def _setting(connection: Connection, name: str) -> bytes | None:
    row = connection.execute("SELECT value FROM taxatie.settings WHERE name = %s", (name,)).fetchone()
    return None if row is None else _bytes(row[0])


def _stood(connection: Connection) -> Stood:
    match connection.execute(tables.STOOD, (HEAD,)).fetchall():
        case [(int(size), bytes(peaks), int(first), int(end), bytes() | None as head)] if (
            size >= 0 and len(peaks) == size.bit_count() * _DIGEST_BYTES
        ):
            parts = [peaks[start : start + _DIGEST_BYTES] for start in range(0, len(peaks), _DIGEST_BYTES)]
            return Stood(GrowingTree(size, parts), first, end, head)
        case _:
            raise LedgerUnavailableError("the log does not remember its tree", hint="run `taxatie log verify`")


def _cut(connection: Connection, after: GrowingTree) -> GrowingTree:
    """Take away the lines behind a tree, and return the tree; their payloads were erased before."""
    for names in tables.OF_LINES:
        sentence = SQL("DELETE FROM {} WHERE place < 0 OR place >= %s").format(Identifier(*names))
        connection.execute(sentence, (after.size,))
    return GrowingTree(after.size, after.peaks)


def _bytes(value: object) -> bytes:
    assert isinstance(value, bytes), "the column holds bytes"
    return value


def _known(connection: Connection, drafts: Sequence[Prepared]) -> dict[str, Entry]:
    """Return the lines that requests have already: this is asked within the turn, so nobody adds one meanwhile."""
    requests = [each.draft.request for each in drafts if each.draft.request is not None]
    if not requests:
        return {}
    found = connection.execute("SELECT leaf FROM taxatie.lines WHERE request = ANY(%s)", (requests,))
    return {str(entry.request): entry for entry in (read_entry(_bytes(leaf)) for (leaf,) in found)}


def _placed(
    tree: GrowingTree, drafts: Sequence[Prepared], known: dict[str, Entry]
) -> tuple[tuple[Written, ...], list[_Row]]:
    """Return what becomes of drafts, and the rows that are new; the tree grows by these."""
    written, rows = [], []
    for each in drafts:
        earlier = None if each.draft.request is None else known.get(each.draft.request)
        if earlier is not None:
            written.append(Written(earlier, is_new=False))
            continue
        entry = entry_of(each.draft, tree.size, None if each.sealed is None else each.sealed.commitment)
        row = _Row(entry, entry.leaf, each)
        tree.append(leaf_hash(row.leaf))
        if entry.request is not None:
            known[entry.request] = entry
        rows.append(row)
        written.append(Written(entry, is_new=True))
    return tuple(written), rows


def _copy_rows(connection: Connection, rows: Sequence[_Row]) -> None:
    """Write lines, payloads and keys; the tables in parts in their one order."""
    lines = [(each.entry.place, each.leaf, each.entry.id, each.entry.about, each.entry.request) for each in rows]
    sealed = [(each.entry.place, each.prepared.sealed, each.prepared) for each in rows]
    payloads = [
        (place, seal.data, prepared.case_tag, prepared.draft.keep_until)
        for place, seal, prepared in sealed
        if seal is not None
    ]
    keys = [(place, seal.key) for place, seal, _ in sealed if seal is not None]
    _copy(connection, "COPY taxatie.lines FROM STDIN (FORMAT BINARY)", ("int8", "bytea", *["text"] * 3), lines)
    _copy(connection, "COPY taxatie.sealed FROM STDIN (FORMAT BINARY)", ("int8", "bytea", "bytea", "text"), payloads)
    _copy(connection, "COPY taxatie_keys.keys FROM STDIN (FORMAT BINARY)", ("int8", "bytea"), keys)


def _copy(
    connection: Connection, sentence: LiteralString, types: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    with connection.cursor() as cursor, cursor.copy(sentence) as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)


def _add_part(connection: Connection, first: int, part_lines: int) -> None:
    """Add the part that begins at a line. Attaching a table waits for no reader, as making it in its place would."""
    for schema, name in tables.PARTED:
        part = Identifier(schema, f"{name}_{first // part_lines}")
        if connection.execute("SELECT to_regclass(%s)", (part.as_string(connection),)).fetchone() != (None,):
            continue  # it was made for a line that was set aside
        parent = Identifier(schema, name)
        connection.execute(SQL("CREATE TABLE {} (LIKE {} INCLUDING STORAGE)").format(part, parent))
        attach = SQL("ALTER TABLE {} ATTACH PARTITION {} FOR VALUES FROM ({}) TO ({})")
        connection.execute(attach.format(parent, part, Literal(first), Literal(first + part_lines)))


def _rewrite_part(connection: Connection, number: int, places: list[int], patience_seconds: float) -> None:
    """Write a part anew without some places.

    DELETE and VACUUM would leave the bytes in the free space of their pages; TRUNCATE gives the table a new file, and
    the old one is gone when the transaction ends.
    """
    parts = [Identifier(schema, f"{name}_{number}") for schema, name in tables.PARTED]
    with connection.transaction():
        connection.execute("SELECT set_config('lock_timeout', %s, true)", (f"{patience_seconds * 1000:.0f}ms",))
        connection.execute(SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(SQL(", ").join(parts)))
        for part in parts:
            connection.execute(
                SQL("CREATE TEMPORARY TABLE kept ON COMMIT DROP AS SELECT * FROM {} WHERE place <> ALL(%s)").format(
                    part
                ),
                (places,),
            )
            connection.execute(SQL("TRUNCATE {}").format(part))
            connection.execute(SQL("INSERT INTO {} SELECT * FROM pg_temp.kept ORDER BY place").format(part))
            connection.execute("DROP TABLE pg_temp.kept")
