"""`taxatie due`: what is overdue, by region; no case is named unless the log says who asked, and why."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest

from taxatie.ledger.entry import EntryKind
from taxatie.ledger.kept import open_stored
from taxatie.ledger.opening import LogPlace, read_store
from taxatie.ledger.verify import verify_log
from tests.cli.conftest import Taxatie
from tests.service.office import SMALL, Office

LATER = ("--at", "2026-03-20T10:00:00+01:00")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return an office on Monday 2 March 2026, in the evening."""
    return Office(tmp_path / "ledger")


def where(office: Office, rulesets: Path = SMALL) -> list[str]:
    """Return the options that name the office's log and its rulesets."""
    return ["--rulesets", str(rulesets), "--ledger-folder", str(office.folder)]


def test_what_is_overdue_is_counted_by_region(taxatie: Taxatie, office: Office) -> None:
    for case in ("c-1", "c-2"):
        office.assess(case, region="noord")
    office.outcome(office.assess("c-3"), "safety_assessment", "2026-03-02")
    office.at("2026-03-12").assess("c-4", region="noord")

    outcome = taxatie("due", "--until", "2026-03-31", *LATER, *where(office))

    assert outcome.exit_code == 1
    assert outcome.stdout.splitlines() == [
        "regio           te laat  nog tot en met 2026-03-31  besluiten  dagen te laat (hoogste)",
        "noord                 5                          1          3                       11",
        "        3  Opnieuw beoordelen",
        "        3  Veiligheid beoordelen (veilig_thuis)",
        "(zonder regio)        1                          0          1                        4",
        "        1  Opnieuw beoordelen",
    ]


def test_the_same_in_english(taxatie: Taxatie, office: Office) -> None:
    office.assess()

    outcome = taxatie("due", "--language", "en", *LATER, *where(office))

    assert outcome.stdout.splitlines() == [
        "region       late  decisions  days late (most)",
        "(no region)     2          1                11",
        "        1  Assess anew",
        "        1  Assess safety (veilig_thuis)",
    ]


def test_each_is_a_row_for_programs_and_names_no_case(taxatie: Taxatie, office: Office) -> None:
    decision = office.assess("c-secret", region="noord")
    office.override(decision, "immediate")

    found = taxatie("due", "--format", "json", "--at", "2026-03-03T12:00:00+01:00", *where(office))
    listed = taxatie("due", "--format", "csv", "--at", "2026-03-03T12:00:00+01:00", *where(office))

    assert (found.exit_code, listed.exit_code) == (1, 1)
    (row,) = map(json.loads, found.stdout.splitlines())
    assert row == {
        "decision": decision,
        "region": "noord",
        "action": "call_police",
        "title": "Politie bellen",
        "owner": "police",
        "due": "2026-03-02T21:30:00+01:00",
        "days_late": 1,
        "late": True,
        "level": "immediate",
        "floor": "urgent",
    }
    (line,) = csv.DictReader(StringIO(listed.stdout))
    assert line == {**{name: str(value) for name, value in row.items()}, "late": "yes"}
    assert "c-secret" not in found.output + listed.output


def test_references_are_shown_once_the_log_says_who_looks_and_why(taxatie: Taxatie, office: Office) -> None:
    office.assess("c-1")
    asked = ("--references", "--purpose", "quality", "--role", "team-lead")

    found = taxatie("due", "--format", "json", *asked, *LATER, *where(office))
    listed = taxatie("due", "--format", "csv", *asked, *LATER, *where(office))

    assert {json.loads(line)["reference"] for line in found.stdout.splitlines()} == {"c-1"}
    assert {line["reference"] for line in csv.DictReader(StringIO(listed.stdout))} == {"c-1"}
    place = LogPlace(office.folder)
    store = read_store(place)
    *_, access = map(open_stored, store.lines())
    assert verify_log(store, place.checkpoint_files).faults == ()
    store.close()
    assert access.entry.kind is EntryKind.ACCESS
    assert {name: access.entry.says[name] for name in ("purpose", "role", "looked_at")} == {
        "purpose": "quality",
        "role": "team-lead",
        "looked_at": {"due": "references of cases"},
    }


def test_who_does_not_say_why_sees_no_reference(taxatie: Taxatie, office: Office) -> None:
    office.assess("c-1")

    outcome = taxatie("due", "--references", "--purpose", "curiosity", *LATER, *where(office))

    assert outcome.exit_code == 1
    assert outcome.stdout == ""
    assert [line for line in outcome.stderr.splitlines() if line.startswith("taxatie")] == [
        "taxatie: purpose: who looks into the log says why",
        "taxatie: role: who looks into the log says in which role",
    ]


def test_nothing_that_is_late_is_exit_code_0(taxatie: Taxatie, office: Office) -> None:
    office.assess()
    moment = ("--at", "2026-03-03T12:00:00+01:00")

    nothing = taxatie("due", *moment, *where(office))
    soon = taxatie("due", "--until", "2026-03-09", *moment, *where(office))

    assert (nothing.exit_code, nothing.stdout) == (0, "Er staat niets open dat te laat is.\n")
    assert soon.exit_code == 0
    assert "Veiligheid beoordelen" in soon.stdout


def test_erased_decisions_are_counted_aside(taxatie: Taxatie, office: Office) -> None:
    office.assess()
    office.erase(1)

    dutch = taxatie("due", *LATER, *where(office))
    english = taxatie("due", "--language", "en", *LATER, *where(office))

    assert (dutch.exit_code, dutch.stderr) == (0, "1 gewiste besluiten staan hier niet bij\n")
    assert english.stderr == "1 erased decisions are not among these\n"
    assert english.stdout == "Nothing is overdue.\n"


def test_without_the_release_actions_are_listed_by_their_ids(taxatie: Taxatie, office: Office, tmp_path: Path) -> None:
    """A release that is not at hand must not hide what was promised."""
    office.assess()
    (tmp_path / "rulesets" / "releases").mkdir(parents=True)

    outcome = taxatie("due", *LATER, *where(office, tmp_path / "rulesets"))

    assert outcome.stdout.splitlines()[2:] == ["        1  Opnieuw beoordelen", "        1  safety_assessment"]


@pytest.mark.parametrize(
    ("option", "text"), [("--until", "tomorrow"), ("--at", "noon"), ("--at", "2026-03-20T10:00:00")]
)
def test_a_time_that_is_none_is_refused(taxatie: Taxatie, office: Office, option: str, text: str) -> None:
    outcome = taxatie("due", option, text, *where(office))

    assert outcome.exit_code == 2
    assert f"`{text}` is no" in outcome.stderr


def test_by_default_the_present_moment_counts(taxatie: Taxatie, office: Office) -> None:
    """The decision is from March 2026, so by now it is overdue."""
    office.assess()

    assert taxatie("due", *where(office)).exit_code == 1
