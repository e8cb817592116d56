"""A synthetic population: made-up cases for any release, plausible as a whole, millions of them if need be.

Nothing in it comes from a real case. What it rests on stands in `figures.py`; how far it may be trusted, in
`README.md`. Case number n of a seed is always the same case, whatever was made before it or beside it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import Final

import numpy as np
import numpy.typing as npt

from load import figures
from load.answering import Asking, answer_questions
from load.answers import Sheet
from load.dice import Dice, Throw, Truths, Whole
from load.seeming import Sight, seems_to_hold
from taxatie.engine.deadlines import in_amsterdam
from taxatie.rules.program import Program, Subject
from taxatie.terms.case import Mode
from taxatie.terms.names import CASE, SignalId, SubjectId

BATCH: Final = 50_000
"""Cases that are made at once: some hundred megabytes of answers."""

_PLACES: Final = 16
"""Numbers kept for the persons, and for the events, of one case."""
_HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class People:
    """All listed persons of one subject in a batch, by case."""

    owner: Whole
    """The place of each person's case in the batch."""
    slot: Whole
    """Which of its case's persons of the subject each is, from 0."""
    answers: Mapping[SignalId, Sheet]


@dataclass(frozen=True, slots=True)
class EventRows:
    """All events of a batch, by case."""

    owner: Whole
    kind: Whole
    day: npt.NDArray[np.datetime64]
    subject: Whole
    """The subject of the person it names, by place in the program; -1 where it names nobody."""
    slot: Whole
    reporter: Whole


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive cases, as columns."""

    numbers: Whole
    seconds: Whole
    """Reference times, in seconds since 1970."""
    days: npt.NDArray[np.datetime64]
    """Reference dates, in Amsterdam."""
    is_advice: Truths
    region: Whole
    """By place in the program's regions; -1 for none."""
    caller: Whole
    """By place in `figures.CALLERS`."""
    everyone_listed: Mapping[SubjectId, Truths]
    answers: Mapping[SignalId, Sheet]
    people: Mapping[SubjectId, People]
    is_searched: Truths
    events: EventRows


@dataclass(frozen=True, slots=True)
class Population:
    """The cases of one seed under one release, spread over one year."""

    program: Program
    seed: int = 1
    year: int = 2026

    def batches(self, count: int, first: int = 0, size: int = BATCH) -> Iterator[Batch]:
        """Return *count* cases from number *first* on, in batches."""
        for start in range(first, first + count, size):
            yield self.batch(start, min(size, first + count - start))

    def batch(self, first: int, size: int) -> Batch:
        """Return the cases from number *first* on."""
        return _Maker(self, Dice(self.seed), np.arange(first, first + size, dtype=np.int64)).batch()


