"""A log in PostgreSQL: what is so only there. What every store does stands in `test_store.py`."""

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import psycopg
import pytest
from typer.testing import CliRunner

from taxatie.cli.app import app
from taxatie.errors.problem import TaxatieError
from taxatie.ledger.opening import LogPlace, read_store, reopen_log
from taxatie.ledger.postgresql_connection import Connection, _check_reach
from taxatie.ledger.postgresql_store import PostgresqlStore
from taxatie.ledger.store import LedgerUnavailableError, Store, Stored
from tests.ledger.building import NOW, a_draft, an_erasure, lines_of, opened, verified
from tests.ledger.postgresql_server import CHECKPOINTS, PostgresqlServer

pytestmark = pytest.mark.xdist_group("postgresql")

SECRET = "geheim"


@pytest.fixture
def place(tmp_path: Path, postgresql: PostgresqlServer) -> LogPlace:
    """Return where a log may lie: an empty database."""
    return LogPlace(tmp_path / "log", database=postgresql.emptied())


@contextmanager
def stored(place: LogPlace, *, part_lines: int = 4, patience_seconds: float = 0.05) -> Iterator[Store]:
    """Give the bare lines of a log; where it begins, in small parts."""
    assert place.database is not None
    store = PostgresqlStore(place.database, part_lines=part_lines, patience_seconds=patience_seconds)
    store.tree()
    try:
        yield store
    finally:
        store.close()


def still_there(lines: list[Stored]) -> list[int]:
    """Return the places of lines that have a key and a payload."""
    return [line.place for line in lines if line.key is not None and line.data is not None]


def test_an_erasure_leaves_no_byte_in_the_tables(place: LogPlace, postgresql: PostgresqlServer) -> None:
    """DELETE and VACUUM would: in the free space of their pages."""
    with opened(place) as log:
        log.append([a_draft(), a_draft(reference="c-2"), a_draft()])
        key, data = lines_of(place)[2].key, lines_of(place)[2].data
        assert key is not None
        assert data is not None
        postgresql.run(*CHECKPOINTS)
        assert postgresql.holds(key, under="base")
        assert postgresql.holds(data, under="base")

        log.append([an_erasure((2, 2))])
        log.store.erase([2])

        postgresql.run(*CHECKPOINTS)
        assert not postgresql.holds(key, under="base")
        assert not postgresql.holds(data, under="base")
    assert still_there(lines_of(place)) == [1, 3]
    assert verified(place).is_whole


def test_the_write_ahead_log_holds_what_was_erased_until_the_operator_cuts_it(
    place: LogPlace, postgresql: PostgresqlServer
) -> None:
    """The duty that `docs/operating-the-log.md` names, with `wal_recycle` off as it says there."""
    with opened(place) as log:
        log.append([a_draft()])
        key = lines_of(place)[1].key
        assert key is not None
        log.append([an_erasure((1, 1))])
        log.store.erase([1])

    assert postgresql.holds(key, under="pg_wal")
    postgresql.run(*CHECKPOINTS)
    assert not postgresql.holds(key, under="")


def test_no_key_stands_in_the_log_of_the_server(place: LogPlace, postgresql: PostgresqlServer) -> None:
    """Not even where the server writes down every statement with its values."""
    with opened(place) as log:
        (written,) = log.append([a_draft()])
    key = lines_of(place)[1].key
    assert key is not None
    postgresql.run("SELECT 'the last word'")
    postgresql.wait_for("the last word")

    said = "".join(postgresql.said)
    assert "COPY taxatie_keys.keys" in said
    assert written.entry.id not in said
    assert key.hex() not in said.replace("\\x", "")


def test_an_erasure_writes_anew_only_the_parts_that_it_concerns(place: LogPlace, postgresql: PostgresqlServer) -> None:
    files = "SELECT relname, pg_relation_filenode(oid) FROM pg_class WHERE relname LIKE 'sealed\\__' ORDER BY relname"
    with stored(place), opened(place) as log:
        log.append([a_draft() for _ in range(9)])
        before = postgresql.run(files)
        log.append([an_erasure((1, 2), (9, 9))])
        log.store.erase([1, 2, 9])
        after = postgresql.run(files)

    assert [name for name, _ in before] == ["sealed_0", "sealed_1", "sealed_2"]
    assert [name for name, file in before if (name, file) not in after] == ["sealed_0", "sealed_2"]
    assert still_there(lines_of(place)) == [3, 4, 5, 6, 7, 8]
    assert verified(place).is_whole


def test_the_log_remembers_how_long_its_parts_are(place: LogPlace) -> None:
    """A replica of another version would else put lines where they do not belong."""
    with stored(place, part_lines=4):
        pass
    with stored(place, part_lines=1_000) as store:
        store.tree()

        assert isinstance(store, PostgresqlStore)
        assert store.part_lines == 4


