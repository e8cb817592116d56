"""`taxatie log erase` and `retain`: what goes, who says so, and what is only tried."""

from pathlib import Path

import pytest

from taxatie.ledger.entry import EntryKind
from tests.cli.conftest import Taxatie
from tests.cli.log_cases import AUDIT, TWO, UNKNOWN, a_log, kept

REASON, ROLE, SECOND = TWO[:2], TWO[2:4], TWO[4:]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Return where a log lies."""
    return tmp_path / "log"


def erased(log: Path) -> list[int]:
    """Return the places of what was erased."""
    return [each.entry.place for each in kept(log) if each.is_erased]


def test_a_case_goes_with_what_people_did_with_it(taxatie: Taxatie, log: Path) -> None:
    a_log(log)

    outcome = taxatie("log", "erase", "--case", "c-1", *TWO, "--ledger-folder", log)

    assert outcome.exit_code == 0
    assert outcome.stdout == "2 payloads erased, with their keys\n"
    assert "what you exported or backed up is yours to erase" in outcome.stderr
    assert erased(log) == [1, 4]
    assert taxatie("log", "verify", "--ledger-folder", log).exit_code == 0


def test_the_erasure_is_on_record_without_the_reference(taxatie: Taxatie, log: Path) -> None:
    a_log(log)

    taxatie("log", "erase", "--case", "-", *TWO, "--ledger-folder", log, stdin="c-1\n")

    last = kept(log)[-1].entry
    assert last.kind is EntryKind.ERASURE
    assert last.says == {
        "places": [[1, 1], [4, 4]],
        "reason": "data_subject_request",
        "by": "privacy-officer",
        "second": "case-owner",
    }
    assert b"c-1" not in last.leaf


def test_an_advice_goes_by_its_id(taxatie: Taxatie, log: Path) -> None:
    *_, advice = a_log(log)

    outcome = taxatie("log", "erase", "--decision", advice, *TWO, "--ledger-folder", log)

    assert outcome.exit_code == 0
    assert erased(log) == [3]


def test_nothing_is_written_where_it_is_only_tried(taxatie: Taxatie, log: Path) -> None:
    a_log(log)

    case = taxatie("log", "erase", "--dry-run", "--case", "c-1", *TWO, "--ledger-folder", log)
    old = taxatie("log", "retain", "--dry-run", "--ledger-folder", log)

    assert case.stdout == "2 payloads would be erased; nothing was written\n"
    assert old.exit_code == 0
    assert len(kept(log)) == 5
    assert erased(log) == []


@pytest.mark.parametrize("what", [(), ("--case", "c-1", "--decision", UNKNOWN)])
def test_one_thing_is_named(taxatie: Taxatie, log: Path, what: tuple[str, ...]) -> None:
    a_log(log)

    outcome = taxatie("log", "erase", *what, *TWO, "--ledger-folder", log)

    assert outcome.exit_code == 2
    assert erased(log) == []


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (("--reason", "because", *ROLE, *SECOND), "reason: what is erased is erased for a reason"),
        ((*REASON, *ROLE, "--second-role", "privacy-officer"), "second-role: both have one role"),
        ((*REASON, "--role", "Anna", *SECOND), "role: this is no role"),
        ((*REASON, *ROLE, "--second-role", ""), "second-role: this is no role"),
    ],
)
def test_a_reason_and_two_roles_are_needed(taxatie: Taxatie, log: Path, wrong: tuple[str, ...], message: str) -> None:
    a_log(log)

    outcome = taxatie("log", "erase", "--case", "c-1", *wrong, "--ledger-folder", log)

    assert outcome.exit_code == 1
    assert message in outcome.stderr
    assert erased(log) == []


def test_what_is_not_there_is_not_said_to_be_erased(taxatie: Taxatie, log: Path) -> None:
    a_log(log)

    unknown_case = taxatie("log", "erase", "--case", "c-99", *TWO, "--ledger-folder", log)
    unknown = taxatie("log", "erase", "--decision", UNKNOWN, *TWO, "--ledger-folder", log)

    assert (unknown_case.exit_code, unknown.exit_code) == (1, 1)
    assert "nothing of it is in the log" in unknown_case.stderr
    assert "holds no decision" in unknown.stderr
    assert len(kept(log)) == 5


def test_what_is_past_its_period_goes(taxatie: Taxatie, log: Path) -> None:
    """The advice of 2 March 2026 was to be kept for two weeks."""
    a_log(log)

    outcome = taxatie("log", "retain", "--ledger-folder", log)
    again = taxatie("log", "retain", "--ledger-folder", log)

    assert outcome.stdout == "1 payloads erased, with their keys\n"
    assert again.stdout == "0 payloads erased, with their keys\n"
    assert erased(log) == [3]
    assert kept(log)[-1].entry.says["by"] == "service"


def test_a_replay_tells_erased_decisions_as_that(taxatie: Taxatie, log: Path, small: Path) -> None:
    a_log(log)
    taxatie("log", "erase", "--case", "c-1", *TWO, "--ledger-folder", log)

    replayed = taxatie("replay", *AUDIT, "--rulesets", small, "--ledger-folder", log)

    assert "gewist 1" in replayed.stdout
