"""Assessing case by case: what one case does to the others, and what is kept between them."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from taxatie.cli.assessing import Assessing, Wishes
from taxatie.cli.case_files import CaseText
from taxatie.engine.evaluator import EngineName
from taxatie.engine.live import LiveEngine
from taxatie.errors.problem import TaxatieError
from taxatie.explain.assessor import Assessor
from taxatie.terms.audience import Audience
from taxatie.terms.case import Case
from taxatie.terms.text import Language
from taxatie.terms.trace import Trace

PLAIN = {"case": "c-1", "reference_time": "2026-03-02T21:15:00+01:00", "answers": {"violence_now": "yes"}}


class CountingEngine:
    """The live engine, counting; one that cannot go on with a case of a certain reference."""

    def __init__(self, assessor: Assessor, error: Exception | None = None) -> None:
        self.live = LiveEngine(assessor.program)
        self.error = error
        self.asked = 0
        self.is_closed = False

    def evaluate(self, case: Case) -> Trace:
        """Return what the live engine finds."""
        self.asked += 1
        if self.error is not None and case.id == "c-2":
            raise self.error
        return self.live.evaluate(case)

    def close(self) -> None:
        """Note that it was let go."""
        self.is_closed = True


@pytest.fixture
def assessing(small: Path) -> Assessing:
    """Return what assesses under the small release."""
    return Assessing(small, Wishes("one", EngineName.LIVE, "full", Language.NL, Audience.INTERNAL))


def counting(assessing: Assessing, error: Exception | None = None) -> CountingEngine:
    """Put a counting engine in, and return it."""
    assessor = assessing._assessor("one")
    engine = CountingEngine(assessor, error)
    assessing._assessors["one"] = Assessor(assessor.program, engine)
    return engine


def a_case(name: str = "c-1", **changes: object) -> CaseText:
    """Return a case as it comes from a file."""
    return CaseText("cases.jsonl:1", {**PLAIN, "case": name, **changes})


def test_a_mistake_of_ours_in_one_case_leaves_the_others_their_answer(assessing: Assessing) -> None:
    """And the case itself is never left without a word: it counts as urgent."""
    counting(assessing, KeyError("c-2"))

    outcomes = [assessing.assess(a_case(name, mode=mode)) for name, mode in (("c-1", "report"), ("c-2", "advice"))]

    assert outcomes[0].error is None
    assert outcomes[1].plain["error"] == "not assessed: treat as urgent"
    assert str(outcomes[1].error) == "not assessed: treat as urgent (the engine failed: KeyError)"


def test_what_an_operator_must_mend_stops_everything(assessing: Assessing) -> None:
    """An engine that is not installed would else be reported once for each of 100,000 cases."""
    counting(assessing, TaxatieError("no such engine here"))

    with pytest.raises(TaxatieError, match="no such engine here"):
        assessing.assess(a_case("c-2"))


def test_cases_that_differ_in_their_reference_only_are_explained_once(assessing: Assessing) -> None:
    engine = counting(assessing)

    first, again, other = (assessing.assess(case) for case in (a_case(), a_case("c-3"), a_case(mode="advice")))

    assert engine.asked == 2
    assert (first.plain["case"], again.plain["case"], other.plain["case"]) == ("c-1", "c-3", "c-1")
    assert {**again.plain, "case": "c-1"} == first.plain


def test_what_is_kept_of_cases_is_bounded(assessing: Assessing) -> None:
    engine = counting(assessing)
    cases = [a_case(reference_time=f"2026-03-02T21:{n // 60:02}:{n % 60:02}+01:00") for n in range(300)]

    for case in [*cases, cases[-1], cases[0]]:
        assessing.assess(case)

    assert len(assessing._said_before) == 256
    assert engine.asked == 301


def test_what_is_kept_of_days_is_bounded(small: Path) -> None:
    assessing = Assessing(small, Wishes(None, EngineName.LIVE, "level", Language.NL, Audience.INTERNAL))
    assessing._in_force.update({date(1950, 1, 1) + timedelta(days=n): "one" for n in range(10_000)})

    outcome = assessing.assess(a_case())

    assert outcome.plain["release"] == "one"
    assert assessing._in_force == {date(2026, 3, 2): "one"}


def test_engines_are_let_go_at_the_end(assessing: Assessing) -> None:
    """The durable engine has a worker process that would stay."""
    engine = counting(assessing)

    with assessing:
        assessing.assess(a_case())

    assert engine.is_closed


def test_the_fault_of_a_release_does_not_grow_with_the_cases(folder: Path, heard: Path) -> None:
    """An error that is raised again and again gathers every place that it passed."""
    (folder / "vocabulary" / "1.0.0.yaml").write_text("vocabulary: 1.0.0\n", encoding="utf-8")
    assessing = Assessing(folder, Wishes(None, EngineName.LIVE, "level", Language.NL, Audience.INTERNAL))

    outcomes = [assessing.assess(a_case()) for _ in range(3)]

    lengths = set()
    for outcome in outcomes:
        assert outcome.error is not None
        place, length = outcome.error.__traceback__, 0
        while place is not None:
            place, length = place.tb_next, length + 1
        lengths.add(length)
    assert len(lengths) == 1
    assert "release `one` has" in json.dumps(outcomes[-1].plain)
