"""From cases to a table: what was answered, one plane an answer."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from taxatie.engine.columns_layout import PRESENT, SEARCHED, Layout, everyone_listed, plane_name
from taxatie.engine.columns_table import EPOCH, EventTable, Table, plane_of_rows
from taxatie.rules.program import Program
from taxatie.terms.case import Answers, Case, Event
from taxatie.terms.names import CASE, MODE, PersonId, ReporterId, SubjectId
from taxatie.terms.vocabulary import SignalType


def slots_of(cases: Sequence[Case]) -> Mapping[SubjectId, int]:
    """Return how many persons of each subject a case has at most."""
    most: dict[SubjectId, int] = {}
    for case in cases:
        listed = [person.subject for person in case.persons]
        for subject in set(listed):
            most[subject] = max(most.get(subject, 0), listed.count(subject))
    return most


def tabulate(program: Program, cases: Sequence[Case], slots: Mapping[SubjectId, int] | None = None) -> Table:
    """Return the cases as a table of the program's layout, with as many slots as they need or as are given.

    A case with more persons than there are slots for must have been left out.
    """
    writer = _Writer(Layout.of(program, slots_of(cases) if slots is None else slots))
    for row, case in enumerate(cases):
        writer.add(row, case)
    return writer.table(len(cases))


@dataclass(slots=True)
class _Writer:
    """Notes what is set in which row."""

    layout: Layout
    _set: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _days: list[int] = field(default_factory=list)
    _events: list[tuple[int, int, int, int, int]] = field(default_factory=list)

    def add(self, row: int, case: Case) -> None:
        """Note a case."""
        self._days.append(case.reference_date.toordinal() - EPOCH)
        self._answers(row, case.answers, CASE, 0)
        self._set[plane_name(CASE, 0, self.layout.signals[MODE].label(case.mode))].append(row)
        for subject in case.everyone_listed:
            self._set[plane_name(CASE, 0, everyone_listed(subject))].append(row)
        if case.history.is_searched:
            self._set[plane_name(CASE, 0, SEARCHED)].append(row)
        places = self._persons(row, case)
        reporters: dict[ReporterId | None, int] = {None: 0}
        for event in case.history.events:
            reporters.setdefault(event.reporter, len(reporters))
            self._event(row, event, places, reporters[event.reporter])

    def _persons(self, row: int, case: Case) -> Mapping[PersonId | None, int]:
        """Note the persons; return the place of each in the layout, counted from 1."""
        order = {place: number for number, place in enumerate(self.layout.places, start=1)}
        taken: dict[SubjectId, int] = {}
        places: dict[PersonId | None, int] = {None: 0}
        for person in case.persons:
            slot = taken.get(person.subject, 0)
            taken[person.subject] = slot + 1
            places[person.id] = order[person.subject, slot]
            self._set[plane_name(person.subject, slot, PRESENT)].append(row)
            self._answers(row, person.answers, person.subject, slot)
        return places

    def _answers(self, row: int, answers: Answers, subject: SubjectId, slot: int) -> None:
        for name, answer in answers.items():
            if answer.value is None:
                continue
            planes = self.layout.signals[name]
            if planes.type is SignalType.NUMBER:
                offset = answer.value - planes.lowest
                parts = [planes.answered, *(part for place, part in enumerate(planes.digits) if offset >> place & 1)]
            else:
                parts = [planes.label(planes.labels[answer.value])]
            if not answer.is_reliable:
                parts.append(planes.unreliable)
            for part in parts:
                self._set[plane_name(subject, slot, part)].append(row)

    def _event(self, row: int, event: Event, places: Mapping[PersonId | None, int], reporter: int) -> None:
        kind, day = self.layout.kinds.index(event.kind), event.date.toordinal() - EPOCH
        self._events.append((row, kind, day, places[event.person], reporter))

    def table(self, rows: int) -> Table:
        """Return the table of all that was noted."""
        columns = np.array(self._events, np.int64).reshape(-1, 5)
        return Table(
            self.layout,
            rows,
            {name: plane_of_rows(which, rows) for name, which in self._set.items()},
            np.array(self._days, np.int32),
            event_table(columns),
        )


def event_table(columns: NDArray[np.int64]) -> EventTable:
    """Return the table of events given as rows of five: row, kind, day, person and reporter."""
    return EventTable(
        columns[:, 0].astype(np.int32),
        columns[:, 1].astype(np.uint8),
        columns[:, 2].astype(np.int32),
        columns[:, 3].astype(np.uint8),
        columns[:, 4].astype(np.uint16),
    )
