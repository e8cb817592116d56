"""Decisions written to Parquet read back as the same columns, and assess the same."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from taxatie.analysis.generated_cases import generated_cases
from taxatie.engine.columns_layout import Layout
from taxatie.engine.columns_outcome import TableAssessor
from taxatie.engine.columns_table import reordered, unpack
from taxatie.engine.columns_tabulate import slots_of, tabulate
from taxatie.errors.problem import TaxatieError
from taxatie.limits import EVENT_RANKS_MAX
from taxatie.replay.parquet_cases import RecordedCase, decisions_of
from taxatie.replay.parquet_reader import DecisionFile, StoredDecisions
from taxatie.replay.parquet_schema import DESCRIPTION, EVENTS, Description, write_description
from taxatie.replay.parquet_writer import Decisions, DecisionWriter
from taxatie.terms.case import Event, History
from taxatie.terms.names import SignalId, SubjectId
from taxatie.wire.case_reader import read_case
from tests.content.test_safeguards import PROGRAM
from tests.replay.decision_files import decided, id_of, write_file, write_groups
from tests.strategies.loading import program_of
from tests.strategies.random_release import random_case, random_release

ADULT, CHILD = SubjectId("adult"), SubjectId("child")
SIGNAL = SignalId("children_involved")


def parts_of(path: Path) -> list[StoredDecisions]:
    """Return all that stands in a file."""
    file = DecisionFile(path)
    return list(file.parts(file.description.layout.names()))


@pytest.mark.parametrize("number", [1, 63, 64, 65, 200])
def test_what_is_read_back_is_what_was_written(tmp_path: Path, number: int) -> None:
    """Bits beyond the last row mean nothing; every other bit, event and date is the same."""
    recorded = decided(PROGRAM, list(generated_cases(PROGRAM, number, 1)))
    slots = slots_of([each.case for each in recorded])
    written = decisions_of(PROGRAM, recorded, slots)

    [part] = parts_of(write_file(tmp_path / "one.parquet", PROGRAM, recorded, slots))

    ids = [bytes(id_) for id_ in part.ids_of(np.arange(number))]
    order = np.array([[each.id for each in recorded].index(id_) for id_ in ids])
    table = reordered(written.table, order)
    assert part.table.rows == number
    assert part.table.layout == table.layout
    for name in table.layout.names():
        empty = np.zeros(table.words, np.uint64)
        assert (unpack(part.table.planes[name], number) == unpack(table.planes.get(name, empty), number)).all(), name
    assert (part.table.reference_days == table.reference_days).all()
    for column in ("rows", "kinds", "days", "persons", "reporters"):
        assert (getattr(part.table.events, column) == getattr(table.events, column)).all(), column
    assert (part.levels == written.levels[order]).all()
    assert (part.regions == written.regions[order]).all()
    assert sorted(ids) == sorted(each.id for each in recorded)
    assert part.whole == {}


def test_in_a_file_those_with_more_events_come_first(tmp_path: Path) -> None:
    """So that the second event of every case is a short column, and not one full of holes."""
    recorded = decided(PROGRAM, list(generated_cases(PROGRAM, 100, 8)))

    [part] = parts_of(write_file(tmp_path / "x.parquet", PROGRAM, recorded, slots_of([e.case for e in recorded])))

    numbers = np.bincount(part.table.events.rows, minlength=100)
    assert (np.diff(numbers) <= 0).all()
    assert numbers[0] > 2


def test_the_rows_of_a_table_can_be_put_in_any_order() -> None:
    cases = list(generated_cases(PROGRAM, 70, 9))
    order = np.random.default_rng(1).permutation(70)

    table = reordered(tabulate(PROGRAM, cases), order)

    expected = tabulate(PROGRAM, [cases[row] for row in order])
    for name, plane in expected.planes.items():
        assert (unpack(plane, 70) == unpack(table.planes[name], 70)).all(), name
    assert (table.reference_days == expected.reference_days).all()
    assert (table.events.rows == expected.events.rows).all()
    assert (table.events.days == expected.events.days).all()


def test_what_is_read_back_assesses_the_same(tmp_path: Path) -> None:
    for seed in range(12):
        release = random_release(seed)
        program = program_of(release)
        cases = [read_case(program, random_case(release, seed, number)) for number in range(30)]
        recorded = decided(program, cases)
        path = write_file(tmp_path / f"{seed}.parquet", program, recorded, slots_of(cases))

        [part] = parts_of(path)

        outcome = TableAssessor(program, part.table.layout).assess(part.table)
        levels = {each.id: each.level for each in recorded}
        ids = part.ids_of(np.arange(part.table.rows))
        assert [program.levels[rank].id for rank in outcome.level] == [levels[bytes(id_)] for id_ in ids]


def test_a_file_is_read_in_the_parts_in_which_it_was_written(tmp_path: Path) -> None:
    recorded = decided(PROGRAM, list(generated_cases(PROGRAM, 150, 2)))
    slots = slots_of([each.case for each in recorded])

    parts = parts_of(write_groups(tmp_path / "two.parquet", PROGRAM, [recorded[:70], recorded[70:]], slots))

    assert sum(part.table.rows for part in parts) == 150
    ids = [bytes(id_) for part in parts for id_ in part.ids_of(np.arange(part.table.rows))]
    assert sorted(ids) == sorted(each.id for each in recorded)
    assert set(ids[:70]) == {each.id for each in recorded[:70]}


def test_a_case_that_does_not_fit_is_kept_whole(tmp_path: Path) -> None:
    """The columns say nothing of it, and what is kept reads back as the same case."""
    cases = list(generated_cases(PROGRAM, 60, 3))
    recorded = decided(PROGRAM, cases)
    many = {row for row, case in enumerate(cases) if max(slots_of([case]).values(), default=0) > 1}

    [part] = parts_of(write_file(tmp_path / "few.parquet", PROGRAM, recorded, {ADULT: 1, CHILD: 1}))

    by_id = {each.id: each.case for each in recorded}
    ids = [bytes(id_) for id_ in part.ids_of(np.arange(60))]
    assert {ids[row] for row in part.whole} == {recorded[row].id for row in many}
    assert 0 < len(many) < len(cases)
    for row, text in part.whole.items():
        assert read_case(PROGRAM, json.loads(text)) == by_id[ids[row]]
        assert row not in set(part.table.events.rows.tolist())


def test_a_case_with_very_many_events_is_kept_whole(tmp_path: Path) -> None:
    """One such case would slow down a quarter of a million others beside it."""
    [case, other] = generated_cases(PROGRAM, 2, 12)
    event = Event(PROGRAM.event_kinds[0].id, case.reference_date)
    crowded = replace(case, persons=(), history=History(is_searched=True, events=(event,) * (EVENT_RANKS_MAX + 1)))
    recorded = decided(PROGRAM, [other, crowded])

    [part] = parts_of(write_file(tmp_path / "x.parquet", PROGRAM, recorded, slots_of([other, crowded])))

    assert len(part.whole) == 1
    assert read_case(PROGRAM, json.loads(*part.whole.values())) == crowded


def test_the_columns_can_be_read_by_anybody(tmp_path: Path) -> None:
    """The description in the file's metadata and the names of the columns are all that is needed."""
    cases = list(generated_cases(PROGRAM, 100, 4))
    path = write_file(tmp_path / "open.parquet", PROGRAM, decided(PROGRAM, cases), slots_of(cases))

    frame = pl.read_parquet(path)
    cases = [cases[[id_of(number) for number in range(100)].index(id_)] for id_ in frame["id"]]

    said = [case.answers.get(SIGNAL) for case in cases]
    assert frame["case.children_involved=yes"].to_list() == [a is not None and a.value == 1 for a in said]
    assert frame["adult.1.present"].to_list() == [any(p.subject == ADULT for p in case.persons) for case in cases]
    kinds = DecisionFile(path).description.layout.kinds
    read = [[kinds[event & 255] for event in events] for events in frame[EVENTS].to_list()]
    assert read == [[event.kind for event in case.history.events] for case in cases]