def test_a_reader_holds_up_an_erasure_which_can_be_run_again(place: LogPlace, postgresql: PostgresqlServer) -> None:
    """Such as a dump under way: the service would wait behind the erasure, so the erasure gives way."""
    with opened(place) as log, stored(place) as store, psycopg.connect(postgresql.address) as reader:
        log.append([a_draft()])
        log.append([an_erasure((1, 1))])
        reader.execute("SELECT count(*) FROM taxatie.sealed")

        with pytest.raises(LedgerUnavailableError, match="a reader of the log keeps what was to be erased"):
            store.erase([1])
        assert still_there(lines_of(place)) == [1]

        reader.rollback()
        store.erase([1])
    assert still_there(lines_of(place)) == []
    assert verified(place).is_whole


def test_a_dump_never_holds_up_a_new_part(place: LogPlace, postgresql: PostgresqlServer) -> None:
    with stored(place), opened(place) as log, psycopg.connect(postgresql.address) as dump:
        log.append([a_draft()])
        dump.execute("LOCK TABLE taxatie.sealed, taxatie_keys.keys IN ACCESS SHARE MODE")
        log.append([a_draft() for _ in range(9)])

    assert verified(place).is_whole


def test_a_lost_connection_is_opened_anew(place: LogPlace, postgresql: PostgresqlServer) -> None:
    """Nobody hears of it: before it writes, the log asks what may be asked twice."""
    lose = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = 'taxatie'"
    with opened(place) as log:
        log.append([a_draft()])
        assert postgresql.run(lose)
        (written,) = log.append([a_draft()])

    assert written.entry.place == 2
    assert verified(place).is_whole


def test_what_fails_is_told_in_our_words_and_passes(place: LogPlace, postgresql: PostgresqlServer) -> None:
    with opened(place) as log:
        postgresql.run("ALTER TABLE taxatie.lines RENAME TO elsewhere")
        with pytest.raises(LedgerUnavailableError, match=r"the log in `.*` fails: relation .*lines.* does not exist"):
            log.append([a_draft()])
        postgresql.run("ALTER TABLE taxatie.elsewhere RENAME TO lines")
        log.append([a_draft()])

    assert verified(place).size == 2


def test_lines_that_do_not_belong_are_named(place: LogPlace, postgresql: PostgresqlServer) -> None:
    """Verifying reads the lines; what lies in the tables beside them, the store tells."""
    with opened(place) as log:
        log.append([a_draft()])
    postgresql.run(
        "INSERT INTO taxatie.sealed VALUES (7, 'x'), (8, 'y')", "INSERT INTO taxatie_keys.keys VALUES (7, 'z')"
    )

    assert [fault.message for fault in verified(place).faults] == [
        "2 sealed payloads belong to no line",
        "1 keys belong to no line",
    ]


@pytest.mark.parametrize(
    ("sentence", "message"),
    [
        ("UPDATE taxatie.lines SET leaf = leaf || 'x' WHERE place = 2", "line 2: was changed"),
        ("DELETE FROM taxatie.lines WHERE place = 2", "line 2: is missing"),
        ("DELETE FROM taxatie_keys.keys WHERE place = 2", "line 2: its key is gone, and the rest is still there"),
        ("DELETE FROM taxatie.sealed WHERE place = 2", "line 2: its sealed payload is gone"),
        ("UPDATE taxatie.sealed SET data = data || 'x' WHERE place = 2", "line 2: its payload was changed"),
        ("UPDATE taxatie.sealed SET case_tag = 'x' WHERE place = 2", "line 2: is indexed under another case"),
        ("UPDATE taxatie.lines SET id = 'x' WHERE place = 2", "line 2: is indexed under other names"),
        ("UPDATE taxatie.tree SET size = 2", "the log remembers 2 lines with another root"),
        ("UPDATE taxatie.tree SET size = 3", "the log does not remember its tree"),
        ("DELETE FROM taxatie.tree", "the log does not remember its tree"),
    ],
)
def test_what_was_changed_in_the_database_is_named(
    place: LogPlace, postgresql: PostgresqlServer, sentence: str, message: str
) -> None:
    with opened(place) as log:
        log.append([a_draft(), a_draft(), a_draft()])
    postgresql.run(sentence)

    assert any(str(fault).startswith(message) for fault in verified(place).faults)


def test_a_database_without_a_log_is_said_to_hold_none(place: LogPlace) -> None:
    with pytest.raises(LedgerUnavailableError, match="there is no log in"):
        read_store(place)
    with stored(place), pytest.raises(TaxatieError, match="was never begun"):
        reopen_log(place, NOW)


def test_tables_of_another_version_are_refused(place: LogPlace, postgresql: PostgresqlServer) -> None:
    with stored(place):
        postgresql.run("UPDATE taxatie.settings SET value = '2' WHERE name = 'tables_version'")
    with pytest.raises(LedgerUnavailableError, match="are of version 2, this program knows 1"):
        read_store(place)


@pytest.mark.parametrize("value", ["0", "some"])
def test_parts_of_no_length_are_refused(place: LogPlace, postgresql: PostgresqlServer, value: str) -> None:
    with stored(place):
        postgresql.run(f"UPDATE taxatie.settings SET value = '{value}' WHERE name = 'part_lines'")
    with pytest.raises(LedgerUnavailableError, match="does not remember its parts"):
        read_store(place)


