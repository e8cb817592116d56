"""Reading scenarios: what is expected must be something that can come out."""

from pathlib import Path

import pytest

from taxatie.errors.problem import CaseFaults
from taxatie.rules.program import Program
from taxatie.scenarios.expectation import Expectation
from taxatie.scenarios.scenario import ScenarioText, find_scenario_texts, read_scenario
from tests.scenarios.conftest import DATA, a_scenario


def test_scenarios_are_found_by_theme_in_order(tmp_path: Path) -> None:
    for path in ("b/two.yaml", "b/one.yaml", "a/deep/three.yaml", "loose.yaml", "a/notes.md"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("case: x", encoding="utf-8")

    found = find_scenario_texts(tmp_path)

    assert [(text.theme, text.path) for text in found] == [
        ("a/deep", "a/deep/three.yaml"),
        ("b", "b/one.yaml"),
        ("b", "b/two.yaml"),
        (tmp_path.name, "loose.yaml"),
    ]
    assert find_scenario_texts(tmp_path / "b" / "one.yaml")[0].theme == "b"


def test_everything_that_can_be_expected_is_read(program: Program) -> None:
    text = ScenarioText("", "heard.yaml", (DATA / "cases" / "heard.yaml").read_bytes())

    scenario = read_scenario(program, text)

    assert scenario.case.id == "heard-through-the-wall"
    assert scenario.expectation == Expectation(
        level="immediate",
        ceiling="immediate",
        fires=("KT-01",),
        silent=("KT-04",),
        actions=("call_police",),
        withheld=("mediation",),
        findings={"case": {"pattern_of_threats": "possible"}},
        asks=("history",),
    )


FAULTS = {
    "nothing": ("", [("expect", "a scenario says what is expected")]),
    "an empty map": ("{}", [("expect", "a scenario says what is expected")]),
    "a word": ("urgent", [("expect", "a scenario says what is expected")]),
    "an unknown key": ("{levels: urgent}", [("expect.levels", "`levels` cannot be expected")]),
    "a level that is none": ("{level: grave}", [("expect.level", "`grave` is no level of this release")]),
    "a ceiling that is none": ("{ceiling: 1}", [("expect.ceiling", "`1` is no level of this release")]),
    "rules in no list": ("{fires: KT-01}", [("expect.fires", "`fires` takes a list")]),
    "an unknown rule": ("{fires: [KT-01, KT-1]}", [("expect.fires[1]", "`KT-1` is no rule of this release")]),
    "a rule that is none": ("{silent: [[KT-01]]}", [("expect.silent[0]", "`['KT-01']` is no rule of this release")]),
    "an unknown action": ("{actions: [call]}", [("expect.actions[0]", "`call` is no action of this release")]),
    "an unknown signal": ("{asks: [strangled]}", [("expect.asks[0]", "`strangled` is no signal of this release")]),
    "findings in no map": ("{findings: [x]}", [("expect.findings", "`findings` takes a map of persons")]),
    "findings of nobody": (
        "{findings: {adult-2: {pattern_of_threats: present}}}",
        [("expect.findings.adult-2", "`adult-2` is nobody in this case")],
    ),
    "findings in no map of concepts": (
        "{findings: {case: present}}",
        [("expect.findings.case", "a person's findings are a map of concepts")],
    ),
    "an unknown finding": (
        "{findings: {case: {threats: present}}}",
        [("expect.findings.case.threats", "`threats` is no finding of this release")],
    ),
    "a finding neither here nor there": (
        "{findings: {case: {pattern_of_threats: perhaps}}}",
        [("expect.findings.case.pattern_of_threats", "`perhaps` is not present, absent or possible")],
    ),
    "several at once": (
        "{level: grave, fires: [KT-9], asks: x}",
        [
            ("expect.level", "`grave` is no level of this release"),
            ("expect.fires[0]", "`KT-9` is no rule of this release"),
            ("expect.asks", "`asks` takes a list"),
        ],
    ),
}


@pytest.mark.parametrize(("expect", "faults"), FAULTS.values(), ids=FAULTS)
def test_what_cannot_come_out_cannot_be_expected(
    program: Program, expect: str, faults: list[tuple[str, str]]
) -> None:  # fmt: skip
    """A misspelt rule under `silent` would be silent for ever, and the scenario green for ever."""
    with pytest.raises(CaseFaults) as raised:
        read_scenario(program, a_scenario(expect))

    assert [(fault.path, fault.message) for fault in raised.value.faults] == faults


def test_a_misspelt_name_gets_a_hint(program: Program) -> None:
    with pytest.raises(CaseFaults) as raised:
        read_scenario(program, a_scenario("{withheld: [mediaton]}"))

    assert raised.value.faults[0].hint == "did you mean `mediation`?"


@pytest.mark.parametrize("expect", ["{asks: [everyone_listed]}", "{findings: {unlisted-child: {}}}", "{level: null}"])
def test_what_may_come_out_may_be_expected(program: Program, expect: str) -> None:
    assert read_scenario(program, a_scenario(expect)).case.id == "a-scenario"


def test_faults_of_the_text_are_told_with_their_places(program: Program) -> None:
    with pytest.raises(CaseFaults) as raised:
        read_scenario(program, ScenarioText("t", "t/x.yaml", b"case: x\ncase: y\nmode: *a\n"))

    assert [fault.path for fault in raised.value.faults] == ["t/x.yaml:2:1", "t/x.yaml:3:7"]


def test_faults_of_the_case_are_told_too(program: Program) -> None:
    with pytest.raises(CaseFaults) as raised:
        read_scenario(program, ScenarioText("t", "t/x.yaml", b"case: x\nexpect: {level: grave}\n"))

    assert [fault.path for fault in raised.value.faults] == ["reference_time", "expect.level"]
