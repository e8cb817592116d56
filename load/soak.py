"""An hour of a service's life, and whether its memory stays flat: a million calls, a thousand exchanges of releases.

    python -m load.soak --minutes 60 --requests 1000000 --reloads 1000

The bulk comes at an even pace from prepared cases (`load/soak_calls.py`), a few of locust's users come beside it. Every
answer is judged: it must be what the release says that it names, and that release must have been served just then.
It fails when a call fails, when an answer is wrong, when not all was done, or when memory is not flat.
"""

import argparse
import asyncio
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from load.expecting import deck_of
from load.memory import Sample, memory_of, sampled
from load.on_record import on_record
from load.run_users import Kind, answered_in, faults_of, kinds_of, table_of, users
from load.serving import ROOT, SERVE, started
from load.soak_calls import Bulk, Goal
from load.soak_releases import Turns, pair_in

PROGRESS_SECONDS: Final = 10.0
FAULTS_SHOWN: Final = 10


def main() -> None:
    """Soak, print what came of it, and fail when something was wrong."""
    wishes = _wishes()
    wishes.folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as scratch:
        bulk, samples, code = _soak(wishes, Path(scratch))
        record = on_record(Path(scratch) / "ledger")
    memory, kinds = memory_of(samples), kinds_of(wishes.folder / "figures.json") if wishes.users else ()
    decisions = bulk.judge.decisions
    faults = [
        *_faults(bulk),
        *faults_of(kinds, memory, wanted=()),
        *record.faults(len(decisions) + answered_in(kinds), decisions),
        *([f"locust ended with {code}"] if code else []),
    ]
    told = (*_told(bulk, kinds), "", record.told(), "", *memory.told(), "", *(faults or ["nothing was wrong"]))
    summary = "\n".join(told)
    (wishes.folder / "summary.txt").write_text(f"{summary}\n", encoding="utf-8")
    lines = (f"{each.seconds:.1f},{each.service:.2f},{each.workers:.2f}\n" for each in samples)
    (wishes.folder / "memory.csv").write_text("".join(("seconds,service,workers\n", *lines)), encoding="utf-8")
    print(summary, f"samples: {wishes.folder / 'memory.csv'}", sep="\n")
    sys.exit(bool(faults))


def _wishes() -> Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0, help="how long it takes")
    parser.add_argument("--requests", type=int, help="calls of the bulk; by default a million an hour")
    parser.add_argument("--reloads", type=int, help="exchanges of releases; by default a thousand an hour")
    parser.add_argument("--patience", type=float, default=2.0, help="how many times as long it may take to do all")
    parser.add_argument("--users", type=int, default=4, help="locust's users beside it; 0 for none")
    parser.add_argument("--cases", type=int, default=5000, help="how many distinct cases there are")
    parser.add_argument("--rulesets", type=Path, default=ROOT / "rulesets")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "soak", help="where the figures go")
    parser.add_argument("--serve", default="", help="further options of the service, such as `--second-engine off`")
    wishes = parser.parse_args()
    hours = wishes.minutes / 60
    wishes.requests = max(1, round(1_000_000 * hours)) if wishes.requests is None else wishes.requests
    wishes.reloads = max(1, round(1_000 * hours)) if wishes.reloads is None else wishes.reloads
    wishes.seconds, wishes.most_users = wishes.minutes * 60, wishes.users
    return wishes


def _soak(wishes: Namespace, scratch: Path) -> tuple[Bulk, list[Sample], int]:
    """Return what was done, what the service held meanwhile, and with what locust ended."""
    pair = pair_in(scratch, wishes.rulesets)
    goal = Goal(wishes.seconds, wishes.requests, wishes.reloads, wishes.patience)
    bulk = Bulk(goal, deck_of(pair.programs, wishes.cases), Turns(pair))
    options = ("--rulesets", str(pair.served), "--ledger-folder", str(scratch / "ledger"), "--no-watch")
    with (
        started(*SERVE, *options, *wishes.serve.split()) as service,
        sampled(service.process) as samples,
    ):
        beside = _beside(service.port, wishes, [str(folder) for folder in pair.folders])
        asyncio.run(bulk.run(service.port, lambda now: _tell(now, samples), PROGRESS_SECONDS))
        code = 0
        if beside is not None:
            said, _ = beside.communicate()
            (wishes.folder / "locust.log").write_text(said, encoding="utf-8")
            code = beside.returncode
        return bulk, samples(), code


def _beside(port: int, wishes: Namespace, folders: Sequence[str]) -> "subprocess.Popen[str] | None":
    return users(port, wishes, "--steady", "--rulesets", *folders) if wishes.users else None


def _tell(bulk: Bulk, samples: Callable[[], Sequence[Sample]]) -> None:
    """Print how far it is."""
    held = samples()[-1:]
    memory = "".join(f" · service {each.service:.1f} MiB, workers {each.workers:.1f} MiB" for each in held)
    print(
        f"{bulk.seconds:,.0f} of {bulk.goal.seconds:,.0f} s · {bulk.answered:,} requests"
        f" ({bulk.answered / bulk.seconds:,.0f}/s) · {bulk.turns.taken} reloads{memory} · faults {len(bulk.faults)}",
        file=sys.stderr,
        flush=True,
    )


def _faults(bulk: Bulk) -> Iterator[str]:
    yield from bulk.faults[:FAULTS_SHOWN]
    if len(bulk.faults) > FAULTS_SHOWN:
        yield f"and {len(bulk.faults) - FAULTS_SHOWN} more"
    if not bulk.is_reached:
        yield f"not all was done: {bulk.answered:,} requests, {bulk.turns.taken:,} reloads"


def _told(bulk: Bulk, kinds: Sequence[Kind]) -> Iterator[str]:
    yield (
        f"{bulk.answered:,} requests and {bulk.turns.taken:,} reloads in {bulk.seconds_taken:,.0f} s"
        f" ({bulk.answered / bulk.seconds_taken:,.0f}/s), {len(bulk.faults)} faults"
    )
    if kinds:
        yield from ("", "beside them:", *table_of(kinds))


if __name__ == "__main__":
    main()
