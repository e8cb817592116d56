"""Which rules no scenario holds one answer short: where the rule is silent, and one more answer would fire it.

A rule that fires in one scenario and is one answer short in another has both its sides tried at the edge. Nothing
less shows that the rule asks for what it says: a case that is far from a rule leaves it silent whatever it asks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from taxatie.engine.live import LiveEngine
from taxatie.explain.knowledge import ProgramInsight
from taxatie.rules.program import Program, Rule, Scope
from taxatie.scenarios.one_answer_away import Questions, cases_one_answer_away
from taxatie.scenarios.scenario import Scenario
from taxatie.terms.case import Case
from taxatie.terms.names import RuleId
from taxatie.terms.truth import Truth


def never_one_short(program: Program, scenarios: Sequence[Scenario]) -> tuple[RuleId, ...]:
    """Return the rules that are one answer short in no scenario, in release order."""
    insight = ProgramInsight(program)
    return tuple(
        rule.id
        for scope in program.scopes
        for rule in scope.rules
        if not RuleAlone.of(insight, scope, rule).is_one_short_in_any(scenarios)
    )


@dataclass(frozen=True, slots=True)
class RuleAlone:
    """One rule of a release, without the others: asked so often, it must answer fast."""

    rule: RuleId
    questions: Questions
    engine: LiveEngine

    @classmethod
    def of(cls, insight: ProgramInsight, scope: Scope, rule: Rule) -> "RuleAlone":
        """Return the rule with all that it rests on."""
        alone = replace(scope, rules=(rule,), concepts=(), scores=(), safeguards=())
        engine = LiveEngine(replace(insight.program, scopes=(alone,)))
        return cls(rule.id, Questions.of(insight, scope, rule), engine)

    def is_one_short_in_any(self, scenarios: Sequence[Scenario]) -> bool:
        """Return whether the rule is one answer short in a scenario.

        Those that expect it to be silent are asked first: they were mostly written for that.
        """
        ordered = sorted(scenarios, key=lambda scenario: self.rule not in scenario.expectation.silent)
        return any(self.is_one_short(scenario.case) for scenario in ordered)

    def is_one_short(self, case: Case) -> bool:
        """Return whether the rule fires for nobody, and would for somebody with one answer otherwise."""
        return not self._fires(case) and any(map(self._fires, cases_one_answer_away(self.questions, case)))

    def _fires(self, case: Case) -> bool:
        return any(Truth.HOLDS in evaluation.rules for evaluation in self.engine.evaluate(case).evaluations)
