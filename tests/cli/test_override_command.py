"""`taxatie override` and `taxatie outcome`: what people did, on record from a terminal."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from taxatie.cli.outcome_command import outcome_lines
from taxatie.cli.outcome_command import record as record_outcome
from taxatie.cli.override_command import ReasonName, override_lines
from taxatie.cli.override_command import record as record_override
from taxatie.cli.recording import Place, Titles, release_by_name
from taxatie.terms.text import Language
from taxatie.wire.generated.taxatie.v1 import decision_pb2 as messages
from taxatie.wire.override_messages import REASONS
from tests.cli.conftest import Taxatie
from tests.service.office import INTAKE, SENIOR, SMALL, Office

NOON = datetime(2026, 3, 5, 11, tzinfo=UTC)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return an office on Monday 2 March 2026, in the evening."""
    return Office(tmp_path / "ledger")


def where(office: Office) -> list[str]:
    """Return the options that name the office's log and its rulesets."""
    return ["--rulesets", str(SMALL), "--ledger-folder", str(office.folder)]


def test_a_raise_is_recorded_and_answered_as_json(taxatie: Taxatie, office: Office) -> None:
    decision = office.assess()

    outcome = taxatie("override", decision, "immediate", "--by", "intake:5e8f00aa", *where(office), "--format", "json")

    assert outcome.exit_code == 0, outcome.output
    said = json.loads(outcome.stdout)
    assert (said["decision"], said["level"], said["level_before"], said["lowered"]) == (
        decision,
        "immediate",
        "urgent",
        False,
    )
    assert said["floor_rules"] == [{"rule": "KT-02", "person": "adult-1"}]
    assert {row.level for row in office.due("2099-12-31")} == {"immediate"}


def test_every_fault_is_told_on_a_line_with_its_hint(taxatie: Taxatie, office: Office) -> None:
    decision = office.assess()

    outcome = taxatie("override", decision, "advise", "--by", "intake:jan", *where(office))

    assert outcome.exit_code == 1
    assert outcome.stderr.splitlines() == [
        "taxatie: reason: why the level goes down is not said",
        "  hint: lowering takes a reason, and a second person of another role",
        "taxatie: by.id: this is no opaque id",
        "  hint: a UUID, or 8 to 64 hexadecimal digits; never a name or a number of a person",
        "taxatie: second: nobody else agrees that the level goes down",
        "  hint: lowering takes a reason, and a second person of another role",
    ]


def test_lowering_takes_two_from_a_terminal_as_well(taxatie: Taxatie, office: Office) -> None:
    decision = office.assess()
    people = ("--by", "intake:5e8f00aa", "--second", "senior:77c0ffee", "--reason", "danger_ended")

    answers = [
        taxatie("override", decision, "advise", *people, "--request-id", "r-1", "--language", language, *where(office))
        for language in ("nl", "en")
    ]

    assert [answer.exit_code for answer in answers] == [0, 0]
    dutch, english = (answer.stdout.splitlines() for answer in answers)
    assert dutch[:3] == [
        "Niveau nu: Advies. Het was: Spoed.",
        "Ondergrens: Spoed (regels: KT-02 (adult-1)).",
        "Dit hoort bij het niveau:",
    ]
    assert english[:3] == [
        "Level now: Advice. It was: Urgent.",
        "Floor: Urgent (rules: KT-02 (adult-1)).",
        "This comes with the level:",
    ]
    assert dutch[-1].removeprefix("Vastgelegd als ") == english[-1].removeprefix("On record as ")


@pytest.mark.parametrize(
    ("option", "text", "message"),
    [
        ("--by", "intake", "`--by` is a role and an id, with `:` between them"),
        ("--second", "senior", "`--second` is a role and an id, with `:` between them"),
    ],
)
def test_an_actor_is_a_role_and_an_id(taxatie: Taxatie, office: Office, option: str, text: str, message: str) -> None:
    given = {"--by": "intake:5e8f00aa", option: text}
    words = [word for pair in given.items() for word in pair]

    outcome = taxatie("override", "x", "immediate", *words, *where(office))

    assert outcome.exit_code == 2
    assert message in outcome.stderr


def test_where_there_is_no_log_nothing_is_recorded(taxatie: Taxatie, office: Office) -> None:
    outcome = taxatie("override", "x", "immediate", "--by", "intake:5e8f00aa", *where(office))

    assert outcome.exit_code == 1
    assert "there is no log in" in outcome.stderr