def test_an_empty_file_has_no_parts_to_count(tmp_path: Path) -> None:
    with DecisionWriter(tmp_path / "empty.parquet", Description.of(PROGRAM, {})):
        pass

    assert DecisionFile(tmp_path / "empty.parquet").rows == 0
    assert sum(part.table.rows for part in parts_of(tmp_path / "empty.parquet")) == 0


def test_decisions_of_another_layout_are_not_written(tmp_path: Path) -> None:
    recorded = decided(PROGRAM, list(generated_cases(PROGRAM, 2, 5)))

    with (
        DecisionWriter(tmp_path / "x.parquet", Description.of(PROGRAM, {ADULT: 7})) as writer,
        pytest.raises(AssertionError, match="one layout"),
    ):
        writer.write(decisions_of(PROGRAM, recorded, {ADULT: 3, CHILD: 3}))


def test_what_is_no_file_of_decisions_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.parquet").write_text("no Parquet at all, though long enough to have a footer")
    pq.write_table(pa.table({"a": [1]}), tmp_path / "other.parquet")

    with pytest.raises(TaxatieError, match="no Parquet file"):
        _ = DecisionFile(tmp_path / "text.parquet").description
    with pytest.raises(TaxatieError, match="holds no decisions"):
        _ = DecisionFile(tmp_path / "other.parquet").description


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    """Columns that mean something else would be counted all the same."""
    text = write_description(Description.of(PROGRAM, {})).replace(b'"schema": 1', b'"schema": 2')
    schema = pa.schema([pa.field("a", pa.int64())], metadata={DESCRIPTION: text})
    pq.write_table(pa.table({"a": [1]}, schema=schema), tmp_path / "later.parquet")

    with pytest.raises(TaxatieError, match="version 2"):
        _ = DecisionFile(tmp_path / "later.parquet").description


