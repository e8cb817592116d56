"""Whether further events in the registers could bear out a choice of patterns.

A history matters through what each pattern counts, for everybody it is asked of. So the search walks over
those counts: it adds the event that a demand misses, one at a time, and looks at no counts twice.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

from taxatie.engine.reference_events import enough, is_matching, more
from taxatie.explain.knowledge import Whose
from taxatie.explain.patterns import Atom, windows_of
from taxatie.limits import FURTHER_EVENTS_SLACK, HISTORY_SEARCH_STEPS_IN_ALL_MAX, HISTORY_SEARCH_STEPS_MAX
from taxatie.rules.condition import Events
from taxatie.terms.case import Case, Event
from taxatie.terms.names import PersonId
from taxatie.terms.truth import Truth

Demand = dict[Atom, Truth]
View = tuple[Events, Whose]
"""A pattern, as it is asked of somebody."""

Names = frozenset[str]
Tally = tuple[int, Names]
"""Events, of a `distinct` pattern those without a reporter; and its named reporters."""

Count = tuple[Tally, Tally]
"""What a view counts in its window, and in the period before it."""

State = tuple[Count, ...]
Cell = tuple[int | None, ...]
"""Where an event counts for each view: 0 in its window, 1 before it, None nowhere."""

_NOTHING: Tally = (0, frozenset())


@dataclass(slots=True)
class Histories:
    """What the registers of a case may yet say, as far as some atoms can see it."""

    views: tuple[View, ...]
    cells: tuple[Cell, ...]
    present: State
    steps_left: int = HISTORY_SEARCH_STEPS_IN_ALL_MAX
    """Histories that may still be tried in all. Once there are none left, whatever was not tried counts as
    possible: rather a question too many than an answer that never comes."""
    _answers: dict[frozenset[tuple[Atom, Truth]], bool] = field(default_factory=dict)

    @classmethod
    def of(cls, case: Case, persons: Iterable[PersonId], atoms: Iterable[Atom]) -> "Histories":
        """Return what the registers may say; *persons* are all that are assessed."""
        views = tuple(dict.fromkeys((atom.pattern, atom.person) for atom in atoms))
        cells = tuple(dict.fromkeys(_cells(case, tuple(persons), views)))
        present: State = tuple((_NOTHING, _NOTHING) for _ in views)
        for event in case.history.events:
            present = _with(present, views, _cell(case, views, event), event.reporter)
        return cls(views, cells, present)

    def can_be(self, demand: Demand) -> bool:
        """Return whether some set of further events gives each atom the truth that is demanded."""
        key = frozenset(demand.items())
        if key not in self._answers:
            if self.steps_left <= 0:
                return True
            search = _Search(self._seen_by(demand), tuple(demand.items()))
            self._answers[key] = search.finds()
            self.steps_left -= search.steps
        return self._answers[key]

    def _seen_by(self, demand: Demand) -> "Histories":
        """Return the history as far as the demanded atoms see it, so that no other counts are told apart."""
        asked = {(atom.pattern, atom.person) for atom in demand}
        places = [place for place, view in enumerate(self.views) if view in asked]
        cells = dict.fromkeys(tuple(cell[place] for place in places) for cell in self.cells)
        return Histories(
            tuple(self.views[place] for place in places),
            tuple(cell for cell in cells if any(place is not None for place in cell)),
            tuple(self.present[place] for place in places),
        )

    def core(self, demand: Demand) -> Demand:
        """Return a part of an impossible demand that is impossible by itself, and no part of which is."""
        for pair in combinations(demand.items(), 2):
            if not self.can_be(dict(pair)):
                return dict(pair)
        kept = dict(demand)
        for atom in demand:
            smaller = {other: truth for other, truth in kept.items() if other != atom}
            if not self.can_be(smaller):
                kept = smaller
        return kept


@dataclass(slots=True)
class _Search:
    """Adds the events that a demand misses until it is met or cannot be."""

    histories: Histories
    demand: tuple[tuple[Atom, Truth], ...]
    steps: int = 0
    """How many histories were tried."""

    def finds(self) -> bool:
        """Return whether further events meet the demand."""
        left = FURTHER_EVENTS_SLACK + sum(self._missing(self.histories.present, *each) for each in self.demand)
        seen = {self.histories.present: left}
        stack = [self.histories.present]
        while stack and len(seen) < HISTORY_SEARCH_STEPS_MAX:
            state = stack.pop()
            self.steps += 1
            remaining = seen[state]
            repairs = self._repairs(state)
            if repairs is None:
                return True
            for grown in repairs if remaining else ():
                if seen.get(grown, -1) < remaining - 1:
                    seen[grown] = remaining - 1
                    stack.append(grown)
        return False

    def _truth(self, state: State, atom: Atom) -> Truth:
        now, before = state[self._view(atom)]
        if atom.is_rise:
            return more(_numbers(now, atom), _numbers(before, atom), is_searched=True)
        return enough(*_numbers(now, atom), atom.pattern.at_least, is_searched=True)

    def _view(self, atom: Atom) -> int:
        return self.histories.views.index((atom.pattern, atom.person))

    def _missing(self, state: State, atom: Atom, wanted: Truth) -> int:
        """Return about how many events the atom misses."""
        if self._truth(state, atom) is wanted:
            return 0
        now, before = state[self._view(atom)]
        (n, m), (n_before, m_before) = _numbers(now, atom), _numbers(before, atom)
        if atom.is_rise:
            return abs(n + m - n_before - m_before) + 1
        return max(0, atom.pattern.at_least - n)

    def _repairs(self, state: State) -> Iterator[State] | None:
        """Return the states one event further that mend an atom; None when all is as demanded."""
        first: tuple[Atom, int] | None = None
        for atom, wanted in self.demand:
            truth = self._truth(state, atom)
            if truth > wanted and not atom.is_rise:
                return iter(())
            if truth is not wanted and first is None:
                first = (atom, 0 if truth < wanted else 1)
        return None if first is None else self._grown(state, *first)

    def _grown(self, state: State, atom: Atom, place: int) -> Iterator[State]:
        view = self._view(atom)
        for cell in self.histories.cells:
            if cell[view] == place:
                for reporter in self._reporters(state):
                    yield _with(state, self.histories.views, cell, reporter)

    def _reporters(self, state: State) -> list[str | None]:
        """Return who may have reported: nobody in particular, those named so far, one who was not."""
        if not any(pattern.is_distinct for pattern, _ in self.histories.views):
            return [None]
        named = sorted({name for count in state for _, names in count for name in names})
        return [None, *named, f"?{len(named)}"]


def _numbers(tally: Tally, atom: Atom) -> tuple[int, int]:
    """Return n and m: how many count for certain, and how many more may count."""
    number, names = tally
    return (len(names), number) if atom.pattern.is_distinct else (number, 0)


def _with(state: State, views: tuple[View, ...], cell: Cell, reporter: str | None) -> State:
    """Return the counts with one event more."""
    return tuple(
        count if place is None else _counted(count, place, reporter if pattern.is_distinct else None)
        for count, place, (pattern, _) in zip(state, cell, views, strict=True)
    )


def _counted(count: Count, place: int, reporter: str | None) -> Count:
    number, names = count[place]
    tally = (number + 1, names) if reporter is None else (number, names | {reporter})
    return (tally, count[1]) if place == 0 else (count[0], tally)


def _cells(case: Case, persons: tuple[PersonId, ...], views: tuple[View, ...]) -> Iterator[Cell]:
    """Return each way in which an event can count for the views."""
    edges = {case.reference_date}
    for pattern, whose in views:
        for first, _ in windows_of(Atom(pattern, whose, is_rise=False), case):
            edges.add(first)
    kinds = sorted({kind for pattern, _ in views for kind in pattern.kinds})
    for day in sorted(edge for edge in edges if edge <= case.reference_date):
        for kind in kinds:
            for person in (None, *persons):
                cell = _cell(case, views, Event(kind, day, person))
                if any(place is not None for place in cell):
                    yield cell


def _cell(case: Case, views: tuple[View, ...], event: Event) -> Cell:
    return tuple(_place(case, view, event) for view in views)


def _place(case: Case, view: View, event: Event) -> int | None:
    pattern, whose = view
    if not is_matching(event, pattern, whose):
        return None
    (first, last), (first_before, last_before) = windows_of(Atom(pattern, whose, is_rise=False), case)
    if first <= event.date <= last:
        return 0
    return 1 if first_before <= event.date <= last_before else None
