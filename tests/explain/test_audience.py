"""The family cannot tell from a shareable explanation who reported."""

from itertools import product
from pathlib import Path

import pytest

from taxatie.engine.conclusion import conclude
from taxatie.engine.reference import ReferenceEngine
from taxatie.explain.audience import revealing_rules, revealing_signals, share
from taxatie.explain.knowledge import ProgramInsight
from taxatie.explain.wording import Speaker
from taxatie.registry.folder import ReleaseFolder
from taxatie.rules.program import Program
from taxatie.terms.audience import Audience
from taxatie.terms.explanation import Explanation
from taxatie.terms.text import Language
from taxatie.wire.case_reader import read_case

ROOT = Path(__file__).parents[2]
CALLERS = (None, "victim", "bystander", "professional")
YES_NO = (None, "yes", "no")


@pytest.fixture(scope="module")
def program() -> Program:
    """The newest shipped release."""
    folder = ReleaseFolder(ROOT / "rulesets")
    return folder.load(folder.entries()[-1].name)


def shared(program: Program, **answers: str | None) -> tuple[str, Explanation, str]:
    """Return the level, the shareable explanation, and all its sentences."""
    plain = {
        "case": "c",
        "reference_time": "2026-03-02T21:15:00+01:00",
        "answers": {name: said for name, said in {"escalating": "yes", **answers}.items() if said is not None},
        "persons": [{"id": "adult-1", "subject": "adult", "answers": {"threat_made": "with_death"}}],
    }
    case = read_case(program, plain)
    assessment = conclude(program, case, ReferenceEngine(program).evaluate(case))
    seen, explanation = share(ProgramInsight(program), case, assessment)
    wording = Speaker(program, Language.NL, Audience.SHAREABLE).word(seen, explanation)
    return seen.level, explanation, repr((wording.reasons, wording.open_questions, wording.near_misses))


def test_whoever_reports_the_shareable_explanation_is_the_same(program: Program) -> None:
    """Not even indirectly: whatever was answered to what may reveal the reporter, it reads the same."""
    found = {
        shared(program, caller=caller, reporter_could_be_recognised=recognised)
        for caller, recognised in product(CALLERS, YES_NO)
    }

    assert len(found) == 1


def test_no_revealing_signal_and_no_rule_that_rests_on_one_is_named(program: Program) -> None:
    """A question that is only asked because of who calls tells who calls."""
    _, explanation, _ = shared(program, caller="bystander", reporter_could_be_recognised="yes")
    signals, rules = revealing_signals(program), revealing_rules(program, revealing_signals(program))

    assert signals
    assert rules
    assert not rules & {reason.match.rule for reason in explanation.reasons}
    assert not signals & {question.signal for question in explanation.open_questions}
    assert not signals & {answer.signal for near in explanation.near_misses for answer in near.answers}


def test_the_reader_is_told_that_not_all_grounds_are_shared(program: Program) -> None:
    """Always, so that the sentence itself tells nothing."""
    case = read_case(program, {"case": "c", "reference_time": "2026-03-02T21:15:00+01:00"})
    assessment = conclude(program, case, ReferenceEngine(program).evaluate(case))
    seen, explanation = share(ProgramInsight(program), case, assessment)

    wording = Speaker(program, Language.EN, Audience.SHAREABLE).word(seen, explanation)

    assert wording.notes == ("Not all grounds can be shared.",)
