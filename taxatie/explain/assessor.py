"""A release, ready to assess cases: the level and, as far as asked for, why and what could still change it."""

from dataclasses import dataclass, field
from enum import StrEnum

from taxatie.engine.conclusion import conclude
from taxatie.engine.evaluator import Engine
from taxatie.explain.audience import share
from taxatie.explain.explanation import explain_reasons, explain_trace
from taxatie.explain.knowledge import ProgramInsight
from taxatie.rules.program import Program
from taxatie.terms.assessment import Assessment
from taxatie.terms.audience import Audience
from taxatie.terms.case import Case
from taxatie.terms.explanation import Explanation
from taxatie.terms.trace import Trace


class Detail(StrEnum):
    """How much of an assessment is explained."""

    LEVEL = "level"
    """The level and the rules."""
    REASONS = "reasons"
    FULL = "full"
    """Reasons, open questions and near misses."""


@dataclass(frozen=True, slots=True)
class Assessed:
    """An assessment as its audience may see it, its explanation, and what both rest on."""

    assessment: Assessment
    explanation: Explanation | None
    """None where only the level was asked for."""
    trace: Trace
    """Everything the engine found: for the record, whoever the audience is."""
    internal: Assessment
    """The assessment as the professional sees it."""


@dataclass(frozen=True, slots=True)
class Assessor:
    """A release, ready to assess cases."""

    program: Program
    engine: Engine
    insight: ProgramInsight = field(init=False)

    def __post_init__(self) -> None:
        """Look at the program once, for all explanations."""
        object.__setattr__(self, "insight", ProgramInsight(self.program))

    def assess(self, case: Case, *, detail: Detail = Detail.FULL, audience: Audience = Audience.INTERNAL) -> Assessed:
        """Return what the release says of the case."""
        return self.assess_trace(case, self.engine.evaluate(case), detail=detail, audience=audience)

    def assess_trace(
        self, case: Case, trace: Trace, *, detail: Detail = Detail.FULL, audience: Audience = Audience.INTERNAL
    ) -> Assessed:
        """Return what the release says of a case that was evaluated already, perhaps together with many."""
        internal = conclude(self.program, case, trace)
        assessment, explanation = self._told(case, trace, internal, (detail, audience))
        return Assessed(assessment, explanation, trace, internal)

    def _told(
        self, case: Case, trace: Trace, internal: Assessment, asked: tuple[Detail, Audience]
    ) -> tuple[Assessment, Explanation | None]:
        detail, audience = asked
        if audience is Audience.SHAREABLE:
            shared, explanation = share(self.insight, case, internal)
            return shared, None if detail is Detail.LEVEL else _as_asked(explanation, detail)
        match detail:
            case Detail.LEVEL:
                return internal, None
            case Detail.REASONS:
                return internal, Explanation(explain_reasons(self.insight, case, trace, internal), (), ())
            case Detail.FULL:
                return internal, explain_trace(self.insight, case, trace, internal)


def _as_asked(explanation: Explanation, detail: Detail) -> Explanation:
    return Explanation(explanation.reasons, (), ()) if detail is Detail.REASONS else explanation
