"""What came of a reload, over the line, and what several workers' answers mean together."""

from collections.abc import Mapping

from taxatie.service.live_releases import Reloaded
from taxatie.supervisor.line import Says


def reloaded_to_says(reloaded: Reloaded) -> Says:
    """Return what came of a reload as it is said."""
    return {
        "in_force": reloaded.in_force,
        "digest": reloaded.digest,
        "releases": reloaded.releases,
        "faults": reloaded.faults,
    }


def read_reloaded(says: Says) -> Reloaded:
    """Return what came of a reload, as it was said."""
    releases, faults = says["releases"], says["faults"]
    assert isinstance(releases, list), releases
    assert isinstance(faults, list), faults
    return Reloaded(str(says["in_force"]), str(says["digest"]), tuple(releases), tuple(faults))


def agree(answers: Mapping[int, Reloaded | None]) -> bool:
    """Return whether all workers answered, and one thing: they serve the same, or refused the same."""
    return len(set(answers.values())) == 1 and None not in answers.values()


def together(answers: Mapping[int, Reloaded | None]) -> Reloaded:
    """Return what came of a reload of several workers: taken only where all took the same."""
    told = {number: answer for number, answer in answers.items() if answer is not None}
    if not told:
        return Reloaded("", "", (), ("no worker serves now; who begins reads the folder as it is then",))
    first = next(iter(told.values()))
    if agree(answers):
        return first
    faults = [f"worker {number}: {fault}" for number, answer in answers.items() for fault in _faults(answer)] or [
        "the workers serve different releases"
    ]
    return Reloaded(first.in_force, first.digest, first.releases, tuple(faults))


def _faults(answer: Reloaded | None) -> tuple[str, ...]:
    return ("it gave no answer",) if answer is None else answer.faults
