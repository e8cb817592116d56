"""How the service does beside an empty method on the same server: calls a second, and waiting times at half of that.

Many distinct requests are sent in turn, so that nothing that remembers one flatters us. Who sends is another process,
and says how much of a core it took. Both sides have their turn in every round; what is told is the median.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from load.bench_sides import IN_FLIGHT, Measured, Side, Turns, in_turn
from load.bench_table import Figure, Goal, Row, Section
from load.native import framed, run_load
from load.prepared import ASSESS, Prepared, ask
from load.serving import ROOT, SERVE, started
from taxatie.server.decoding import strict_decoder
from taxatie.service.answer import answer_request
from taxatie.service.live_releases import LiveReleases
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages
from taxatie.wiring import SystemClock

PROFILE: Final = "answering with reasons"
THROUGHPUT_GOAL: Final = Goal(0.75, is_least=True)
P99_GOAL: Final = Goal(2, is_least=False)
WORKERS_GOAL: Final = Goal(1.6, is_least=True)
ALONE: Final = ("--no-watch", "--second-engine", "off")
WITHOUT_LOG: Final = ("--ledger", "off")
FEW: Final = 4
"""Calls at once that ask for everything."""
OURS: Final = "ours"
EMPTY: Final = "empty"
CROSS_CHECK_CALLS: Final = 300


@dataclass(frozen=True, slots=True)
class Stage:
    """What is played: the cases, a folder for their messages, and how often and how long."""

    prepared: Prepared
    folder: Path
    turns: Turns

    def requests(self, detail: str) -> Path:
        """Return a file of the requests that ask for so much detail."""
        return self.prepared.write(self.folder / detail, detail)


def serving_section(prepared: Prepared, turns: Turns, *, with_variants: bool) -> Section:
    """Return the rows about the service."""
    with TemporaryDirectory() as scratch:
        stage = Stage(prepared, Path(scratch), turns)
        with _main_sides(stage) as sides:
            full = in_turn(sides, turns)
            longer = replace(turns, seconds=2 * turns.seconds)  # waiting times need more calls than a rate does
            half = in_turn(sides, longer, {name: each.rate / 2 for name, each in full.items()})
            rows = list(_goal_rows(full, half))
            if with_variants:
                rows += _cross_check(sides, stage)
                rows += _details(sides[OURS], stage)
                rows += _workers(sides[OURS], stage)
                rows += _logged(sides[OURS], stage)
    title = f"The service, {IN_FLIGHT} calls in flight, {len(prepared.cases)} distinct cases"
    return Section(title, _notes(full, half), tuple(rows))


@contextmanager
def _main_sides(stage: Stage) -> Iterator[dict[str, Side]]:
    """Start ours, without the log and the second engine, and the empty one with what ours answers."""
    requests, answers = stage.requests("reasons"), stage.folder / "answers"
    with started(*SERVE, *WITHOUT_LOG, *ALONE) as ours:
        answers.write_bytes(b"".join(framed(answer) for answer in ask(ours.port, stage.prepared)))
        with started("-m", "load.empty", "--answers", str(answers)) as empty:
            yield {OURS: Side(ours, requests), EMPTY: Side(empty, requests)}


def _goal_rows(full: Mapping[str, Measured], half: Mapping[str, Measured]) -> Iterator[Row]:
    ours, empty = full[OURS].rate, full[EMPTY].rate
    yield Row(
        "Assess with reasons, beside an empty method",
        Figure(ours, "calls/s"), Figure(empty, "calls/s"), ours / empty, THROUGHPUT_GOAL, PROFILE,
    )  # fmt: skip
    ours, empty = full[OURS].core_micros, full[EMPTY].core_micros
    yield Row("the same, by core time", Figure(ours, "µs"), Figure(empty, "µs"), empty / (ours or 1.0))
    ours, empty = half[OURS].p99, half[EMPTY].p99
    yield Row("its p99 at half load", Figure(ours, "ms"), Figure(empty, "ms"), ours / empty, P99_GOAL, PROFILE)


def _notes(full: Mapping[str, Measured], half: Mapping[str, Measured]) -> tuple[str, ...]:
    ours, empty = full[OURS], full[EMPTY]
    return (
        (
            f"The sender took {ours.sender_share:.0%} of a core beside ours, {empty.sender_share:.0%} beside the empty "
            "one. What else runs on a machine changes the time of a core least."
        ),
        (
            "Empty: the same server options, decoder and serialiser. It decodes the request, serialises the next of "
            "our own answers to the same cases, and notes nothing; ours writes its line of log for each call."
        ),
        "The log of decisions and the second engine are off, but where a row says otherwise.",
        (
            "Two processes get twice the share of a machine that is busy with other work: only on a quiet one does "
            "that row say what a second core brings, and with two cores the sender has a part of it."
        ),
        (
            f"At half load calls come at a constant rate ({half[OURS].rate:,.0f} and {half[EMPTY].rate:,.0f} a "
            "second), whether or not earlier ones were answered, and are timed from when they were due."
        ),
    )


def _cross_check(sides: Mapping[str, Side], stage: Stage) -> Iterator[Row]:
    """Return the same ratio by h2load, where it is installed; it sends one request only, over and over."""
    if shutil.which("h2load") is None:
        return
    request = framed(stage.prepared.requests("reasons")[0])
    rates = {
        name: median(run_load(side.service.port, ASSESS, request, calls).rate for _ in range(stage.turns.rounds))
        for name, side, calls in (
            (OURS, sides[OURS], CROSS_CHECK_CALLS),
            (EMPTY, sides[EMPTY], CROSS_CHECK_CALLS * 10),
        )
    }
    ours, empty = Figure(rates[OURS], "calls/s"), Figure(rates[EMPTY], "calls/s")
    yield Row("the same by h2load, one case over and over", ours, empty, ours.value / empty.value)


def _details(ours: Side, stage: Stage) -> Iterator[Row]:
    """Return how other wishes for detail compare with reasons."""
    sides = {detail: Side(ours.service, stage.requests(detail)) for detail in ("reasons", "level")}
    # Some take half a second, and whoever is under way is waited for.
    sides["full"] = Side(ours.service, stage.requests("full"), in_flight=FEW)
    found = in_turn(sides, stage.turns)
    yield _beside_ours("the level alone, beside reasons", found["level"], found["reasons"])
    yield _beside_ours("everything, beside reasons", found["full"], found["reasons"])


def _workers(ours: Side, stage: Stage) -> Iterator[Row]:
    """Return what a second process brings."""
    with started(*SERVE, *WITHOUT_LOG, *ALONE, "--workers", "2") as both:
        found = in_turn({OURS: ours, "both": Side(both, ours.requests)}, stage.turns)
    two, one = found["both"].rate, found[OURS].rate
    what = "two processes, beside one"
    yield Row(what, Figure(two, "calls/s"), Figure(one, "calls/s"), two / one, WORKERS_GOAL, PROFILE)


def _logged(ours: Side, stage: Stage) -> Iterator[Row]:
    """Return what it costs to put decisions on record, and to check them after the answer."""
    log, requests = ("--ledger-folder", str(stage.folder / "log")), stage.requests("reasons")
    with started(*SERVE, *log, *ALONE) as with_log:
        found = in_turn({OURS: ours, "log": Side(with_log, requests)}, stage.turns)
    yield _beside_ours("on record before each answer, beside without", found["log"], found[OURS])
    shadow = ("--ledger-folder", str(stage.folder / "checked"), "--no-watch", "--second-engine", "shadow")
    with started(*SERVE, *shadow) as checked:
        # Not in turn: the second engine would still be busy while the other side has its turn.
        ask(checked.port, stage.prepared)
        guarded = in_turn({OURS: Side(checked, requests)}, stage.turns)[OURS]
    yield _beside_ours("and checked by the second engine after it", guarded, found[OURS])


def _beside_ours(what: str, other: Measured, ours: Measured) -> Row:
    return Row(what, Figure(other.rate, "calls/s"), Figure(ours.rate, "calls/s"), other.rate / ours.rate)


def answer_all(prepared: Prepared) -> Callable[[], object]:
    """Return what the service does for the cases, from bytes to bytes, for a profile; the releases are loaded."""
    releases, clock = LiveReleases(ROOT / "rulesets", ROOT / "validation", allows_drafts=True), SystemClock()
    releases.load(clock.now())
    data = [request.SerializeToString() for request in prepared.requests("reasons")]
    decode = strict_decoder(messages.AssessRequest)
    return lambda: [answer_request(releases, clock, decode(each).require()).SerializeToString() for each in data]
