"""How long a what-if over millions of stored decisions takes, beside its peers on the same rules: ratios, in one run.

    make bench-replay                                    # five million decisions, all peers
    python -m load.bench_replay --decisions 100000 --without-peers

Each thing is measured in a process of its own, best of some rounds. What the peers are spared is said in the table's
foot; on fully answered cases all of them must first give the level that our engines give.
"""

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Final

from distributed import Client

from load.make_population import files_of, shipped, write_population, write_values_beside
from load.measured import CHECKED, VALUES, Work, best_seconds
from load.population import Population
from taxatie.replay.cluster import ClusterCount, local_cluster
from taxatie.replay.counts import Counts
from taxatie.replay.counts_json import counts_to_json
from taxatie.replay.what_if import count_file

DECODING_GOAL: Final = 1.5
"""At most so many times as long as decoding alone."""
POLARS_GOAL: Final = 2.0
"""At least so many times as fast as this peer; likewise below."""
OPENFISCA_GOAL: Final = 9.0
ZEN_GOAL: Final = 1_500.0
PEAK_GOAL_MIB: Final = 1_024.0
MEASURES: Final = ("what_if", "decoding", "polars", "polars_boolean", "openfisca", "zen")

ROOT: Final = Path(__file__).resolve().parents[1]
WORKERS: Final = 2
FOOT: Final = """
The peers give the level alone, two-valued: they leave out unknown and unreliable answers, persons that nobody
listed, events, what may still turn out, findings, actions, withholdings, and the figures by region, channel and month.
OpenFisca and ZEN are given their input in memory, so their decoding is not counted. Polars uses all cores throughout,
ours those that decoding uses. A release is compared with a draft of itself in which some rules are dropped and some
weigh more; everybody computes both. Ratios and goals go by the clock; what all cores took together, a busy machine
changes less.
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one process found."""

    wall: float
    cores: float
    peak_mib: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table."""

    what: str
    wall: float | None
    cores: float | None
    figure: str
    goal: str
    is_met: bool | None = None


def main() -> None:
    """Print the table, or, in a process of its own, measure one thing."""
    wishes = _wishes()
    population = Population(shipped(wishes.rulesets), wishes.seed)
    folder: Path = wishes.folder / f"{population.program.digest[:12]}-{wishes.seed}-{wishes.decisions}"
    if wishes.measure:
        print(json.dumps(asdict(_measure(wishes.measure, Work(population, list(files_of(folder))), wishes))))
        return
    made = folder / "made"
    if not made.exists():
        print(f"making {wishes.decisions:,} decisions, all distinct", flush=True)
        write_population(population, wishes.decisions, folder)
        write_values_beside(population, wishes.decisions, folder / VALUES)
        made.touch()
    work = Work(population, list(files_of(folder)))
    names = sorted(set(work.agreements(min(CHECKED, wishes.decisions // 10), with_peers=not wishes.without_peers)))
    print(f"on fully answered cases the live engine agrees with: {', '.join(names)}", flush=True)
    print(f"{wishes.decisions:,} decisions in {len(work.paths)} files, best of {wishes.rounds} rounds\n")
    print(f"{'':<44}{'seconds':>10}{'of cores':>12}  {'':<20}{'goal':<14}")
    for line in _lines(work, wishes):
        met = "" if line.is_met is None else ("met" if line.is_met else "NOT MET")
        wall, cores = ("" if each is None else f"{each:,.2f}" for each in (line.wall, line.cores))
        print(f"{line.what:<44}{wall:>10}{cores:>12}  {line.figure:<20}{line.goal:<14}{met}", flush=True)
    print(FOOT)


def _wishes() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--decisions", type=int, default=5_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rulesets", type=Path, default=ROOT / "rulesets")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "bench-replay", help="for the decisions")
    parser.add_argument("--openfisca", type=int, default=500_000, help="cases for OpenFisca; scaled to all")
    parser.add_argument("--zen", type=int, default=2_000, help="cases for ZEN; scaled to all")
    parser.add_argument("--without-peers", action="store_true", help="OpenFisca and ZEN are not installed")
    parser.add_argument("--without-cluster", action="store_true")
    parser.add_argument("--together", action="store_true", help="all in one process; peak memory is then everybody's")
    parser.add_argument("--measure", choices=MEASURES, help=argparse.SUPPRESS)
    return parser.parse_args()


def _measure(what: str, work: Work, wishes: argparse.Namespace) -> Measured:
    scaled = {"openfisca": wishes.openfisca, "zen": wishes.zen}
    if what in scaled:
        number = min(scaled[what], wishes.decisions)
        seconds = getattr(work, what)(number).scaled(wishes.decisions / number)
    else:
        seconds = best_seconds(getattr(work, what), wishes.rounds)
    return Measured(seconds.wall, seconds.cores, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _apart(what: str, work: Work, wishes: argparse.Namespace) -> Measured:
    """Return what a process of its own measures; for short runs, this one."""
    if wishes.together:
        return _measure(what, work, wishes)
    command = [sys.executable, "-m", "load.bench_replay", *sys.argv[1:], "--measure", what]
    found = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT)  # noqa: S603  # our own command
    return Measured(**json.loads(found.stdout))


def _lines(work: Work, wishes: argparse.Namespace) -> Iterator[Line]:
    ours, decoding, numbers, columns = (_apart(what, work, wishes) for what in MEASURES[:4])
    yield Line("what-if over columns", ours.wall, ours.cores, "", "")
    is_small = ours.peak_mib < PEAK_GOAL_MIB
    yield Line("  its peak memory", None, None, f"{ours.peak_mib:,.0f} MiB", f"< {PEAK_GOAL_MIB:,.0f} MiB", is_small)
    times = ours.wall / decoding.wall
    figure, goal = f"ours {times:.2f} x", f"<= {DECODING_GOAL} x"
    yield Line("decoding the same columns alone", *_both(decoding), figure, goal, times <= DECODING_GOAL)
    yield _slower("polars, expressions over small numbers", numbers, ours, POLARS_GOAL)
    yield _slower("polars, expressions over our own columns", columns, ours, POLARS_GOAL)
    if not wishes.without_peers:
        fisca, zen = (_apart(what, work, wishes) for what in MEASURES[4:])
        yield _slower(f"OpenFisca, vectorised (from {wishes.openfisca:,})", fisca, ours, OPENFISCA_GOAL)
        yield _slower(f"ZEN, row by row (from {wishes.zen:,})", zen, ours, ZEN_GOAL)
    if not wishes.without_cluster:
        yield from _cluster_lines(work)


def _slower(what: str, peer: Measured, ours: Measured, goal: float) -> Line:
    times = peer.wall / ours.wall
    return Line(what, *_both(peer), f"{times:,.1f} x ours", f">= {goal:,.0f} x", times >= goal)


def _both(measured: Measured) -> tuple[float, float]:
    return measured.wall, measured.cores


def _cluster_lines(work: Work) -> Iterator[Line]:
    """Return how a cluster of two processes does, also when one of them is killed in the middle."""
    alone = counts_to_json(work.what_if())
    with local_cluster(WORKERS) as client:
        for what, kills in ((f"Dask, {WORKERS} workers", False), ("Dask, one of them killed in the middle", True)):
            begun = perf_counter()
            together = counts_to_json(_on_cluster(client, work, kills=kills))
            same = together == alone
            figures = "the same figures" if same else "OTHER FIGURES"
            # What the workers' cores took is not ours to measure.
            yield Line(what, perf_counter() - begun, None, figures, "to the digit", same)


def _on_cluster(client: Client, work: Work, *, kills: bool) -> Counts:
    counting = ClusterCount(client, work.old, work.new, count_file)
    workers = client.run(os.getpid)
    found: dict[int, Counts] = {}
    for place, counts in counting.run([str(path) for path in work.paths]):
        if kills and not found:
            os.kill(min(workers.values()), signal.SIGKILL)
        found[place] = counts
    return sum((found[place] for place in sorted(found)), Counts())


if __name__ == "__main__":
    main()
