"""The shipped scenarios point to nobody, as far as a search for words and forms can tell."""

from pathlib import Path

from taxatie.scenarios.anonymity import find_exact_ages, find_identifying
from taxatie.scenarios.scenario import find_scenario_texts

TEXTS = find_scenario_texts(Path(__file__).parents[2] / "validation")


def test_no_shipped_scenario_may_point_to_somebody() -> None:
    assert TEXTS
    assert [str(fault) for text in TEXTS for fault in find_identifying(text)] == []


def test_ages_in_shipped_scenarios_stand_for_bands() -> None:
    assert [str(remark) for text in TEXTS for remark in find_exact_ages(text)] == []