@dataclass(frozen=True, slots=True)
class _Maker:
    population: Population
    dice: Dice
    numbers: Whole

    def throw(self, name: str) -> Throw:
        return self.dice.throw(name, self.numbers)

    def batch(self) -> Batch:
        program = self.population.program
        is_advice = self.throw("mode").pick([figures.MODES[mode] for mode in Mode]) == list(Mode).index(Mode.ADVICE)
        caller = self._by_mode(is_advice, "caller", figures.CALLERS_OF)
        asking = Asking(self.dice, self.numbers, is_advice, caller)
        answers = answer_questions(program, CASE, asking, Sight(program.concepts, {}, len(self.numbers)))
        people = {
            subject.id: self._people(subject, asking, Sight(program.concepts, answers, len(self.numbers)))
            for subject in program.subjects
        }
        seconds = self._seconds()
        days = _amsterdam_days(self.population.year, seconds)
        likely = np.where(is_advice, figures.SEARCHED_OF[Mode.ADVICE], figures.SEARCHED_OF[Mode.REPORT])
        is_searched = self.throw("searched").is_below(likely.astype(np.float32))
        return Batch(
            self.numbers, seconds, days, is_advice, self._region(), caller, self._everyone_listed(), answers, people,
            is_searched, self._events(days, is_searched, asking, people),
        )  # fmt: skip

    def _by_mode(self, is_advice: Truths, name: str, weights: Mapping[Mode, tuple[int, ...]]) -> Whole:
        throw = self.throw(name)
        return np.where(is_advice, throw.pick(weights[Mode.ADVICE]), throw.pick(weights[Mode.REPORT]))

    def _region(self) -> Whole:
        throw, regions = self.throw("region"), len(self.population.program.regions)
        if not regions:
            return np.full(len(self.numbers), -1, dtype=np.int64)
        return np.where(throw.is_below(figures.WITHOUT_REGION), -1, throw.below(regions, lane=1))

    def _everyone_listed(self) -> dict[SubjectId, Truths]:
        return {
            subject.id: self.throw(f"everyone/{subject.id}").is_below(figures.EVERYONE_LISTED)
            for subject in self.population.program.subjects
        }

    def _people(self, subject: Subject, asking: Asking, sight: Sight) -> People:
        throw = self.throw(f"persons/{subject.id}")
        if subject.exists_when is None:
            counts = throw.pick(figures.PERSONS_CERTAIN)
        else:
            is_any = seems_to_hold(subject.exists_when, sight) | throw.is_below(figures.ASKED_IN_VAIN, lane=1)
            counts = np.where(is_any, throw.pick(figures.PERSONS_IF_ANY), 0)
        owner, slot = _spread(counts)
        program = self.population.program
        seen = Sight(program.concepts, {name: sheet.take(owner) for name, sheet in sight.sheets.items()}, len(owner))
        of_persons = asking.take(owner, self.numbers[owner] * _PLACES + slot)
        return People(owner, slot, answer_questions(program, subject.id, of_persons, seen))

    def _seconds(self) -> Whole:
        rhythm, year = figures.RHYTHM, self.population.year
        days = [date(year, 1, 1) + timedelta(days=day) for day in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]
        weights = [rhythm.of_the_week[day.weekday()] * rhythm.of_the_year[day.month - 1] for day in days]
        throw, clock = self.throw("day"), self.throw("clock")
        day = np.searchsorted(np.array(list(accumulate(weights))), throw.below(sum(weights)), side="right")
        hour = clock.pick(rhythm.of_the_day, lane=2)
        first = int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) - _HOUR
        seconds: Whole = first + day * 24 * _HOUR + hour * _HOUR + clock.below(_HOUR)
        return seconds

    def _events(
        self, days: npt.NDArray[np.datetime64], is_searched: Truths, asking: Asking, people: Mapping[SubjectId, People]
    ) -> EventRows:
        kinds = len(self.population.program.event_kinds)
        throw, gravity = self.throw("events"), asking.gravity()
        counts, more = throw.pick(figures.EVENTS), throw.pick(figures.EVENTS, lane=1)
        counts = np.where(gravity > figures.GRAVE, np.maximum(counts, more), counts)
        counts = np.where(is_searched, counts, counts // figures.EVENTS_KNOWN_UNSEARCHED) if kinds else counts * 0
        owner, slot = _spread(counts)
        rows = self.numbers[owner] * _PLACES + slot
        what, when = self.dice.throw("event", rows), self.dice.throw("event/day", rows).chance()
        # The graver a case, the more recent its events.
        back = when * when * (1 - gravity[owner] / 2) * np.float32(figures.LOOKS_BACK_DAYS)
        subject, place = self._named(self.dice.throw("event/person", rows), owner, people)
        return EventRows(
            owner,
            what.below(max(kinds, 1)),
            days[owner] - back.astype("timedelta64[D]"),
            subject,
            place,
            what.pick(figures.REPORTERS_WEIGHTS, lane=2),
        )

    def _named(self, throw: Throw, owner: Whole, people: Mapping[SubjectId, People]) -> tuple[Whole, Whole]:
        """Return whom each event names: the place of a subject, and which of its persons."""
        counts = [np.bincount(group.owner, minlength=len(self.numbers))[owner] for group in people.values()]
        total = np.sum(counts, axis=0, dtype=np.int64) if counts else np.zeros(len(owner), dtype=np.int64)
        drawn = (throw.chance(2) * total.astype(np.float32)).astype(np.int64)
        named = (total > 0) & throw.is_below(figures.EVENTS_NAMING, lane=3)
        subject = np.full(len(owner), -1, dtype=np.int64)
        for place, count in enumerate(counts):
            here = named & (subject < 0) & (drawn < count)
            subject[here] = place
            drawn = np.where(subject < 0, drawn - count, drawn)
        return subject, drawn


def _spread(counts: Whole) -> tuple[Whole, Whole]:
    """Return, for so many things of each case, the place of each thing's case and which of its things it is."""
    owner = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    begins = np.cumsum(counts) - counts
    return owner, np.arange(len(owner), dtype=np.int64) - begins[owner]


def _amsterdam_days(year: int, seconds: Whole) -> npt.NDArray[np.datetime64]:
    """Return the date in Amsterdam of each moment of a year; its clock is only ever changed at a full hour."""
    first = datetime(year, 1, 1, tzinfo=UTC) - timedelta(hours=2)
    hours = range((datetime(year + 1, 1, 1, tzinfo=UTC) - first) // timedelta(hours=1) + 1)
    dates = [in_amsterdam(first + timedelta(hours=hour)).date() for hour in hours]
    return np.array(dates, dtype="datetime64[D]")[(seconds - int(first.timestamp())) // _HOUR]
