"""Bad releases fall into the watched folder under load: no call fails, and no answer mixes two releases."""

import asyncio
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from grpc import aio

from taxatie.registry.folder import ReleaseFolder
from taxatie.wire.generated.taxatie.v1 import admin_pb2, admin_pb2_grpc, assessment_pb2_grpc
from tests.faults.extent import IS_FULL, SEED
from tests.faults.service import CALL_SECONDS_MAX, RULESETS, Service, a_request, serving
from tests.ledger.building import a_place

TIMES = 100 if IS_FULL else 6
CALLERS = 4
RULES = "kitchen-table/1.0.0.yaml"
VOCABULARY = "vocabulary/1.0.0.yaml"
Drop = Callable[[Path], object]


def _exchange(folder: Path, path: str, old: str, new: str) -> None:
    text = (RULESETS / path).read_text(encoding="utf-8")
    assert old in text
    (folder / path).write_text(text.replace(old, new), encoding="utf-8")


BAD: dict[str, Drop] = {
    "an unknown name": lambda folder: _exchange(folder, RULES, "when: strangulation", "when: strangled"),
    "a file that breaks off": lambda folder: (folder / RULES).write_text("rules: [", encoding="utf-8"),
    "a file that is gone": lambda folder: (folder / VOCABULARY).unlink(),
    "bytes": lambda folder: (folder / RULES).write_bytes(b"\xff\x00"),
    "another vocabulary": lambda folder: _exchange(folder, VOCABULARY, "- id: strangulation", "- id: choked"),
    "no release": lambda folder: (folder / "releases/one.yaml").unlink(),
}
GOOD: dict[str, Drop] = {
    "as it was": lambda folder: shutil.copytree(RULESETS, folder, dirs_exist_ok=True),
    "graver": lambda folder: _exchange(folder, RULES, "level: urgent", "level: immediate"),
}


def mended(folder: Path) -> None:
    """Put every file back."""
    shutil.copytree(RULESETS, folder, dirs_exist_ok=True)


@dataclass
class Drops:
    """What falls into the folder, while callers ask."""

    service: Service
    folder: Path
    dice: random.Random
    digests: set[str]
    """Of the good releases: in each answer one of these must stand."""
    answered: int = 0
    done: bool = False
    taken: list[bool] = field(default_factory=list)

    async def call(self, stub: "assessment_pb2_grpc.AssessmentServiceAsyncStub", caller: int) -> None:
        """Ask one thing after another; each answer is of a good release, whole."""
        number = 0
        while not self.done:
            number += 1
            response = await stub.Assess(a_request(f"r-{caller}-{number}"), timeout=CALL_SECONDS_MAX)
            assert response.digest in self.digests
            self.answered += 1

    async def drop(self, admin: "admin_pb2_grpc.AdminServiceAsyncStub") -> None:
        """Let bad and good folders follow one another; each is also told to the service, which answers what it did."""
        for _ in range(TIMES):
            mended(self.folder)
            bad = self.dice.choice(sorted(BAD))
            BAD[bad](self.folder)
            reloaded = await admin.ReloadReleases(admin_pb2.ReloadReleasesRequest(), timeout=CALL_SECONDS_MAX)
            assert not reloaded.taken, bad
            assert reloaded.faults, bad
            assert reloaded.digest in self.digests
            mended(self.folder)
            GOOD[self.dice.choice(sorted(GOOD))](self.folder)
            reloaded = await admin.ReloadReleases(admin_pb2.ReloadReleasesRequest(), timeout=CALL_SECONDS_MAX)
            self.taken.append(reloaded.taken)
        self.done = True

    async def run(self) -> None:
        """Ask and drop at once."""
        async with aio.insecure_channel(self.service.address) as channel:
            stub = assessment_pb2_grpc.AssessmentServiceStub(channel)
            admin = admin_pb2_grpc.AdminServiceStub(channel)
            callers = [self.call(stub, caller) for caller in range(CALLERS)]
            await asyncio.gather(self.drop(admin), *callers)


def good_digests(tmp_path: Path) -> set[str]:
    """Return the digests of the good releases."""
    found = set()
    for name, drop in GOOD.items():
        folder = tmp_path / f"good-{name}"
        mended(folder)
        drop(folder)
        found.add(str(ReleaseFolder(folder).load("one").digest))
    assert len(found) == len(GOOD)
    return found


def test_bad_releases_never_reach_a_caller(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    folder = tmp_path / "rulesets"
    mended(folder)

    with serving(a_place(tmp_path), folder) as service:
        drops = Drops(service, folder, random.Random(SEED), good_digests(tmp_path))
        asyncio.run(drops.run())

    assert all(drops.taken)
    assert len(drops.taken) == TIMES
    refused = sum(line.get("event") == "releases_refused" for line in service.said)
    assert refused >= TIMES
    table = f"{TIMES} bad folders, {drops.answered} answers, {refused} readings refused (seed {SEED})"
    record_property("table", table)