def test_a_role_that_may_not_make_schemas_uses_those_that_were_made_for_it(
    place: LogPlace, postgresql: PostgresqlServer
) -> None:
    postgresql.run(
        "DROP ROLE IF EXISTS keeper",
        "CREATE ROLE keeper LOGIN",
        "CREATE SCHEMA taxatie AUTHORIZATION keeper",
        "CREATE SCHEMA taxatie_keys AUTHORIZATION keeper",
    )
    assert place.database is not None
    modest = LogPlace(place.folder, database=place.database.replace("postgres@", "keeper@"))
    with opened(modest) as log:
        log.append([a_draft()])
        log.append([an_erasure((1, 1))])
        log.store.erase([1])

    assert verified(modest).is_whole


def test_a_server_that_does_not_wait_for_its_disk_is_refused(place: LogPlace, postgresql: PostgresqlServer) -> None:
    """With `fsync` off it says *durable* before it is."""
    postgresql.configure("fsync", "off")
    try:
        with pytest.raises(LedgerUnavailableError, match="nothing in it is durable"), opened(place):
            pass
    finally:
        postgresql.configure("fsync", "on")


def test_commits_are_durable_whatever_the_database_is_set_to(place: LogPlace, postgresql: PostgresqlServer) -> None:
    postgresql.run("ALTER DATABASE postgres SET synchronous_commit = off")
    try:
        with opened(place) as log:
            assert isinstance(log.store, PostgresqlStore)
            assert log.store._opened().execute("SHOW synchronous_commit").fetchone() == ("on",)
    finally:
        postgresql.run("ALTER DATABASE postgres RESET synchronous_commit")


@pytest.mark.parametrize(
    ("reached", "is_let_out"),
    [
        (("/run/postgresql", "", False), True),
        (("localhost", "127.0.0.1", False), True),
        (("db.example", "192.0.2.1", True), True),
        (("db.example", "192.0.2.1", False), False),
    ],
)
def test_keys_leave_the_machine_encrypted_or_not_at_all(
    reached: tuple[str, str, bool],
    is_let_out: bool,  # noqa: FBT001  # a column of the table
) -> None:
    host, address, is_encrypted = reached
    connection = SimpleNamespace(
        pgconn=SimpleNamespace(ssl_in_use=is_encrypted), info=SimpleNamespace(host=host, hostaddr=address)
    )

    if is_let_out:
        _check_reach(cast(Connection, connection))
    else:
        with pytest.raises(LedgerUnavailableError, match=r"db\.example is reached without TLS"):
            _check_reach(cast(Connection, connection))


@pytest.mark.parametrize(
    ("address", "message"),
    [
        (f"postgresql://taxatie:{SECRET}@db.example/taxatie", "holds a password"),
        (f"host=db.example password={SECRET}", "holds a password"),
        (f"postgresql://db.example/taxatie?sslpassword={SECRET}", "holds a password"),
        (f"postgresql//taxatie:{SECRET}@db.example/taxatie", "cannot be read"),
        ("postgresql://taxatie@127.0.0.1:1/taxatie", "the log in `127.0.0.1/taxatie` fails: connection"),
        ("service=nowhere-known", "the log in `nowhere-known/` fails: "),
    ],
)
def test_no_password_stands_in_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, message: str
) -> None:
    monkeypatch.setenv("PGPASSWORD", SECRET)

    with pytest.raises(LedgerUnavailableError, match=message) as caught, opened(LogPlace(tmp_path, database=address)):
        pass
    told = "".join(traceback.format_exception(caught.value)) + str(caught.value.hint)
    outcome = CliRunner().invoke(
        app,
        ["serve", "--ledger-folder", str(tmp_path), "--port", "0", "--drafts"],
        env={"TAXATIE_LEDGER_DATABASE": address},
    )

    assert outcome.exit_code == 1
    assert caught.value.message in outcome.stderr
    assert SECRET not in told + outcome.output + outcome.stderr


def test_what_waits_too_long_is_told_and_not_asked_again(place: LogPlace, postgresql: PostgresqlServer) -> None:
    with stored(place) as store, psycopg.connect(postgresql.address) as other:
        assert isinstance(store, PostgresqlStore)
        store._opened().execute("SET lock_timeout = '50ms'")
        other.execute("LOCK TABLE taxatie.tree IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(LedgerUnavailableError, match="lock timeout"):
            store.tree()


def test_without_its_package_postgresql_is_refused_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few logs lie in PostgreSQL, so few machines have what it needs."""
    monkeypatch.setitem(sys.modules, "taxatie.ledger.postgresql_store", None)

    with pytest.raises(TaxatieError, match="a package that is not installed") as caught:
        read_store(LogPlace(tmp_path, database="dbname=taxatie"))
    assert caught.value.hint == "install `taxatie[postgresql]`"
