"""Connections to PostgreSQL: what is committed is durable, what leaves the machine is encrypted, no secret is told."""

from ipaddress import ip_address
from typing import Final, TypeAlias

import psycopg
from psycopg.conninfo import conninfo_to_dict

from taxatie.ledger.store import LedgerUnavailableError

Connection: TypeAlias = psycopg.Connection[tuple[object, ...]]

_SECRETS: Final = frozenset({"password", "sslpassword"})
_DEFAULTS: Final = {
    "application_name": "taxatie",
    "client_encoding": "UTF8",
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "3",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
    # Of several hosts the one that can be written: what was read from a follower might be out of date.
    "target_session_attrs": "read-write",
}
"""What holds unless the address says otherwise: a server that is gone is noticed within seconds."""
_SESSION: Final = {
    "default_transaction_isolation": "read committed",
    # A replica that hangs while it holds the turn to write loses it, so that the others go on.
    "idle_in_transaction_session_timeout": "10s",
    "lock_timeout": "20s",
    "search_path": "",
    "synchronous_commit": "on",
}


def connect(address: str, *, is_read_only: bool) -> Connection:
    """Return a connection on which each statement stands alone, unless a transaction is asked for.

    Raises:
        LedgerUnavailableError: When there is none, or it is none that a log may rely on.
    """
    parts = {**_DEFAULTS, **_read_address(address)}
    # A plan that was prepared for any place looks at the parts of all places.
    connection = psycopg.connect("", autocommit=True, prepare_threshold=None, **parts)  # type: ignore[arg-type]  # each part is text
    try:
        _check_reach(connection)
        _begin_session(connection, is_read_only=is_read_only)
    except BaseException:
        connection.close()
        raise
    return connection


def place_of(address: str) -> str:
    """Return the database that an address names, as people may read it."""
    parts = _read_address(address)
    return f"{parts.get('host') or parts.get('service') or 'localhost'}/{parts.get('dbname', '')}"


def unavailable(address: str, error: Exception) -> LedgerUnavailableError:
    """Return in our words that the database failed: its first sentence, without the values that it was about."""
    said = error.diag.message_primary if isinstance(error, psycopg.Error) else None
    first = said or next(iter(str(error).splitlines()), type(error).__name__)
    return LedgerUnavailableError(f"the log in `{place_of(address)}` fails: {first}")


def _read_address(address: str) -> dict[str, str]:
    """Return the parts of an address; it holds no secret, so that it may stand in a list of processes."""
    try:
        parts = {name: str(value) for name, value in conninfo_to_dict(address).items() if value is not None}
    except psycopg.Error:
        # What libpq says of it repeats the whole address.
        raise LedgerUnavailableError(
            "the address of the log's database cannot be read",
            hint="write it like `postgresql://taxatie@db.example/taxatie?sslmode=verify-full`",
        ) from None
    if _SECRETS & parts.keys():
        raise LedgerUnavailableError(
            "the address of the log's database holds a password",
            hint="give it as PGPASSWORD, or better in a file that PGPASSFILE names",
        )
    return parts


def _check_reach(connection: Connection) -> None:
    """Without TLS the keys of the payloads leave this machine for nobody."""
    if connection.pgconn.ssl_in_use or connection.info.host.startswith("/"):
        return
    if not ip_address(connection.info.hostaddr).is_loopback:
        raise LedgerUnavailableError(
            f"the database on {connection.info.host} is reached without TLS",
            hint="add `sslmode=verify-full` to its address",
        )


def _begin_session(connection: Connection, *, is_read_only: bool) -> None:
    session = {**_SESSION, "default_transaction_read_only": "on" if is_read_only else "off"}
    chosen = ", ".join(["set_config(%s, %s, false)"] * len(session))
    values = [text for pair in session.items() for text in pair]
    connection.execute(f"SELECT {chosen}", values)
    row = connection.execute("SELECT current_setting('fsync')").fetchone()
    if row != ("on",) and not is_read_only:
        raise LedgerUnavailableError(
            "the database runs with `fsync` off: nothing in it is durable", hint="set it to `on`"
        )
