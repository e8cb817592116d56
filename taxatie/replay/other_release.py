"""What another release would have decided of recorded cases: what is gained and lost, and what it cannot read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from taxatie.engine.translation import translate
from taxatie.explain.assessor import Assessor, Detail
from taxatie.limits import REPLAY_BATCH
from taxatie.replay.difference import Place
from taxatie.replay.evaluating import batches, evaluate_each
from taxatie.replay.replayed import Cause, Difference, Outcome, Replayed, Why
from taxatie.rules.program import Program
from taxatie.terms.assessment import Assessment
from taxatie.terms.case import Case
from taxatie.terms.trace import Trace

PARTS: Final = ("rules", "actions", "withheld", "findings")
"""What is gained and lost beside the level, in the order in which it is told."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What a release says of a case, without moments."""

    level: str
    rules: frozenset[str]
    """The rules that fire, as `KT-01` or `KT-02 of adult-1`."""
    actions: frozenset[str]
    withheld: frozenset[str]
    findings: frozenset[str]
    """As `pattern_of_threats: possible`, or `afraid of adult-1: present`."""


@dataclass(frozen=True, slots=True)
class Reassessed:
    """A recorded decision under another release."""

    replayed: Replayed
    """The decision under its own release: unless that is the same, there is nothing to compare with."""
    outcome: Outcome
    release: str
    """The other one."""
    digest: str
    before: Outline | None = None
    after: Outline | None = None
    step: int | None = None
    """How far the level rises, or falls below 0; None where no scale has both levels."""
    left_out: tuple[str, ...] = ()
    """What was said and the other release cannot read."""
    difference: Difference | None = None
    """Why there is no comparison."""

    @property
    def is_milder(self) -> bool:
        """Whether the level goes down."""
        return self.step is not None and self.step < 0

    @property
    def order(self) -> tuple[int, int, str]:
        """Milder first, and the more the earlier; then what loses most."""
        lost = sum(len(self.lost(part)) for part in PARTS)
        return (self.step or 0, -lost, self.replayed.id)

    def gained(self, part: str) -> tuple[str, ...]:
        """Return what the other release says and the own one does not."""
        return _missing(self.after, self.before, part)

    def lost(self, part: str) -> tuple[str, ...]:
        """Return what the own release says and the other one does not."""
        return _missing(self.before, self.after, part)


def reassess_all(decisions: Iterable[Replayed], other: Assessor) -> Iterator[Reassessed]:
    """Return each decision under the other release, in order."""
    for batch in batches(decisions, REPLAY_BATCH):
        carried = [_carried(each, other.program) for each in batch]
        traces = iter(evaluate_each([(other.engine, case) for case, _ in filter(None, carried)]))
        for replayed, known in zip(batch, carried, strict=True):
            yield _without(replayed, other) if known is None else _compared(replayed, other, known, next(traces))


def outline_of(assessment: Assessment) -> Outline:
    """Return what an assessment says, without moments."""
    return Outline(
        level=str(assessment.level),
        rules=frozenset(_of(match.rule, match.person) for match in assessment.fired),
        actions=frozenset(str(each.action) for each in assessment.actions),
        withheld=frozenset(str(each.action) for each in assessment.withheld),
        findings=frozenset(
            f"{_of(concept, None if whose == 'case' else whose)}: {found}"
            for whose, findings in assessment.findings.items()
            for concept, found in findings.items()
        ),
    )


def _carried(replayed: Replayed, target: Program) -> tuple[Case, tuple[str, ...]] | None:
    """Return the case as the other release reads it, with what had to be left out."""
    if replayed.outcome is not Outcome.SAME or replayed.reached is None:
        return None
    case, lost = translate(replayed.reached.case, replayed.reached.program, target)
    return case, tuple(sorted(lost))


def _without(replayed: Replayed, other: Assessor) -> Reassessed:
    is_erased = replayed.outcome is Outcome.ERASED
    outcome = Outcome.ERASED if is_erased else Outcome.NOT_REPLAYED
    program = other.program
    return Reassessed(replayed, outcome, program.release, program.digest, difference=replayed.difference)


def _compared(
    replayed: Replayed, other: Assessor, known: tuple[Case, tuple[str, ...]], trace: Trace | Exception
) -> Reassessed:
    case, left_out = known
    reached = replayed.reached
    assert reached is not None, "its case was carried over"
    if isinstance(trace, Exception):
        return _failed(replayed, other, trace)
    try:
        assessed = other.assess_trace(case, trace, detail=Detail.LEVEL)
    except Exception as error:  # noqa: BLE001  # one case on which the engine fails must not end the others
        return _failed(replayed, other, error)
    before, after = outline_of(reached.assessment), outline_of(assessed.internal)
    return Reassessed(
        replayed=replayed,
        outcome=Outcome.SAME if before == after else Outcome.DIFFERENT,
        release=other.program.release,
        digest=other.program.digest,
        before=before,
        after=after,
        step=_step(before, after, (other.program, reached.program)),
        left_out=left_out,
    )


def _failed(replayed: Replayed, other: Assessor, error: Exception) -> Reassessed:
    words = {"error": type(error).__name__}
    difference = Difference(Cause.ENGINE, Why.ENGINE_FAILED, Place("trace", None, None), words)
    program = other.program
    return Reassessed(replayed, Outcome.NOT_REPLAYED, program.release, program.digest, difference=difference)


def _step(before: Outline, after: Outline, scales: tuple[Program, Program]) -> int | None:
    """Return how far the level rises, by the first scale that has both."""
    for scale in scales:
        places = {str(level.id): place for place, level in enumerate(scale.levels)}
        if before.level in places and after.level in places:
            return places[after.level] - places[before.level]
    return None


def _missing(here: Outline | None, there: Outline | None, part: str) -> tuple[str, ...]:
    if here is None or there is None:
        return ()
    return tuple(sorted(getattr(here, part) - getattr(there, part)))


def _of(name: str, person: str | None) -> str:
    return name if person is None else f"{name} of {person}"
