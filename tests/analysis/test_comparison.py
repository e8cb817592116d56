"""A comparison of releases tells each change in the texts, and the cases that come out differently."""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache

import pytest

from taxatie.analysis.changes import find_changes
from taxatie.analysis.generated_cases import generated_cases
from taxatie.analysis.outcomes import Difference
from taxatie.engine.conclusion import conclude
from taxatie.engine.live import LiveEngine
from taxatie.engine.reference import ReferenceEngine
from taxatie.engine.translation import translate
from taxatie.rules.loading import load_release
from taxatie.rules.program import Program
from taxatie.scenarios.scenario import ScenarioText
from taxatie.service.compare import Comparison, Sample, compare
from taxatie.terms.names import SignalId
from taxatie.terms.text import Language
from tests.content.test_safeguards import PROGRAM
from tests.rules.base_release import base_files

SCENARIO = b"""\
case: strangled
reference_time: 2026-03-02T10:00:00+01:00
persons:
  - {id: adult-1, subject: adult, answers: {strangled: yes, injury: grave}}
expect: {level: urgent}
"""
Edit = tuple[str, str, str]


@cache
def changed(*edits: Edit) -> Program:
    """Return the base release with words of its files exchanged."""
    files = base_files()
    for path, old, new in edits:
        assert old in files[path], old
        files[path] = files[path].replace(old, new)
    loaded = load_release("example", lambda path: files[path].encode() if path in files else None, is_draft=True)
    assert loaded.program is not None, [each.message for each in loaded.diagnostics]
    return loaded.program


def passed(outcomes: Iterable[Difference | None], _total: int) -> Iterator[Difference | None]:
    """Pass outcomes on."""
    yield from outcomes


def compared(old: Program, new: Program, number: int = 300) -> Comparison:
    """Compare by one scenario and some made-up cases."""
    scenario = ScenarioText("theme", "strangled.yaml", SCENARIO)
    return compare(old, new, Sample((scenario,), number, 7), Language.EN, passed)


RULES = "danger/1.0.0.yaml"
WORDS = "vocabulary/1.0.0.yaml"
GV_01 = "level: urgent\n    withhold: [talks]"
GV_02 = "when: {weight: {at_least: 2}}\n    level: urgent\n    actions: [talks]"

NO_SUM = (RULES, GV_02, GV_02.replace("    level: urgent\n", ""))


@pytest.mark.parametrize(
    ("edits", "about", "sentence"),
    [
        ([(RULES, GV_01, "withhold: [talks]")], "GV-01", "milder."),
        ([(RULES, GV_01, "level: urgent")], "GV-01", "GV-01 no longer withholds: Talks."),
        ([(RULES, "when: strangled\n", "when: {injury: grave}\n")], "GV-01", "GV-01 now holds in other cases."),
        ([(RULES, GV_02, GV_02.replace("level: urgent\n    ", ""))], "GV-02", "instead of “"),
        ([(RULES, "was strangled.", "was once strangled.")], "GV-01", "GV-01 says it in other words."),
        ([(RULES, "points: 3", "points: 1")], "weight", "rules: GV-02."),
        ([(RULES, "when: {injury: [slight, grave]}", "when: {injury: grave}")], "hurt", "means something else"),
        ([(WORDS, "Was this person strangled?", "Was this person choked?")], "strangled", "“Was this person choked?”"),
        ([(WORDS, "within: 4 weeks", "within: 2 weeks")], "talks", "The action “Talks” has changed."),
        ([(RULES, "whenever: strangled", "whenever: hurt")], "danger/strangled_is_urgent", "The safeguard"),
        ([("regions/noord/1.0.0.yaml", "call_back_term: ", "call_back_term: 1")], "call_back_term", "noord: "),
    ],
)
def test_a_change_is_told_as_a_person_would(edits: list[Edit], about: str, sentence: str) -> None:
    found = find_changes(changed(), changed(*edits), Language.EN)

    assert [each.about for each in found] == [about]
    assert sentence in found[0].sentence


