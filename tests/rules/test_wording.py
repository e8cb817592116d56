"""What the checks of wording let pass: they should find real trouble, and be silent on plain words."""

import pytest

from taxatie.limits import READING_EASE_MIN
from taxatie.rules.checks.blames import _BLAME
from taxatie.rules.checks.flesch_douma import reading_ease, syllables_of
from taxatie.rules.checks.office_words import _OFFICE_WORDS
from taxatie.rules.checks.plain_words import PLAIN_BY_OFFICE_WORD
from taxatie.rules.checks.sentences import split_sentences
from taxatie.rules.checks.tells_chance import _CHANCE
from taxatie.rules.checks.two_ideas import _TWO


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("kind", 1),
        ("mooie", 2),
        ("nieuwe", 2),
        ("aaien", 2),
        ("chaos", 2),
        ("video", 3),
        ("officieel", 4),
        ("ruïne", 3),
        ("geëerd", 2),
        ("zeeën", 2),
        ("kindermishandeling", 6),
        ("CBS", 1),
    ],
)
def test_syllables_are_counted_by_dutch_spelling(word: str, count: int) -> None:
    assert syllables_of(word) == count


def test_the_formula_is_the_published_one() -> None:
    """Ten words in two sentences with twelve syllables: 206.84 - 0.93 x 5 - 77 x 1.2."""
    text = "Bel nu de politie. Blijf bij het kind en wacht."

    assert reading_ease(text) == pytest.approx(206.84 - 0.93 * 5 - 77 * 1.2)


def test_plain_sentences_read_easily_and_those_of_the_office_do_not() -> None:
    plain = "Deze persoon is met de dood bedreigd. Bel de politie."
    office = "De onveiligheid in de opvoedingssituatie van minderjarige gezinsleden is structureel geëscaleerd."

    assert reading_ease(plain) > READING_EASE_MIN > reading_ease(office)


@pytest.mark.parametrize(
    "text", ["Wat zegt de ander?", "Is iemand gewurgd of geslagen?", "Ga nu weg. Bel 112.", "Is dit kind 17 jaar?"]
)
def test_plain_words_pass(text: str) -> None:
    assert [check.search(text) for check in (_BLAME, _OFFICE_WORDS, _CHANCE, _TWO)] == [None] * 4


@pytest.mark.parametrize("text", ["Zij nam de beslissing.", "De indiening.", "Nadere", "Dit is welkom."])
def test_an_office_word_within_another_word_is_none(text: str) -> None:
    assert _OFFICE_WORDS.search(text) is None


def test_every_office_word_is_found_and_none_is_offered_instead() -> None:
    assert all(_OFFICE_WORDS.fullmatch(word) for word in PLAIN_BY_OFFICE_WORD)
    assert len(PLAIN_BY_OFFICE_WORD) >= 60
    assert [plain for plain in PLAIN_BY_OFFICE_WORD.values() if _OFFICE_WORDS.search(plain)] == []


def test_a_number_with_a_point_does_not_end_a_sentence() -> None:
    assert split_sentences("Wacht 1.5 uur. Bel dan.") == ["Wacht 1.5 uur.", "Bel dan."]


def test_danger_as_a_chance_is_told_and_a_chance_to_talk_is_not() -> None:
    assert _CHANCE.search("De kans op geweld is groot.")
    assert _CHANCE.search("Geef dit kind de kans om te praten.") is None
