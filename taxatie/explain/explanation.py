"""From a trace to an explanation: reasons, near misses and open questions."""

from taxatie.explain.knowledge import Knowledge, ProgramInsight
from taxatie.explain.near_misses import find_near_misses
from taxatie.explain.open_questions import Telling, find_open_questions
from taxatie.explain.ranking import rank_questions
from taxatie.explain.reasons import find_reasons
from taxatie.explain.world import World
from taxatie.terms.assessment import Assessment
from taxatie.terms.case import Case
from taxatie.terms.explanation import Explanation, OpenQuestion, Reason
from taxatie.terms.trace import Trace


def explain_trace(insight: ProgramInsight, case: Case, trace: Trace, assessment: Assessment) -> Explanation:
    """Return everything that explains the assessment."""
    knowledge = Knowledge(insight, case)
    told = find_open_questions(World(knowledge), trace)
    levels = insight.program.levels
    return Explanation(
        reasons=find_reasons(knowledge, assessment),
        open_questions=tuple(
            OpenQuestion(*each.question, levels[each.rank].id) for each in _ranked(knowledge, assessment, told)
        ),
        near_misses=find_near_misses(knowledge, trace, assessment),
    )


def explain_reasons(insight: ProgramInsight, case: Case, assessment: Assessment) -> tuple[Reason, ...]:
    """Return why the rules fire, without what could still change it."""
    return find_reasons(Knowledge(insight, case), assessment)


def _ranked(knowledge: Knowledge, assessment: Assessment, told: tuple[Telling, ...]) -> tuple[Telling, ...]:
    return rank_questions(knowledge, assessment, told)
