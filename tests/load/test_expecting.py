"""A load sees when an answer is wrong, another's, of a release that is not served, or not on record."""

from collections.abc import Callable
from functools import cache

import pytest

from load.expecting import Asked, Deck, Judge, WrongAnswerError, deck_of
from taxatie.wire.decision_record import ADVICE_REFERENCE
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages
from taxatie.wire.generated.taxatie.v1 import case_pb2
from tests.content.test_safeguards import PROGRAM


@cache
def some_cards() -> tuple[Asked, ...]:
    """Return some cases, reports and advices among them."""
    return tuple(deck_of([PROGRAM], 40).cards)


def a_deck() -> Deck:
    """Return a deck of its own."""
    return Deck(some_cards())


def right_answer(asked: Asked, decision: str = "d-1") -> messages.AssessResponse:
    """Return what a service must answer."""
    (digest, gist) = next(iter(asked.expected.items()))
    return messages.AssessResponse(
        case=asked.case.case or ADVICE_REFERENCE,
        digest=digest,
        level=gist.level,
        ceiling=gist.ceiling,
        fired=[messages.RuleMatch(rule=rule, person=person) for rule, person in gist.fired],
        decision=decision,
    )


def test_a_deck_goes_round_under_other_references() -> None:
    """The same case twice would be the same case's second decision."""
    deck = a_deck()
    drawn = [deck.draw().case for _ in range(80)]
    reports = [case.case for case in drawn if case.mode == case_pb2.MODE_REPORT]

    assert len(set(reports)) == len(reports) > 20
    assert {case.case for case in drawn if case.mode == case_pb2.MODE_ADVICE} == {""}
    assert [case.answers.keys() for case in drawn[:40]] == [case.answers.keys() for case in drawn[40:]]


def test_the_right_answer_is_taken_in() -> None:
    judge, deck = Judge(), a_deck()
    for number in range(40):
        asked = deck.draw()
        judge.judge(asked, right_answer(asked, f"d-{number}"), valid={PROGRAM.digest})

    assert len(judge.decisions) == 40


Spoil = Callable[[messages.AssessResponse], object]


def another_level(answer: messages.AssessResponse) -> None:
    """Give a level that the release has, and that is not this case's."""
    answer.level = next(level.id for level in PROGRAM.levels if level.id != answer.level)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda answer: setattr(answer, "digest", "0" * 64), "no release with the digest"),
        (lambda answer: setattr(answer, "case", "made-up-999"), "another case"),
        (another_level, "not what its release says"),
        (lambda answer: answer.fired.append(messages.RuleMatch(rule="AD-99")), "not what its release says"),
        (lambda answer: setattr(answer, "ceiling", ""), "not what its release says"),
        (lambda answer: setattr(answer, "decision", ""), "no decision of its own"),
    ],
    ids=["digest", "case", "level", "rules", "ceiling", "decision"],
)
def test_a_wrong_answer_is_seen(spoil: Spoil, why: str) -> None:
    asked = a_deck().draw()
    answer = right_answer(asked)
    spoil(answer)

    with pytest.raises(WrongAnswerError, match=why):
        Judge().judge(asked, answer)


def test_a_release_that_was_not_served_just_then_may_not_answer() -> None:
    asked = a_deck().draw()

    with pytest.raises(WrongAnswerError, match="no release with the digest"):
        Judge().judge(asked, right_answer(asked), valid={"another"})


def test_two_answers_have_two_decisions() -> None:
    judge, asked = Judge(), a_deck().draw()
    judge.judge(asked, right_answer(asked))

    with pytest.raises(WrongAnswerError, match="no decision of its own"):
        judge.judge(asked, right_answer(asked))
