"""What the README shows is what the program says."""

import re
from pathlib import Path

from typer.testing import CliRunner

from taxatie.cli.app import app

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_one_call_gives_the_output_that_is_shown() -> None:
    """A reader who types it must see it."""
    call = re.search(r"^\.venv/bin/taxatie (assess .*)$", README, re.MULTILINE)
    shown = re.search(r"^```text\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert call is not None
    assert shown is not None
    words = [str(ROOT / word) if word.startswith("validation/") else word for word in call[1].split()]

    found = CliRunner().invoke(app, words)

    assert found.exit_code == 0, found.output
    assert found.stdout.strip() == shown[1].strip()


def test_the_rule_that_is_shown_is_one_of_the_release() -> None:
    """An example that is not in force would teach a rule that nobody approved."""
    shown = re.search(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert shown is not None
    release = (ROOT / "rulesets" / "acute-danger" / "1.0.0.yaml").read_text(encoding="utf-8")

    for line in shown[1].splitlines():
        assert line.strip() in release, line


def test_every_place_that_is_named_is_there() -> None:
    """Newcomers follow the table."""
    rows = re.findall(r"^\| (`.*?) \|", README, re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"`([\w/.]+)`", row)]

    assert named
    for name in named:
        assert (ROOT / name).exists() or (ROOT / "taxatie" / name).exists(), name
