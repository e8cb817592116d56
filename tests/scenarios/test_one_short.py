"""Rules that are one answer short of firing, and those that no scenario holds at their edge."""

from itertools import product
from pathlib import Path
from shutil import copytree

import pytest

from taxatie.engine.conclusion import conclude
from taxatie.engine.reference import ReferenceEngine
from taxatie.explain.knowledge import ProgramInsight
from taxatie.registry.folder import ReleaseFolder
from taxatie.rules.program import Program
from taxatie.scenarios.one_answer_away import Questions, cases_one_answer_away
from taxatie.scenarios.one_short import RuleAlone, never_one_short
from taxatie.scenarios.scenario import Scenario, ScenarioText, read_scenario
from taxatie.terms.case import Case
from tests.scenarios.conftest import DATA

CASE = """\
case: a-case
reference_time: 2026-03-02T21:15:00+01:00
everyone_listed: [{everyone}]
answers: {{{answers}}}
persons: [{persons}]
history: {{searched: {searched}, events: [{events}]}}
expect: {{silent: []}}
"""
STRANGLED = "{id: adult-1, subject: adult, answers: {strangulation: yes}}"
NOT_STRANGLED = "{id: adult-1, subject: adult, answers: {strangulation: no}}"
YOUNG = "{id: child-1, subject: child, answers: {child_age: 2}}"
OLDER = "{id: child-1, subject: child, answers: {child_age: 8}}"
THREAT = "{kind: threat, date: 2026-01-10}"


def scenario(  # noqa: PLR0913  # each test names the one it is about
    program: Program,
    answers: str = "",
    *,
    persons: str = "",
    everyone: str = "",
    searched: str = "no",
    events: str = "",
) -> Scenario:
    """Return a scenario with these answers."""
    text = CASE.format(answers=answers, persons=persons, everyone=everyone, searched=searched, events=events)
    return read_scenario(program, ScenarioText("t", "t/a-case.yaml", text.encode()))


def one_short(program: Program, found: Scenario) -> set[str]:
    """Return the rules that are one answer short in the scenario."""
    return {str(rule.id) for scope in program.scopes for rule in scope.rules} - set(never_one_short(program, [found]))


def test_a_rule_is_one_short_where_one_answer_would_fire_it(program: Program) -> None:
    near = scenario(program, "violence_now: yes, heard_through_wall: no", persons=NOT_STRANGLED, everyone="adult")
    far = scenario(program, "violence_now: no, heard_through_wall: no", persons=NOT_STRANGLED, everyone="adult")

    assert "KT-01" in one_short(program, near)
    assert "KT-01" not in one_short(program, far)


def test_a_rule_that_fires_is_not_short_of_anything(program: Program) -> None:
    fires = scenario(program, persons=STRANGLED)

    assert "KT-02" not in one_short(program, fires)
    assert "KT-02" in one_short(program, scenario(program, persons=NOT_STRANGLED))


def test_a_number_is_tried_on_both_sides_of_every_bound(program: Program) -> None:
    """A child of eight is one answer from one of two."""
    assert "KT-03" in one_short(program, scenario(program, persons=f"{STRANGLED}, {OLDER}", everyone="child"))
    assert "KT-03" not in one_short(program, scenario(program, persons=f"{STRANGLED}, {YOUNG}", everyone="child"))


def test_a_rule_is_one_short_of_somebody_whom_nobody_listed(program: Program) -> None:
    """Nobody was listed; the answer about a first person would do."""
    assert "KT-02" in one_short(program, scenario(program))
    assert "KT-02" not in one_short(program, scenario(program, everyone="adult, child"))


def test_one_event_more_or_fewer_counts_as_one_answer(program: Program) -> None:
    """Two threats within the period make a pattern; without one of them there is none, and KT-04 fires."""
    clear = scenario(program, "violence_now: no", persons=STRANGLED, searched="yes")
    pattern = scenario(program, "violence_now: no", persons=STRANGLED, searched="yes", events=f"{THREAT}, {THREAT}")

    assert "KT-04" not in one_short(program, clear)
    assert "KT-04" in one_short(program, pattern)


def test_a_register_that_was_not_searched_is_one_answer_short(program: Program) -> None:
    assert "KT-04" in one_short(program, scenario(program, "violence_now: no", persons=STRANGLED))


def test_without_scenarios_every_rule_lacks_one(program: Program) -> None:
    assert never_one_short(program, []) == ("KT-01", "KT-02", "KT-03", "KT-04")


def cases(program: Program) -> list[Case]:
    """Return many different cases."""
    return [
        scenario(program, answers, persons=persons, everyone=everyone, searched=searched, events=events).case
        for answers, persons, everyone, searched, events in product(
            ("", "violence_now: yes", "violence_now: no, heard_through_wall: no, children_involved: no"),
            ("", NOT_STRANGLED, f"{STRANGLED}, {YOUNG}"),
            ("", "adult, child"),
            ("yes", "no"),
            ("", f"{THREAT}, {THREAT}"),
        )
    ]


def test_a_rule_alone_fires_where_it_fires_among_the_others(program: Program) -> None:
    """The reference engine judges, with the whole release."""
    reference = ReferenceEngine(program)
    insight = ProgramInsight(program)
    alone = [RuleAlone.of(insight, scope, rule) for scope in program.scopes for rule in scope.rules]

    for case in cases(program):
        fired = {match.rule for match in conclude(program, case, reference.evaluate(case)).fired}
        for rule in alone:
            near = any(
                rule.rule in {m.rule for m in conclude(program, other, reference.evaluate(other)).fired}
                for other in cases_one_answer_away(rule.questions, case)
            )
            assert rule.is_one_short(case) is (rule.rule not in fired and near), (rule.rule, case)


@pytest.mark.parametrize("rule", ["KT-01", "KT-03"])
def test_only_what_the_rule_rests_on_is_tried(program: Program, rule: str) -> None:
    """A release has a hundred signals; a rule asks for a handful."""
    (found,) = [(scope, each) for scope in program.scopes for each in scope.rules if each.id == rule]
    questions = Questions.of(ProgramInsight(program), *found)

    asked = {signal for signals in questions.answers.values() for signal in signals}

    assert (
        asked
        == {
            "KT-01": {"violence_now", "heard_through_wall", "strangulation"},
            "KT-03": {"child_age", "children_involved"},
        }[rule]
    )


def release_with(folder: Path, condition: str) -> Program:
    """Return the small release, in which KT-02 has another condition."""
    root = copytree(DATA / "small", folder / "rulesets")
    file = root / "kitchen-table" / "1.0.0.yaml"
    text = file.read_text(encoding="utf-8").replace("when: strangulation\n", f"when: {condition}\n")
    file.write_text(text, encoding="utf-8")
    return ReleaseFolder(root).load("one")


@pytest.mark.parametrize(
    ("condition", "about"),
    [
        ("{unknown: strangulation}", "the answer is no longer known"),
        ("{mode: advice}", "the caller asks for advice"),
        ("{some: adult, holds: {unknown: strangulation}}", "not everybody is listed after all"),
    ],
    ids=["unknown", "mode", "listed"],
)
def test_what_is_no_longer_known_counts_as_one_answer(tmp_path: Path, condition: str, about: str) -> None:
    changed = release_with(tmp_path, condition)
    settled = scenario(changed, "children_involved: no", persons=NOT_STRANGLED, everyone="adult")

    assert "KT-02" in one_short(changed, settled), about
