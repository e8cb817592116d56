"""After a load the log says whether each answer is on record, and what the second engine said."""

from collections import Counter

from load.on_record import OnRecord
from load.run_users import Kind, answered_in

RECORD = OnRecord({"d-1", "d-2", "d-3"}, Counter(agrees=1, none=2), Counter(overloaded=2))


def test_all_on_record_is_without_fault() -> None:
    assert list(RECORD.faults(3, frozenset({"d-1", "d-3"}))) == []
    assert RECORD.told().endswith("agrees with 1, disagrees with 0, says nothing of 2, 2 overloaded")


def test_an_answer_that_is_not_on_record_is_a_fault() -> None:
    """Whether its id is known, or only how many there were."""
    assert list(RECORD.faults(3, frozenset({"d-1", "d-4"}))) == ["1 decisions were answered and are not on record"]
    assert list(RECORD.faults(5)) == ["2 decisions were answered and are not on record"]


def test_a_disagreement_is_a_fault() -> None:
    disputed = OnRecord(set(), Counter(disagrees=2))

    assert list(disputed.faults(0)) == ["the second engine disagrees with 2 decisions"]


def test_a_stream_brings_as_many_decisions_as_cases() -> None:
    calls = [
        Kind("Assess, full", 10, 2, 1.0, 1.0, 1.0),
        Kind("AssessMany, 25 levels", 2, 0, 1.0, 1.0, 1.0),
        Kind("GetQuestionnaire", 5, 0, 1.0, 1.0, 1.0),
    ]

    assert answered_in(calls) == 58
