"""Several replicas of the service over one log in PostgreSQL: starting, rotating, writing at once, dying."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Barrier, Event, Lock

import pytest

from taxatie.client import Client, RefusedError, case_message
from taxatie.errors.problem import TaxatieError
from taxatie.ledger.entry import EntryKind
from taxatie.ledger.identity import EntryId
from taxatie.ledger.log import Log
from taxatie.ledger.merkle import GrowingTree
from taxatie.ledger.opening import LogPlace, read_store
from taxatie.ledger.postgresql_store import PostgresqlStore
from taxatie.ledger.store import Batch, LedgerUnavailableError, Prepared, Turn
from taxatie.ledger.verify import Verification, verify_log
from taxatie.signing import new_private_key
from tests.ledger.building import NOW, STOPPED, a_draft, opened
from tests.ledger.postgresql_server import PostgresqlServer

pytestmark = pytest.mark.xdist_group("postgresql")

DATA = Path(__file__).parent.parent / "data"
CALLERS = 6
"""At each replica at once."""
ASKED_BY_EACH = 8
KILLED_AFTER = 20
"""Answers of the replica that is killed in the middle."""


@pytest.fixture
def replicas(tmp_path: Path, postgresql: PostgresqlServer) -> tuple[LogPlace, LogPlace]:
    """Return where two replicas keep what is theirs: each its folder, together a key and a database."""
    key = tmp_path / "key.pem"
    key.write_bytes(new_private_key())
    address = postgresql.emptied()
    return (
        LogPlace(tmp_path / "a", key=key, database=address),
        LogPlace(tmp_path / "b", key=key, database=address),
    )


def verified(*places: LogPlace) -> Verification:
    """Return what verifying finds, with the checkpoints of all replicas."""
    store = read_store(places[0])
    try:
        return verify_log(store, [file for place in places for file in place.checkpoint_files if file.path.exists()])
    finally:
        store.close()


def test_replicas_share_what_signs_and_what_hides(replicas: tuple[LogPlace, LogPlace]) -> None:
    """A case that one recorded, the other finds; a request that one answered, the other knows."""
    with opened(replicas[0]) as a, opened(replicas[1]) as b:
        (first,) = a.append([a_draft(reference="c-1", request="one")])
        (again,) = b.append([a_draft(reference="c-1", request="one")])

        assert a.case_tag("c-1") == b.case_tag("c-1")
        assert b.store.places_of_case(b.case_tag("c-1")) == (1,)
        assert (again.is_new, again.entry) == (False, first.entry)
    assert verified(*replicas).is_whole


def test_each_replica_binds_what_the_others_wrote(replicas: tuple[LogPlace, LogPlace]) -> None:
    """So that the checkpoints of any one are enough up to its last line."""
    with opened(replicas[0]) as a, opened(replicas[1]) as b:
        for _ in range(5):
            a.append([a_draft()])
            b.append([a_draft(), a_draft()])

    assert verified(*replicas).is_whole
    assert verified(replicas[1]).is_whole
    assert [str(fault) for fault in verified(replicas[0]).faults] == [STOPPED.format(14, 15)]


def test_replicas_write_at_once_and_wait_for_each_other(replicas: tuple[LogPlace, LogPlace]) -> None:
    """With folders of their own nothing but the database gives them their turns."""
    together = Barrier(len(replicas))

    def write(place: LogPlace) -> None:
        with opened(place) as log:
            together.wait()
            for _ in range(15):
                log.append([a_draft(), a_draft()])

    with ThreadPoolExecutor(len(replicas)) as pool:
        for _ in pool.map(write, replicas):
            pass

    found = verified(*replicas)
    assert found.is_whole, found.faults
    assert found.size == 1 + 2 * 15 * 2


def test_a_replica_without_the_key_is_told_to_share_it(replicas: tuple[LogPlace, LogPlace], tmp_path: Path) -> None:
    with opened(replicas[0]):
        pass
    keyless = LogPlace(tmp_path / "c", database=replicas[0].database)
    with pytest.raises(TaxatieError, match="the key that signs for the log is gone") as caught, opened(keyless):
        pass

    assert caught.value.hint == "put it back, or name it with --ledger-key; replicas share one"


def test_of_replicas_that_begin_a_log_at_once_with_keys_of_their_own_one_does(
    tmp_path: Path, postgresql: PostgresqlServer
) -> None:
    """The others are refused, and nothing of theirs is in the log."""
    address = postgresql.emptied()
    places = [LogPlace(tmp_path / str(number), database=address) for number in range(4)]
    together = Barrier(len(places))

    def begin(place: LogPlace) -> bool:
        together.wait()
        try:
            with opened(place) as log:
                log.append([a_draft()])
        except TaxatieError:
            return False
        return True

    with ThreadPoolExecutor(len(places)) as pool:
        began = list(pool.map(begin, places))

    assert sum(began) == 1
    found = verified(*places)
    assert found.is_whole, found.faults
    assert found.size == 2


def test_after_a_rotation_the_old_key_signs_no_more(replicas: tuple[LogPlace, LogPlace]) -> None:
    """A replica that still has it refuses until it gets the new one."""
    with opened(replicas[0]) as a, opened(replicas[1]) as b:
        b.append([a_draft()])
        a.rotate(new_private_key(), NOW)
        with pytest.raises(LedgerUnavailableError, match="another key signs for this log"):
            b.append([a_draft()])
        a.append([a_draft()])

    found = verified(*replicas)
    assert found.is_whole, found.faults
    assert found.kinds[EntryKind.DECISION] == 2


def test_a_rotation_in_the_middle_of_anothers_turn_is_noticed(replicas: tuple[LogPlace, LogPlace]) -> None:
    """The line of the rotation and both signatures are there at once: no line comes in between under the old key."""
    with opened(replicas[0]) as a, opened(replicas[1]) as b:
        assert isinstance(b.store, PostgresqlStore)
        b.store = _RotatedMeanwhile(b.store, a)
        with pytest.raises(LedgerUnavailableError, match="another key signs for this log"):
            b.append([a_draft()])
        b.store.close()
        a.append([a_draft()])

    found = verified(*replicas)
    assert found.is_whole, found.faults
    assert found.size == 3


class _RotatedMeanwhile(PostgresqlStore):
    """The store of one replica, which waits for its turn while another replica rotates the key."""

    def __init__(self, store: PostgresqlStore, other: Log) -> None:
        """Use the same database as a store."""
        super().__init__(store.address)
        store.close()
        self.other = other

    def append(self, drafts: Sequence[Prepared], turn: Turn, *, after: GrowingTree | None = None) -> Batch:
        """Write drafts, once another key signs."""
        self.other.rotate(new_private_key(), NOW)
        return super().append(drafts, turn, after=after)


@dataclass
class Replica:
    """A service in a process of its own."""

    process: subprocess.Popen[str]
    reader: ThreadPoolExecutor

    @cached_property
    def address(self) -> str:
        """Where it listens; it is waited for when this is first asked, so that several start at once."""
        assert self.process.stderr is not None
        port = json.loads(self.process.stderr.readline())["port"]
        self.reader.submit(self.process.stderr.read)
        return f"127.0.0.1:{port}"


@contextmanager
def served(place: LogPlace) -> Iterator[Replica]:
    """Serve with a log, and end at the latest after the block."""
    assert place.database is not None
    command: list[str | Path] = [sys.executable, "-m", "taxatie", "serve", "--port", "0"]
    command += ["--drafts", "--rulesets", DATA / "small", "--scenarios", DATA / "cases"]
    command += ["--ledger-folder", place.folder, "--ledger-key", str(place.key), "--ledger-database", place.database]
    # What the second engine says of a decision is a line as well, which comes when it comes.
    environment = {**os.environ, "TAXATIE_SECOND_ENGINE": "off"}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    with process, ThreadPoolExecutor(1) as reader:
        try:
            yield Replica(process, reader)
        finally:
            process.terminate()


@dataclass
class Load:
    """Callers who ask replicas, and keep which decision each request was answered with."""

    answered: dict[str, set[str]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def ask(self, client: Client, request: str) -> bool:
        """Ask for an assessment; return whether there is an answer."""
        case = case_message({"case": f"c-{request}", "reference_time": "2026-03-02T21:15:00+01:00"})
        try:
            response = client.assess(case, request_id=request, retrospective=True)
        except RefusedError:
            return False
        with self._lock:
            self.answered.setdefault(request, set()).add(response.decision)
        return True


def test_a_request_to_two_replicas_at_once_is_decided_once(replicas: tuple[LogPlace, LogPlace]) -> None:
    load = Load()
    with (
        served(replicas[0]) as a,
        served(replicas[1]) as b,
        Client(a.address) as first,
        Client(b.address) as second,
        ThreadPoolExecutor(2 * CALLERS) as pool,
    ):
        asked = [pool.submit(load.ask, client, f"r-{n}") for n in range(15) for client in (first, second) * 2]
        assert all(each.result() for each in asked)

    assert {request: len(decisions) for request, decisions in load.answered.items()} == {f"r-{n}": 1 for n in range(15)}
    found = verified(*replicas)
    assert found.is_whole, found.faults
    assert found.size == 16


def test_no_acknowledged_decision_is_missing_when_a_replica_is_killed(replicas: tuple[LogPlace, LogPlace]) -> None:
    """Under load at both; who gets no answer asks the other with the same request id, and is answered once."""
    load, kill = Load(), Event()
    with served(replicas[0]) as a, served(replicas[1]) as b, Client(a.address) as kept, Client(b.address) as killed:

        def call(caller: int, ask: Callable[[str], bool]) -> None:
            for number in range(ASKED_BY_EACH):
                ask(f"r-{caller}-{number}")

        def ask_killed(request: str) -> bool:
            is_answered = load.ask(killed, request)
            if len(load.answered) >= KILLED_AFTER:
                kill.set()
            return is_answered or load.ask(kept, request)

        with ThreadPoolExecutor(2 * CALLERS) as pool:
            calls = [pool.submit(call, each, lambda request: load.ask(kept, request)) for each in range(CALLERS)]
            calls += [pool.submit(call, CALLERS + each, ask_killed) for each in range(CALLERS)]
            assert kill.wait(60)
            b.process.send_signal(signal.SIGKILL)
            for each in calls:
                each.result()

    asked = {f"r-{caller}-{number}" for caller in range(2 * CALLERS) for number in range(ASKED_BY_EACH)}
    assert load.answered.keys() == asked
    assert b.process.returncode == -signal.SIGKILL
    _holds_all(load, replicas)
    with served(replicas[1]) as again, Client(again.address) as client:
        assert load.ask(client, "after")
    _holds_all(load, replicas)


def _holds_all(load: Load, replicas: tuple[LogPlace, LogPlace]) -> None:
    """Assert that the log holds each acknowledged decision, once, and verifies."""
    store = read_store(replicas[0])
    try:
        decisions = [decision for decisions in load.answered.values() for decision in decisions]
        missing = [decision for decision in decisions if store.find(EntryId(decision)) is None]
    finally:
        store.close()
    found = verified(*replicas)
    assert missing == []
    assert len(set(decisions)) == len(load.answered)
    assert found.is_whole, found.faults
    assert found.kinds == {EntryKind.GENESIS: 1, EntryKind.DECISION: len(load.answered)}
