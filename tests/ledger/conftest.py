"""What tests of the log share: a PostgreSQL, started once, and places for logs in every kind of store."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from taxatie.ledger.opening import LogPlace
from tests.ledger.building import a_place, a_small_log
from tests.ledger.postgresql_server import NoServerError, PostgresqlServer, serving


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """Return a PostgreSQL of our own; where none can be started, say so and skip."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(serving())
        except NoServerError as error:
            pytest.skip(f"no PostgreSQL can be started here: {error}")
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql"))])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> LogPlace:
    """Return where a new log may lie, in each kind of store."""
    if request.param == "sqlite":
        return LogPlace(tmp_path / "log")
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    return LogPlace(tmp_path / "log", database=server.emptied())


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> tuple[LogPlace, str]:
    """Return a small log with everything in it, and the key that signed first."""
    place = a_place(tmp_path_factory.mktemp("original"))
    return place, a_small_log(place)


@pytest.fixture
def small(original: tuple[LogPlace, str], tmp_path: Path) -> LogPlace:
    """Return a copy of the small log, to break."""
    shutil.copytree(original[0].folder.parent, tmp_path, dirs_exist_ok=True)
    return a_place(tmp_path)
