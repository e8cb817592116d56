"""`taxatie log show` and `search`: what is found, and that who looks is on record first."""

import json
from pathlib import Path

import pytest

from taxatie.ledger.opening import LogPlace, open_log
from tests.cli.conftest import Taxatie
from tests.cli.log_cases import AUDIT, TWO, UNKNOWN, a_log, kept, looks
from tests.replay.recording import NOW


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Return where a log lies."""
    return tmp_path / "log"


def test_a_decision_is_shown_with_what_people_did_with_it(taxatie: Taxatie, log: Path) -> None:
    report, *_ = a_log(log)

    shown = taxatie("log", "show", *AUDIT, "--ledger-folder", log, report)

    assert shown.exit_code == 0
    lines = shown.stdout.splitlines()
    assert lines[0] == f"line 1: decision {report}"
    assert "  reference: c-1" in lines
    assert "          strangulation: yes" in lines
    assert "      - person: adult-1, rule: KT-02" in lines
    assert any(line.startswith("line 4: override ") for line in lines)
    assert "    after: immediate" in lines


def test_a_line_is_shown_as_json(taxatie: Taxatie, log: Path) -> None:
    report, *_ = a_log(log)

    shown = json.loads(taxatie("log", "show", *AUDIT, "--format", "json", "--ledger-folder", log, report).stdout)

    assert shown["line"]["id"] == shown["payload"]["id"] == report
    assert shown["is_erased"] is False
    assert shown["erasure"] is None
    # Whoever looked is among the lines about the decision: also this very look.
    assert [each["line"]["kind"] for each in shown["linked"]] == ["override", "access"]


def test_who_looks_is_on_record_before_anything_is_shown(taxatie: Taxatie, log: Path) -> None:
    report, *_ = a_log(log)

    taxatie("log", "show", *AUDIT, "--ledger-folder", log, report)

    (look,) = looks(log)
    assert look.entry.about == report
    assert look.entry.says == {
        "purpose": "audit",
        "role": "auditor",
        "caller": "local",
        "looked_at": {"show": report},
    }


def test_nothing_is_shown_where_the_look_cannot_be_recorded(taxatie: Taxatie, log: Path) -> None:
    report, *_ = a_log(log)
    (log / "checkpoints").chmod(0o400)
    (log / "checkpoints").rename(log / "gone")
    (log / "checkpoints").mkdir()

    shown = taxatie("log", "show", *AUDIT, "--ledger-folder", log, report)

    assert shown.exit_code == 1
    assert "c-1" not in shown.stdout
    assert looks(log) == []


@pytest.mark.parametrize(
    ("who", "message"),
    [
        (("--purpose", "curiosity", "--role", "auditor"), "purpose: who looks into the log says why"),
        (("--purpose", "audit", "--role", "Mia"), "role: who looks into the log says in which role"),
    ],
)
def test_who_looks_says_why_and_in_which_role(taxatie: Taxatie, log: Path, who: tuple[str, ...], message: str) -> None:
    report, *_ = a_log(log)

    shown = taxatie("log", "show", *who, "--ledger-folder", log, report)

    assert shown.exit_code == 1
    assert message in shown.stderr
    assert looks(log) == []


@pytest.mark.parametrize("name", [UNKNOWN, "c-1"])
def test_what_is_not_there_is_said(taxatie: Taxatie, log: Path, name: str) -> None:
    a_log(log)

    shown = taxatie("log", "show", *AUDIT, "--ledger-folder", log, name)

    assert shown.exit_code == 1
    assert f"the log holds no line `{name}`" in shown.stderr


def test_of_an_erased_decision_it_is_said_when_why_and_by_whom(taxatie: Taxatie, log: Path) -> None:
    report, *_ = a_log(log)
    assert taxatie("log", "erase", "--case", "c-1", *TWO, "--ledger-folder", log).exit_code == 0

    shown = taxatie("log", "show", *AUDIT, "--ledger-folder", log, report)
    plain = json.loads(taxatie("log", "show", *AUDIT, "--format", "json", "--ledger-folder", log, report).stdout)

    assert "erased: that it was there is proved, what it said is gone" in shown.stdout
    assert ": data_subject_request, by privacy-officer and case-owner" in shown.stdout
    assert plain["payload"] is None
    assert plain["erasure"]["says"]["places"] == [[1, 1], [4, 4]]


def found(taxatie: Taxatie, log: Path, *options: str) -> list[str]:
    """Return the ids that a search finds."""
    outcome = taxatie("log", "search", *AUDIT, "--format", "json", "--ledger-folder", log, *options)
    assert outcome.exit_code == 0, outcome.stderr
    return [json.loads(line)["id"] for line in outcome.stdout.splitlines()]


def test_decisions_are_found_by_what_is_coded(taxatie: Taxatie, log: Path) -> None:
    violent, plain, advice = a_log(log)
    (record,) = [each.payload for each in kept(log) if each.entry.id == violent]
    assert record is not None
    digest = record["release"]["digest"]  # type: ignore[index]

    assert found(taxatie, log) == [violent, plain, advice]
    assert found(taxatie, log, "--level", "urgent") == [violent]
    assert found(taxatie, log, "--region", "noord") == [plain]
    assert found(taxatie, log, "--mode", "advice") == [advice]
    assert found(taxatie, log, "--rule", record["assessment"]["fired"][0]["rule"]) == [violent]  # type: ignore[index]
    assert found(taxatie, log, "--release", "one", "--mode", "report") == [violent, plain]
    assert found(taxatie, log, "--release", digest) == [violent, plain, advice]
    assert found(taxatie, log, "--release", "two") == []
    assert found(taxatie, log, "--from", "2026-03-02", "--until", "2026-03-02") == [violent, plain, advice]
    assert found(taxatie, log, "--from", "2026-03-03") == []
    assert found(taxatie, log, "--until", "2026-03-01") == []


def test_a_case_is_found_by_its_reference_which_is_kept_nowhere(taxatie: Taxatie, log: Path) -> None:
    _, plain, _ = a_log(log)

    assert found(taxatie, log, "--case", "c-2") == [plain]

    (look,) = looks(log)
    assert look.entry.says["looked_at"] == {"search": {"by_case": True}}
    assert b"c-2" not in look.entry.leaf


def test_a_reference_can_come_where_no_list_of_processes_shows_it(taxatie: Taxatie, log: Path) -> None:
    a_log(log)

    outcome = taxatie("log", "search", *AUDIT, "--case", "-", "--ledger-folder", log, stdin="c-2\n")
    empty = taxatie("log", "search", *AUDIT, "--case", "-", "--ledger-folder", log, stdin="")

    assert outcome.stderr == "1 decisions\n"
    assert empty.exit_code == 2


def test_a_table_tells_codes_only(taxatie: Taxatie, log: Path) -> None:
    a_log(log)
    taxatie("log", "erase", "--case", "c-2", *TWO, "--ledger-folder", log)

    outcome = taxatie("log", "search", *AUDIT, "--ledger-folder", log, "--from", "2026-03-02")
    by_level = taxatie("log", "search", *AUDIT, "--ledger-folder", log, "--mode", "report")

    head, violent, erased, advice = outcome.stdout.splitlines()
    assert head.split() == ["id", "line", "at", "release", "level", "mode", "region"]
    assert violent.split()[3:] == ["one", "urgent", "report", "-"]
    assert erased.split()[3:] == ["-", "-", "-", "-", "erased"]
    assert advice.split()[3:] == ["one", "advise", "advice", "-"]
    assert "c-1" not in outcome.stdout
    # Whether an erased decision was a report nobody can tell any more.
    assert len(by_level.stdout.splitlines()) == 2


def test_what_was_asked_is_on_record(taxatie: Taxatie, log: Path) -> None:
    a_log(log)

    found(taxatie, log, "--level", "urgent", "--from", "2026-03-02")

    (look,) = looks(log)
    assert look.entry.says["looked_at"] == {
        "search": {"since": "2026-03-01T23:00:00Z", "level": "urgent", "by_case": False}
    }


def test_a_day_that_is_none_is_a_fault_of_usage(taxatie: Taxatie, log: Path) -> None:
    open_log(LogPlace(log), "taxatie/tests", NOW).store.close()

    outcome = taxatie("log", "search", *AUDIT, "--from", "yesterday", "--ledger-folder", log)

    assert outcome.exit_code == 2
    assert "`yesterday` is no date" in outcome.stderr
    assert len(kept(log)) == 1
