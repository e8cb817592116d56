"""The same made-up cases as a table of planes, for the engine that reads many at once."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from load import figures
from load.answers import ANSWERED, Sheet
from load.dice import Truths, Whole
from load.population import Batch, People
from taxatie.engine.columns_layout import PRESENT, SEARCHED, Layout, SignalPlanes, everyone_listed, plane_name
from taxatie.engine.columns_table import WORD_BITS, EventTable, Plane, Table, pack
from taxatie.rules.program import Program
from taxatie.terms.case import Basis, Mode
from taxatie.terms.names import CASE, MODE, SignalId, SubjectId

_HEARSAY: Final = figures.BASES.index(Basis.HEARSAY)


def slots_for(program: Program) -> dict[SubjectId, int]:
    """Return how many persons of each subject a made-up case lists at most."""
    return {
        subject.id: len(figures.PERSONS_CERTAIN if subject.exists_when is None else figures.PERSONS_IF_ANY) - 1
        for subject in program.subjects
    }


def table_of(program: Program, batch: Batch) -> Table:
    """Return a batch as a table."""
    layout = Layout.of(program, slots_for(program))
    planes = {name: pack(flags) for name, flags in _flags(layout, batch)}
    days = batch.days.astype("datetime64[D]").astype(np.int32)
    return Table(layout, len(batch.numbers), planes, days, _events(layout, batch))


def _flags(layout: Layout, batch: Batch) -> Iterator[tuple[str, Truths]]:
    modes = layout.signals[MODE]
    yield plane_name(CASE, 0, modes.label(Mode.ADVICE)), batch.is_advice
    yield plane_name(CASE, 0, modes.label(Mode.REPORT)), ~batch.is_advice
    yield plane_name(CASE, 0, SEARCHED), batch.is_searched
    for subject, listed in batch.everyone_listed.items():
        yield plane_name(CASE, 0, everyone_listed(subject)), listed
    yield from _answer_flags(layout, batch.answers, CASE, 0)
    for subject, people in batch.people.items():
        for slot in range(layout.slots[subject]):
            yield from _person_flags(layout, people, (subject, slot), len(batch.numbers))


def _person_flags(
    layout: Layout, people: People, place: tuple[SubjectId, int], rows: int
) -> Iterator[tuple[str, Truths]]:
    """Return the flags of whoever is in one place, spread over all rows."""
    subject, slot = place
    here = (people.slot == slot).nonzero()[0]
    answers = {name: sheet.take(here) for name, sheet in people.answers.items()}
    yield plane_name(subject, slot, PRESENT), _spread(np.ones(len(here), dtype=np.bool_), people.owner[here], rows)
    for name, flags in _answer_flags(layout, answers, subject, slot):
        yield name, _spread(flags, people.owner[here], rows)


def _spread(flags: Truths, owner: Whole, rows: int) -> Truths:
    spread = np.zeros(rows, dtype=np.bool_)
    spread[owner] = flags
    return spread


def _answer_flags(
    layout: Layout, answers: Mapping[SignalId, Sheet], subject: SubjectId, slot: int
) -> Iterator[tuple[str, Truths]]:
    for name, sheet in answers.items():
        for part, flags in _parts(layout.signals[name], sheet):
            yield plane_name(subject, slot, part), flags


def _parts(planes: SignalPlanes, sheet: Sheet) -> Iterator[tuple[str, Truths]]:
    is_answered = sheet.said == ANSWERED
    for place, label in enumerate(planes.labels):
        yield planes.label(label), is_answered & (sheet.value == place)
    if not planes.labels:
        yield planes.answered, is_answered
        steps = sheet.value - planes.lowest
        for place, digit in enumerate(planes.digits):
            yield digit, is_answered & (steps >> place & 1).astype(np.bool_)
    yield planes.unreliable, is_answered & ((sheet.basis == _HEARSAY) | sheet.is_overheard)


def _events(layout: Layout, batch: Batch) -> EventTable:
    rows = batch.events
    begins = np.cumsum([0, *layout.slots.values()])[:-1]
    persons = np.where(rows.subject < 0, 0, begins[rows.subject] + rows.slot + 1)
    return EventTable(
        rows.owner.astype(np.int32),
        rows.kind.astype(np.uint8),
        rows.day.astype("datetime64[D]").astype(np.int32),
        persons.astype(np.uint8),
        rows.reporter.astype(np.uint16),
    )


def joined(tables: Sequence[Table]) -> Table:
    """Return tables of one layout as one; all but the last fill their last machine word."""
    assert all(table.rows % WORD_BITS == 0 for table in tables[:-1])
    begins = np.cumsum([0, *(table.rows for table in tables)])
    each = [planes_of(table) for table in tables]
    events = [table.events for table in tables]
    rows = [part.rows + begin for part, begin in zip(events, begins[:-1].astype(np.int32), strict=True)]
    return Table(
        tables[0].layout,
        int(begins[-1]),
        {name: np.concatenate([planes[name] for planes in each]) for name in each[0]},
        np.concatenate([table.reference_days for table in tables]),
        EventTable(
            np.concatenate(rows),
            np.concatenate([part.kinds for part in events]),
            np.concatenate([part.days for part in events]),
            np.concatenate([part.persons for part in events]),
            np.concatenate([part.reporters for part in events]),
        ),
    )


def planes_of(table: Table) -> Mapping[str, Plane]:
    """Return all planes of a table, also those in which nothing is set."""
    empty = np.zeros(table.words, dtype=np.uint64)
    return {name: table.planes.get(name, empty) for name in table.layout.names()}
