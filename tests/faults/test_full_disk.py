"""The disk is full: the service refuses, loses nothing, and goes on by itself once there is room."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import grpc
import pytest

from tests.faults.service import asked, serving
from tests.faults.unbound import assert_nothing_is_missing
from tests.ledger.building import a_place

KILOBYTES = 24_000
"""The size of the disk: twice what the write-ahead parts of the log grow to, which is four megabytes each."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Return a small disk of its own; where none can be mounted, say so and skip."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={KILOBYTES}k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("a small disk of its own needs root, allowed to mount")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill(file: Path) -> None:
    """Write until the disk takes no more."""
    with file.open("wb", buffering=0) as stream:
        try:
            while True:
                stream.write(bytes(1_000))
        except OSError:
            return


def test_a_full_disk_is_answered_by_refusing_until_there_is_room(disk: Path, tmp_path: Path) -> None:
    place = replace(a_place(tmp_path), folder=disk / "log")
    decisions: dict[str, str] = {}

    with serving(place) as service:
        for time in range(3):
            outcomes = asked(service, [f"{time}-before-{number}" for number in range(5)])
            assert all(isinstance(outcome, str) for outcome in outcomes.values())
            decisions |= {name: outcome for name, outcome in outcomes.items() if isinstance(outcome, str)}
            fill(disk / "filler")
            # SQLite has some room within its files: a few may still be answered, and then none.
            full = asked(service, [f"{time}-full-{number}" for number in range(40)])
            decisions |= {name: outcome for name, outcome in full.items() if isinstance(outcome, str)}
            assert list(full.values())[-5:] == [grpc.StatusCode.UNAVAILABLE] * 5
            (disk / "filler").unlink()
            again = asked(service, list(full))
            assert {name: again[name] for name in decisions if name in again} == {
                name: decisions[name] for name in decisions if name in again
            }
            assert all(isinstance(outcome, str) for outcome in again.values())
            decisions |= {name: outcome for name, outcome in again.items() if isinstance(outcome, str)}

    assert not assert_nothing_is_missing(place, decisions)
