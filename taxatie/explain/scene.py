"""A case laid out for planes: who is assessed, what is left of each signal, and what can still be asked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from taxatie.engine.reference import remaining_values
from taxatie.explain.outlook import Outlook, Sheet
from taxatie.explain.parts import Whose
from taxatie.explain.plane_writer import Slots
from taxatie.explain.seen_patterns import SeenPatterns
from taxatie.rules.program import Signal
from taxatie.terms.case import Answer, Answers, Case, Mode
from taxatie.terms.names import CASE, MODE, PersonId, SignalId, SubjectId
from taxatie.terms.trace import AssessedPerson, Existence, Trace
from taxatie.terms.truth import Truth
from taxatie.terms.vocabulary import SignalType

Question = tuple[SignalId, Whose]
_NO_ANSWERS: Final[Answers] = {}
_UNSAID: Final = Answer(None)


@dataclass(frozen=True, slots=True)
class View:
    """The case, or somebody who is assessed, with the sheet of what is asked of them."""

    person: AssessedPerson | None
    sheet: Sheet
    answers: Answers
    left: list[bool]
    """For each slot of the sheet, whether its value is still possible."""
    sleeping: frozenset[SignalId]
    """Signals that may not apply and have no answer."""

    @property
    def whose(self) -> Whose:
        """Whose answers these are."""
        return None if self.person is None else self.person.id

    @property
    def is_in_doubt(self) -> bool:
        """Whether it is in doubt that the person exists."""
        return self.person is not None and self.person.existence is Existence.IN_DOUBT


@dataclass(frozen=True, slots=True)
class Asked:
    """A signal of which more than one value is left."""

    question: Question
    view: int
    """The place of the one who is asked about."""
    signal: Signal
    slots: Slots
    left: tuple[int, ...]
    """The slots of the values that are left."""
    low: int
    high: int
    """The lowest and the highest value that is left."""

    def values(self, slot: int) -> tuple[int, int]:
        """Return the lowest and the highest value of a slot that is left."""
        stretch = self.slots.stretches[slot - self.slots.first]
        return max(stretch.start, self.low), min(stretch.stop - 1, self.high)


@dataclass(frozen=True)
class Scene:
    """A case as planes see it."""

    outlook: Outlook
    case: Case
    trace: Trace
    views: tuple[View, ...]
    """The case first, then the persons in the trace's order."""
    asked: tuple[Asked, ...]
    """By vocabulary, then by person."""
    patterns: SeenPatterns
    places: Mapping[Whose, int]
    """The view of each person, and of the case."""

    def order(self, question: Question) -> tuple[int, int, str]:
        """Return the place of a question: by vocabulary, then by person; questions about more than signals last."""
        name, whose = question
        order = self.outlook.order
        return (order.get(name, len(order)), self.places.get(whose, 0), name)

    @property
    def doubtful(self) -> Iterator[int]:
        """The views of those whose existence is in doubt."""
        return (place for place, view in enumerate(self.views) if view.is_in_doubt)

    @property
    def is_history_open(self) -> bool:
        """Whether the registers may still say something."""
        return not self.case.history.is_searched

    @cached_property
    def trace_rank(self) -> int:
        """The rank of the level reached."""
        return max(
            (
                rank
                for evaluation in self.trace.evaluations
                for rank, rules in self.outlook.scopes[evaluation.scope].levels.items()
                if any(evaluation.rules[place] is Truth.HOLDS for place in rules)
            ),
            default=0,
        )

    def views_of(self, subject: SubjectId) -> list[int]:
        """Return the views of a subject, or of the case."""
        return [place for place, view in enumerate(self.views) if view.sheet.subject == subject]

    def is_listed(self, subject: SubjectId) -> bool:
        """Return whether somebody of a subject is listed."""
        return any(person.subject == subject for person in self.case.persons)


def lay_out(outlook: Outlook, case: Case, trace: Trace) -> Scene:
    """Return the case, laid out."""
    listed = {person.id: person.answers for person in case.persons}
    views = (
        _view(outlook, None, {**case.answers, MODE: Answer(list(Mode).index(case.mode))}),
        *(_view(outlook, person, _answers(listed, person)) for person in trace.persons),
    )
    return Scene(
        outlook,
        case,
        trace,
        views,
        tuple(_asked(outlook, views)),
        SeenPatterns(outlook.patterns, case),
        {view.whose: place for place, view in enumerate(views)},
    )


def _answers(listed: dict[PersonId, Answers], person: AssessedPerson) -> Answers:
    return listed[person.id] if person.existence is Existence.LISTED else _NO_ANSWERS


def _view(outlook: Outlook, person: AssessedPerson | None, answers: Answers) -> View:
    sheet = outlook.sheets[CASE if person is None else person.subject]
    left = list(sheet.blank)
    sleeping = set(sheet.may_not_apply)
    for name, answer in answers.items():
        if answer.value is not None:
            sleeping.discard(name)
            _strike(outlook, name, answer, left)
    return View(person, sheet, answers, left, frozenset(sleeping))


def _strike(outlook: Outlook, name: SignalId, answer: Answer, left: list[bool]) -> None:
    """Strike out the values that an answer rules out."""
    signal, slots = outlook.program.signals[name], outlook.slots[name]
    low, high = remaining_values(signal, answer)
    for place, stretch in zip(slots.all, slots.stretches, strict=True):
        if stretch.stop <= low or stretch.start > high:
            left[place] = False
    if slots.several is not None:
        left[slots.several] = low < high


def _asked(outlook: Outlook, views: tuple[View, ...]) -> Iterable[Asked]:
    """Return the signals that are not settled, as far as their own values go."""
    of_subject: dict[SubjectId, list[tuple[int, View]]] = {name: [] for name in outlook.sheets}
    for place, view in enumerate(views):
        of_subject[view.sheet.subject].append((place, view))
    for signal in outlook.program.signals.values():
        slots = outlook.slots[signal.id]
        for place, view in of_subject[signal.subject]:
            left = view.left
            if slots.is_pair and not (left[slots.first] and left[slots.first + 1]):
                continue
            open_slots = tuple([slot for slot in slots.all if left[slot]])
            if len(open_slots) > 1 or _is_open(signal, slots, view):
                yield Asked(
                    (signal.id, view.whose),
                    place,
                    signal,
                    slots,
                    open_slots,
                    *remaining_values(signal, view.answers.get(signal.id, _UNSAID)),
                )


def _is_open(signal: Signal, slots: Slots, view: View) -> bool:
    """Return whether a signal with one stretch left is open all the same: within it, or as it may not apply."""
    if slots.several is not None and view.left[slots.several]:
        return True
    return signal.id in view.sleeping and signal.type is not SignalType.YES_NO
