"""A case is read whole, or all that is wrong with it is said at once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taxatie.errors.problem import CaseFault, CaseFaults
from taxatie.limits import FAULTS_TOLD_MAX
from taxatie.rules.loading import load_release
from taxatie.rules.program import Program
from taxatie.terms.case import Basis, Case
from taxatie.terms.names import PersonId, SignalId
from taxatie.wire.case_reader import read_case
from tests.rules.base_release import base_files

FRAME = {"case": "c-1", "reference_time": "2026-03-02T21:15:00+01:00"}


def example() -> Program:
    """Return the release of the language's page."""
    files = base_files()
    loaded = load_release("example", lambda path: files[path].encode() if path in files else None, is_draft=True)
    assert loaded.program is not None
    return loaded.program


PROGRAM = example()


def faults_of(**parts: object) -> dict[str, str]:
    """Return the messages by path of a case with these parts."""
    with pytest.raises(CaseFaults) as caught:
        read_case(PROGRAM, {**FRAME, **parts})
    return {fault.path: fault.message for fault in caught.value.faults}


def test_yes_and_true_are_one_answer() -> None:
    """YAML 1.1 reads a bare `yes` as true; both mean the same where an answer stands."""
    read = [read_case(PROGRAM, {**FRAME, "answers": {"children_involved": said}}) for said in ("yes", True)]

    assert read[0] == read[1]


def test_an_answer_keeps_how_it_came_to_be_known() -> None:
    """Hearsay may alarm and never reassures, so the basis must arrive."""
    said = {"value": "no", "basis": "hearsay", "partner_present": True}
    case = read_case(PROGRAM, {**FRAME, "persons": [{"id": "a", "subject": "adult", "answers": {"strangled": said}}]})

    answer = case.persons[0].answers[SignalId("strangled")]

    assert case.persons[0].id == PersonId("a")
    assert (answer.value, answer.basis, answer.partner_present, answer.is_reliable) == (0, Basis.HEARSAY, True, False)


def test_every_fault_has_its_path_and_all_come_at_once() -> None:
    """One round for a caller with many mistakes."""
    found = faults_of(
        reference_time="2026-03-02T21:15:00",
        region="mars",
        everyone_listed=["martian"],
        answers={"strangled": "yes", "childrn_involved": "yes"},
        persons=[
            {"id": "case", "subject": "adult"},
            {"id": "a", "subject": "child", "answers": {"age": 18}},
            {"id": "a", "subject": "child"},
        ],
        history={"events": [{"kind": "thret", "date": "2026-02-30", "person": "nobody"}]},
    )

    assert list(found) == [
        "reference_time",
        "region",
        "everyone_listed[0]",
        "answers.strangled",
        "answers.childrn_involved",
        "persons[0].id",
        "persons[1].answers.age",
        "persons[2].id",
        "history.events[0].kind",
        "history.events[0].date",
        "history.events[0].person",
    ]


def test_so_many_faults_are_told_and_the_rest_is_not_read() -> None:
    """A case of a megabyte could hold a hundred thousand, and to look for what was meant takes a while for each."""
    answers = {f"strangld_{number}": "yes" for number in range(FAULTS_TOLD_MAX + 50)}
    found = faults_of(answers=answers)

    assert len(found) == FAULTS_TOLD_MAX + 1
    assert "more faults" in found["case"]


@pytest.mark.parametrize("name", ["unlisted-adult", "Adult", "jan jansen", ""])
def test_a_person_has_an_opaque_id(name: str) -> None:
    """Never a name, and never one of the reserved ids."""
    assert "persons[0].id" in faults_of(persons=[{"id": name, "subject": "adult"}])


def test_a_reference_time_without_an_offset_is_refused() -> None:
    """An hour more or less can choose another deadline, and another release."""
    assert "offset" in faults_of(reference_time="2026-03-02T21:15:00")["reference_time"]


def anything() -> st.SearchStrategy[object]:
    """Return a strategy for whatever JSON can hold."""
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("yes")
    keys = st.sampled_from(["id", "subject", "answers", "value", "basis", "kind", "date", "strangled", "age", "x"])
    return st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3))


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            ["case", "reference_time", "mode", "region", "everyone_listed", "answers", "persons", "history"]
        ),
        anything(),
    )
)
def test_whatever_comes_in_gives_a_case_or_faults(parts: dict[str, object]) -> None:
    """A caller's mistake is never our traceback."""
    read: Case | None = None
    faults: tuple[CaseFault, ...] = ()
    try:
        read = read_case(PROGRAM, {**FRAME, **parts})
    except CaseFaults as error:
        faults = error.faults

    assert (read is None) is bool(faults)
