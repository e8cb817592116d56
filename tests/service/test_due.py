"""What was promised stays open until it is done; nothing that happens in between hides it."""

from pathlib import Path
from typing import Any

import pytest

from taxatie.errors.problem import RequestFaults
from taxatie.ledger.identity import EntryId
from taxatie.service.access import Looking, Purpose, access_draft
from tests.service.office import Office

ADVICE: dict[str, Any] = {"case": "", "mode": "advice", "region": None}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return an office on Monday 2 March 2026, in the evening."""
    return Office(tmp_path)


def test_an_action_without_an_outcome_is_overdue_after_its_moment(office: Office) -> None:
    decision = office.assess(region="noord")

    before = office.at("2026-03-09").due()
    (row,) = office.at("2026-03-11").due()

    assert before == ()
    assert (row.decision, row.region, row.action, row.due.isoformat()) == (
        decision,
        "noord",
        "safety_assessment",
        "2026-03-09T23:59:59+01:00",
    )
    assert (row.days_late, row.is_late, row.level, row.floor, row.reference) == (2, True, "urgent", "urgent", None)


def test_what_is_due_until_a_day_is_listed_and_is_not_late(office: Office) -> None:
    office.assess()

    rows = office.at("2026-03-05").due(until="2026-03-09")

    assert [(row.action, row.days_late, row.is_late) for row in rows] == [("safety_assessment", -4, False)]


def test_what_is_done_is_no_longer_listed_and_what_is_taken_back_is_again(office: Office) -> None:
    decision = office.assess()
    office.at("2026-03-05").outcome(decision, "safety_assessment", "2026-03-04")

    done = office.open()
    office.outcome(decision, "safety_assessment", not_done=True)
    taken_back = office.open()

    assert done == [("reassessment", "2026-03-16")]
    assert taken_back == [("safety_assessment", "2026-03-09"), ("reassessment", "2026-03-16")]


def test_a_decision_that_no_longer_holds_asks_to_be_made_anew(office: Office) -> None:
    decision = office.assess()
    office.at("2026-03-05").outcome(decision, "safety_assessment", "2026-03-05")

    (row,) = office.at("2026-03-20").due()
    office.outcome(decision, "reassessment", "2026-03-19")

    assert (row.action, row.days_late) == ("reassessment", 4)
    assert office.due() == ()


def test_a_later_decision_takes_nothing_back_and_keeps_the_earlier_moment(office: Office) -> None:
    """Assessing again must not be a way to move a deadline."""
    first = office.assess()
    second = office.at("2026-03-06").assess()

    rows = office.due(until="2027-12-31")

    assert [(row.action, row.decision, row.due.date().isoformat()) for row in rows] == [
        ("safety_assessment", first, "2026-03-09"),
        ("reassessment", second, "2026-03-20"),
    ]


def test_what_is_done_under_a_later_decision_is_done_for_the_earlier(office: Office) -> None:
    office.assess()
    second = office.at("2026-03-06").assess()
    office.at("2026-03-07").outcome(second, "safety_assessment", "2026-03-06")

    assert office.open() == [("reassessment", "2026-03-20")]


@pytest.mark.parametrize(("done_on", "is_open"), [("2026-03-05", True), ("2026-03-06", True), ("2026-03-07", False)])
def test_what_was_done_before_it_was_asked_for_again_does_not_count(
    office: Office, done_on: str, *, is_open: bool
) -> None:
    """On the very day nobody knows which came first, so it stays open until somebody says so of the later one."""
    first = office.assess()
    office.at("2026-03-06").assess()
    office.at("2026-03-08").outcome(first, "safety_assessment", done_on)

    assert (("safety_assessment", "2026-03-13") in office.open()) is is_open


def test_decisions_of_two_cases_have_nothing_to_do_with_each_other(office: Office) -> None:
    office.assess("c-1")
    other = office.assess("c-2")
    office.outcome(other, "safety_assessment", "2026-03-02")

    assert office.open() == [
        ("safety_assessment", "2026-03-09"),
        ("reassessment", "2026-03-16"),
        ("reassessment", "2026-03-16"),
    ]


def test_a_look_back_is_no_reassessment(office: Office) -> None:
    """A decision about an earlier moment says nothing of what holds now."""
    office.assess()
    office.moment = office.moment.replace(hour=8)
    office.assess()

    assert office.open().count(("reassessment", "2026-03-16")) == 1
    assert [row.due.hour for row in office.due("2027-12-31") if row.action == "reassessment"] == [21]


def test_a_raise_asks_for_what_its_level_brings_and_holds_shorter(office: Office) -> None:
    decision = office.assess()

    office.override(decision, "immediate")

    assert office.open() == [
        ("call_police", "2026-03-02"),
        ("reassessment", "2026-03-03"),
        ("safety_assessment", "2026-03-09"),
    ]
    assert {(row.level, row.floor) for row in office.due("2027-12-31")} == {("immediate", "urgent")}


def test_a_lowering_lets_go_of_what_only_the_level_brought(office: Office) -> None:
    """Two people agreed; an action that nobody needs any more would have to be called done."""
    decision = office.assess()
    office.at("2026-03-04").override(decision, "immediate")

    office.lower(decision, "advise")

    assert office.open() == [("reassessment", "2026-03-05"), ("give_advice", "2026-03-11")]


def test_what_has_lapsed_can_still_be_said_to_be_done(office: Office) -> None:
    """Somebody may have done it before the level went down, and say so after."""
    decision = office.assess()
    office.lower(decision, "advise")

    answer = office.outcome(decision, "safety_assessment", "2026-03-02")

    assert (answer.due, answer.late) == ("2026-03-09T23:59:59+01:00", False)


def test_what_a_rule_recommended_survives_a_lowering(office: Office) -> None:
    """Two people change the level: not what a rule asked for, nor what a milder level had asked for before."""
    calm = {"id": "adult-1", "subject": "adult", "answers": {"strangulation": "no"}}
    decision = office.assess(persons=[calm], answers={"violence_now": "no"}, history={"searched": True, "events": []})
    office.override(decision, "immediate")

    office.lower(decision, "urgent")

    assert office.open() == [
        ("reassessment", "2026-03-03"),
        ("give_advice", "2026-03-09"),
        ("safety_assessment", "2026-03-09"),
        ("mediation", "2026-03-30"),
    ]


def test_what_is_asked_for_again_by_a_raise_is_to_be_done_again(office: Office) -> None:
    decision = office.assess()
    office.at("2026-03-03").outcome(decision, "safety_assessment", "2026-03-03")
    office.at("2026-03-04").lower(decision, "advise")

    answer = office.at("2026-03-10").override(decision, "urgent")

    assert [(each.action, each.due) for each in answer.actions] == [("safety_assessment", "2026-03-17T23:59:59+01:00")]
    assert ("safety_assessment", "2026-03-17") in office.open()


def test_what_is_open_keeps_its_moment_when_a_raise_asks_for_it_as_well(office: Office) -> None:
    decision = office.assess(region="noord")
    office.lower(decision, "advise")
    office.at("2026-03-04")

    raised = [office.override(decision, level) for level in ("urgent", "immediate")]
    back = office.at("2026-03-06").lower(decision, "urgent")

    assert raised[0].actions[0].due == "2026-03-11T23:59:59+01:00"
    assert back.actions[0].due == "2026-03-11T23:59:59+01:00"


def test_an_erased_decision_is_counted_and_not_listed(office: Office) -> None:
    """What was promised about it is gone with it; that it was there is not."""
    decision = office.assess()
    office.outcome(decision, "safety_assessment", "2026-03-02")
    office.assess("c-2")
    office.erase(1)
    office.erase(2)

    followed = office.at("2026-04-30").followed()

    assert followed.erased == 1
    assert [row.action for row in office.due()] == ["safety_assessment", "reassessment"]


def test_an_outcome_that_was_erased_no_longer_counts(office: Office) -> None:
    """Nothing says any more that it was done, so it is asked for again rather than forgotten."""
    decision = office.assess()
    office.outcome(decision, "safety_assessment", "2026-03-02")
    office.erase(2)

    assert ("safety_assessment", "2026-03-09") in office.open()


def test_an_advice_is_a_case_of_its_own(office: Office) -> None:
    """It refers to no case, so no later one can be known to be about the same."""
    office.assess(**ADVICE)
    office.assess(**ADVICE)

    rows = office.at("2026-04-30").due()

    assert [row.action for row in rows] == ["safety_assessment"] * 2 + ["reassessment"] * 2
    assert {row.region for row in rows} == {None}


def test_rows_come_by_region_and_those_without_one_last(office: Office) -> None:
    office.assess("c-1")
    office.assess("c-2", region="noord")

    rows = office.at("2026-04-30").due()

    assert [(row.region, row.action) for row in rows] == [
        ("noord", "safety_assessment"),
        ("noord", "reassessment"),
        (None, "safety_assessment"),
        (None, "reassessment"),
    ]


def test_references_are_kept_only_for_who_asked(office: Office) -> None:
    office.assess("c-1")

    kept, left = office.followed(keeps_references=True), office.followed()

    assert [standing.reference for (standing,) in kept.standings.cases()] == ["c-1"]
    assert [standing.reference for (standing,) in left.standings.cases()] == [None]


def test_an_outcome_is_late_on_a_later_day_than_it_was_due(office: Office) -> None:
    decision = office.assess()
    office.at("2026-03-12")

    late = office.outcome(decision, "safety_assessment", "2026-03-10")
    corrected = office.outcome(decision, "safety_assessment", "2026-03-09")
    back = office.outcome(decision, "safety_assessment", not_done=True)

    assert (late.late, late.corrects) == (True, "")
    assert (corrected.late, corrected.corrects) == (False, late.outcome)
    assert (back.late, back.corrects, back.due) == (True, corrected.outcome, "2026-03-09T23:59:59+01:00")


def test_what_an_override_asked_for_cannot_have_been_done_before(office: Office) -> None:
    decision = office.assess()
    office.at("2026-03-06").override(decision, "immediate")

    with pytest.raises(RequestFaults, match="it was asked for on 2026-03-06, after this day"):
        office.outcome(decision, "call_police", "2026-03-05")


def test_an_override_of_an_older_decision_asks_to_assess_anew_all_the_same(office: Office) -> None:
    """Whoever sees more danger after the last assessment is not silenced by it."""
    first = office.assess()
    office.at("2026-03-06").assess()

    office.override(first, "immediate")

    assert ("reassessment", "2026-03-07") in office.open()


def test_a_reassessment_counts_for_its_own_decision_only(office: Office) -> None:
    """The later decision is to be followed by one of its own."""
    first = office.assess()
    office.at("2026-03-06").assess()
    office.at("2026-03-10").outcome(first, "reassessment", "2026-03-10")

    assert ("reassessment", "2026-03-20") in office.open()


def test_who_looked_at_a_decision_changes_nothing_of_it(office: Office) -> None:
    decision = office.assess()
    looking = Looking(Purpose.AUDIT, "auditor", "local")
    line = access_draft(looking, {"show": "decision"}, office.now(), EntryId(decision))

    office.with_log(lambda log: log.append(line))

    assert office.open() == [("safety_assessment", "2026-03-09"), ("reassessment", "2026-03-16")]
