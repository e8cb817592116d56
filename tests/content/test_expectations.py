"""Each scenario says where its expectation comes from."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "validation"
FILES = sorted(ROOT.rglob("*.yaml"))
SOURCED = re.compile(
    "own proposal|seeds? [0-9]|case C[0-9]|boundary|as the one above|meldcode|cbs|rihg|knmg|augeo|grevio|istanbul|ecthr"
    "|f v m|factsheet|prosecutor|lethality|monckton|eenhoorn|inspectorate|vio|protocol|legal task|radar|outcomes"
    "|anonymity|screening|de ruiter|five grounds|ranked requirement|veilig thuis|nobody is forgotten|review|court",
    re.IGNORECASE,
)


def expectation(file: Path) -> str:
    """Return what the head of a scenario says of its expectation."""
    lines = file.read_text(encoding="utf-8").split("\ncase:")[0].splitlines()
    return " ".join(line.removeprefix("#").strip() for line in lines if line.startswith("# ") and "$schema" not in line)


def test_there_are_at_least_eighty() -> None:
    assert len(FILES) >= 80


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_expectation_names_a_source_or_is_an_own_proposal(file: Path) -> None:
    said = expectation(file)

    assert said.startswith("Expectation: ")
    assert SOURCED.search(said), said
