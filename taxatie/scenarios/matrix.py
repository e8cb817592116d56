"""The matrix of a run: a line for each scenario, a column for each level."""

from collections.abc import Iterator, Sequence

from taxatie.rules.program import Program
from taxatie.scenarios.runner import ScenarioResult

LEGEND = "● level   ○ ceiling   ✗ level that was expected"


def matrix_of(program: Program, results: Sequence[ScenarioResult]) -> Iterator[str]:
    """Return the lines of the matrix: scenarios under their themes, levels from mild to grave."""
    levels = [level.id for level in program.levels]
    width = max((len(_name(result)) for result in results), default=0) + len("  ✓   ")
    yield " " * width + "  ".join(levels)
    theme: str | None = None
    for result in results:
        if result.theme != theme:
            theme = result.theme
            yield theme
        marks = "  ".join(_mark(result, level).center(len(level)) for level in levels)
        sign = "✓" if result.is_met else "✗"
        yield f"  {sign} {_name(result)}".ljust(width) + f"{marks}  {' '.join(result.fired)}".rstrip()
    yield LEGEND


def _name(result: ScenarioResult) -> str:
    return result.case if result.level is not None else result.path


def _mark(result: ScenarioResult, level: str) -> str:
    if level == result.level:
        return "●"
    if any(deviation.about == "level" and deviation.expected == level for deviation in result.deviations):
        return "✗"
    return "○" if level == result.ceiling else "·"
