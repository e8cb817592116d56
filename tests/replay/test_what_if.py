"""What is counted over columns is what comes out when every decision is taken again, one by one."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from taxatie.analysis.generated_cases import generated_cases
from taxatie.engine.columns_tabulate import slots_of
from taxatie.engine.conclusion import conclude
from taxatie.engine.live import LiveEngine
from taxatie.engine.translation import translate
from taxatie.limits import NAMED_DECISIONS_MAX
from taxatie.replay.counts import Change, Counts, Figures, Shift, Unreplayed
from taxatie.replay.counts_json import counts_from_json, counts_to_json
from taxatie.replay.groups import CHANNEL
from taxatie.replay.parquet_cases import RecordedCase
from taxatie.replay.what_if import WhatIf, count_file
from taxatie.rules.program import Program
from taxatie.terms.assessment import Assessment, Finding
from taxatie.terms.case import Case
from taxatie.terms.names import Digest, EventKindId, LevelId, RegionName, SignalId, SubjectId
from taxatie.wire.case_reader import read_case
from tests.content.test_safeguards import PROGRAM
from tests.replay.decision_files import decided, id_of, without_some_rules, write_file, write_groups
from tests.strategies.loading import program_of
from tests.strategies.random_release import random_case, random_release

ADULT, CHILD = SubjectId("adult"), SubjectId("child")
NEW = without_some_rules(PROGRAM)
CASES = tuple(generated_cases(PROGRAM, 300, 7))
RECORDED = decided(PROGRAM, CASES)
SLOTS = slots_of(CASES)


@pytest.fixture(scope="module")
def counts(tmp_path_factory: pytest.TempPathFactory) -> Counts:
    """The counts of the decisions."""
    path = tmp_path_factory.mktemp("decisions") / "all.parquet"
    return count_file(write_file(path, PROGRAM, RECORDED, SLOTS), PROGRAM, NEW)


def assessments(program: Program, cases: Sequence[Case] = CASES) -> list[Assessment]:
    """Return what a release says of cases that it can read, taken one by one."""
    engine = LiveEngine(program)
    return [conclude(program, case, engine.evaluate(case)) for case in cases]


def changes_of(cases: Sequence[Case], old: Program, new: Program) -> list[Change]:
    """Return the change of each case, taken one by one."""
    translated = [translate(case, old, new)[0] for case in cases]
    pairs = zip(assessments(old, cases), assessments(new, translated), strict=True)
    return [Change(before.level, after.level) for before, after in pairs]


def present(assessment: Assessment) -> set[str]:
    """Return the findings that are present in anybody."""
    found = assessment.findings.values()
    return {name for each in found for name, state in each.items() if state is Finding.PRESENT}


# The figures


def test_the_matrix_is_that_of_every_decision_taken_again(counts: Counts) -> None:
    expected = Counter(changes_of(CASES, PROGRAM, NEW))

    assert counts.decisions == counts.replayed == len(CASES)
    assert counts.levels == expected
    assert len(expected) > 5


def test_the_groups_are_those_of_the_cases(counts: Counts) -> None:
    """A decision without a region, or without a known caller, is under the empty name."""
    changes = changes_of(CASES, PROGRAM, NEW)
    labels = PROGRAM.signals[CHANNEL].labels
    said = [case.answers.get(CHANNEL) for case in CASES]
    channels = ["" if a is None or a.value is None else labels[a.value] for a in said]
    groups = {
        "by_region": [case.region or "" for case in CASES],
        "by_channel": channels,
        "by_month": [f"{case.reference_date:%Y-%m}" for case in CASES],
    }

    for name, keys in groups.items():
        expected: dict[str, Counter[Change]] = {}
        for key, change in zip(keys, changes, strict=True):
            expected.setdefault(key, Counter())[change] += 1
        assert getattr(counts, name) == expected
        assert len(expected) > 5


def test_what_is_gained_and_lost_is_counted_by_decision(counts: Counts) -> None:
    gained, lost = Counter[str](), Counter[str]()
    found, missed = Counter[str](), Counter[str]()
    for before, after in zip(assessments(PROGRAM), assessments(NEW), strict=True):
        had, has = {due.action for due in before.actions}, {due.action for due in after.actions}
        gained.update(has - had)
        lost.update(had - has)
        found.update(present(after) - present(before))
        missed.update(present(before) - present(after))

    assert counts.actions == Shift(gained, lost)
    assert counts.findings == Shift(found, missed)
    assert sum(lost.values()) > 80


def test_withholdings_that_are_lost_are_counted(counts: Counts) -> None:
    lost = Counter[str]()
    for before, after in zip(assessments(PROGRAM), assessments(NEW), strict=True):
        had = {each.action for each in before.withheld}
        lost.update(had - {each.action for each in after.withheld})

    assert counts.withheld.lost == lost
    assert not counts.withheld.gained


def test_those_who_become_milder_are_named_smallest_ids_first(counts: Counts) -> None:
    rank = {level.id: place for place, level in enumerate(PROGRAM.levels)}
    changes = changes_of(CASES, PROGRAM, NEW)
    milder = sorted(
        (id_of(row).hex(), change)
        for row, change in enumerate(changes)
        if rank[LevelId(change.after)] < rank[LevelId(change.before)]
    )

    assert [(each.id, each.change) for each in counts.milder] == milder[:NAMED_DECISIONS_MAX]
    assert counts.milder_in_all == len(milder)


def test_only_so_many_are_named(tmp_path: Path) -> None:
    """The smallest of all, not of the first that came: else the order of files would decide who is named."""
    fierce = [each for each in RECORDED if each.level == PROGRAM.levels[-1].id]
    many = [replace(fierce[0], id=id_of(number)) for number in range(NAMED_DECISIONS_MAX + 70)]
    mild = replace(PROGRAM, digest=Digest("mild"), scopes=tuple(replace(s, rules=()) for s in PROGRAM.scopes))

    counts = count_file(write_file(tmp_path / "many.parquet", PROGRAM, many, SLOTS), PROGRAM, mild)

    expected = sorted(each.id.hex() for each in many)[:NAMED_DECISIONS_MAX]
    assert [each.id for each in counts.milder] == expected
    assert counts.milder_in_all == len(many)


def test_a_release_does_not_differ_from_itself(tmp_path: Path) -> None:
    path = write_file(tmp_path / "same.parquet", PROGRAM, RECORDED, SLOTS)

    counts = count_file(path, PROGRAM, PROGRAM)

    assert all(change.before == change.after for change in counts.levels)
    assert counts.actions == counts.withheld == counts.findings == Shift()
    assert not counts.milder
    assert not counts.left_out


# Adding up


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_counts_do_not_depend_on_how_decisions_are_divided(tmp_path: Path, counts: Counts, seed: int) -> None:
    """Over row groups and over files, in whatever order they are added."""
    cuts = [0, 1 + 37 * seed, 64 * seed + 100, 298, len(RECORDED)]
    pieces = [RECORDED[begin:end] for begin, end in pairwise(cuts)]
    one = write_groups(tmp_path / "one.parquet", PROGRAM, pieces[:2], SLOTS)
    two = write_groups(tmp_path / "two.parquet", PROGRAM, pieces[2:3], SLOTS)
    three = write_groups(tmp_path / "three.parquet", PROGRAM, pieces[3:], SLOTS)

    added = sum((count_file(path, PROGRAM, NEW) for path in (three, one, two)), Counts())

    assert added == counts


def test_nothing_added_changes_nothing(counts: Counts) -> None:
    assert counts + Counts() == Counts() + counts == counts


def test_counts_read_back_from_json(counts: Counts) -> None:
    assert counts_from_json(counts_to_json(counts)) == counts


# What does not fit


def test_decisions_that_do_not_fit_are_counted_too(tmp_path: Path, counts: Counts) -> None:
    few = {ADULT: 1, CHILD: 1}

    squeezed = count_file(write_file(tmp_path / "few.parquet", PROGRAM, RECORDED, few), PROGRAM, NEW)

    assert squeezed.whole == sum(max(slots_of([case]).values(), default=0) > 1 for case in CASES) > 0
    assert replace(squeezed, whole=0) == counts


# What could not be replayed


def test_decisions_of_another_release_are_not_in_the_figures(tmp_path: Path) -> None:
    path = write_file(tmp_path / "other.parquet", PROGRAM, RECORDED, SLOTS)

    counts = count_file(path, NEW, PROGRAM)

    assert counts == Counts(decisions=len(CASES), unreplayed={Unreplayed.OTHER_RELEASE: len(CASES)})


def test_an_empty_file_counts_nothing(tmp_path: Path) -> None:
    path = write_groups(tmp_path / "empty.parquet", PROGRAM, [], SLOTS)

    assert count_file(path, PROGRAM, NEW) == Counts()
    assert count_file(path, NEW, PROGRAM) == Counts()


def test_a_level_that_the_release_does_not_give_is_told(tmp_path: Path) -> None:
    """Such a decision says something of the record, or of the engine; it is named, and in no other figure."""
    wrong = next(level.id for level in PROGRAM.levels if level.id != RECORDED[3].level)
    recorded = [*RECORDED[:3], replace(RECORDED[3], level=wrong), *RECORDED[4:20]]

    counts = count_file(write_file(tmp_path / "wrong.parquet", PROGRAM, recorded, SLOTS), PROGRAM, NEW)

    assert counts.unreplayed == {Unreplayed.OTHER_LEVEL: 1}
    assert [(each.id, each.change) for each in counts.otherwise] == [
        (RECORDED[3].id.hex(), Change(wrong, RECORDED[3].level))
    ]
    assert (counts.decisions, counts.replayed, sum(counts.levels.values())) == (20, 19, 19)


def test_what_the_new_release_cannot_read_is_counted(tmp_path: Path) -> None:
    """A signal, an option, a number out of range, a kind of event, a region: all are left out, as one by one."""
    poorer = without(PROGRAM, "poorer")

    counts = count_file(write_file(tmp_path / "all.parquet", PROGRAM, RECORDED, SLOTS), PROGRAM, poorer)

    assert counts.levels == Counter(changes_of(CASES, PROGRAM, poorer))
    assert counts.left_out == left_out_one_by_one(CASES, PROGRAM, poorer)
    fiercest = f"threat_made: {PROGRAM.signals[SignalId('threat_made')].labels[-1]}"
    expected = {"violence_now", "strangulation", fiercest, "child_age: beyond its values", "noord", "order_breach"}
    assert set(counts.left_out) == expected


def test_a_subject_that_the_new_release_does_not_have_is_left_out(tmp_path: Path) -> None:
    childless = without_subject(PROGRAM, CHILD)

    counts = count_file(write_file(tmp_path / "all.parquet", PROGRAM, RECORDED, SLOTS), PROGRAM, childless)

    assert counts.levels == Counter(changes_of(CASES, PROGRAM, childless))
    assert counts.left_out == left_out_one_by_one(CASES, PROGRAM, childless) != {}


def test_a_signal_of_another_type_is_left_out(tmp_path: Path) -> None:
    """A choice that became a number, or the other way round, cannot be carried over."""
    name = SignalId("threat_made")
    signal = PROGRAM.signals[SignalId("child_age")]
    changed = replace(
        PROGRAM,
        digest=Digest("changed"),
        signals={**PROGRAM.signals, name: replace(signal, id=name, subject=ADULT)},
        scopes=tuple(replace(scope, rules=(), concepts=(), scores=()) for scope in PROGRAM.scopes),
    )

    counts = count_file(write_file(tmp_path / "all.parquet", PROGRAM, RECORDED, SLOTS), PROGRAM, changed)

    assert counts.left_out == {str(name): sum(any(name in p.answers for p in case.persons) for case in CASES)}


# Any two releases


def test_any_two_releases_compare_as_one_by_one(tmp_path: Path) -> None:
    """Made releases share names of signals and levels, and differ in everything that may be said of them."""
    lost = Counter[bool]()
    for seed in range(16):
        release = random_release(seed)
        old, new = program_of(release), program_of(random_release(seed + 500))
        new = replace(new, digest=Digest(f"new {seed}"))
        cases = [read_case(old, random_case(release, seed, number)) for number in range(20)]
        path = write_file(tmp_path / f"{seed}.parquet", old, decided(old, cases), slots_of(cases))

        counts = count_file(path, old, new)

        assert counts.levels == Counter(changes_of(cases, old, new)), seed
        lost[bool(counts.left_out)] += 1
    assert lost[True] > 8


def test_what_was_laid_out_once_is_kept(tmp_path: Path) -> None:
    one = write_file(tmp_path / "one.parquet", PROGRAM, RECORDED[:5], SLOTS)
    two = write_file(tmp_path / "two.parquet", PROGRAM, RECORDED[:5], {ADULT: 9, CHILD: 9})
    what_if = WhatIf(PROGRAM, NEW)

    counted = [what_if.count_file(path) for path in (one, two, one)]

    assert counted[0] == counted[1] == counted[2]


def without(program: Program, digest: str) -> Program:
    """Return a release without rules that knows less of a case."""
    gone = {SignalId("violence_now"), SignalId("strangulation")}
    signals = {name: replace(signal, applies_when=None) for name, signal in program.signals.items() if name not in gone}
    threat, age = SignalId("threat_made"), SignalId("child_age")
    signals[threat] = replace(signals[threat], labels=signals[threat].labels[:-1], highest=signals[threat].highest - 1)
    signals[age] = replace(signals[age], lowest=3, highest=12)
    return replace(
        program,
        digest=Digest(digest),
        signals=signals,
        event_kinds=tuple(kind for kind in program.event_kinds if kind.id != EventKindId("order_breach")),
        regions={name: terms for name, terms in program.regions.items() if name != RegionName("noord")},
        scopes=tuple(replace(scope, rules=(), concepts=(), scores=()) for scope in program.scopes),
    )


def without_subject(program: Program, subject: SubjectId) -> Program:
    """Return a release that does not know a subject."""
    return replace(
        program,
        digest=Digest(f"without {subject}"),
        subjects=tuple(each for each in program.subjects if each.id != subject),
        signals={name: signal for name, signal in program.signals.items() if signal.subject != subject},
        scopes=tuple(
            replace(scope, rules=(), concepts=(), scores=()) for scope in program.scopes if scope.subject != subject
        ),
    )


def left_out_one_by_one(cases: Sequence[Case], old: Program, new: Program) -> Figures:
    """Return in how many cases each thing is left out; numbers out of range are told without the number."""
    found = Counter[str]()
    for case in cases:
        _, lost = translate(case, old, new)
        names = set()
        for name in lost:
            signal, colon, label = name.partition(": ")
            names.add(f"{signal}: beyond its values" if colon and label.isdigit() else name)
        found.update(names)
    return found


def test_a_recorded_case_holds_what_a_replay_needs() -> None:
    assert RECORDED[0] == RecordedCase(id_of(0), CASES[0], RECORDED[0].level)


def test_levels_that_no_scale_has_both_of_are_not_milder(tmp_path: Path) -> None:
    """A release with a scale of its own cannot be said to be milder; the matrix shows what becomes of whom."""
    own = [replace(level, id=LevelId(f"own_{place}")) for place, level in enumerate(PROGRAM.levels)]
    names = {level.id: new.id for level, new in zip(PROGRAM.levels, own, strict=True)}
    scopes = tuple(
        replace(s, rules=tuple(replace(r, level=None if r.level is None else names[r.level]) for r in s.rules[2:]))
        for s in PROGRAM.scopes
    )
    other = replace(PROGRAM, digest=Digest("own scale"), levels=tuple(own), scopes=scopes)

    counts = count_file(write_file(tmp_path / "all.parquet", PROGRAM, RECORDED, SLOTS), PROGRAM, other)

    assert counts.milder_in_all == 0
    assert counts.levels == Counter(changes_of(CASES, PROGRAM, other))


def test_a_release_without_callers_has_one_channel(tmp_path: Path) -> None:
    release = random_release(3)
    program = program_of(release)
    cases = [read_case(program, random_case(release, 3, number)) for number in range(5)]

    counts = count_file(
        write_file(tmp_path / "x.parquet", program, decided(program, cases), slots_of(cases)), program, program
    )

    assert set(counts.by_channel) == {""}
