"""Where the time goes, for what missed its goal: the heaviest functions of one side, by their own time."""

import cProfile
import pstats
from collections.abc import Callable
from pathlib import Path
from time import process_time

_LINES = 12


def profile_lines(run: Callable[[], object]) -> list[str]:
    """Return the functions that took the most time of their own, with what they took."""
    run()  # what is read or remembered at first sight is no part of it
    profile = cProfile.Profile(process_time)  # by the clock a busy machine would blame whoever it interrupted
    profile.runcall(run)
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]  # documented, and left out of the stubs
    total = sum(own for _, _, own, _, _ in stats.values())
    heaviest = sorted(stats.items(), key=lambda each: -each[1][2])[:_LINES]
    return [f"{'own':>6}{'all':>7}{'calls':>10}"] + [
        f"{own / total:>6.1%}{everything / total:>7.1%}{calls:>10,}  {_name(*place)}"
        for place, (_, calls, own, everything, _) in heaviest
    ]


def _name(file: str, line: int, function: str) -> str:
    return function if file == "~" else f"{'/'.join(Path(file).parts[-3:])}:{line} {function}"
