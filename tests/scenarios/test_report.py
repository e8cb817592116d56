"""Reports of a run: for programs, for other tools, and for people."""

import hashlib
import json
from xml.etree import ElementTree as ET

import pytest
import rfc8785

from taxatie.engine.live import LiveEngine
from taxatie.rules.program import Program
from taxatie.scenarios.matrix import LEGEND, matrix_of
from taxatie.scenarios.report import coverage_of, explain_deviations, junit_of, report_of
from taxatie.scenarios.runner import ScenarioResult, run_scenarios
from taxatie.scenarios.scenario import ScenarioText
from tests.scenarios.conftest import a_scenario


@pytest.fixture
def results(program: Program) -> list[ScenarioResult]:
    """Return a scenario that is met, one that is not, and one that cannot be read."""
    texts = [
        a_scenario("{level: immediate}", name="met"),
        a_scenario("{level: urgent}", name="missed", now="no"),
        ScenarioText("broken", "broken/x.yaml", b"case: \x1b\n"),
    ]
    return list(run_scenarios(program, LiveEngine(program), texts))


def test_the_report_says_everything(program: Program, results: list[ScenarioResult]) -> None:
    report = json.loads(json.dumps(report_of(program, "live", results)))

    met, missed, broken = report["scenarios"]
    assert (report["release"], report["engine"], report["met"], report["total"]) == ("one", "live", 1, 3)
    assert report["release_digest"] == program.digest
    assert (met["met"], met["level"], met["fired"]) == (True, "immediate", ["KT-01"])
    assert missed["deviations"] == [{"about": "level", "expected": "urgent", "got": "advise"}]
    assert [fault["path"] for fault in broken["faults"]] == ["broken/x.yaml:1:7"]
    assert (report["never_fires"], report["never_silent"]) == (["KT-02", "KT-03", "KT-04"], ["KT-02", "KT-03"])


def test_the_digest_is_that_of_the_canonical_rest(program: Program, results: list[ScenarioResult]) -> None:
    """Whoever holds the report can check that nobody mended it."""
    report = report_of(program, "live", results)

    digest = report.pop("digest")
    assert digest == hashlib.sha256(rfc8785.dumps(report)).hexdigest()  # type: ignore[arg-type]  # JSON by construction


def test_the_digest_is_the_same_each_time_and_another_for_another_outcome(
    program: Program, results: list[ScenarioResult]
) -> None:
    report = report_of(program, "live", results)

    assert report == report_of(program, "live", list(results))
    assert report["digest"] != report_of(program, "live", results[:2])["digest"]


def test_other_tools_read_junit(program: Program, results: list[ScenarioResult]) -> None:
    document = junit_of(program, results)

    suite = ET.fromstring(document)
    assert document.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    assert (suite.get("name"), suite.get("tests"), suite.get("failures"), suite.get("errors")) == (
        "taxatie one", "3", "1", "1",
    )  # fmt: skip
    met, missed, broken = suite
    assert (met.get("classname"), met.get("name"), len(met)) == ("violence", "met", 0)
    assert [failure.text for failure in missed] == ["level: expected urgent, got advise"]
    assert [(each.tag, "U+001B" in str(each.text)) for each in broken] == [("error", True)]


def test_junit_holds_nothing_that_xml_cannot(program: Program) -> None:
    """Names of folders come from anywhere."""
    text = ScenarioText("a\x1bb", "x.yaml", b"case: [")

    document = junit_of(program, list(run_scenarios(program, LiveEngine(program), [text])))

    assert ET.fromstring(document)[0].get("classname") == "a\N{REPLACEMENT CHARACTER}b"


def test_deviations_come_with_their_reasons(program: Program) -> None:
    (outcome,) = run_scenarios(program, LiveEngine(program), [a_scenario("{level: urgent}")])

    expected, because = explain_deviations(outcome)
    assert expected == "level: expected urgent, got immediate"
    assert because.startswith("because: Er is nu geweld, en het is ernstig.")


def test_the_matrix_shows_levels_ceilings_and_what_was_expected(
    program: Program, results: list[ScenarioResult]
) -> None:
    assert list(matrix_of(program, results)) == [
        "                   advise  urgent  immediate",
        "violence",
        "  ✓ met            " + "  ·       ·         ●      KT-01",
        "  ✗ missed         " + "  ●       ✗         ·",
        "broken",
        "  ✗ broken/x.yaml  " + "  ·       ·         ·",
        LEGEND,
    ]


def test_a_run_without_scenarios_covers_nothing(program: Program) -> None:
    rules = ("KT-01", "KT-02", "KT-03", "KT-04")

    assert coverage_of(program, []) == (rules, rules)
    assert list(matrix_of(program, [])) == ["      advise  urgent  immediate", LEGEND]
