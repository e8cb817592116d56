"""The tables of problems and norms name rules, actions and scenarios that exist."""

import re
from pathlib import Path

from tests.content.test_safeguards import PROGRAM

ROOT = Path(__file__).parents[2]
RULES = {rule.id for scope in PROGRAM.scopes for rule in scope.rules}
RULE = re.compile(r"\b[A-Z]{2}-\d{2}\b")
CANNOT_MAX = 5


def rows(page: str) -> list[list[str]]:
    """Return the cells of the last table of a page, without its head."""
    table = (ROOT / "docs" / "sources" / page).read_text(encoding="utf-8").rstrip().rsplit("\n\n", maxsplit=1)[1]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def test_each_problem_has_rules_actions_and_scenarios_or_says_why_software_cannot() -> None:
    problems = rows("problems.md")
    cannot = [row for row in problems if row[2].startswith("Software ")]
    for _, problem, rules, actions, scenarios in (row for row in problems if row not in cannot):
        assert set(RULE.findall(rules)) <= RULES, problem
        assert RULE.findall(rules), problem
        assert actions, problem
        for action in re.findall(r"`(\w+)`", actions):
            assert action in PROGRAM.actions, problem
        assert scenarios, problem
        for scenario in re.findall(r"`([\w/-]+)`", scenarios):
            assert (ROOT / "validation" / f"{scenario}.yaml").is_file(), scenario

    assert len(problems) >= 30
    assert len(cannot) <= CANNOT_MAX


def test_the_scenario_that_answers_a_problem_fires_one_of_its_rules() -> None:
    from tests.content.test_safeguards import assess, scenario_cases  # noqa: PLC0415  # beside its one use

    fired = {case.id: {match.rule for match in assess(case).fired} for case in scenario_cases()}
    for _, problem, rules, _, scenarios in rows("problems.md"):
        for scenario in re.findall(r"`([\w/-]+)`", scenarios):
            name = scenario.rsplit("/", maxsplit=1)[1]
            assert fired[name] & set(RULE.findall(rules)), (problem, scenario, fired[name])


def test_each_norm_has_its_rule_or_says_why_not() -> None:
    for norm, answer in rows("norms.md"):
        found = set(RULE.findall(answer))
        assert found <= RULES, norm
        assert found or answer.startswith("No rule: "), norm


def test_every_rule_answers_a_norm_or_is_a_proposal() -> None:
    """What stands in no row would be a rule that nobody asked for."""
    named = {rule for page in ("norms.md", "problems.md") for row in rows(page) for rule in RULE.findall(" ".join(row))}
    proposals = {rule.id for scope in PROGRAM.scopes for rule in scope.rules if rule.backing.own_proposal is not None}

    assert not sorted(RULES - named - proposals)
