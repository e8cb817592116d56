"""`taxatie diff` on the command line."""

import json
from pathlib import Path

from typer.testing import CliRunner

from taxatie.cli.app import app
from tests.analysis.test_comparison import GV_01, SCENARIO
from tests.rules.base_release import base_files


def folder(root: Path, old: str = "", new: str = "") -> Path:
    """Write the base release, with words of its ruleset exchanged."""
    for path, text in base_files().items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.replace(old, new) if old and path.startswith("danger") else text, encoding="utf-8")
    return root


def diff(tmp_path: Path, *more: str, new: str = "level: urgent") -> tuple[int, str]:
    """Compare the base release with one in which strangulation withholds nothing."""
    before, after = folder(tmp_path / "before"), folder(tmp_path / "after", GV_01, new)
    scenarios = tmp_path / "scenarios"
    scenarios.mkdir()
    (scenarios / "strangled.yaml").write_bytes(SCENARIO)
    words = ["diff", "example", "example", str(scenarios), "--rulesets", str(after), "--old-rulesets", str(before)]
    found = CliRunner().invoke(app, [*words, "--cases", "60", *more])
    return found.exit_code, found.stdout


def test_it_tells_the_change_and_the_cases(tmp_path: Path) -> None:
    code, said = diff(tmp_path, "--language", "en", "--show", "1")

    assert code == 1
    assert "GV-01 no longer withholds: Talks." in said
    assert "1 scenarios, 60 made-up cases" in said
    assert "    case: " in said


def test_json_can_be_read_by_another_program(tmp_path: Path) -> None:
    code, said = diff(tmp_path, "--format", "json", "--show", "2")

    plain = json.loads(said)
    assert code == 1
    assert plain["changes"][0]["about"] == "GV-01"
    assert {tuple(each["no_longer_withheld"]) for each in plain["differences"]} == {("talks",)}
    assert plain["smallest"]


def test_nothing_changed_is_said_and_is_no_failure(tmp_path: Path) -> None:
    code, said = diff(tmp_path, new=GV_01)

    assert code == 0
    assert "0 komen anders uit" in said
