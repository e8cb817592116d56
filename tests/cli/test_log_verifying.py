"""`taxatie log verify`, `prove`, `check-proof` and `keys`: what the log proves, and to whom."""

import json
import sqlite3
from pathlib import Path
from shutil import copyfile

import pytest

from taxatie.ledger.checkpoint_file import CheckpointFile
from tests.cli.conftest import Taxatie
from tests.cli.log_cases import AUDIT, TWO, UNKNOWN, a_log, kept, looks


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Return where a log lies."""
    return tmp_path / "log"


def first_key(taxatie: Taxatie, log: Path) -> str:
    """Return the public key of a log."""
    return str(json.loads(taxatie("log", "verify", "--format", "json", "--ledger-folder", log).stdout)["first_key"])


def test_a_whole_log_verifies_and_says_what_it_is(taxatie: Taxatie, log: Path) -> None:
    a_log(log)
    taxatie("log", "erase", "--case", "c-2", *TWO, "--ledger-folder", log)

    outcome = taxatie("log", "verify", "--ledger-folder", log)

    assert outcome.exit_code == 0
    assert "size       6 lines (3 decision, 1 erasure, 1 genesis, 1 override)" in outcome.stdout
    assert "erased     1 payloads" in outcome.stdout
    assert "origin     taxatie/tests" in outcome.stdout
    assert "whole: no line was changed" in outcome.stdout
    assert "compare the first key" in outcome.stderr


def test_a_log_of_another_key_is_not_whole(taxatie: Taxatie, log: Path, tmp_path: Path) -> None:
    a_log(log)
    a_log(tmp_path / "other")

    right = taxatie("log", "verify", "--public-key", first_key(taxatie, log), "--ledger-folder", log)
    wrong = taxatie("log", "verify", "--public-key", first_key(taxatie, tmp_path / "other"), "--ledger-folder", log)

    assert (right.exit_code, wrong.exit_code) == (0, 1)
    assert "under another key than the one you trust" in wrong.stdout
    assert "compare the first key" not in right.stderr


def test_each_fault_is_named(taxatie: Taxatie, log: Path) -> None:
    a_log(log)
    with sqlite3.connect(log / "log.sqlite") as connection:
        connection.execute("UPDATE lines SET leaf = replace(leaf, 'decision', 'override') WHERE place = 2")
    connection.close()

    outcome = taxatie("log", "verify", "--ledger-folder", log)
    plain = json.loads(taxatie("log", "verify", "--format", "json", "--ledger-folder", log).stdout)

    assert outcome.exit_code == 1
    assert "NOT WHOLE" in outcome.stdout
    assert plain["is_whole"] is False
    assert plain["faults"]


def test_more_faults_than_are_told_are_counted(taxatie: Taxatie, log: Path) -> None:
    a_log(log)
    first, *_, last = CheckpointFile(log / "checkpoints").read()
    (log / "kept").write_text("".join(f"{each.note}\n" for each in [last, *[first] * 150]))

    outcome = taxatie("log", "verify", "--checkpoint", log / "kept", "--ledger-folder", log)

    assert "faults more" in outcome.stdout


def test_a_rollback_is_seen_beside_a_checkpoint_that_was_kept(taxatie: Taxatie, log: Path, tmp_path: Path) -> None:
    a_log(log)
    earlier = tmp_path / "earlier"
    earlier.mkdir()
    for file in log.iterdir():
        copyfile(file, earlier / file.name)
    taxatie("log", "show", *AUDIT, "--ledger-folder", log, kept(log)[1].entry.id)

    alone = taxatie("log", "verify", "--ledger-folder", earlier)
    beside = taxatie("log", "verify", "--checkpoint", log / "checkpoints", "--ledger-folder", earlier)

    assert alone.exit_code == 0
    assert beside.exit_code == 1
    assert "cut off or rolled back" in beside.stdout


def test_evidence_is_checked_by_who_has_nothing_but_the_key(taxatie: Taxatie, log: Path, tmp_path: Path) -> None:
    report, *_ = a_log(log)
    key, file = first_key(taxatie, log), tmp_path / "evidence.json"

    made = taxatie("log", "prove", *AUDIT, "--ledger-folder", log, "-o", file, report)
    checked = taxatie("log", "check-proof", file, "--public-key", key, "--payload")

    assert made.exit_code == 0
    assert checked.exit_code == 0
    assert "proved: the line is in the log, as it was written" in checked.stdout
    assert "the payload is what was committed to" in checked.stdout
    assert '"reference": "c-1"' in checked.stdout
    assert [each.entry.says["looked_at"] for each in looks(log)] == [{"prove": report, "payload": True}]


def test_evidence_without_payload_says_nothing_of_the_case(taxatie: Taxatie, log: Path) -> None:
    report, *_ = a_log(log)

    made = taxatie("log", "prove", *AUDIT, "--without-payload", "--ledger-folder", log, report)
    (log / "evidence.json").write_bytes(made.stdout_bytes)
    checked = taxatie("log", "check-proof", log / "evidence.json", "--public-key", first_key(taxatie, log), "--payload")

    assert "the payload was left out" in checked.stdout
    assert "c-1" not in checked.stdout


def test_evidence_under_another_key_proves_nothing(taxatie: Taxatie, log: Path, tmp_path: Path) -> None:
    report, *_ = a_log(log)
    a_log(tmp_path / "other")
    file = tmp_path / "evidence.json"
    taxatie("log", "prove", *AUDIT, "--ledger-folder", log, "-o", file, report)

    checked = taxatie("log", "check-proof", file, "--public-key", first_key(taxatie, tmp_path / "other"))

    assert checked.exit_code == 1
    assert checked.stdout == "it proves nothing\n"
    assert "not signed by the key that you trust" in checked.stderr


def test_growth_is_proved_from_a_checkpoint_that_was_kept(taxatie: Taxatie, log: Path, tmp_path: Path) -> None:
    a_log(log)
    key, growth, own = first_key(taxatie, log), tmp_path / "growth.json", tmp_path / "kept"
    own.write_bytes((log / "checkpoints").read_bytes())

    made = taxatie("log", "prove", "--consistency", "3", "--ledger-folder", log, "-o", growth)
    checked = taxatie("log", "check-proof", growth, "--public-key", key, "--checkpoint", own)

    assert made.exit_code == 0
    assert checked.exit_code == 0
    assert "proved: the log grew from the earlier one" in checked.stdout


@pytest.mark.parametrize(("text", "message"), [("", "no checkpoint of 3 lines"), ("x\n", "holds no checkpoints")])
def test_a_file_without_that_checkpoint_is_a_fault_of_usage(
    taxatie: Taxatie, log: Path, text: str, message: str
) -> None:
    a_log(log)
    key = first_key(taxatie, log)
    taxatie("log", "prove", "--consistency", "3", "--ledger-folder", log, "-o", log / "growth.json")
    (log / "kept").write_text(text)

    checked = taxatie("log", "check-proof", log / "growth.json", "--public-key", key, "--checkpoint", log / "kept")

    assert checked.exit_code == 2
    assert message in checked.stderr


@pytest.mark.parametrize("what", [(), ("--consistency", "3", UNKNOWN)])
def test_one_thing_is_proved_at_a_time(taxatie: Taxatie, log: Path, what: tuple[str, ...]) -> None:
    outcome = taxatie("log", "prove", "--ledger-folder", log, *what)

    assert outcome.exit_code == 2
    assert "name a line to prove, or a size" in outcome.stderr


def test_a_file_beyond_any_evidence_is_not_read(taxatie: Taxatie, tmp_path: Path) -> None:
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(100_000_000)

    outcome = taxatie("log", "check-proof", tmp_path / "huge", "--public-key", "x")

    assert outcome.exit_code == 2


def test_a_new_key_takes_over_and_the_first_one_still_proves(taxatie: Taxatie, log: Path, tmp_path: Path) -> None:
    report, *_ = a_log(log)
    key, old = first_key(taxatie, log), (log / "signing.pem").read_bytes()

    rotated = taxatie("log", "keys", "rotate", "--ledger-folder", log)
    shown = taxatie("log", "keys", "show", "--ledger-folder", log)
    taxatie("log", "prove", *AUDIT, "--ledger-folder", log, "-o", tmp_path / "evidence.json", report)

    assert rotated.exit_code == 0
    assert "start the service again" in rotated.stderr
    assert (log / "signing.pem").read_bytes() != old
    assert sorted(each.name for each in log.iterdir() if "signing" in each.name) == ["signing.pem"]
    assert (log / "signing.pem").stat().st_mode & 0o777 == 0o600
    assert f"key     {key}" in shown.stdout
    assert "from line 5, signs now" in shown.stdout
    assert taxatie("log", "verify", "--ledger-folder", log, "--public-key", key).exit_code == 0
    assert taxatie("log", "check-proof", tmp_path / "evidence.json", "--public-key", key).exit_code == 0


def test_a_rotation_that_was_stopped_is_finished_by_running_it_again(
    taxatie: Taxatie, log: Path, tmp_path: Path
) -> None:
    """The power fails after the log knows the new key, and before its file has the old one's name."""
    a_log(log)
    key, old = first_key(taxatie, log), (log / "signing.pem").read_bytes()
    taxatie("log", "keys", "rotate", "--ledger-folder", log)
    (log / "signing.pem").rename(log / "signing.pem.next")
    (log / "signing.pem").write_bytes(old)

    refused = taxatie("log", "show", *AUDIT, "--ledger-folder", log, UNKNOWN)
    again = taxatie("log", "keys", "rotate", "--ledger-folder", log)

    assert "another key signs for this log" in refused.stderr
    assert again.exit_code == 0
    assert not (log / "signing.pem.next").exists()
    assert taxatie("log", "verify", "--ledger-folder", log, "--public-key", key).exit_code == 0
    assert len(kept(log)) == 6


def test_the_key_is_written_as_others_write_it(taxatie: Taxatie, log: Path) -> None:
    """C2SP `signed-note`: name, hash of the key, and the key with its kind."""
    a_log(log)

    shown = taxatie("log", "keys", "show", "--ledger-folder", log).stdout.splitlines()

    assert shown[0] == "origin  taxatie/tests"
    name, hashed, key = shown[3].strip().split("+", 2)
    assert name == "taxatie/tests"
    assert len(hashed) == 8
    assert key.startswith("A")
