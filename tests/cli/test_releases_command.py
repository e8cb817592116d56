"""`taxatie releases`: what is in force when."""

import hashlib
import json
from pathlib import Path

from tests.cli.conftest import Taxatie


def test_releases_are_listed_with_the_time_they_are_in_force(taxatie: Taxatie, folder: Path) -> None:
    text = (folder / "releases" / "one.yaml").read_text(encoding="utf-8")
    two = text.replace("release: one", "release: two").replace("2026-01-01", "2026-03-02")
    three = text.replace("release: one", "release: three")
    three = three.replace("in_force_from: 2026-01-01", "in_force_from: 2026-06-01\nin_force_until: 2026-06-30")
    (folder / "releases" / "two.yaml").write_text(two, encoding="utf-8")
    (folder / "releases" / "three.yaml").write_text(three, encoding="utf-8")
    digest = hashlib.sha256(two.encode()).hexdigest()
    (folder / "rulesets.lock").write_text(f"{digest}  releases/two.yaml\n", encoding="utf-8")

    outcome = taxatie("releases", "--rulesets", folder)

    assert outcome.stdout.splitlines() == [
        "one\tfrom 2026-01-01 before 2026-03-02\tdraft\tEerste",
        "two\tfrom 2026-03-02 before 2026-06-01\tpublished\tEerste",
        "three\tfrom 2026-06-01 until 2026-06-30\tdraft\tEerste",
    ]


def test_programs_get_the_list_as_json(taxatie: Taxatie, small: Path) -> None:
    outcome = taxatie("releases", "--rulesets", small, "--format", "json")

    assert json.loads(outcome.stdout) == [
        {
            "release": "one",
            "title": {"nl": "Eerste", "en": "First"},
            "in_force_from": "2026-01-01",
            "in_force_until": None,
            "draft": True,
        }
    ]


def test_a_release_that_cannot_be_read_is_not_hidden(taxatie: Taxatie, folder: Path) -> None:
    (folder / "releases" / "two.yaml").write_text("release: [", encoding="utf-8")

    outcome = taxatie("releases", "--rulesets", folder)

    assert outcome.exit_code == 1
    assert outcome.stdout.startswith("one\t")
    assert outcome.stderr == "taxatie: `two` cannot be read\n  hint: run `taxatie check`\n"
