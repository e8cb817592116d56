"""`taxatie test`: the regression suite of a release."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from taxatie.engine.durable import durable_is_available
from tests.cli.conftest import DATA, Taxatie


@pytest.fixture
def suite(tmp_path: Path, heard: Path) -> Path:
    """Return a folder with a scenario that is met and one that is not."""
    folder = tmp_path / "scenarios" / "neighbours"
    folder.mkdir(parents=True)
    text = heard.read_text(encoding="utf-8")
    (folder / "met.yaml").write_text(text, encoding="utf-8")
    (folder / "missed.yaml").write_text(text.replace("level: immediate", "level: urgent"), encoding="utf-8")
    return folder.parent


def test_scenarios_that_are_met_end_well(taxatie: Taxatie, small: Path) -> None:
    outcome = taxatie("test", "--rulesets", small, DATA / "cases")

    assert outcome.exit_code == 0
    assert "✓ heard-through-the-wall" in outcome.stdout
    assert outcome.stdout.endswith("release one on live: 1 of 1 scenarios are as expected\n")


def test_a_scenario_that_is_not_met_is_explained(taxatie: Taxatie, small: Path, suite: Path) -> None:
    outcome = taxatie("test", "--rulesets", small, "--release", "one", "--language", "en", suite)

    assert outcome.exit_code == 1
    assert (
        "neighbours/missed.yaml:\n"
        "  level: expected urgent, got immediate\n"
        "  because: There is violence now, and it is serious. (about adult-1) [KT-01]"
    ) in outcome.stdout
    assert "in no scenario fires: KT-02 KT-03 KT-04\n" in outcome.stdout
    assert "in no scenario is silent: KT-01 KT-02 KT-03\n" in outcome.stdout
    assert outcome.stdout.endswith("release one on live: 1 of 2 scenarios are as expected\n")


def test_programs_get_a_report_with_a_digest(taxatie: Taxatie, small: Path, suite: Path) -> None:
    live, reference = (
        json.loads(taxatie("test", "--rulesets", small, "--format", "json", "--engine", engine, suite).stdout)
        for engine in ("live", "reference")
    )

    assert (live["met"], live["total"], len(live["digest"])) == (1, 2, 64)
    assert live["scenarios"] == reference["scenarios"]


def test_other_tools_get_junit(taxatie: Taxatie, small: Path, suite: Path, tmp_path: Path) -> None:
    file = tmp_path / "junit.xml"

    outcome = taxatie("test", "--rulesets", small, "--junit", file, suite)

    assert outcome.exit_code == 1
    assert ET.parse(file).getroot().get("failures") == "1"


def test_one_file_is_a_suite_too(taxatie: Taxatie, small: Path, suite: Path) -> None:
    outcome = taxatie("test", "--rulesets", small, suite / "neighbours" / "met.yaml", DATA / "cases")

    assert outcome.exit_code == 0
    assert "2 of 2 scenarios" in outcome.stdout


def test_a_suite_that_reaches_every_side_of_every_rule_says_nothing_of_it(
    taxatie: Taxatie, small: Path, tmp_path: Path
) -> None:
    """What is left to write scenarios for is told, and nothing else."""
    for name, (answer, strangled, age) in {
        "grave": ("yes", "yes", 2),
        "mild": ("no", "no", 8),
        "almost": ("yes", "no", 8),
    }.items():
        (tmp_path / f"{name}.yaml").write_text(
            f"case: {name}\n"
            "reference_time: 2026-03-02T21:15:00+01:00\n"
            "everyone_listed: [adult, child]\n"
            f"answers: {{violence_now: {answer}, children_involved: yes, heard_through_wall: no}}\n"
            "persons:\n"
            f"  - {{id: adult-1, subject: adult, answers: {{strangulation: {strangled}}}}}\n"
            f"  - {{id: child-1, subject: child, answers: {{child_age: {age}}}}}\n"
            "history: {searched: yes}\n"
            f"expect: {{level: {'immediate' if strangled == 'yes' else 'advise'}}}\n",
            encoding="utf-8",
        )

    outcome = taxatie("test", "--rulesets", small, "--require-coverage", tmp_path)

    assert outcome.exit_code == 0
    assert "in no scenario" not in outcome.stdout


@pytest.mark.parametrize(("options", "code"), [((), 0), (("--require-coverage",), 1)])
@pytest.mark.parametrize("report_format", ["human", "json"])
def test_a_rule_without_its_scenarios_counts_only_when_that_is_required(
    taxatie: Taxatie, small: Path, options: tuple[str, ...], code: int, report_format: str
) -> None:
    """While a rule is being written its scenarios are still missing; when it is published they must be there."""
    outcome = taxatie("test", "--rulesets", small, "--format", report_format, *options, DATA / "cases")

    told = outcome.stdout if report_format == "human" else outcome.stderr
    assert outcome.exit_code == code
    assert ("in no scenario fires: KT-02 KT-03 KT-04\n" in told) is (report_format == "human" or bool(options))
    assert ("in no scenario is one answer short: KT-01 KT-04\n" in told) is (report_format == "human" or bool(options))
    if report_format == "json":
        assert json.loads(outcome.stdout)["met"] == 1


def test_a_scenario_that_may_point_to_somebody_fails_and_an_exact_age_is_remarked(
    taxatie: Taxatie, small: Path, suite: Path
) -> None:
    """Nobody should find themselves in a suite that everybody can read."""
    text = (suite / "neighbours" / "met.yaml").read_text(encoding="utf-8")
    (suite / "neighbours" / "missed.yaml").write_text(f"# What Fatima told.\n{text}", encoding="utf-8")
    child = "persons:\n  - {id: child-1, subject: child, answers: {child_age: 9}}"
    (suite / "neighbours" / "aged.yaml").write_text(text.replace("persons:", child, 1), encoding="utf-8")

    outcome = taxatie("test", "--rulesets", small, suite)

    assert outcome.exit_code == 1
    assert "neighbours/missed.yaml:1:1: a given name stands here" in outcome.stdout
    assert "warning: neighbours/aged.yaml:" in outcome.stderr
    assert "an age that stands for no band" in outcome.stderr


@pytest.mark.skipif(not durable_is_available(), reason="durable_rules does not run on this Python")
def test_scenarios_run_on_the_second_engine(taxatie: Taxatie, small: Path) -> None:
    outcome = taxatie("test", "--rulesets", small, "--engine", "durable", DATA / "cases")

    assert outcome.exit_code == 0
    assert outcome.stdout.endswith("release one on durable: 1 of 1 scenarios are as expected\n")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("nowhere",), 2, "there is no `nowhere`"),
        (("--release", "two"), 1, "there is no release `two`"),
        (("--engine", "other"), 2, "'other' is not one of"),
    ],
)
def test_what_cannot_be_run_is_told(
    taxatie: Taxatie, small: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    outcome = taxatie("test", "--rulesets", small, *arguments)

    assert outcome.exit_code == code
    assert message in outcome.stderr


def test_a_folder_without_scenarios_is_no_success(taxatie: Taxatie, small: Path, tmp_path: Path) -> None:
    """A suite in the wrong folder would else be green for ever."""
    outcome = taxatie("test", "--rulesets", small, tmp_path)

    assert outcome.exit_code == 2
    assert outcome.stderr.startswith(f"taxatie: `{tmp_path}` holds no scenarios\n")


def test_a_folder_without_a_readable_release_is_told(taxatie: Taxatie, folder: Path) -> None:
    (folder / "releases" / "one.yaml").write_text("release: [", encoding="utf-8")

    outcome = taxatie("test", "--rulesets", folder, DATA / "cases")

    assert outcome.exit_code == 1
    assert "holds no release that can be read\n  hint: run `taxatie check`" in outcome.stderr
