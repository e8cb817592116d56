"""What the registers may still say: patterns over time as atoms, and which of them can go together.

While the registers were not searched, any finite set of further events may come out of them. Each pattern
then is open by itself, yet not every combination can be: three threats cannot be fewer than two events.
`PatternAtoms` gives each pattern its literals; `History` finds whether further events could bear out a choice.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from taxatie.engine.reference_events import (
    count,
    days_before,
    enough,
    events_between,
    going_back,
    is_matching,
    more,
)
from taxatie.explain.knowledge import Whose
from taxatie.limits import FURTHER_EVENTS_MAX, HISTORY_SEARCH_STEPS_MAX
from taxatie.rules.circuit import FALSE, TRUE, Circuit, Literal
from taxatie.rules.condition import Events
from taxatie.rules.program import Program
from taxatie.terms.case import Case, Event
from taxatie.terms.names import PersonId, ReporterId
from taxatie.terms.truth import Truth

Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Atom:
    """One half of a pattern, as seen for one person or the case: that there are enough, or that it rises."""

    pattern: Events
    person: Whose
    is_rise: bool


@dataclass(slots=True)
class PatternAtoms:
    """The patterns that a case's conditions ask of its history, and their literals."""

    program: Program
    case: Case
    circuit: Circuit
    variables: list[Literal] = field(default_factory=list)
    literals_of: dict[Atom, tuple[Literal, Literal]] = field(default_factory=dict)
    """For each open atom: that it holds, and that it may hold."""

    def literals(self, pattern: Events, person: Whose) -> tuple[Literal, Literal]:
        """Return that the pattern shows, and that it may show."""
        halves = [self._atom(Atom(pattern, person, is_rise=False))]
        if pattern.is_rising:
            halves.append(self._atom(Atom(pattern, person, is_rise=True)))
        conjunction = self.circuit.conjunction
        return conjunction(h for h, _ in halves), conjunction(m for _, m in halves)

    def _atom(self, atom: Atom) -> tuple[Literal, Literal]:
        if atom not in self.literals_of:
            self.literals_of[atom] = self._open(atom) if self._is_open(atom) else self._settled(atom)
        return self.literals_of[atom]

    def _settled(self, atom: Atom) -> tuple[Literal, Literal]:
        truth = self._truth(atom)
        return (TRUE if truth is Truth.HOLDS else FALSE, FALSE if truth is Truth.FAILS else TRUE)

    def _is_open(self, atom: Atom) -> bool:
        return not self.case.history.is_searched and self._truth(atom) is not Truth.HOLDS

    def _truth(self, atom: Atom) -> Truth:
        searched = self.case.history.is_searched
        return atom_truth(atom, self.case, self.case.history.events, is_searched=searched)

    def _open(self, atom: Atom) -> tuple[Literal, Literal]:
        holds = self.circuit.variable()
        self.variables.append(holds)
        if not atom.pattern.is_distinct:
            return holds, holds
        may = self.circuit.variable()
        self.variables.append(may)
        self.circuit.clauses.append([-holds, may])
        return holds, may

    @property
    def open_atoms(self) -> dict[Atom, tuple[Literal, Literal]]:
        """The atoms that further events decide."""
        settled = {TRUE, FALSE}
        return {a: lits for a, lits in self.literals_of.items() if not settled.issuperset(lits)}


def atom_truth(atom: Atom, case: Case, events: Iterable[Event], *, is_searched: bool) -> Truth:
    """Return what the events say of the atom."""
    now, before = _counts(atom, case, events)
    if atom.is_rise:
        return more(now, before, is_searched=is_searched)
    return enough(*now, atom.pattern.at_least, is_searched=is_searched)


def _counts(atom: Atom, case: Case, events: Iterable[Event]) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return n and m in the pattern's window, and n and m in the period before it."""
    pattern = atom.pattern
    matching = [event for event in events if is_matching(event, pattern, atom.person)]
    windows = _windows(atom, case)
    now, before = (count(events_between(matching, *window), pattern) for window in windows)
    return now, before


def _windows(atom: Atom, case: Case) -> tuple[Days, Days]:
    """Return the first and last day of the pattern's window, and of the period before it."""
    last = case.reference_date
    if atom.pattern.within is None:
        return (date.min, last), (date.max, date.min)
    first = going_back(last, atom.pattern.within)
    return (first, last), (going_back(first, atom.pattern.within), days_before(first, 1))


Demand = dict[Atom, Truth]


