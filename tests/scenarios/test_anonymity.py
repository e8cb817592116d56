"""Scenarios that may point to somebody: what is refused, what passes, and that nothing is repeated."""

import pytest

from taxatie.engine.live import LiveEngine
from taxatie.rules.program import Program
from taxatie.scenarios.anonymity import find_exact_ages, find_identifying
from taxatie.scenarios.runner import run_scenarios
from taxatie.scenarios.scenario import ScenarioText
from tests.scenarios.conftest import a_scenario

PLAIN = """\
# Expectation: Commission 2016, case C2; RiHG 2024 VT, page 12. It may be 30 days. In March nobody had the lead.
case: heard-through-the-wall
reference_time: 2026-03-02T21:15:00+01:00
persons:
  - {id: child-1, subject: child, answers: {child_age: 8}}
history: {searched: yes, events: [{kind: threat, date: 2026-01-12, reporter: school}]}
expect: {level: immediate}
"""

POINTS_TO_SOMEBODY = {
    "a name in a comment": ("# Expectation: ", "# Expectation: what Fatima told. ", "a given name"),
    "a double name in a comment": ("# Expectation: ", "# Expectation: Jan Peter. ", "a given name"),
    "a name in the case's": ("heard-through-the-wall", "jeroen-hits-again", "a given name"),
    "a reporter's name": ("reporter: school", "reporter: sanne", "a given name"),
    "a place in a comment": ("# Expectation: ", "# Expectation: as in Zwolle. ", "the name of a place"),
    "a place of two words": ("# Expectation: ", "# Expectation: as in Den Haag. ", "the name of a place"),
    "a place in the case's name": ("heard-through-the-wall", "fight-in-den-haag", "the name of a place"),
    "a date in a comment": ("case C2", "on 12 March 2016", "an exact date"),
    "a date in figures": ("case C2", "born 3-4-1980", "an exact date"),
    "a date as files have it": ("case C2", "since 2016-03-12", "an exact date"),
    "a date in the case's name": ("heard-through-the-wall", "born-2011-04-03", "an exact date"),
    "a telephone number": ("case C2", "call 06-12345678", "a telephone number"),
    "a foreign notation": ("case C2", "call +31 30 123 45 67", "a telephone number"),
    "an e-mail address": ("case C2", "someone@example.org", "an e-mail address"),
    "a postcode": ("case C2", "3511 AB", "a postcode"),
    "an address": ("case C2", "Dorpsstraat 12", "an address"),
    "a service number": ("case C2", "123456782", "a citizen service number"),
    "a bank account": ("case C2", "NL02ABNA9123456789", "a bank account"),
    "a person's own id": ("id: child-1", "id: child-kc", "a person's id that says more than a number"),
    "a person of another subject": ("id: child-1", "id: son-1", "a person's id that says more than a number"),
}


def written(text: str, path: str = "neighbours/heard.yaml") -> ScenarioText:
    """Return a scenario with that text."""
    return ScenarioText("neighbours", path, text.encode())


def test_a_made_up_case_with_sources_passes() -> None:
    """Years, pages and the dates that a case needs point to nobody."""
    assert list(find_identifying(written(PLAIN))) == []
    assert list(find_exact_ages(written(PLAIN))) == []


@pytest.mark.parametrize(("old", "new", "what"), POINTS_TO_SOMEBODY.values(), ids=POINTS_TO_SOMEBODY)
def test_what_may_point_to_somebody_is_found(old: str, new: str, what: str) -> None:
    assert PLAIN.count(old) == 1

    faults = list(find_identifying(written(PLAIN.replace(old, new))))

    assert [fault.message.removesuffix(" stands here") for fault in faults] == [what]
    assert faults[0].hint


def test_what_was_found_is_not_repeated() -> None:
    """A report travels further than the file."""
    (fault,) = find_identifying(written(PLAIN.replace("case C2", "what Fatima told")))

    assert "Fatima" not in str(fault)
    assert fault.path == "neighbours/heard.yaml:1:1"


def test_the_name_of_the_file_counts() -> None:
    (fault,) = find_identifying(written(PLAIN, "neighbours/fatima.yaml"))

    assert (fault.path, fault.message) == ("neighbours/fatima.yaml:1:1", "a given name stands here")


@pytest.mark.parametrize("name", ["kept-at-home-goes-to-school", "max-two-reports", "mother-with-a-job"])
def test_words_that_are_names_as_well_pass(name: str) -> None:
    assert list(find_identifying(written(PLAIN.replace("heard-through-the-wall", name)))) == []


@pytest.mark.parametrize("age", ["9", "{value: 9, basis: told}"])
def test_an_age_between_the_bands_is_remarked(age: str) -> None:
    (remark,) = find_exact_ages(written(PLAIN.replace("child_age: 8", f"child_age: {age}")))

    assert remark.message == "an age that stands for no band"
    assert remark.hint == "take one of 0, 2, 5, 8, 11, 14, 17, unless a rule asks for it"


def test_a_text_that_cannot_be_read_holds_nothing_to_find() -> None:
    """Why it cannot be read is told elsewhere."""
    assert list(find_identifying(written("case: ["))) == []
    assert list(find_exact_ages(written("case: ["))) == []


def test_a_scenario_that_may_point_to_somebody_is_not_run(program: Program) -> None:
    text = a_scenario("{level: immediate}", name="what-sanne-heard")

    (outcome,) = run_scenarios(program, LiveEngine(program), [text])

    assert not outcome.is_met
    assert outcome.level is None
    assert {fault.message for fault in outcome.faults} == {"a given name stands here"}
