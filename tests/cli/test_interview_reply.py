"""What a typed line means, signal by signal."""

import pytest

from taxatie.cli.interview_phrases import INTERVIEW_PHRASES
from taxatie.cli.interview_reply import Listener, Say
from taxatie.service.interview import Question
from taxatie.terms.case import Answer, Basis
from taxatie.terms.text import Language
from taxatie.terms.vocabulary import SignalType
from taxatie.wire.case_reader import read_case
from tests.strategies.loading import program_of
from tests.strategies.random_release import random_release

PROGRAM = program_of(random_release(1))
CASE = read_case(PROGRAM, {"case": "c-1", "reference_time": "2026-03-02T21:15:00+01:00"})


def understood(line: str, kind: SignalType, language: Language) -> Answer | None:
    """Return the answer to the first signal of a type."""
    signal = next(each for each in PROGRAM.signals.values() if each.type is kind and each.id != "mode")
    reply = Listener(PROGRAM, language).understand(line, Question(signal.id, None), CASE)
    assert reply is None or isinstance(reply, Say)
    return None if reply is None else reply.answer


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("1", Answer(0)),
        ("2 r", Answer(1, Basis.RECORD)),
        ("U  PRESENT", Answer(None, partner_present=True)),
        ("0", None),
        ("99", None),
        ("yes", None),
        ("²", None),
    ],
)
def test_a_choice_is_answered_by_its_number(line: str, answer: Answer | None) -> None:
    """The titles are long; the numbers stand before them, from one."""
    assert understood(line, SignalType.CHOICE, Language.EN) == answer


@pytest.mark.parametrize(
    ("language", "line", "answer"),
    [
        (Language.NL, "n v", Answer(0, Basis.TOLD)),
        (Language.NL, "j g erbij", Answer(1, Basis.OBSERVED, partner_present=True)),
        (Language.EN, "n t", Answer(0, Basis.TOLD)),
        (Language.EN, "y ob p", Answer(1, Basis.OBSERVED, partner_present=True)),
        (Language.EN, "y told hearsay", None),
    ],
)
def test_how_it_is_known_stands_behind_the_answer(language: Language, line: str, answer: Answer | None) -> None:
    """A second basis would contradict the first."""
    assert understood(line, SignalType.YES_NO, language) == answer


@pytest.mark.parametrize("language", Language)
def test_a_word_means_one_thing_in_its_place(language: Language) -> None:
    """A command that looked like an answer would hide it."""
    words = INTERVIEW_PHRASES[language]

    assert not words.commands.keys() & (words.yes | words.no | words.unknown)
    assert not words.yes & words.no
    assert not words.bases.keys() & words.partner_present