@dataclass(slots=True)
class History:
    """Finds whether further events can make a choice of atoms come true."""

    case: Case
    cells: tuple[Event, ...]
    """One event for each kind, stretch of days and person that no atom tells apart."""
    _answers: dict[frozenset[tuple[Atom, Truth]], bool] = field(default_factory=dict)

    @classmethod
    def of(cls, case: Case, atoms: Iterable[Atom]) -> "History":
        """Return the history of a case, as far as the atoms can see it."""
        return cls(case, tuple(_cells(case, tuple(atoms))))

    def can_be(self, demand: Demand) -> bool:
        """Return whether some set of further events gives each atom the truth that is demanded."""
        key = frozenset(demand.items())
        if key not in self._answers:
            search = _Search(self, tuple(demand.items()))
            self._answers[key] = search.finds(self.case.history.events, FURTHER_EVENTS_MAX)
        return self._answers[key]

    def core(self, demand: Demand) -> Demand:
        """Return a smallest part of an impossible demand that is impossible by itself."""
        kept = dict(demand)
        for atom in demand:
            smaller = {other: truth for other, truth in kept.items() if other != atom}
            if not self.can_be(smaller):
                kept = smaller
        return kept


@dataclass(slots=True)
class _Search:
    """Adds the events that a demand misses, one at a time, until it is met or cannot be."""

    history: History
    demand: tuple[tuple[Atom, Truth], ...]
    seen: set[tuple[tuple[Event, int], ...]] = field(default_factory=set)

    def finds(self, events: tuple[Event, ...], left: int) -> bool:
        """Return whether at most *left* further events meet the demand."""
        stack = [(events, left)]
        while stack and len(self.seen) < HISTORY_SEARCH_STEPS_MAX:
            current, remaining = stack.pop()
            missing = self._missing(current)
            if missing is None:
                return True
            if remaining == 0 or missing is False:
                continue
            for event in self._repairs(missing, current):
                grown = (*current, event)
                key = _summary(grown[len(events) :])
                if key not in self.seen:
                    self.seen.add(key)
                    stack.append((grown, remaining - 1))
        return False

    def _missing(self, events: tuple[Event, ...]) -> "tuple[Atom, bool] | bool | None":
        """Return an atom that needs an event, and whether in its window.

        None when all is met; False when an atom has too many already.
        """
        first: tuple[Atom, bool] | None = None
        for atom, wanted in self.demand:
            truth = atom_truth(atom, self.history.case, events, is_searched=True)
            if truth is wanted:
                continue
            is_too_few = truth < wanted
            if not is_too_few and not atom.is_rise:
                return False
            first = first or (atom, is_too_few)
        return first

    def _repairs(self, missing: "tuple[Atom, bool] | bool", events: tuple[Event, ...]) -> Iterator[Event]:
        assert not isinstance(missing, bool)
        atom, in_window = missing
        now, before = _windows(atom, self.history.case)
        first, last = now if in_window else before
        for cell in self.history.cells:
            if first <= cell.date <= last and is_matching(cell, atom.pattern, atom.person):
                yield from (replace(cell, reporter=name) for name in self._reporters(events))

    def _reporters(self, events: tuple[Event, ...]) -> list[ReporterId | None]:
        """Return who may have reported: those named so far, one who was not, and nobody in particular."""
        if not any(atom.pattern.is_distinct for atom, _ in self.demand):
            return [None]
        named = list(dict.fromkeys(event.reporter for event in events if event.reporter is not None))
        return [ReporterId(f"?{len(named)}"), *named, None]


def _summary(events: tuple[Event, ...]) -> tuple[tuple[Event, int], ...]:
    counts: dict[Event, int] = {}
    for event in events:
        counts[event] = counts.get(event, 0) + 1
    return tuple(sorted(counts.items(), key=repr))


def _cells(case: Case, atoms: tuple[Atom, ...]) -> Iterator[Event]:
    """Return one event for each way in which an event can count for the atoms."""
    edges = {case.reference_date}
    for atom in atoms:
        for first, last in _windows(atom, case):
            edges.update(day for day in (first, last) if day <= case.reference_date)
    kinds = sorted({kind for atom in atoms for kind in atom.pattern.kinds})
    persons: list[PersonId | None] = [None, *sorted({p.id for p in case.persons})]
    seen = set()
    for day in sorted(edges, reverse=True):
        for kind in kinds:
            for person in persons:
                event = Event(kind, day, person)
                ways = tuple(_places(atom, case, event) for atom in atoms)
                if ways not in seen and any(place is not None for place in ways):
                    seen.add(ways)
                    yield event


def _places(atom: Atom, case: Case, event: Event) -> bool | None:
    """Return where the event counts for the atom: in its window, before it, or nowhere."""
    if not is_matching(event, atom.pattern, atom.person):
        return None
    (first, last), (first_before, last_before) = _windows(atom, case)
    if first <= event.date <= last:
        return True
    return False if first_before <= event.date <= last_before else None
