"""The page for operators does what it says, on a real server."""

import re
import subprocess
from pathlib import Path

import psycopg
import pytest
from typer.main import get_command

from taxatie.cli.app import app
from taxatie.ledger.opening import LogPlace
from taxatie.ledger.postgresql_store import PostgresqlStore
from taxatie.ledger.store import LedgerUnavailableError
from taxatie.limits import LOG_PART_LINES
from taxatie.wiring import Settings
from tests.ledger.building import a_draft, lines_of, opened, verified
from tests.ledger.postgresql_server import CHECKPOINTS, PostgresqlServer, programs

pytestmark = pytest.mark.xdist_group("postgresql")

PAGE = (Path(__file__).parents[2] / "docs" / "operating-the-log.md").read_text(encoding="utf-8")
SQL = dict(re.findall(r"^```sql (\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
COMMANDS = [
    *re.findall(r"^\$ taxatie (.*?[^\\])$", PAGE, re.MULTILINE | re.DOTALL),
    *re.findall(r"`taxatie (log [a-z ]+)`", PAGE),
]
(DUMP,) = re.findall(r"^\$ pg_dump (.*)$", PAGE, re.MULTILINE)


def sentences(name: str) -> list[str]:
    """Return the sentences of a block of the page."""
    return [each.strip() for each in SQL[name].split(";") if each.strip()]


def dump(address: str, file: Path, *options: str) -> None:
    """Write a dump as the page says, with other options if they are given."""
    said = DUMP.replace("lines.dump", str(file)).replace('"$TAXATIE_LEDGER_DATABASE"', address)
    words = [word for word in said.replace('"', "").split() if not options or "exclude" not in word]
    subprocess.run([programs() / "pg_dump", *options, *words], check=True)


@pytest.fixture
def place(tmp_path: Path, postgresql: PostgresqlServer) -> LogPlace:
    """Return where a log may lie: an empty database."""
    return LogPlace(tmp_path / "log", database=postgresql.emptied())


@pytest.mark.parametrize("words", [each.replace("\\\n", " ").split() for each in COMMANDS], ids=" ".join)
def test_every_command_on_the_page_has_its_options(words: list[str]) -> None:
    command = get_command(app)
    while words and hasattr(command, "commands"):
        command = command.commands[words.pop(0)]

    options = {name for option in command.params for name in option.opts}
    assert {word for word in words if word.startswith("--")} <= options


def test_every_setting_and_figure_on_the_page_is_the_programs() -> None:
    assert set(re.findall(r"TAXATIE_[A-Z_]+", PAGE)) <= {f"TAXATIE_{name.upper()}" for name in Settings.model_fields}
    assert f"{LOG_PART_LINES:,} lines" in PAGE
    assert f"`TAXATIE_ADVICE_DAYS_KEPT` ({Settings.model_fields['advice_days_kept'].default})" in PAGE
    assert f"`TAXATIE_REPORT_YEARS_KEPT` ({Settings.model_fields['report_years_kept'].default})" in PAGE


def test_the_page_is_about_commands() -> None:
    """Else the test above would hold of nothing."""
    assert [words.split()[:2] for words in COMMANDS] == [
        ["serve", "--ledger-database"],
        ["log", "set-aside"],
        ["log", "verify"],
        ["log", "verify"],
        ["log", "retain"],
        ["log", "erase"],
        ["log", "keys"],
    ]


def test_what_cuts_the_write_ahead_log_is_what_the_tests_run() -> None:
    """`test_postgresql_store.py` shows that it is enough."""
    assert tuple(sentences("cut")) == CHECKPOINTS


def test_the_service_runs_with_the_role_of_the_page(place: LogPlace, postgresql: PostgresqlServer) -> None:
    postgresql.run("DROP DATABASE IF EXISTS taxatie", "DROP ROLE IF EXISTS taxatie", *sentences("service"))
    own = LogPlace(place.folder, database=f"postgresql://taxatie@/taxatie?host={postgresql.folder}")

    with opened(own) as log:
        log.append([a_draft()])

    assert verified(own).is_whole


def test_an_auditor_verifies_and_writes_nothing(place: LogPlace, postgresql: PostgresqlServer) -> None:
    """Also what came into parts that were made after the grants."""
    assert place.database is not None
    store = PostgresqlStore(place.database, part_lines=2)
    store.tree()
    store.close()
    with opened(place) as log:
        log.append([a_draft()])
        postgresql.run("DROP ROLE IF EXISTS auditor", *sentences("auditor"))
        log.append([a_draft() for _ in range(3)])
    address = place.database.replace("postgres@", "auditor@")

    found = verified(LogPlace(place.folder, database=address))

    assert found.is_whole, found.faults
    assert found.size == 5
    with psycopg.connect(address) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DELETE FROM taxatie.lines")
    postgresql.run("DROP OWNED BY auditor", "DROP ROLE auditor")


def test_a_dump_without_keys_holds_none(place: LogPlace, postgresql: PostgresqlServer, tmp_path: Path) -> None:
    """And with the dump of the keys beside it the log comes back whole."""
    with opened(place) as log:
        log.append([a_draft(), a_draft()])
    keys = [line.key for line in lines_of(place) if line.key is not None]
    assert place.database is not None
    dump(place.database, tmp_path / "lines.dump")
    dump(place.database, tmp_path / "keys.dump", "--schema=taxatie_keys", "--data-only")

    written = b"".join(_restored(tmp_path / name) for name in ("lines.dump", "keys.dump"))
    assert [key.hex().encode() in _restored(tmp_path / "lines.dump") for key in keys] == [False, False]
    assert [key.hex().encode() in written for key in keys] == [True, True]
    postgresql.emptied()
    for name in ("lines.dump", "keys.dump"):
        subprocess.run([programs() / "pg_restore", "-d", place.database, tmp_path / name], check=True)
    assert verified(place).is_whole


def _restored(file: Path) -> bytes:
    return subprocess.run([programs() / "pg_restore", "-f", "-", file], check=True, capture_output=True).stdout


def test_an_old_copy_is_refused_as_rolled_back(place: LogPlace, postgresql: PostgresqlServer, tmp_path: Path) -> None:
    """Decisions that were acknowledged are missing: nobody may go on as if they had never been."""
    assert place.database is not None
    with opened(place) as log:
        log.append([a_draft()])
        dump(place.database, tmp_path / "all.dump", "--schema=taxatie*")
        log.append([a_draft()])
    postgresql.emptied()
    subprocess.run([programs() / "pg_restore", "-d", place.database, tmp_path / "all.dump"], check=True)

    with pytest.raises(LedgerUnavailableError, match="rolled back"), opened(place):
        pass
    assert any("rolled back" in str(fault) for fault in verified(place).faults)


def test_the_service_goes_on_when_the_database_is_back(place: LogPlace, postgresql: PostgresqlServer) -> None:
    postgresql.run("DROP ROLE IF EXISTS away", "CREATE ROLE away LOGIN SUPERUSER")
    assert place.database is not None
    with opened(LogPlace(place.folder, database=place.database.replace("postgres@", "away@"))) as log:
        postgresql.run(
            "ALTER ROLE away NOLOGIN",
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = 'away'",
        )
        with pytest.raises(LedgerUnavailableError, match="not permitted to log in"):
            log.append([a_draft()])
        postgresql.run("ALTER ROLE away LOGIN")
        log.append([a_draft()])

    assert verified(place).is_whole
