"""How long one case takes on each engine, and its explanation: on the shipped release and scenarios.

Read the ratios: the microseconds are those of one machine on one day. Each figure is the best of several
rounds over all scenarios, because noise only ever adds.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

from taxatie.engine.live import LiveEngine
from taxatie.engine.reference import ReferenceEngine
from taxatie.explain.assessor import Assessor, Detail
from taxatie.registry.folder import ReleaseFolder
from taxatie.rules.program import Program
from taxatie.scenarios.scenario import find_scenario_texts, read_scenario
from taxatie.terms.case import Case

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 7


def main() -> None:
    """Print a line for each thing measured, against the reference."""
    folder = ReleaseFolder(ROOT / "rulesets")
    program = folder.load(folder.entries()[-1].name)
    cases = _cases(program)
    reference, live = ReferenceEngine(program), Assessor(program, LiveEngine(program))
    measured: dict[str, Callable[[Case], object]] = {
        "reference: evaluate": reference.evaluate,
        "live: evaluate": live.engine.evaluate,
        "live: level and rules": lambda case: live.assess(case, detail=Detail.LEVEL),
        "live: with reasons": lambda case: live.assess(case, detail=Detail.REASONS),
        "live: everything": lambda case: live.assess(case, detail=Detail.FULL),
    }
    micros = {name: _best_micros(assess, cases) for name, assess in measured.items()}
    print(f"{len(cases)} scenarios, best of {ROUNDS} rounds")
    for name, each in micros.items():
        print(f"{name:<24}{each:>12,.1f} us a case{each / micros['reference: evaluate']:>12.3f} x reference")


def _cases(program: Program) -> list[Case]:
    return [read_scenario(program, text).case for text in find_scenario_texts(ROOT / "validation")]


def _best_micros(assess: Callable[[Case], object], cases: Sequence[Case]) -> float:
    return min(_round_seconds(assess, cases) for _ in range(ROUNDS)) / len(cases) * 1e6


def _round_seconds(assess: Callable[[Case], object], cases: Sequence[Case]) -> float:
    start = perf_counter()
    for case in cases:
        assess(case)
    return perf_counter() - start


if __name__ == "__main__":
    main()