@pytest.mark.parametrize(
    ("column", "most"),
    [("levels", len(PROGRAM.levels) - 1), ("regions", len(PROGRAM.regions))],
    ids=["level", "region"],
)
def test_a_level_or_region_that_is_none_is_told(tmp_path: Path, column: str, most: int) -> None:
    """A file from elsewhere, or a damaged one: its figures would be of nothing, or there would be none."""
    recorded = decided(PROGRAM, list(generated_cases(PROGRAM, 3, 5)))
    decisions = decisions_of(PROGRAM, recorded, {ADULT: 3, CHILD: 3})

    def read(last: int) -> int:
        places = np.array([0, 0, last], np.uint8)
        changed = Decisions(**{**{name: getattr(decisions, name) for name in decisions.__slots__}, column: places})
        with DecisionWriter(tmp_path / "x.parquet", Description.of(PROGRAM, {ADULT: 3, CHILD: 3})) as writer:
            writer.write(changed)
        return sum(part.table.rows for part in parts_of(tmp_path / "x.parquet"))

    assert read(most) == 3
    with pytest.raises(TaxatieError, match=f"holds a decision whose {column[:-1]} is none of those that it names"):
        read(most + 1)


def test_a_table_without_cases_is_a_table() -> None:
    table = tabulate(PROGRAM, [])

    outcome = TableAssessor(PROGRAM, Layout.of(PROGRAM, {})).assess(table)

    assert len(outcome.level) == 0


def test_a_record_keeps_its_level_whatever_the_release_gives() -> None:
    [each] = decided(PROGRAM, list(generated_cases(PROGRAM, 1, 6)))
    level = PROGRAM.levels[0].id

    decisions = decisions_of(PROGRAM, [replace(each, level=level)], slots_of([each.case]))

    assert decisions.levels.tolist() == [0]
    assert isinstance(each, RecordedCase)
