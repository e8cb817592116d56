"""A real PostgreSQL for tests: on a socket in a scratch folder, gone when the tests are over."""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp
from threading import Event, Thread

import psycopg

START_SECONDS = 60
ROOM_BYTES = 1 << 30
CHECKPOINTS = ("CHECKPOINT", "SELECT pg_switch_wal()", "CHECKPOINT")
"""After these no segment of the write-ahead log is kept that the server does not need."""


class NoServerError(Exception):
    """There is no PostgreSQL here, or it does not start; the message says why."""


@dataclass
class PostgresqlServer:
    """A server that listens on a socket only."""

    folder: Path
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)
    """What the server wrote into its log."""
    ready: Event = field(default_factory=Event)
    """Set once it serves, or ended."""

    @property
    def data(self) -> Path:
        """The folder of all its files."""
        return self.folder / "data"

    @property
    def address(self) -> str:
        """The address of the database in which logs lie, one at a time."""
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def emptied(self) -> str:
        """Return the address of a database that holds no log any more."""
        self.run("DROP SCHEMA IF EXISTS taxatie, taxatie_keys CASCADE")
        return self.address

    def run(self, *sentences: str) -> list[tuple[object, ...]]:
        """Return what the last of some sentences finds; each is its own transaction."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            for sentence in sentences:
                cursor = connection.execute(sentence.encode())
            return cursor.fetchall() if cursor.description else []

    def follow(self) -> Thread:
        """Keep what the server writes, until it ends; return the thread that does."""
        assert self.process.stderr is not None
        lines = self.process.stderr

        def keep() -> None:
            for line in lines:
                self.said.append(line)
                if "ready to accept connections" in line:
                    self.ready.set()
            self.ready.set()

        thread = Thread(target=keep, daemon=True)
        thread.start()
        return thread

    def wait_for(self, words: str) -> None:
        """Return once the server wrote some words into its log."""
        while not any(words in line for line in self.said):
            assert self.process.poll() is None, "it ended before it said so"

    def configure(self, name: str, value: str) -> None:
        """Give a setting of the server another value, for connections that come."""
        self.run(f"ALTER SYSTEM SET {name} = {value}", "SELECT pg_reload_conf()")
        while self.run(f"SHOW {name}") != [(value,)]:
            pass  # it reads its settings when it likes to

    def holds(self, data: bytes, *, under: str) -> bool:
        """Return whether any file of a folder holds bytes."""
        return any(data in file.read_bytes() for file in (self.data / under).rglob("*") if file.is_file())


def programs() -> Path:
    """Return the folder of PostgreSQL's programs: those of the `pgserver` wheel, or those of the machine.

    Raises:
        NoServerError: When there are none.
    """
    found = find_spec("pgserver")
    if found is not None and found.submodule_search_locations:
        return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"
    initdb = shutil.which("initdb")
    if initdb is None:
        raise NoServerError("there is neither the `pgserver` wheel nor an `initdb`")
    return Path(initdb).resolve().parent


@contextmanager
def serving() -> Iterator[PostgresqlServer]:
    """Start a server, and end it.

    Raises:
        NoServerError: When none starts.
    """
    found = programs()
    folder = Path(mkdtemp(prefix="taxatie-postgresql-", dir=_quick_folder()))
    owner = _owner(folder)
    try:
        initdb: list[str | Path] = [found / "initdb", "-D", folder / "data"]
        initdb += ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--data-checksums", "--no-sync"]
        made = subprocess.run(initdb, capture_output=True, text=True, check=False, cwd=folder, user=owner)
        if made.returncode:
            raise NoServerError(made.stderr.strip())
        command: list[str | Path] = [found / "postgres", "-D", folder / "data", "-k", folder]
        command += ["--listen_addresses=", "--log_statement=all", "--wal_recycle=off", "--min_wal_size=32MB"]
        with subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, errors="replace", cwd=folder, user=owner
        ) as process:
            try:
                server = PostgresqlServer(folder, process)
                following = server.follow()
                yield _started(server)
            finally:
                process.send_signal(signal.SIGQUIT)  # at once: nobody needs its files any more
                process.wait(START_SECONDS)
                following.join(START_SECONDS)
    finally:
        shutil.rmtree(folder)


def _quick_folder() -> Path | None:
    """Return where files are memory, if there is room: these tests kill services, not machines."""
    memory = Path("/dev/shm")
    has_room = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM_BYTES
    return memory if has_room else None


def _owner(folder: Path) -> int | None:
    """Return as whom the server runs in a folder, which becomes theirs: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody").pw_uid
    os.chown(folder, nobody, -1)
    return nobody


def _started(server: PostgresqlServer) -> PostgresqlServer:
    server.ready.wait(START_SECONDS)
    if server.process.poll() is not None or not server.ready.is_set():
        raise NoServerError("".join(server.said[-3:]))
    return server
