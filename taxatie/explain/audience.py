"""What may be shared with the family: an explanation from which nobody can tell who reported.

A citizen who reports stays unknown to the family, also indirectly (Meldcode; KNMG, annex 3). So the
shareable explanation is not the internal one with lines struck out: it is made afresh from the case
without the answers to signals that may reveal the reporter, and names no such signal. Whatever those
answers were, it reads the same; only the level, the actions and the withholdings themselves, which must
be known to be carried out, come from the whole case.
"""

from collections.abc import Mapping
from dataclasses import replace

from taxatie.engine.conclusion import conclude
from taxatie.engine.reference import ReferenceEngine
from taxatie.explain.explanation import explain_trace
from taxatie.explain.knowledge import ProgramInsight, everything_in
from taxatie.rules.condition import Among, Between, Condition, SignalUnknown
from taxatie.rules.program import Program
from taxatie.terms.assessment import Assessment, Finding, RuleMatch
from taxatie.terms.case import Answers, Case, History
from taxatie.terms.explanation import Explanation
from taxatie.terms.names import ConceptId, RuleId, SignalId


def share(insight: ProgramInsight, case: Case, assessment: Assessment) -> tuple[Assessment, Explanation]:
    """Return the assessment and its explanation, as the family may read them."""
    program = insight.program
    revealing = revealing_signals(program)
    erased = _without(case, revealing)
    trace = ReferenceEngine(program).evaluate(erased)
    seen = conclude(program, erased, trace)
    explanation = explain_trace(insight, erased, trace, seen)
    rules = revealing_rules(program, revealing)
    return _shareable_assessment(program, assessment, seen, rules), _without_revealing(
        program, explanation, (revealing, rules), assessment
    )


def revealing_signals(program: Program) -> frozenset[SignalId]:
    """Return the signals that may reveal the reporter: those marked, and those asked because of them."""
    revealing = {signal.id for signal in program.signals.values() if signal.reveals_reporter}
    grows = True
    while grows:
        found = {
            signal.id
            for signal in program.signals.values()
            if signal.applies_when is not None and _rests_on(program, signal.applies_when, revealing)
        }
        grows = not found <= revealing
        revealing |= found
    return frozenset(revealing)


def revealing_rules(program: Program, revealing: frozenset[SignalId]) -> frozenset[RuleId]:
    """Return the rules that rest on a revealing signal: their very names may tell."""
    return frozenset(
        rule.id for scope in program.scopes for rule in scope.rules if _rests_on(program, rule.condition, revealing)
    )


def _rests_on(program: Program, condition: Condition, signals: frozenset[SignalId] | set[SignalId]) -> bool:
    return any(
        isinstance(part, Among | Between | SignalUnknown) and part.signal in signals
        for part in everything_in(program, condition)
    )


def _without(case: Case, revealing: frozenset[SignalId]) -> Case:
    """Return the case as it is without the answers that may reveal the reporter, nor who reported before."""

    def kept(answers: Answers) -> Answers:
        return {name: answer for name, answer in answers.items() if name not in revealing}

    events = tuple(replace(event, reporter=None) for event in case.history.events)
    return replace(
        case,
        answers=kept(case.answers),
        persons=tuple(replace(person, answers=kept(person.answers)) for person in case.persons),
        history=History(case.history.is_searched, events),
    )


def _shareable_assessment(
    program: Program, assessment: Assessment, seen: Assessment, hidden: frozenset[RuleId]
) -> Assessment:
    def open_to_all(matches: tuple[RuleMatch, ...]) -> tuple[RuleMatch, ...]:
        return tuple(match for match in matches if match.rule not in hidden)

    concepts = _revealing_concepts(program)
    fired = open_to_all(seen.fired)
    return replace(
        assessment,
        fired=fired,
        possible=open_to_all(seen.possible),
        actions=tuple(replace(each, rules=_among(each.rules, fired)) for each in assessment.actions),
        withheld=tuple(replace(each, rules=()) for each in assessment.withheld),
        findings=_open_findings(seen.findings, concepts),
        contradictions=seen.contradictions,
    )


def _among(matches: tuple[RuleMatch, ...], known: tuple[RuleMatch, ...]) -> tuple[RuleMatch, ...]:
    return tuple(match for match in matches if match in known)


def _revealing_concepts(program: Program) -> frozenset[ConceptId]:
    revealing = revealing_signals(program)
    return frozenset(c.id for c in program.concepts.values() if _rests_on(program, c.condition, revealing))


def _open_findings(
    findings: Mapping[str, Mapping[ConceptId, Finding]], hidden: frozenset[ConceptId]
) -> dict[str, dict[ConceptId, Finding]]:
    kept = {
        whose: {concept: found for concept, found in concepts.items() if concept not in hidden}
        for whose, concepts in findings.items()
    }
    return {whose: concepts for whose, concepts in kept.items() if concepts}


def _without_revealing(
    program: Program,
    explanation: Explanation,
    hidden: tuple[frozenset[SignalId], frozenset[RuleId]],
    assessment: Assessment,
) -> Explanation:
    """Return the explanation without revealing signals, and without ways to a level that is reached already."""
    signals, rules = hidden
    ranks = {level.id: rank for rank, level in enumerate(program.levels)}
    reached = ranks[assessment.level]
    return Explanation(
        reasons=tuple(reason for reason in explanation.reasons if reason.match.rule not in rules),
        open_questions=tuple(q for q in explanation.open_questions if q.signal not in signals),
        near_misses=tuple(
            near
            for near in explanation.near_misses
            if ranks[near.level] > reached and not any(answer.signal in signals for answer in near.answers)
        ),
    )
