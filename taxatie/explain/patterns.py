"""What the registers may still say: patterns over time as atoms, and which of them can go together.

While the registers were not searched, any finite set of further events may come out of them. Each pattern
then is open by itself, yet not every combination can be: three threats cannot be fewer than two events.
`PatternAtoms` gives each pattern its literals; `History` finds whether further events could bear out a choice.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
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
from taxatie.rules.circuit import FALSE, TRUE, Circuit, Literal
from taxatie.rules.condition import Events
from taxatie.rules.program import Program
from taxatie.terms.case import Case, Event
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
        self.circuit.demands.append([-holds, may])
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
    windows = windows_of(atom, case)
    now, before = (count(events_between(matching, *window), pattern) for window in windows)
    return now, before


def windows_of(atom: Atom, case: Case) -> tuple[Days, Days]:
    """Return the first and last day of the pattern's window, and of the period before it."""
    last = case.reference_date
    if atom.pattern.within is None:
        return (date.min, last), (date.max, date.min)
    first = going_back(last, atom.pattern.within)
    return (first, last), (going_back(first, atom.pattern.within), days_before(first, 1))
