"""Streams of cases: memory that stays flat, answers that come at once, readers that leave."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import DATA

ROOT = Path(__file__).resolve().parents[2]
ASSESS = [sys.executable, "-m", "taxatie", "assess", "--rulesets", str(DATA / "small"), "--format", "json"]
CASE = {"reference_time": "2026-03-02T21:15:00+01:00", "answers": {"violence_now": "no"}}
KIB_OF_NOISE = 8_000


def test_memory_does_not_grow_with_the_cases() -> None:
    """100,000 cases are a night's replay; `load/stream_cases.py` measures those, here are fewer.

    Some thousand cases fill what is kept of cases like one before; from there nothing may grow.
    """
    measured = subprocess.run(
        [sys.executable, ROOT / "load" / "stream_cases.py", "6000", "14000", "--detail", "level",
         "--rulesets", DATA / "small", "--scenarios", DATA / "cases"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip

    few, many = map(json.loads, measured.stdout.splitlines())
    assert (few["answers"], many["answers"]) == (6_000, 14_000)
    assert many["peak_kib"] - few["peak_kib"] < KIB_OF_NOISE


def test_each_answer_comes_before_the_next_case_is_there() -> None:
    """An intake system that pipes case by case would otherwise wait for ever."""
    with subprocess.Popen([*ASSESS, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(3):
            process.stdin.write(json.dumps({"case": f"c-{number}", **CASE}) + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["case"] == f"c-{number}"
        process.stdin.close()

    assert process.returncode == 0


def test_a_reader_that_leaves_is_no_fault(tmp_path: Path) -> None:
    """`taxatie assess … | head -1` is how people look at a long stream."""
    cases = tmp_path / "cases.jsonl"
    cases.write_text("".join(json.dumps({"case": f"c-{n}", **CASE}) + "\n" for n in range(2_000)), encoding="utf-8")

    with subprocess.Popen([*ASSESS, str(cases)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()

    assert (process.returncode, said) == (0, "")


@pytest.mark.parametrize("locale", ["C", "POSIX"])
def test_a_poor_terminal_still_gets_every_letter(tmp_path: Path, locale: str) -> None:
    case = tmp_path / "case.json"
    case.write_text(json.dumps({"case": "\N{OWL}\ud800"}), encoding="utf-8")

    told = subprocess.run(
        [*ASSESS, str(case)], capture_output=True, check=False, env={"LC_ALL": locale, "PYTHONUTF8": "0"}
    )  # fmt: skip

    assert json.loads(told.stdout)["case"] == "\N{OWL}\ud800"
    assert "Traceback" not in told.stderr.decode()