def test_a_setting_that_cannot_be_read_is_told(
    taxatie: Taxatie, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command keeps payloads as long as the service would, so it reads the service's settings."""
    decision = office.assess()
    monkeypatch.setenv("TAXATIE_REPORT_YEARS_KEPT", "for ever")

    outcome = taxatie("override", decision, "immediate", "--by", "intake:5e8f00aa", *where(office))

    assert outcome.exit_code == 2
    assert "report_years_kept" in outcome.stderr
    assert office.due() == ()


def test_the_reasons_of_the_command_are_those_of_the_log() -> None:
    assert set(ReasonName) == set(REASONS)
    assert set(REASONS.values()) == set(messages.OverrideReason.values()) - {0}


def test_an_override_is_told_in_sentences(office: Office) -> None:
    decision = office.assess()
    request = messages.RecordOverrideRequest(decision=decision, level="immediate", by=INTAKE)

    answer = record_override(Place(SMALL, office.folder, None), request, NOON)

    assert override_lines(answer, Titles(release_by_name(SMALL, "one"), Language.NL)) == [
        "Niveau nu: Acuut. Het was: Spoed.",
        "Ondergrens: Spoed (regels: KT-02 (adult-1)).",
        "Dit hoort bij het niveau:",
        "  2026-03-05 12:00  Politie bellen (police)",
        "Geldt tot 2026-03-06 12:00.",
        f"Vastgelegd als {answer.override}.",
    ]


def test_without_the_release_ids_stand_where_titles_would(office: Office) -> None:
    calm = {"id": "adult-1", "subject": "adult", "answers": {"strangulation": "no"}}
    decision = office.assess(persons=[calm], answers={"violence_now": "no"}, history={"searched": True, "events": []})
    request = messages.RecordOverrideRequest(
        decision=decision, level="urgent", by=INTAKE, second=SENIOR, reason=REASONS["known_otherwise"]
    )
    answer = record_override(Place(SMALL, office.folder, None), request, NOON)

    lines = override_lines(answer, Titles(release_by_name(SMALL, "gone"), Language.EN))

    assert lines[:2] == ["Level now: urgent. It was: advise.", "Floor: advise."]


def test_an_outcome_is_told_in_sentences(office: Office) -> None:
    decision = office.assess()
    place = Place(SMALL, office.folder, None)
    request = messages.RecordOutcomeRequest(
        decision=decision, action="safety_assessment", done_on="2026-03-04", by=INTAKE
    )
    dutch, english = (Titles(release_by_name(SMALL, "one"), language) for language in Language)

    first = record_outcome(place, request, NOON)
    again = record_outcome(place, request, NOON)

    assert outcome_lines(first, dutch, is_done=True) == [
        "Veiligheid beoordelen: op tijd; uiterlijk 2026-03-09 23:59.",
        "Niveau nu: Spoed. Ondergrens: Spoed.",
        f"Vastgelegd als {first.outcome}.",
    ]
    assert outcome_lines(again, english, is_done=True) == [
        "Assess safety: in time; due 2026-03-09 23:59.",
        "Level now: Urgent. Floor: Urgent.",
        f"This replaces {first.outcome}.",
        f"On record as {again.outcome}.",
    ]
    assert outcome_lines(again, dutch, is_done=True)[2] == f"Dit vervangt {first.outcome}."
    assert outcome_lines(again, dutch, is_done=False)[0].startswith("Veiligheid beoordelen: niet gedaan;")
    assert outcome_lines(again, english, is_done=False)[0].startswith("Assess safety: not done;")


def test_a_late_outcome_says_so(office: Office) -> None:
    decision = office.assess()
    request = messages.RecordOutcomeRequest(decision=decision, action="reassessment", done_on="2026-03-18", by=INTAKE)

    answer = record_outcome(Place(SMALL, office.folder, None), request, NOON.replace(day=20))

    assert outcome_lines(answer, Titles(None, Language.NL), is_done=True)[0] == (
        "Opnieuw beoordelen: te laat; uiterlijk 2026-03-16 21:30."
    )
    assert outcome_lines(answer, Titles(None, Language.EN), is_done=True)[0] == (
        "Assess anew: late; due 2026-03-16 21:30."
    )


def test_an_outcome_is_recorded_from_a_terminal(taxatie: Taxatie, office: Office) -> None:
    decision = office.assess()
    words = ("outcome", decision, "safety_assessment", "--by", "intake:5e8f00aa", *where(office))

    done = taxatie(*words, "--done-on", "2026-03-03", "--format", "json")
    back = taxatie(*words, "--not-done", "--language", "en")
    today = taxatie(*words)

    assert [each.exit_code for each in (done, back, today)] == [0, 0, 0], back.output
    assert json.loads(done.stdout)["late"] is False
    assert "not done" in back.stdout
    assert "Vastgelegd als" in today.stdout


def test_an_outcome_of_nothing_is_refused(taxatie: Taxatie, office: Office) -> None:
    decision = office.assess()

    outcome = taxatie("outcome", decision, "call_police", "--by", "intake:5e8f00aa", *where(office))

    assert outcome.exit_code == 1
    assert outcome.stderr.splitlines()[0] == (
        "taxatie: action: neither the decision nor an override of it asks for this"
    )
