"""A case on record is the case that was decided, for every case that there can be."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taxatie.engine.reference import ReferenceEngine
from taxatie.explain.assessor import Assessor
from taxatie.ledger.canonical import canonical_bytes, read_canonical
from taxatie.rules.program import Program
from taxatie.wire.case_json import case_to_json
from taxatie.wire.case_reader import read_case
from taxatie.wire.decision_record import Asked, Circumstances, decision_to_json
from tests.ledger.recording import texts
from tests.strategies.cases import cases, make_case
from tests.strategies.choices import Dice
from tests.strategies.loading import program_of
from tests.strategies.releases import SMALL, make_release, releases

ASKED = Asked("0" * 64, None, retrospective=False, detail="full", audience="internal", language="nl")


def assert_reads_back(program: Program, plain: object) -> None:
    """Assert that a case is the same once it has been on record."""
    case = read_case(program, plain)

    kept = json.loads(canonical_bytes(case_to_json(program, case)))

    assert read_case(program, kept) == case
    assert case_to_json(program, read_case(program, kept)) == kept


@settings(max_examples=100)
@given(st.data())
def test_a_case_is_read_back_from_its_record(data: st.DataObject) -> None:
    release = data.draw(releases())
    assert_reads_back(program_of(release), data.draw(cases(release)))


@pytest.mark.parametrize("seed", range(20))
def test_many_cases_of_one_release_are_read_back(seed: int) -> None:
    dice = Dice(f"read-back-{seed}")
    release = make_release(dice)
    program = program_of(release)

    for _ in range(50):
        assert_reads_back(program, make_case(dice, release))


@settings(max_examples=40)
@given(st.data())
def test_the_record_of_a_decision_is_canonical_and_holds_no_wording(data: st.DataObject) -> None:
    """Every sentence of a generated release ends in a full stop or has a blank; no code has either."""
    release = data.draw(releases(SMALL))
    program = program_of(release)
    case = read_case(program, data.draw(cases(release)))
    decided = Assessor(program, ReferenceEngine(program)).assess(case)
    circumstances = Circumstances("id", "2026-03-02T20:30:00Z", "local", ASKED, None, {"name": "reference"})

    record = decision_to_json(program, case, (decided.internal, decided.trace, decided.explanation), circumstances)

    assert read_canonical(canonical_bytes(record)) == json.loads(json.dumps(record))
    assert [text for text in texts(record) if " " in text or text.endswith(".")] == []
