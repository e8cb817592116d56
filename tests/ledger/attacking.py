"""Somebody who can write into the files of a log, and knows how it is made; but has not its key."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace

from taxatie.ledger.canonical import canonical_bytes
from taxatie.ledger.checkpoint import Checkpoint, sign_checkpoint
from taxatie.ledger.checkpoint_file import CheckpointFile
from taxatie.ledger.entry import Draft
from taxatie.ledger.log import TAG_SECRET, tag_of
from taxatie.ledger.merkle import GrowingTree, leaf_hash
from taxatie.ledger.opening import LogPlace
from taxatie.ledger.postgresql_store import PostgresqlStore
from taxatie.ledger.sqlite_store import KEYS_NAME, LOG_NAME, SqliteStore
from taxatie.ledger.store import Stood
from tests.ledger.building import prepared

Values = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A line with all that is stored of it, but for its key, which goes by its id."""

    leaf: bytes
    names: Values
    """Id, about, request."""
    sealed: Values | None
    """The sealed payload, the tag of its case, until when it is kept."""

    def saying(self, **parts: object) -> "Row":
        """Return the row with another line in it, indexed as that line says."""
        said = {**json.loads(self.leaf), **parts}
        return replace(self, leaf=canonical_bytes(said), names=(said["id"], said["about"], said["request"]))


@dataclass(slots=True)
class Forging:
    """The turn of one who has no key: looks at nothing, and leaves the head as it is."""

    head: bytes = b""

    def check(self, stood: Stood) -> None:
        """Remember the head."""
        self.head = stood.head or b""

    def sign(self, tree: GrowingTree) -> bytes:
        """Return the head that was there."""
        return self.head


def add(place: LogPlace, *drafts: Draft) -> None:
    """Write lines at the end of a log as its own store would, with payload, key and tree; but without the key."""
    store = SqliteStore(place.folder) if place.database is None else PostgresqlStore(place.database)
    secret = store.setting(TAG_SECRET) or b""
    tags = [None if draft.case_reference is None else tag_of(secret, draft.case_reference) for draft in drafts]
    store.append([prepared(draft, tag=tag) for draft, tag in zip(drafts, tags, strict=True)], Forging())
    store.close()


Change = Callable[[list[Row]], list[Row]]


@contextmanager
def writing(place: LogPlace) -> Iterator[sqlite3.Connection]:
    """Open the files of a log with SQLite itself."""
    with closing(sqlite3.connect(place.folder / LOG_NAME, isolation_level=None)) as connection:
        connection.execute("ATTACH ? AS vault", (str(place.folder / KEYS_NAME),))
        yield connection


def execute(place: LogPlace, *sentences: str) -> None:
    """Change the files of a log by SQL."""
    with writing(place) as connection:
        for sentence in sentences:
            connection.execute(sentence)


def rewrite(place: LogPlace, change: Change, *, is_careful: bool = True) -> None:
    """Replace all lines by others; who is careful lets each line say the place at which it stands now."""
    with writing(place) as connection:
        rows = []
        sealed = {number: rest for number, *rest in connection.execute("SELECT * FROM sealed")}
        for number, leaf, *names in connection.execute("SELECT * FROM lines ORDER BY place"):
            rows.append(Row(leaf, tuple(names), tuple(sealed[number]) if number in sealed else None))
        rows = change(rows)
        if is_careful:
            rows = [row.saying(place=number) for number, row in enumerate(rows)]
        connection.execute("DELETE FROM lines")
        connection.execute("DELETE FROM sealed")
        for number, row in enumerate(rows):
            connection.execute("INSERT INTO lines VALUES (?, ?, ?, ?, ?)", (number, row.leaf, *row.names))
            if row.sealed is not None:
                connection.execute("INSERT INTO sealed VALUES (?, ?, ?, ?)", (number, *row.sealed))
    retree(place)


def trees_of(place: LogPlace) -> list[GrowingTree]:
    """Return the tree after each line, the empty one first."""
    tree = GrowingTree()
    trees = [GrowingTree()]
    with writing(place) as connection:
        for (leaf,) in connection.execute("SELECT leaf FROM lines ORDER BY place"):
            tree.append(leaf_hash(leaf))
            trees.append(GrowingTree(tree.size, tree.peaks))
    return trees


def retree(place: LogPlace) -> None:
    """Let the log remember the tree of the lines that are there now."""
    tree = trees_of(place)[-1]
    with writing(place) as connection:
        connection.execute("UPDATE tree SET size = ?, peaks = ?", (tree.size, b"".join(tree.peaks)))


def resign(place: LogPlace, key: bytes, origin: str) -> None:
    """Write checkpoints of the lines that are there now, wherever there are any, signed by a key of one's own."""
    for file in place.checkpoint_files:
        file.path.unlink()
        for tree in trees_of(place)[1:]:
            CheckpointFile(file.path).append(sign_checkpoint(Checkpoint(origin, tree.size, tree.root), [key]))
