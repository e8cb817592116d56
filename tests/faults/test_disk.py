"""The disk fails at each write and each wait in turn: the service refuses, loses nothing, and goes on by itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import grpc
import pytest

from taxatie.ledger.opening import LogPlace
from tests.faults.extent import IS_FULL
from tests.faults.injecting import WITHOUT, Fault, can_attach, failing
from tests.faults.service import Service, asked, serving
from tests.ledger.building import a_place, lines_of, told

pytestmark = pytest.mark.skipif(not can_attach(), reason=WITHOUT)

STEPS = {"pwrite64": 1 if IS_FULL else 6, "write": 1, "fdatasync": 1}
"""The calls by which a decision becomes durable, and every how manieth of them fails."""
ALL = (*STEPS, "ftruncate", "fsync")
TIMES_MAX = 200
"""Calls of one kind that one decision may need; the loop ends where none failed any more."""


@dataclass
class Tries:
    """A service whose disk fails now and then, and what its callers were told."""

    service: Service
    place: LogPlace
    decisions: dict[str, str] = field(default_factory=dict)
    refused: int = 0
    failed: int = 0

    def files(self) -> list[Path]:
        """Return the files of the log."""
        assert self.place.copy is not None
        log = self.place.folder
        names = ("log.sqlite", "log.sqlite-wal", "keys.sqlite", "keys.sqlite-wal", "checkpoints")
        return [*(log / name for name in names), self.place.copy]

    def ask(self, *names: str) -> None:
        """Ask, and keep what was told; what was told before stays as it was."""
        for name, outcome in asked(self.service, names).items():
            if isinstance(outcome, str):
                assert self.decisions.setdefault(name, outcome) == outcome
            else:
                assert outcome is grpc.StatusCode.UNAVAILABLE
                self.refused += 1

    def with_fault(self, name: str, *faults: Fault) -> int:
        """Ask while the disk fails, and again when it does not; return how many of its calls failed."""
        with failing(self.service.process.pid, self.files(), *faults) as failed:
            self.ask(name)
        self.failed += len(failed)
        self.ask(name)
        assert name in self.decisions, (name, faults)
        return len(failed)


@pytest.fixture(scope="module")
def tries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tries]:
    """Return one service for all faults: it must outlive each of them."""
    place = a_place(tmp_path_factory.mktemp("disk"))
    with serving(place) as service:
        yield Tries(service, place)


@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
@pytest.mark.parametrize("call", STEPS)
def test_a_disk_that_fails_once_costs_an_answer_at_most(
    tries: Tries, call: str, error: str, record_property: Callable[[str, object], None]
) -> None:
    """At whichever call it fails: who was refused asks again and is answered, without a restart."""
    refused, failed = tries.refused, tries.failed

    for time in range(1, TIMES_MAX, STEPS[call]):
        if tries.with_fault(f"once-{call}-{error}-{time}", Fault(call, error, str(time))) == 0:
            break
    else:
        pytest.fail(f"{TIMES_MAX} calls of {call} for one decision")

    record_property(
        "table", f"{call:10} {error:7} failed {tries.failed - failed:3} times, {tries.refused - refused:3} refused"
    )
    assert tries.failed > failed
    assert_nothing_is_missing(tries)


@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
def test_a_disk_that_takes_nothing_is_answered_by_refusing(tries: Tries, error: str) -> None:
    """All the time that it lasts; and the moment it ends there are answers again."""
    names = [f"full-{error}-{number}" for number in range(5)]
    before = tries.refused

    with failing(tries.service.process.pid, tries.files(), *(Fault(call, error, "1+") for call in ALL)):
        tries.ask(*names)

    assert tries.refused - before == len(names)
    assert not tries.decisions.keys() & set(names)
    tries.ask(*names)
    assert tries.decisions.keys() >= set(names)
    assert_nothing_is_missing(tries)


@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
def test_a_checkpoint_that_cannot_be_taken_back_is_cut_away_later(tries: Tries, error: str) -> None:
    """The write is there, its durability is not, and the file cannot be cut: the next to append cuts it."""
    name = f"torn-{error}"
    file = tries.place.checkpoint_files[0].path
    faults = (Fault("fdatasync", error, "1+"), Fault("ftruncate", error, "1+"))

    with failing(tries.service.process.pid, [file], *faults) as failed:
        tries.ask(name)

    assert len(failed) >= 2
    assert name not in tries.decisions
    tries.ask(name)
    assert name in tries.decisions
    assert_nothing_is_missing(tries)


def test_a_second_location_that_fails_costs_nothing(tries: Tries) -> None:
    """Here the checkpoint stands; the next one covers the one that is not there."""
    assert tries.place.copy is not None
    refused = tries.refused

    with failing(tries.service.process.pid, [tries.place.copy], Fault("write", "EIO", "1+")) as failed:
        tries.ask("copy-1", "copy-2")

    assert len(failed) >= 2
    assert tries.refused == refused
    tries.ask("copy-3")
    assert_nothing_is_missing(tries)


def test_a_log_whose_write_ahead_part_cannot_be_carried_over_grows_and_is_answered(tries: Tries) -> None:
    """SQLite carries it over after a thousand pages; until it can, all that is durable stands there."""
    names = [f"carried-{number}" for number in range(200)]
    files = [tries.place.folder / "log.sqlite", tries.place.folder / "keys.sqlite"]

    with failing(tries.service.process.pid, files, Fault("pwrite64", "EIO", "1+")) as failed:
        tries.ask(*names)

    assert failed
    assert tries.decisions.keys() >= set(names)
    assert_nothing_is_missing(tries)


def assert_nothing_is_missing(tries: Tries) -> None:
    """Assert that what was told is on record, that the log verifies, and that each refusal was written down."""
    tries.ask("settled")  # so that a checkpoint binds what the last fault left behind
    lines = lines_of(tries.place)
    ids = {line.id for line in lines}
    assert [name for name, decision in tries.decisions.items() if decision not in ids] == []
    requests = [line.request for line in lines if line.request is not None]
    assert len(set(requests)) == len(requests)
    assert told(tries.place) == []
