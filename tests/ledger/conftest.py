"""What tests of the log share: a PostgreSQL, started once, and places for logs in every kind of store."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from taxatie.ledger.opening import LogPlace
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
