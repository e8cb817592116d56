"""The demonstration shows shipped scenarios that tell something, each with its story and what decided it first."""

from pathlib import Path

from taxatie.demo import TELLING, demonstrate

ROOT = Path(__file__).parents[2]


def test_at_least_eight_telling_cases_are_shown_with_their_story() -> None:
    said: list[str] = []

    demonstrate(ROOT / "rulesets", ROOT / "validation", lambda line: said.append(str(line)))

    shown = "\n".join(said)
    assert len(TELLING) >= 8
    assert shown.count("\n=== ") == len(TELLING)
    for story in TELLING.values():
        assert story in shown


def test_the_reason_that_decides_stands_first() -> None:
    """Of twelve reasons one decides; whoever looks for the first time must not have to search for it."""
    said: list[str] = []

    demonstrate(ROOT / "rulesets", ROOT / "validation", lambda line: said.append(str(line)))

    drunk = next(index for index, line in enumerate(said) if "drunk-man-almost-hit" in line)
    first = said[said.index("  Waarom:", drunk) + 1]
    assert "[GZ-02]" in first
    assert any("… en nog" in line and "redenen" in line for line in said)
