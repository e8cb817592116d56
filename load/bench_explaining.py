"""How long it takes to say what could still change an assessment: open questions and near misses."""

from collections.abc import Callable, Sequence
from statistics import median
from time import process_time
from typing import Final

from load.bench_table import Figure, Goal, Row, Section
from taxatie.engine.live import LiveEngine
from taxatie.explain.assessor import Assessor, Detail
from taxatie.rules.program import Program
from taxatie.terms.case import Case

PROFILE: Final = "open questions and near misses"
GOAL: Final = Goal(2, is_least=False, unit="ms")
WARM_UP: Final = 10
NOTES: Final = (
    (
        "Milliseconds of a core for one case: a full explanation less the reasons alone, of cases of the population, "
        "each explained once."
    ),
)


def explaining_section(program: Program, cases: Sequence[Case]) -> Section:
    """Return the rows about explanations."""
    # Each has its own memory, so that neither is helped by what the other found.
    reasons, full = (Assessor(program, LiveEngine(program)) for _ in range(2))
    first = min(WARM_UP, len(cases) // 2)
    for case in cases[:first]:
        _seconds(reasons, case, Detail.REASONS)
        _seconds(full, case, Detail.FULL)
    alone, further = [], []
    for case in cases[first:]:
        alone.append(_seconds(reasons, case, Detail.REASONS) * 1000)
        further.append(_seconds(full, case, Detail.FULL) * 1000 - alone[-1])
    further.sort()
    last = further[min(len(further) * 99 // 100, len(further) - 1)]
    rows = (
        Row("open questions and near misses, median", Figure(median(further), "ms"), None, None, GOAL, PROFILE),
        Row("the same, p99", Figure(last, "ms")),
        Row("reasons, median", Figure(median(alone), "ms")),
    )
    return Section(f"Explanations, {len(further)} cases", NOTES, rows)


def _seconds(assessor: Assessor, case: Case, detail: Detail) -> float:
    trace = assessor.engine.evaluate(case)
    began = process_time()
    assessor.assess_trace(case, trace, detail=detail)
    return process_time() - began


def explain_all(program: Program, cases: Sequence[Case]) -> Callable[[], object]:
    """Return what explains the cases in full, for a profile."""
    assessor = Assessor(program, LiveEngine(program))
    return lambda: [assessor.assess(case) for case in cases]
