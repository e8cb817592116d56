"""Made-up cases for any release: plausible, seeded, the same every time; nothing in them comes from a real case.

Answers hang together by topic: in each case a topic is asked of much or little, and leans towards danger or away from
it. About half of all questions stay open; some answers are hearsay, or given while the other could hear.

Each case has a temper besides, by which all its topics lean less: one grave answer in a hundred decides the level, so
that nearly every case of a large vocabulary would be of the gravest, and a change of a mild rule would never show.

They are made for searching: far more of them lie at the ends of what can be answered than in any year of cases. A
population that is plausible as a whole, for benchmarks, is in `load/population.py`; this one needs no numpy.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from taxatie.engine.deadlines import in_amsterdam
from taxatie.rules.program import Program, Signal
from taxatie.terms.case import Answer, Answers, Basis, Case, Event, History, Mode, Person
from taxatie.terms.names import CASE, MODE, CaseId, PersonId, ReporterId, SignalId, SubjectId, TopicId
from taxatie.terms.vocabulary import Danger

_FIRST: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)
_DAYS: Final = 360
_PERSONS: Final = (0, 1, 1, 1, 2, 2, 3)
_EVENTS: Final = (0, 0, 0, 1, 2, 3, 5)
_LOOKS_BACK_DAYS: Final = 600
_REPORTERS: Final = ("police", "school", "neighbour", None)
_ASKED: Final = (0.1, 0.4, 0.9)
_LEANS: Final = (0.05, 0.3, 0.8)
_TEMPERS: Final = (0.0, 0.0, 0.02, 0.05, 0.2, 1.0)
_THOROUGH: Final = 0.3
_HEARSAY: Final = 0.08
_OVERHEARD: Final = 0.04
_ADVICE: Final = 0.15
_LISTED: Final = 0.5
_SEARCHED: Final = 0.5
_QUIET: Final = 0.1
_FOCUS: Final = 0.8


def generated_cases(
    program: Program, number: int, seed: int, focus: frozenset[SignalId] = frozenset()
) -> Iterator[Case]:
    """Return *number* made-up cases of a release; signals in *focus* are asked more often."""
    maker = _Maker(program, Random(seed), focus)  # noqa: S311  # chance for tests, no secret
    return (maker.case(index) for index in range(number))


@dataclass(frozen=True, slots=True)
class _Maker:
    program: Program
    dice: Random
    focus: frozenset[SignalId]

    def case(self, index: int) -> Case:
        """Return the next case."""
        dice, program = self.dice, self.program
        temper, is_thorough = dice.choice(_TEMPERS), dice.random() < _THOROUGH
        asked = {topic.id: 1.0 if is_thorough else dice.choice(_ASKED) for topic in program.topics}
        leans = {topic.id: dice.choice(_LEANS) * temper for topic in program.topics}
        persons = tuple(
            Person(PersonId(f"{subject.id}-{place}"), subject.id, self._answers(subject.id, asked, leans))
            for subject in program.subjects
            for place in range(1, dice.choice(_PERSONS) + 1)
        )
        moment = in_amsterdam(_FIRST + timedelta(days=dice.randrange(_DAYS), minutes=dice.randrange(24 * 60)))
        return Case(
            id=CaseId(f"generated-{index}"),
            reference_time=moment,
            reference_date=moment.date(),
            mode=Mode.ADVICE if dice.random() < _ADVICE else Mode.REPORT,
            region=dice.choice([None, *program.regions]),
            everyone_listed=frozenset(s.id for s in program.subjects if dice.random() < _LISTED),
            answers=self._answers(CASE, asked, leans),
            persons=persons,
            history=self._history(moment, persons, busy=_QUIET + temper),
        )

    def _answers(self, subject: SubjectId, asked: dict[TopicId, float], leans: dict[TopicId, float]) -> Answers:
        found = {}
        for signal in self.program.signals.values():
            if signal.subject != subject or signal.id == MODE or signal.topic is None:
                continue
            chance = max(asked[signal.topic], _FOCUS if signal.id in self.focus else 0.0)
            if self.dice.random() < chance:
                found[signal.id] = self._answer(signal, leans[signal.topic])
        return found

    def _answer(self, signal: Signal, lean: float) -> Answer:
        dice = self.dice
        basis = Basis.HEARSAY if dice.random() < _HEARSAY else None
        overheard = dice.random() < _OVERHEARD
        if signal.danger is None:
            return Answer(dice.randint(signal.lowest, signal.highest), basis, partner_present=overheard)
        # The grave end or the mild one; in between now and then, and often close to an end.
        upward = signal.danger is Danger.HIGHER
        is_grave = dice.random() < lean
        end = signal.highest if upward is is_grave else signal.lowest
        span = signal.highest - signal.lowest
        step = round(span * min(1.0, dice.expovariate(6.0))) if span > 1 else 0
        value = end - step if end == signal.highest else end + step
        return Answer(value, basis, partner_present=overheard)

    def _history(self, moment: datetime, persons: tuple[Person, ...], busy: float) -> History:
        dice, kinds = self.dice, self.program.event_kinds
        events = []
        for _ in range(dice.choice(_EVENTS) if kinds and dice.random() < busy else 0):
            reporter = dice.choice(_REPORTERS)
            events.append(
                Event(
                    dice.choice(kinds).id,
                    (moment - timedelta(days=int(dice.triangular(0, _LOOKS_BACK_DAYS, 0)))).date(),
                    dice.choice([None, *(person.id for person in persons)]),
                    None if reporter is None else ReporterId(reporter),
                )
            )
        return History(dice.random() < _SEARCHED, tuple(events))