@pytest.mark.parametrize("language", list(Language))
def test_what_is_new_there_is_gone_back(language: Language) -> None:
    """Each new thing, read the other way, is one that is gone."""
    rule = (RULES, "  - id: GV-01", "  - id: GV-03")
    there = find_changes(changed(), changed(rule), language)
    back = find_changes(changed(rule), changed(), language)

    assert [each.about for each in there] == [each.about for each in back] == ["GV-01", "GV-03"]
    assert {line[0] for line in there[0].lines} == {"-"}
    assert {line[0] for line in there[1].lines} == {"+"}


def test_a_release_does_not_differ_from_itself() -> None:
    for program in (changed(), PROGRAM):
        found = compare(program, program, Sample((), 100, 1), Language.NL, passed)

        assert found.changes == ()
        assert found.differences == ()


def test_a_lowering_is_found_and_stands_first() -> None:
    lowered = changed((RULES, GV_01, "withhold: [talks]"), NO_SUM)

    found = compared(changed(), lowered)

    assert found.differences
    assert found.differences[0].is_milder
    is_milder = [each.is_milder for each in found.differences]
    assert is_milder == sorted(is_milder, reverse=True)
    assert sum(found.levels.values()) == len(found.differences)


def test_the_smallest_case_still_shows_the_same() -> None:
    found = compared(changed(), changed((RULES, GV_01, "withhold: [talks]"), NO_SUM))
    milder = next(each for each in found.differences if each.is_milder)

    small = found.bench.smallest(milder)

    assert (small.before.level, small.after.level) == (milder.before.level, milder.after.level)
    said = [name for person in small.case.persons for name in person.answers] + list(small.case.answers)
    assert len(said) == 1
    assert said[0] in {"strangled", "injury"}
    assert small.case.history.events == ()


def test_the_scenario_is_among_the_cases() -> None:
    found = compared(changed(), changed((RULES, GV_01, "level: urgent")), number=0)

    assert [each.origin for each in found.differences] == ["strangled.yaml"]
    assert found.differences[0].before.withheld - found.differences[0].after.withheld == {"talks"}


def test_a_scenario_that_the_new_release_cannot_read_is_told() -> None:
    found = compared(changed(), changed((WORDS, "- id: injury", "- id: wound"), (RULES, "injury:", "wound:")))

    assert found.unread == ("strangled.yaml",)
    assert found.left_out


def test_what_one_release_does_not_know_is_left_out_and_told() -> None:
    new = changed((WORDS, "- {id: slight,", "- {id: small,"), (RULES, "[slight, grave]", "[small, grave]"))
    found = compared(changed(), new)

    assert found.left_out == ("injury: small",)


def test_a_case_translated_to_its_own_release_stays_the_same() -> None:
    for case in generated_cases(PROGRAM, 50, 3):
        assert translate(case, PROGRAM, PROGRAM) == (case, frozenset())


def test_made_up_cases_are_the_same_for_the_same_seed() -> None:
    assert list(generated_cases(PROGRAM, 20, 5)) == list(generated_cases(PROGRAM, 20, 5))
    assert list(generated_cases(PROGRAM, 20, 5)) != list(generated_cases(PROGRAM, 20, 6))


def test_made_up_cases_are_asked_of_what_changed() -> None:
    focus = frozenset([SignalId("violence_now")])

    of_both = [list(generated_cases(PROGRAM, 300, 5, on)) for on in (focus, frozenset[SignalId]())]

    asked = [sum("violence_now" in case.answers for case in cases) for cases in of_both]

    assert asked[0] > asked[1]


def test_made_up_cases_mean_the_same_to_both_engines() -> None:
    live, reference = LiveEngine(PROGRAM), ReferenceEngine(PROGRAM)

    for case in generated_cases(PROGRAM, 150, 11):
        assert conclude(PROGRAM, case, reference.evaluate(case)) == conclude(PROGRAM, case, live.evaluate(case))


def test_made_up_cases_are_spread_over_all_levels() -> None:
    """Where nearly all are grave, a change of a mild rule shows nobody: the gravest rule decides the level."""
    live = LiveEngine(PROGRAM)

    levels = Counter(conclude(PROGRAM, case, live.evaluate(case)).level for case in generated_cases(PROGRAM, 600, 11))

    assert set(levels) == {level.id for level in PROGRAM.levels}
    assert max(levels.values()) < 400
