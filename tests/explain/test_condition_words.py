"""Conditions in words say each form of the language."""

import pytest

from taxatie.explain.condition_words import ConditionWords, period_words
from taxatie.rules.condition import (
    All,
    Among,
    Any,
    AtLeast,
    Between,
    ConceptHolds,
    ConceptUnknown,
    Condition,
    Events,
    Every,
    Not,
    ScoreBetween,
    ScoreUnknown,
    SignalUnknown,
    Some,
)
from taxatie.terms.names import ConceptId, EventKindId, ScoreId, SignalId, SubjectId
from taxatie.terms.period import Term, TermUnit, Window, WindowUnit
from taxatie.terms.text import Language
from tests.content.test_safeguards import PROGRAM

FEAR = Among(SignalId("extreme_fear"), frozenset({1}))
FEAR_NL = "“Is deze persoon heel bang voor de ander?” ja"
EXTRA = ", van verschillende melders, en vaker dan in de periode ervoor"
SCORE = ScoreId("lethality_points")


@pytest.mark.parametrize(
    ("condition", "lines"),
    [
        (FEAR, [f"- {FEAR_NL}"]),
        (Not(FEAR), ["- dit juist niet:", f"  - {FEAR_NL}"]),
        (All((FEAR, FEAR)), ["- alles hiervan:", f"  - {FEAR_NL}", f"  - {FEAR_NL}"]),
        (Any((FEAR,)), ["- een of meer hiervan:", f"  - {FEAR_NL}"]),
        (AtLeast(2, (FEAR,)), ["- minstens 2 hiervan:", f"  - {FEAR_NL}"]),
        (Some(SubjectId("adult"), FEAR), ["- voor een of meer personen (Volwassene):", f"  - {FEAR_NL}"]),
        (Every(SubjectId("adult"), FEAR), ["- voor iedere persoon (Volwassene):", f"  - {FEAR_NL}"]),
        (Between(SignalId("child_age"), None, 3), ["- “Hoe oud is dit kind in jaren?” hoogstens 3 jaar"]),
        (Between(SignalId("child_age"), 4, None), ["- “Hoe oud is dit kind in jaren?” 4 of meer jaar"]),
        (Between(SignalId("child_age"), 4, 6), ["- “Hoe oud is dit kind in jaren?” van 4 tot en met 6 jaar"]),
        (Between(SignalId("child_age"), 4, 4), ["- “Hoe oud is dit kind in jaren?” 4 jaar"]),
        (ScoreBetween(SCORE, 4, None), ["- zware signalen: 4 of meer"]),
        (ConceptHolds(ConceptId("direct_danger")), ["- *direct lichamelijk gevaar*"]),
        (ConceptUnknown(ConceptId("direct_danger")), ["- *direct lichamelijk gevaar*: nog niet bekend"]),
        (ScoreUnknown(SCORE), ["- zware signalen: nog niet bekend"]),
        (SignalUnknown(SignalId("violence_now")), ["- “Is er op dit moment geweld?”: nog niet bekend"]),
        (
            Events(frozenset({EventKindId("stalking_incident")}), Window(3, WindowUnit.MONTHS), 2, True, True),
            [f"- minstens 2 keer in het register: stalking, in de laatste 3 maanden{EXTRA}"],
        ),
        (
            Events(frozenset(kind.id for kind in PROGRAM.event_kinds), None, 1, False, False),
            ["- minstens 1 keer in het register: wat dan ook"],
        ),
    ],
)
def test_each_form_has_its_words(condition: Condition, lines: list[str]) -> None:
    assert ConditionWords(PROGRAM, Language.NL).lines(condition) == lines


def test_a_choice_names_its_options_in_english() -> None:
    chosen = Among(SignalId("injury_on_child"), frozenset({1, 2}))

    assert ConditionWords(PROGRAM, Language.EN).lines(chosen) == [
        "- “Does this child have an injury that may have been inflicted?” slight or serious"
    ]


def test_a_term_is_said_as_people_say_it() -> None:
    assert period_words(Term(0, TermUnit.IMMEDIATELY), Language.NL) == "direct"
    assert period_words(Term(5, TermUnit.WORKING_DAYS), Language.NL) == "5 werkdagen"
    assert period_words(Window(12, WindowUnit.MONTHS), Language.EN) == "12 months"
