"""From a trace to an explanation: reasons, near misses and open questions."""

from taxatie.explain.knowledge import Knowledge, ProgramInsight
from taxatie.explain.near_misses import find_near_misses, find_ways
from taxatie.explain.open_questions import find_open_questions
from taxatie.explain.ranking import rank_questions
from taxatie.explain.reasons import find_reasons
from taxatie.explain.scene import lay_out
from taxatie.terms.assessment import Assessment
from taxatie.terms.case import Case
from taxatie.terms.explanation import Explanation, OpenQuestion, Reason
from taxatie.terms.trace import Trace


def explain_trace(insight: ProgramInsight, case: Case, trace: Trace, assessment: Assessment) -> Explanation:
    """Return everything that explains the assessment."""
    knowledge = Knowledge(insight, case)
    program = insight.program
    scene = lay_out(insight.outlook, case, trace)
    told = find_open_questions(knowledge, scene)
    ways = find_ways(knowledge, scene, assessment)
    ranked = rank_questions(scene, program.level_rank(assessment.level), ways, told)
    return Explanation(
        reasons=find_reasons(knowledge, trace, assessment),
        open_questions=tuple(OpenQuestion(*each.question, program.levels[each.rank].id) for each in ranked),
        near_misses=find_near_misses(knowledge, ways),
    )


def explain_reasons(insight: ProgramInsight, case: Case, trace: Trace, assessment: Assessment) -> tuple[Reason, ...]:
    """Return why the rules fire, without what could still change it."""
    return find_reasons(Knowledge(insight, case), trace, assessment)
