"""A day of intake systems on a service of its own, by locust: a report, a summary, and a verdict.

    python -m load.run_users --minutes 5 --most-users 40

It fails when a call fails, when an answer is wrong, when a kind of call never came, or when memory is not flat.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from time import monotonic
from typing import Final

from load.memory import Memory, memory_of, sampled
from load.on_record import on_record
from load.serving import ROOT, SERVE, started

KINDS: Final = {
    "Assess, level": 1,
    "Assess, reasons": 1,
    "Assess, full": 1,
    "AssessMany, 25 levels": 25,
    "GetQuestionnaire": 0,
}
"""The calls that the users make, and how many decisions each brings."""
PROGRESS_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Kind:
    """What became of the calls of one kind; times in milliseconds."""

    name: str
    calls: int
    failed: int
    median: float
    p99: float
    longest: float


def main() -> None:
    """Run the day, print what came of it, and fail when something was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5.0, help="how long the day lasts")
    parser.add_argument("--most-users", type=int, default=40, help="users at the morning's peak; twice as many later")
    parser.add_argument("--cases", type=int, default=2000, help="how many distinct cases there are")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "load", help="where the report goes")
    wishes = parser.parse_args()
    wishes.seconds = wishes.minutes * 60
    wishes.folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as ledger:
        said, code, memory = _run(wishes, ledger)
        record = on_record(Path(ledger))
    (wishes.folder / "locust.log").write_text(said, encoding="utf-8")
    kinds = kinds_of(wishes.folder / "figures.json")
    faults = [*faults_of(kinds, memory), *record.faults(answered_in(kinds))]
    faults += [f"locust ended with {code}"] if code else []
    told = (*table_of(kinds), "", record.told(), "", *memory.told(), "", *(faults or ["nothing was wrong"]))
    summary = "\n".join(told)
    (wishes.folder / "summary.txt").write_text(f"{summary}\n", encoding="utf-8")
    print(summary, f"report: {wishes.folder / 'report.html'}", sep="\n")
    sys.exit(bool(faults))


def _run(wishes: argparse.Namespace, ledger: str) -> tuple[str, int, Memory]:
    """Return what locust said, with what it ended, and what the service held meanwhile."""
    options = ("--ledger-folder", ledger, "--no-watch")
    with started(*SERVE, *options) as service, sampled(service.process) as samples:
        day = users(service.port, wishes)
        watched = Thread(target=_tell_progress, args=(day, wishes.seconds), daemon=True)
        watched.start()
        said, _ = day.communicate()
        watched.join()
        return said, day.returncode, memory_of(samples())


def users(port: int, wishes: argparse.Namespace, *more: str) -> "subprocess.Popen[str]":
    """Let users come: locust is a process of its own, because it changes whoever imports it."""
    command = [
        sys.executable, "-m", "locust", "-f", str(ROOT / "load" / "locustfile.py"), "--headless", "--only-summary",
        f"--host=127.0.0.1:{port}", f"--seconds={wishes.seconds}", f"--most-users={wishes.most_users}",
        f"--cases={wishes.cases}", f"--html={wishes.folder / 'report.html'}",
        f"--json-file={wishes.folder / 'figures'}", "--stop-timeout=30", *more,
    ]  # fmt: skip
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT)  # noqa: S603  # our own words


def _tell_progress(day: "subprocess.Popen[str]", seconds: float) -> None:
    begun = monotonic()
    while True:
        try:
            day.wait(PROGRESS_SECONDS)
        except subprocess.TimeoutExpired:
            print(f"{monotonic() - begun:,.0f} of about {seconds:,.0f} s", file=sys.stderr, flush=True)
        else:
            return


def kinds_of(figures: Path) -> tuple[Kind, ...]:
    """Return what became of the calls, by kind, from locust's figures; none where there are none."""
    if not figures.exists():
        return ()
    found = (_kind(each) for each in json.loads(figures.read_text(encoding="utf-8")))
    return tuple(sorted(found, key=lambda kind: kind.name))


def _kind(figures: Mapping[str, object]) -> Kind:
    calls, failed, longest = (figures[key] for key in ("num_requests", "num_failures", "max_response_time"))
    times = figures["response_times"]
    assert isinstance(calls, int), calls
    assert isinstance(failed, int), failed
    assert isinstance(longest, int | float), longest
    assert isinstance(times, dict), times
    counts = sorted((float(milliseconds), int(number)) for milliseconds, number in times.items())
    # Locust rounds the times of which it counts how often they came.
    median, p99 = (min(_share(counts, share), longest) for share in (0.5, 0.99))
    return Kind(str(figures["name"]), calls, failed, median, p99, longest)


def _share(counts: Sequence[tuple[float, int]], share: float) -> float:
    """Return the time below which a share of the calls lies."""
    wanted, seen = share * sum(number for _, number in counts), 0
    for milliseconds, number in counts:
        seen += number
        if seen >= wanted:
            return milliseconds
    return 0.0


def faults_of(kinds: Sequence[Kind], memory: Memory, *, wanted: Collection[str] = tuple(KINDS)) -> Iterator[str]:
    """Return what was wrong; of the *wanted* kinds there must be calls."""
    for kind in kinds:
        if kind.failed:
            yield f"{kind.name}: {kind.failed} of {kind.calls} calls failed, or were answered wrongly"
    for name in sorted({*wanted} - {kind.name for kind in kinds if kind.calls}):
        yield f"{name}: nobody called"
    if not memory.is_flat:
        yield "memory is not flat"


def answered_in(kinds: Sequence[Kind]) -> int:
    """Return how many decisions were answered at least."""
    return sum((kind.calls - kind.failed) * KINDS[kind.name] for kind in kinds)


def table_of(kinds: Sequence[Kind]) -> Iterator[str]:
    """Return the calls as lines of text."""
    yield f"{'calls':<24}{'number':>9}{'failed':>8}{'median ms':>11}{'p99 ms':>9}{'longest ms':>12}"
    for kind in kinds:
        times = f"{kind.median:>11,.0f}{kind.p99:>9,.0f}{kind.longest:>12,.0f}"
        yield f"{kind.name:<24}{kind.calls:>9,}{kind.failed:>8,}{times}"


if __name__ == "__main__":
    main()
