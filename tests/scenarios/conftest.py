"""What tests of scenarios share: the small release, and scenarios made of one case."""

from collections.abc import Callable
from pathlib import Path

import pytest

from taxatie.engine.live import LiveEngine
from taxatie.registry.folder import ReleaseFolder
from taxatie.rules.program import Program
from taxatie.scenarios.runner import ScenarioResult, run_scenarios
from taxatie.scenarios.scenario import ScenarioText

DATA = Path(__file__).parent.parent / "data"
CASE = """\
case: {name}
reference_time: 2026-03-02T21:15:00+01:00
everyone_listed: [adult]
answers: {{violence_now: {now}, heard_through_wall: yes, children_involved: unknown}}
persons: [{{id: adult-1, subject: adult, answers: {{strangulation: {{value: no, basis: hearsay}}}}}}]
expect: {expect}
"""
Run = Callable[..., ScenarioResult]


@pytest.fixture(scope="session")
def program() -> Program:
    """Return the small release."""
    return ReleaseFolder(DATA / "small").load("one")


def a_scenario(expect: str, *, name: str = "a-scenario", theme: str = "violence", now: str = "yes") -> ScenarioText:
    """Return a scenario with that expectation."""
    text = CASE.format(name=name, now=now, expect=expect)
    return ScenarioText(theme, f"{theme}/{name}.yaml", text.encode())


@pytest.fixture
def run(program: Program) -> Run:
    """Return what runs one scenario with an expectation."""

    def call(expect: str, **about: str) -> ScenarioResult:
        (found,) = run_scenarios(program, LiveEngine(program), [a_scenario(expect, **about)])
        return found

    return call
