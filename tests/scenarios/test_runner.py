"""Running scenarios: what is expected against what came out."""

import pytest

from taxatie.engine.evaluator import Engine
from taxatie.engine.live import LiveEngine
from taxatie.engine.reference import ReferenceEngine
from taxatie.errors.problem import NotAssessedError
from taxatie.rules.program import Program
from taxatie.scenarios.runner import Deviation, run_scenarios
from taxatie.scenarios.scenario import ScenarioText
from taxatie.terms.case import Case
from taxatie.terms.text import Language
from taxatie.terms.trace import Trace
from tests.scenarios.conftest import DATA, Run, a_scenario

MET = (
    "{level: immediate}",
    "{ceiling: immediate}",
    "{fires: [KT-01]}",
    "{silent: [KT-04]}",
    "{actions: [call_police]}",
    "{withheld: [mediation]}",
    "{findings: {case: {pattern_of_threats: possible}}}",
    "{asks: [history]}",
    "{level: immediate, silent: []}",
)

MISSED = {
    "the level": ("{level: urgent}", Deviation("level", "urgent", "immediate")),
    "the ceiling": ("{ceiling: urgent}", Deviation("ceiling", "urgent", "immediate")),
    "a rule that may fire only": ("{fires: [KT-01, KT-02]}", Deviation("fires", "KT-02", "KT-01")),
    "a rule that fires": ("{silent: [KT-01]}", Deviation("silent", "KT-01", "KT-01, KT-02, KT-03")),
    "a rule that may fire": ("{silent: [KT-02]}", Deviation("silent", "KT-02", "KT-01, KT-02, KT-03")),
    "an action": ("{actions: [safety_assessment]}", Deviation("actions", "safety_assessment", "call_police")),
    "an action withheld": ("{withheld: [call_police]}", Deviation("withheld", "call_police", "mediation")),
    "a question": ("{asks: [children_involved]}", Deviation("asks", "children_involved", "history")),
    "a finding": (
        "{findings: {case: {pattern_of_threats: present}}}",
        Deviation("findings.case.pattern_of_threats", "present", "possible"),
    ),
    "a finding of another": (
        "{findings: {adult-1: {pattern_of_threats: present}}}",
        Deviation("findings.adult-1.pattern_of_threats", "present", "not reported"),
    ),
}


@pytest.mark.parametrize("expect", MET)
def test_what_comes_out_as_expected_is_met(run: Run, expect: str) -> None:
    outcome = run(expect)

    assert outcome.is_met
    assert (outcome.deviations, outcome.reasons) == ((), ())


@pytest.mark.parametrize(("expect", "deviation"), MISSED.values(), ids=MISSED)
def test_what_comes_out_otherwise_is_told(run: Run, expect: str, deviation: Deviation) -> None:
    outcome = run(expect)

    assert not outcome.is_met
    assert outcome.deviations == (deviation,)


def test_nothing_may_come_out_where_something_was_expected(run: Run) -> None:
    outcome = run("{fires: [KT-02], withheld: [mediation], actions: [call_police]}", now="no")

    assert [deviation.got for deviation in outcome.deviations] == ["none", "give_advice"]


def test_reasons_are_given_where_something_deviates(run: Run, program: Program) -> None:
    """Who reads a red scenario asks first why the rules decided as they did."""
    (in_english,) = run_scenarios(program, LiveEngine(program), [a_scenario("{level: urgent}")], Language.EN)

    assert run("{level: urgent}").reasons[0].startswith("Er is nu geweld, en het is ernstig.")
    assert in_english.reasons[0].startswith("There is violence now, and it is serious.")


def test_rules_that_fire_and_that_are_silent_are_kept(run: Run) -> None:
    outcome = run("{level: immediate}")

    assert (outcome.fired, outcome.silent) == (("KT-01",), ("KT-04",))
    assert (outcome.level, outcome.ceiling, outcome.case) == ("immediate", "immediate", "a-scenario")


def test_a_scenario_that_cannot_be_read_stops_no_other(program: Program) -> None:
    texts = [ScenarioText("t", "t/broken.yaml", b"case: [\n"), a_scenario("{level: immediate}")]

    broken, good = run_scenarios(program, LiveEngine(program), texts)

    assert (broken.is_met, broken.level, broken.path) == (False, None, "t/broken.yaml")
    assert [fault.path for fault in broken.faults] == ["t/broken.yaml:2:1"]
    assert good.is_met


def test_results_come_one_by_one(program: Program) -> None:
    """The service streams them, and a bar counts them, while the rest is still running."""
    asked = []

    def texts() -> object:
        for number in range(3):
            asked.append(number)
            yield a_scenario("{level: immediate}", name=f"s-{number}")

    walk = run_scenarios(program, LiveEngine(program), texts())  # type: ignore[arg-type]  # any walk will do

    assert next(walk).case == "s-0"
    assert asked == [0]


class _BrokenEngine:
    """An engine that has lost its worker."""

    def evaluate(self, case: Case) -> Trace:
        """Give up."""
        raise NotAssessedError(f"no worker for {case.id}", hint="start it again")


def test_an_engine_that_gives_up_meets_no_scenario(program: Program) -> None:
    (outcome,) = run_scenarios(program, _BrokenEngine(), [a_scenario("{level: immediate}")])

    assert not outcome.is_met
    assert [(fault.message, fault.hint) for fault in outcome.faults] == [
        ("not assessed: treat as urgent (no worker for a-scenario)", "start it again")
    ]


@pytest.mark.parametrize("build", [LiveEngine, ReferenceEngine])
def test_scenarios_run_on_every_engine(program: Program, build: type[LiveEngine | ReferenceEngine]) -> None:
    engine: Engine = build(program)
    text = ScenarioText("cases", "cases/heard.yaml", (DATA / "cases" / "heard.yaml").read_bytes())

    (outcome,) = run_scenarios(program, engine, [text])

    assert outcome.is_met
