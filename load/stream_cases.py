"""Whether memory stays flat however many cases a stream holds: `taxatie assess` on 10,000 and on 100,000 cases.

The cases are the scenarios of a folder, over and over, each time under another reference. Prints one JSON
object a run: cases, answers, seconds, and the peak of resident memory in KiB.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from threading import Thread
from time import perf_counter
from typing import IO

from taxatie.errors.diagnostics import Diagnostics
from taxatie.rules.nodes import plain
from taxatie.rules.parser import decode_text, parse_text

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Measure each number of cases that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", nargs="*", type=int, default=[10_000, 100_000])
    parser.add_argument("--rulesets", type=Path, default=ROOT / "rulesets")
    parser.add_argument("--scenarios", type=Path, default=ROOT / "validation")
    parser.add_argument("--detail", default="full", choices=["level", "reasons", "full"])
    wishes = parser.parse_args()
    for count in wishes.counts:
        print(json.dumps(measure(count, wishes)), flush=True)


def measure(count: int, wishes: argparse.Namespace) -> dict[str, float]:
    """Return what a stream of that many cases took."""
    command = [
        sys.executable, "-m", "taxatie", "assess", "--rulesets", wishes.rulesets,
        "--format", "json", "--detail", wishes.detail, "-",
    ]  # fmt: skip
    begun = perf_counter()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603  # our own command
        assert process.stdin is not None
        assert process.stdout is not None
        writer = Thread(target=_write, args=(process.stdin, cases(wishes.scenarios, count)))
        writer.start()
        answers = sum("level" in json.loads(line) for line in process.stdout)
        writer.join()
        _, code, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(code)
    seconds = perf_counter() - begun
    return {"cases": count, "answers": answers, "seconds": round(seconds, 2), "peak_kib": usage.ru_maxrss}


def cases(folder: Path, count: int) -> Iterator[bytes]:
    """Return that many cases as lines of JSON."""
    known = [_case(path) for path in sorted(folder.rglob("*.yaml"))]
    for number, case in enumerate(islice(cycle(known), count)):
        yield json.dumps({**case, "case": f"case-{number}"}).encode() + b"\n"


def _case(path: Path) -> dict[str, object]:
    diagnostics = Diagnostics()
    source = decode_text(path.name, path.read_bytes(), diagnostics)
    assert source is not None, path
    root = parse_text(source, diagnostics)
    assert root is not None, path
    said = plain(root)
    assert isinstance(said, dict), path
    return {key: value for key, value in said.items() if key != "expect"}


def _write(stream: IO[bytes], lines: Iterator[bytes]) -> None:
    with stream:
        stream.writelines(lines)


if __name__ == "__main__":
    main()
