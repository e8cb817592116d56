"""`taxatie log set-aside`: what nobody signed leaves the log for a file, by two people, and the service goes on."""

import json
from pathlib import Path

import pytest

from taxatie.ledger.entry import EntryKind
from taxatie.ledger.opening import LogPlace
from tests.cli.conftest import Taxatie
from tests.cli.log_cases import a_log, kept
from tests.ledger.attacking import add
from tests.ledger.building import a_draft

BY = ("--role", "operator", "--second-role", "auditor")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Return where a log of five lines lies, to which somebody added one."""
    folder = tmp_path / "log"
    a_log(folder)
    add(LogPlace(folder), a_draft())
    return folder


def test_who_looks_changes_nothing(taxatie: Taxatie, log: Path) -> None:
    outcome = taxatie("log", "set-aside", *BY, "--dry-run", "--ledger-folder", log)

    assert (outcome.exit_code, outcome.stdout) == (0, "5 lines are signed, 1 lie there beside\n")
    assert len(kept(log)) == 6


def test_the_log_refuses_until_the_line_is_set_aside(taxatie: Taxatie, log: Path, tmp_path: Path) -> None:
    erase = ("log", "erase", "--case", "c-2", "--reason", "court_order", *BY, "--ledger-folder", log)
    refused = taxatie(*erase)
    outcome = taxatie("log", "set-aside", *BY, "--output", tmp_path / "aside", "--ledger-folder", log)

    assert refused.exit_code != 0
    assert "lines 5 to 5 lie in the log, and the key did not sign them" in refused.stderr
    assert outcome.exit_code == 0
    assert f"1 lines set aside in `{tmp_path / 'aside'}`; line 5 of the log says so" in outcome.stdout
    assert "no erasure reaches it" in outcome.stderr
    assert [json.loads(line)["place"] for line in (tmp_path / "aside").read_text().splitlines()] == [5]
    assert taxatie(*erase).exit_code == 0
    assert taxatie("log", "verify", "--ledger-folder", log).exit_code == 0
    assert [each.entry.kind for each in kept(log)[5:]] == [EntryKind.SET_ASIDE, EntryKind.ERASURE]


def test_a_whole_log_stays_as_it_is(taxatie: Taxatie, tmp_path: Path) -> None:
    a_log(tmp_path / "log")

    outcome = taxatie("log", "set-aside", *BY, "-o", tmp_path / "aside", "--ledger-folder", tmp_path / "log")

    assert (outcome.exit_code, outcome.stdout) == (0, "5 lines are signed, 0 lie there beside\n")
    assert not (tmp_path / "aside").exists()
    assert len(kept(tmp_path / "log")) == 5


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((*BY,), "name a file with --output, or look with --dry-run"),
        ((*BY, "--dry-run", "-o", "x"), "name a file with --output, or look with --dry-run"),
        (("--role", "operator", "--second-role", "operator", "--dry-run"), "both have one role"),
        (("--role", "Jan Jansen", "--second-role", "auditor", "--dry-run"), "this is no role"),
    ],
)
def test_two_people_of_two_roles_do_it_and_say_where_it_goes(
    taxatie: Taxatie, log: Path, options: tuple[str, ...], words: str
) -> None:
    outcome = taxatie("log", "set-aside", *options, "--ledger-folder", log)

    assert outcome.exit_code != 0
    assert words in outcome.stderr
    assert len(kept(log)) == 6
