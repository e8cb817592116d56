"""The engine over columns gives the reference's trace and assessment, on releases and cases of every form."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import TypeVar

from taxatie.engine.columns import ColumnsEngine
from taxatie.engine.columns_outcome import TableAssessor
from taxatie.engine.columns_table import Plane, unpack
from taxatie.engine.columns_tabulate import tabulate
from taxatie.engine.conclusion import conclude
from taxatie.engine.reference import ReferenceEngine, contexts_of
from taxatie.terms.assessment import Finding
from taxatie.terms.names import ActionId, ConceptId
from taxatie.terms.trace import Trace
from taxatie.wire.case_reader import read_case
from tests.strategies.constructs import labels_by_condition
from tests.strategies.loading import load_plain, program_of
from tests.strategies.random_release import random_case, random_release
from tests.strategies.sightings import CountingReading, Sightings, impossible, sightings_table, too_few

RELEASES = 260
CASES = 20
SEEN_AT_LEAST = 200
ASSESSED = 30
Name = TypeVar("Name", ActionId, ConceptId)


def test_columns_and_reference_agree_on_over_5000_pairs(record_property: Callable[[str, object], None]) -> None:
    """All cases of a release are evaluated in one go; the table in the summary shows that no construct escaped."""
    seen: Sightings = Counter()
    pairs = 0

    for seed in range(RELEASES):
        release = random_release(seed)
        loaded = load_plain(release)
        program = loaded.program
        assert program is not None
        labels = labels_by_condition(release, loaded)
        cases = [read_case(program, random_case(release, seed, number)) for number in range(CASES)]
        traces = ColumnsEngine(program).evaluate_all(cases)
        for case, trace in zip(cases, traces, strict=True):
            assert trace == counted_trace(CountingReading(program, case, labels, seen)), case.id
            pairs += 1

    record_property("table", f"{pairs} pairs of release and case\n{sightings_table(seen)}")
    assert pairs >= 5000
    assert not too_few(seen, SEEN_AT_LEAST)
    assert not impossible(seen)


def counted_trace(reading: CountingReading) -> Trace:
    """Return the reference's trace of a case, once it has noted what it saw; as `ReferenceEngine` makes it."""
    reading.count()
    persons = tuple(reading.assessed_persons())
    return Trace(
        persons=persons,
        evaluations=tuple(
            reading.evaluate_scope(index, scope, person)
            for index, scope in enumerate(reading.program.scopes)
            for person in contexts_of(scope.subject, persons)
        ),
        inapplicable=tuple(reading.inapplicable_answers()),
        impossible=tuple(subject.id for subject in reading.program.subjects if reading.is_impossible(subject)),
    )


def test_a_case_alone_is_evaluated_as_among_others() -> None:
    for seed in range(40):
        release = random_release(seed)
        program = program_of(release)
        engine = ColumnsEngine(program)
        cases = [read_case(program, random_case(release, seed, number)) for number in range(3)]

        alone = [engine.evaluate(case) for case in cases]

        assert alone == engine.evaluate_all(cases)


def test_a_table_is_assessed_as_each_of_its_cases() -> None:
    """Level, ceiling, actions, withholdings and findings come from joined rules; the reference knows no such joins."""
    for seed in range(ASSESSED):
        release = random_release(seed)
        program = program_of(release)
        reference = ReferenceEngine(program)
        cases = [read_case(program, random_case(release, seed, number)) for number in range(CASES)]
        expected = [conclude(program, case, reference.evaluate(case)) for case in cases]
        table = tabulate(program, cases)

        outcome = TableAssessor(program, table.layout).assess(table)

        assert [program.levels[rank].id for rank in outcome.level] == [each.level for each in expected]
        assert [program.levels[rank].id for rank in outcome.ceiling] == [each.ceiling for each in expected]
        assert rows_of(outcome.actions, CASES) == [{due.action for due in each.actions} for each in expected]
        assert rows_of(outcome.withheld, CASES) == [{each.action for each in a.withheld} for a in expected]
        assert rows_of(outcome.findings, CASES) == [
            {name for found in each.findings.values() for name, state in found.items() if state is Finding.PRESENT}
            for each in expected
        ]


def rows_of(planes: Mapping[Name, Plane], rows: int) -> list[set[Name]]:
    """Return the names that are set in each row."""
    return [{name for name, plane in planes.items() if unpack(plane, rows)[row]} for row in range(rows)]
