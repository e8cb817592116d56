"""Why a rule fires, by taking away everything that was said and giving back as little as possible."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import combinations

from taxatie.engine.reference import Reading
from taxatie.rules.condition import Condition
from taxatie.rules.program import Program, Signal
from taxatie.terms.case import Answer, Case, History
from taxatie.terms.explanation import HISTORY
from taxatie.terms.names import CASE, MODE, PersonId, SignalId
from taxatie.terms.truth import Truth

Said = tuple[SignalId, PersonId | None] | int
"""An answer; that the registers were searched, as an answer to the history; or the place of an event."""


@dataclass(frozen=True)
class ReducedReading(Reading):
    """A case of which only some things were said; who is listed stays as it is."""

    kept: frozenset[Said] = frozenset()
    _truths: dict[tuple[int, PersonId | None], Truth] = field(default_factory=dict)

    def answer(self, signal: Signal, person: PersonId | None) -> Answer:
        """Return the answer if it was kept."""
        whose = None if signal.subject == CASE else person
        return super().answer(signal, person) if (signal.id, whose) in self.kept else Answer(None)

    def truth(self, condition: Condition, person: PersonId | None) -> Truth:
        """Return the condition's truth; each is asked once of everybody."""
        key = (id(condition), person)
        if key not in self._truths:
            self._truths[key] = super().truth(condition, person)
        return self._truths[key]


def everything_said(case: Case) -> list[Said]:
    """Return all that a case says and that can carry a rule."""
    said: list[Said] = [(MODE, None)]
    said += [(name, None) for name, answer in case.answers.items() if answer.value is not None]
    for person in case.persons:
        said += [(name, person.id) for name, answer in person.answers.items() if answer.value is not None]
    if case.history.is_searched:
        said.append((HISTORY, None))
    return [*said, *range(len(case.history.events))]


def still_holds(program: Program, case: Case, kept: frozenset[Said], asked: tuple[Condition, PersonId | None]) -> bool:
    """Return whether the condition holds of the person when nothing but *kept* was said."""
    events = tuple(event for place, event in enumerate(case.history.events) if place in kept)
    history = History(is_searched=(HISTORY, None) in kept, events=events)
    reading = ReducedReading(program, replace(case, history=history), kept)
    return reading.truth(*asked) is Truth.HOLDS


def smallest_sufficient(
    program: Program, case: Case, asked: tuple[Condition, PersonId | None], size_max: int
) -> Iterator[frozenset[Said]]:
    """Return the smallest sets under which the condition still holds; none where each is larger than *size_max*."""
    said = everything_said(case)
    for size in range(size_max + 1):
        found = [kept for kept in map(frozenset, combinations(said, size)) if still_holds(program, case, kept, asked)]
        if found:
            yield from found
            return
