"""Running scenarios: a pure walk from texts to results, one at a time."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from taxatie.engine.conclusion import conclude
from taxatie.engine.evaluator import Engine
from taxatie.errors.problem import CaseFault, CaseFaults, NotAssessedError
from taxatie.explain.explanation import explain_trace
from taxatie.explain.knowledge import ProgramInsight
from taxatie.explain.wording import Speaker
from taxatie.rules.program import Program
from taxatie.scenarios.anonymity import refuse_identifying
from taxatie.scenarios.expectation import Expectation
from taxatie.scenarios.scenario import Scenario, ScenarioText, read_scenario
from taxatie.terms.assessment import Assessment
from taxatie.terms.explanation import Explanation
from taxatie.terms.text import Language


@dataclass(frozen=True, slots=True)
class Deviation:
    """One thing that came out otherwise than expected."""

    about: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """What came of a scenario: it is met when nothing deviates and its text has no faults."""

    theme: str
    path: str
    case: str
    level: str | None
    ceiling: str | None
    fired: tuple[str, ...]
    silent: tuple[str, ...]
    deviations: tuple[Deviation, ...]
    faults: tuple[CaseFault, ...]
    reasons: tuple[str, ...]
    """Why the rules fired, in sentences; empty where the scenario is met."""

    @property
    def is_met(self) -> bool:
        """Whether everything expected came out."""
        return not self.deviations and not self.faults


def run_scenarios(
    program: Program, engine: Engine, texts: Iterable[ScenarioText], language: Language = Language.NL
) -> Iterator[ScenarioResult]:
    """Return the result of each scenario, in order."""
    runner = _Runner(program, engine, ProgramInsight(program), Speaker(program, language))
    yield from map(runner.run, texts)


@dataclass(frozen=True, slots=True)
class _Runner:
    """Runs scenarios under one release."""

    program: Program
    engine: Engine
    insight: ProgramInsight
    speaker: Speaker

    def run(self, text: ScenarioText) -> ScenarioResult:
        """Return what comes of one scenario."""
        try:
            refuse_identifying(text)
            scenario = read_scenario(self.program, text)
            return self._compare(scenario)
        except CaseFaults as faults:
            return _without_answer(text, faults.case, faults.faults)
        except NotAssessedError as error:
            return _without_answer(text, text.path, (CaseFault("", error.message, error.hint),))

    def _compare(self, scenario: Scenario) -> ScenarioResult:
        trace = self.engine.evaluate(scenario.case)
        assessment = conclude(self.program, scenario.case, trace)
        explanation = explain_trace(self.insight, scenario.case, trace, assessment)
        deviations = tuple(_deviations(scenario.expectation, assessment, explanation))
        fired = tuple(dict.fromkeys(str(match.rule) for match in assessment.fired))
        may = {match.rule for match in (*assessment.fired, *assessment.possible)}
        rules = (rule.id for scope in self.program.scopes for rule in scope.rules)
        return ScenarioResult(
            theme=scenario.theme,
            path=scenario.path,
            case=scenario.case.id,
            level=assessment.level,
            ceiling=assessment.ceiling,
            fired=fired,
            silent=tuple(rule for rule in rules if rule not in may),
            deviations=deviations,
            faults=(),
            reasons=tuple(map(self.speaker.reason, explanation.reasons)) if deviations else (),
        )


def _without_answer(text: ScenarioText, case: str, faults: tuple[CaseFault, ...]) -> ScenarioResult:
    return ScenarioResult(text.theme, text.path, case, None, None, (), (), (), faults, ())


def _deviations(expected: Expectation, assessment: Assessment, explanation: Explanation) -> Iterator[Deviation]:
    for about, wanted, got in (
        ("level", expected.level, assessment.level),
        ("ceiling", expected.ceiling, assessment.ceiling),
    ):
        if wanted is not None and wanted != got:
            yield Deviation(about, wanted, got)
    fired = {match.rule for match in assessment.fired}
    active = fired | {match.rule for match in assessment.possible}
    yield from _each("fires", expected.fires, lambda rule: rule in fired, _listed(fired))
    yield from _each("silent", expected.silent, lambda rule: rule not in active, _listed(active))
    actions = [each.action for each in assessment.actions]
    yield from _each("actions", expected.actions, lambda action: action in actions, _listed(actions))
    withheld = [each.action for each in assessment.withheld]
    yield from _each("withheld", expected.withheld, lambda action: action in withheld, _listed(withheld))
    asked = list(dict.fromkeys(question.signal for question in explanation.open_questions))
    yield from _each("asks", expected.asks, lambda signal: signal in asked, _listed(asked))
    for whose, concepts in expected.findings.items():
        found = {str(name): str(status) for name, status in assessment.findings.get(whose, {}).items()}
        for concept, status in concepts.items():
            if found.get(concept) != status:
                yield Deviation(f"findings.{whose}.{concept}", status, found.get(concept, "not reported"))


def _each(about: str, expected: Iterable[str], is_so: Callable[[str], bool], got: str) -> Iterator[Deviation]:
    for name in expected:
        if not is_so(name):
            yield Deviation(about, name, got)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"
