"""The day of users and the soak run, in seconds here, so that they can be run for an hour."""

import subprocess
import sys
from pathlib import Path

from load.memory import Sample, memory_of
from load.run_users import KINDS, Kind, faults_of
from load.soak_releases import Turns, pair_in

ROOT = Path(__file__).parents[2]
FLAT = memory_of([Sample(float(now), 100.0, 50.0) for now in range(300)])
GROWING = memory_of([Sample(float(now), 100.0 + now, 50.0) for now in range(300)])
RIGHT = [Kind(name, 10, 0, 1.0, 2.0, 3.0) for name in sorted(KINDS)]


def run(module: str, *options: str) -> "subprocess.CompletedProcess[str]":
    """Run a module as people do."""
    return subprocess.run(
        [sys.executable, "-m", module, *options], cwd=ROOT, check=False, capture_output=True, text=True
    )


def test_a_short_day_is_without_fault(tmp_path: Path) -> None:
    """Each kind of call comes, each answer is judged, and the report is there."""
    done = run("load.run_users", "--minutes=0.08", "--most-users=20", "--cases=60", f"--folder={tmp_path}")

    summary = (tmp_path / "summary.txt").read_text(encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing was wrong" in summary
    assert all(name in summary for name in KINDS)
    assert "<html" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_short_soak_is_without_fault(tmp_path: Path) -> None:
    """Releases take turns under calls, and no answer is of a release that was not served just then."""
    much = ("--requests=60", "--reloads=4", "--users=0", "--cases=60", "--patience=1000")

    done = run("load.soak", "--minutes=0.05", *much, f"--folder={tmp_path}")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "and 4 reloads in" in done.stdout
    assert "memory: too short to tell" in done.stdout
    assert (tmp_path / "memory.csv").read_text(encoding="utf-8").startswith("seconds,service,workers\n")


def test_the_two_releases_of_a_soak_answer_differently(tmp_path: Path) -> None:
    """Else an answer that is half of one and half of the other could not be told."""
    pair = pair_in(tmp_path, ROOT / "rulesets")
    whole, less = pair.programs

    assert whole.digest != less.digest
    assert whole.release == less.release
    assert set(less.rule_places) < set(whole.rule_places)
    assert pair.text(0) == pair.file.read_text(encoding="utf-8") != pair.text(1)


def test_both_releases_may_answer_while_they_are_exchanged(tmp_path: Path) -> None:
    turns = Turns(pair_in(tmp_path, ROOT / "rulesets"))
    whole, less = (program.digest for program in turns.pair.programs)

    before = turns.now
    assert turns.since(before) == {whole}
    assert turns.begin() == less
    assert turns.since(turns.now) == {whole, less}
    turns.settle()
    assert turns.since(turns.now) == {less}
    assert turns.since(before) == {whole, less}
    assert turns.begin() == whole
    assert turns.taken == 1


def test_what_was_wrong_is_told() -> None:
    failed = [Kind("Assess, full", 10, 2, 1.0, 2.0, 3.0), *RIGHT[1:]]

    assert list(faults_of(RIGHT, FLAT)) == []
    assert list(faults_of(failed, FLAT)) == ["Assess, full: 2 of 10 calls failed, or were answered wrongly"]
    assert list(faults_of(RIGHT[:-1], FLAT)) == ["GetQuestionnaire: nobody called"]
    assert list(faults_of(RIGHT, GROWING)) == ["memory is not flat"]
    assert list(faults_of([], FLAT, wanted=())) == []
