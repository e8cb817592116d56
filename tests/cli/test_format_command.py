"""`taxatie format`: the canonical form on paper, in files, and as a check."""

import hashlib
from pathlib import Path

import pytest

from tests.cli.conftest import Taxatie

LOOSE = "# of a\na:   1\nb: [ x,y ]\n"
CANONICAL = "# of a\na: 1\nb: [x, y]\n"


@pytest.fixture
def loose(tmp_path: Path) -> Path:
    """Return a file that is not in canonical form."""
    file = tmp_path / "loose.yaml"
    file.write_text(LOOSE, encoding="utf-8")
    return file


def test_the_form_is_printed(taxatie: Taxatie, loose: Path) -> None:
    outcome = taxatie("format", loose)

    assert (outcome.exit_code, outcome.stdout) == (0, CANONICAL)
    assert loose.read_text(encoding="utf-8") == LOOSE


def test_the_form_of_a_pipe_is_printed(taxatie: Taxatie) -> None:
    outcome = taxatie("format", "-", stdin=LOOSE)

    assert (outcome.exit_code, outcome.stdout) == (0, CANONICAL)


def test_the_form_is_written_where_it_was_asked_for(taxatie: Taxatie, loose: Path) -> None:
    outcome = taxatie("format", "--write", loose)

    assert (outcome.exit_code, outcome.stdout) == (0, "")
    assert loose.read_text(encoding="utf-8") == CANONICAL


def test_a_check_says_which_files_are_otherwise(taxatie: Taxatie, loose: Path, heard: Path) -> None:
    outcome = taxatie("format", "--check", loose, heard)

    assert outcome.exit_code == 1
    assert outcome.stderr == f"{loose}: is not in canonical form\n"
    assert loose.read_text(encoding="utf-8") == LOOSE


def test_without_files_those_of_the_rulesets_are_meant(taxatie: Taxatie, folder: Path) -> None:
    (folder / "kitchen-table" / "1.1.0.yaml").write_text(LOOSE, encoding="utf-8")

    checked = taxatie("format", "--check", "--rulesets", folder)
    written = taxatie("format", "--write", "--rulesets", folder)

    assert (checked.exit_code, written.exit_code) == (1, 0)
    assert checked.stderr == f"{folder / 'kitchen-table' / '1.1.0.yaml'}: is not in canonical form\n"
    assert taxatie("format", "--check", "--rulesets", folder).exit_code == 0


def test_the_shipped_content_is_in_canonical_form(taxatie: Taxatie) -> None:
    """Where it is not: `taxatie format --write`."""
    scenarios = (Path(__file__).resolve().parents[2] / "validation").rglob("*.yaml")

    assert taxatie("format", "--check", *scenarios).stderr == ""
    assert taxatie("format", "--check").stderr == ""


def test_a_published_file_is_never_written(taxatie: Taxatie, folder: Path) -> None:
    """Its digest stands in decisions that people already got."""
    file = folder / "kitchen-table" / "1.1.0.yaml"
    file.write_text(LOOSE, encoding="utf-8")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    (folder / "rulesets.lock").write_text(f"{digest}  kitchen-table/1.1.0.yaml\n", encoding="utf-8")

    named = taxatie("format", "--write", file)
    all_of_them = taxatie("format", "--write", "--rulesets", folder)

    assert (named.exit_code, all_of_them.exit_code) == (1, 0)
    assert named.stderr == f"{file}: is published and stays as it is\n"
    assert file.read_text(encoding="utf-8") == LOOSE


def test_a_broken_file_is_told_and_left_alone(taxatie: Taxatie, loose: Path) -> None:
    loose.write_text("a: 1\na: 2\n", encoding="utf-8")

    outcome = taxatie("format", "--write", loose)

    assert outcome.exit_code == 1
    assert outcome.stderr.startswith(f"{loose}:2:1: TX102 ")
    assert loose.read_text(encoding="utf-8") == "a: 1\na: 2\n"


def test_bytes_that_are_no_text_are_told(taxatie: Taxatie, loose: Path) -> None:
    loose.write_bytes(b"\xff\xfe")

    assert "TX107" in taxatie("format", loose).stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--write", "--check"), "--write and --check exclude each other"),
        (("one.yaml", "two.yaml"), "only one file can be printed"),
        (("--write", "-"), "a pipe cannot be written"),
        (("nowhere.yaml",), "`nowhere.yaml`: no such file or directory"),
    ],
)
def test_what_cannot_be_asked_is_a_fault_of_usage(taxatie: Taxatie, options: tuple[str, ...], message: str) -> None:
    outcome = taxatie("format", *options)

    assert outcome.exit_code == 2
    assert message in outcome.stderr
