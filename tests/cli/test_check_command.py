"""`taxatie check`: every fault of a rulesets folder, with its place and remedy."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Taxatie

RULES = "kitchen-table/1.0.0.yaml"


@pytest.fixture
def faulty(folder: Path) -> Path:
    """Return a rulesets folder with two errors and a warning in its rules."""
    rules = folder / RULES
    text = rules.read_text(encoding="utf-8")
    text = text.replace("    when: strangulation\n", "    when: strangulaton\n")
    text = text.replace("review_by: 2099-12-31", "review_by: 2020-12-31").replace("level: urgent", "level: urgnt", 1)
    rules.write_text(text, encoding="utf-8")
    return folder


def test_a_clean_folder_ends_well(taxatie: Taxatie, small: Path) -> None:
    outcome = taxatie("check", "--rulesets", small)

    assert outcome.exit_code == 0
    assert outcome.stderr.startswith("releases one: 0 errors, ")


def test_the_check_says_that_it_does_not_measure_how_plain_a_text_is(taxatie: Taxatie, small: Path) -> None:
    """Who reads "0 warnings" might else think that the texts were measured to be B1."""
    told = taxatie("check", "--rulesets", small)
    for_programs = taxatie("check", "--rulesets", small, "--format", "json")

    assert "a proxy for B1 (lengths, a word list, Flesch-Douma), not by a measurement" in told.stderr
    assert for_programs.stderr == ""


def test_all_faults_come_at_once_with_place_cause_and_remedy(taxatie: Taxatie, faulty: Path) -> None:
    outcome = taxatie("check", "--rulesets", faulty, "--format", "line")

    assert outcome.exit_code == 1
    assert [line for line in outcome.stdout.splitlines() if "TX301" in line or "hint: did" in line] == [
        f"{RULES}:19:11: TX301 `strangulaton` is no signal, concept or score of this release",
        "  hint: did you mean `strangulation`?",
        f"{RULES}:20:12: TX301 `urgnt` is no level of this release",
        "  hint: did you mean `urgent`?",
    ]


def test_people_see_the_line_underlined(taxatie: Taxatie, faulty: Path) -> None:
    outcome = taxatie("check", "--rulesets", faulty)

    assert "19 |     when: strangulaton\n   |           ^^^^^^^^^^^^\n   = hint: did you mean" in outcome.stdout


def test_programs_get_json(taxatie: Taxatie, faulty: Path) -> None:
    outcome = taxatie("check", "--rulesets", faulty, "--format", "json")

    first = json.loads(outcome.stdout)[0]
    assert (first["file"], first["code"], first["severity"]) == (RULES, "TX301", "error")
    assert (first["line"], first["column"], first["end_column"]) == (19, 11, 23)
    assert outcome.stderr == ""


def test_code_hosts_get_sarif(taxatie: Taxatie, faulty: Path) -> None:
    outcome = taxatie("check", "--rulesets", faulty, "--format", "sarif")

    (run,) = json.loads(outcome.stdout)["runs"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert run["results"][0]["ruleId"] == "TX301"
    assert place["artifactLocation"]["uri"] == RULES
    assert place["region"]["startLine"] == 19


@pytest.mark.parametrize(("options", "code"), [((), 0), (("--strict",), 1)])
def test_a_warning_counts_only_when_it_is_strict(
    taxatie: Taxatie, small: Path, options: tuple[str, ...], code: int
) -> None:
    """A review that is due stops nobody's assessment; publishing it does."""
    outcome = taxatie("check", "--rulesets", small, "--format", "line", "--today", "2100-01-01", *options)

    assert outcome.exit_code == code
    assert f"{RULES}:7:1: TX409 " in outcome.stdout


def test_a_review_is_not_due_on_its_day(taxatie: Taxatie, small: Path) -> None:
    outcome = taxatie("check", "--rulesets", small, "--format", "line", "--today", "2099-12-31")

    assert "TX409" not in outcome.stdout


def test_a_text_that_no_release_names_is_checked_as_well(taxatie: Taxatie, folder: Path) -> None:
    """It is what its author is writing just now."""
    draft = folder / "kitchen-table" / "1.1.0.yaml"
    draft.write_text("ruleset: kitchen-table\nversion: one\n", encoding="utf-8")
    (folder / "notes.yaml").write_text("a: 1\n", encoding="utf-8")
    (folder / "broken.yaml").write_text("a: [", encoding="utf-8")

    outcome = taxatie("check", "--rulesets", folder, "--format", "line")

    assert outcome.exit_code == 1
    assert "kitchen-table/1.1.0.yaml:2:10: TX205 " in outcome.stdout
    assert "notes.yaml:1:1: TX203 this does not say what it is" in outcome.stdout
    assert "broken.yaml:2:1: TX101 " in outcome.stdout


def test_the_faults_of_one_file_can_be_seen_alone(taxatie: Taxatie, faulty: Path) -> None:
    (faulty / "broken.yaml").write_text("a: [", encoding="utf-8")

    rules = taxatie("check", faulty / RULES, "--format", "line")
    vocabulary = taxatie("check", faulty / "vocabulary" / "1.0.0.yaml", "--format", "line")

    assert (rules.exit_code, vocabulary.exit_code) == (1, 0)
    assert "TX301" in rules.stdout
    assert "TX101" not in rules.stdout


def test_one_release_can_be_checked_alone(taxatie: Taxatie, folder: Path) -> None:
    (folder / "releases" / "two.yaml").write_text("release: [", encoding="utf-8")

    assert taxatie("check", "--rulesets", folder, "--release", "one").exit_code == 0
    assert taxatie("check", "--rulesets", folder, "--release", "two").exit_code == 1
    assert "there is no release `three`" in taxatie("check", "--rulesets", folder, "--release", "three").stdout


def test_two_releases_of_one_date_are_an_error(taxatie: Taxatie, folder: Path) -> None:
    text = (folder / "releases" / "one.yaml").read_text(encoding="utf-8")
    (folder / "releases" / "two.yaml").write_text(text.replace("release: one", "release: two"), encoding="utf-8")

    outcome = taxatie("check", "--rulesets", folder, "--format", "line")

    assert outcome.exit_code == 1
    assert "TX502 `two` and `one` are both in force from 2026-01-01" in outcome.stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--today", "soon"), "`soon` is no date"),
        (("nowhere.yaml",), "`nowhere.yaml` lies in no rulesets folder"),
        (("--format", "xml"), "'xml' is not one of"),
    ],
)
def test_what_cannot_be_asked_is_a_fault_of_usage(taxatie: Taxatie, options: tuple[str, ...], message: str) -> None:
    outcome = taxatie("check", *options)

    assert outcome.exit_code == 2
    assert message in outcome.stderr


def test_a_file_that_is_not_there_is_a_fault_of_usage(taxatie: Taxatie, small: Path) -> None:
    outcome = taxatie("check", small / "kitchen-table" / "9.9.9.yaml")

    assert outcome.exit_code == 2
    assert "is no file of" in outcome.stderr


@pytest.mark.parametrize(
    "text", [b"[" * 100_000, b"\xff\xfe", bytes(range(256)), b"&a " * 1_000_000, b"a: " * 50_000, b""]
)
def test_no_text_however_broken_gives_a_traceback(taxatie: Taxatie, folder: Path, text: bytes) -> None:
    (folder / RULES).write_bytes(text)

    outcome = taxatie("check", "--rulesets", folder)

    assert outcome.exit_code == 1
    assert outcome.stderr.startswith("releases one: ")
    assert "our own mistake" not in outcome.stderr
