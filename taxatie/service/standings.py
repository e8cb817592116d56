"""The standings of a whole log in little memory: each as a short text, each name in it as a number.

A decision takes four to six hundred bytes, four tenths of what it takes as an object. It is read back for each line
about it, and when all are looked at, case by case.
"""

import json
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final, cast

from taxatie.engine.deadlines import in_amsterdam
from taxatie.service.standing import Done, Promise, Standing

_NONE: Final = -1


@dataclass(slots=True)
class Standings:
    """How decisions stand, by case."""

    _texts: list[bytes] = field(default_factory=list)
    _before: "array[int]" = field(default_factory=lambda: array("q"))
    """The number of the decision of the same case that came before; -1 where none did."""
    _number_by_decision: dict[int, int] = field(default_factory=dict)
    _last_of_case: dict[bytes, int] = field(default_factory=dict)
    _words: list[str] = field(default_factory=list)
    _number_by_word: dict[str, int] = field(default_factory=dict)

    def add(self, case: bytes, standing: Standing) -> None:
        """Take in a decision of a case."""
        number = len(self._texts)
        self._texts.append(self._packed(standing))
        self._before.append(self._last_of_case.get(case, _NONE))
        self._last_of_case[case] = number
        self._number_by_decision[_as_number(standing.decision)] = number

    def change(self, decision: str, change: Callable[[Standing], Standing]) -> None:
        """Let a decision stand otherwise, if it is known."""
        number = self._number_by_decision.get(_as_number(decision))
        if number is not None:
            self._texts[number] = self._packed(change(self._standing(self._texts[number])))

    def cases(self) -> Iterator[list[Standing]]:
        """Return the decisions of each case, in the order of the log."""
        for last in self._last_of_case.values():
            numbers = [last]
            while self._before[numbers[-1]] != _NONE:
                numbers.append(self._before[numbers[-1]])
            yield [self._standing(self._texts[number]) for number in reversed(numbers)]

    def _word(self, word: str | None) -> int | None:
        if word is None:
            return None
        if word not in self._number_by_word:
            self._number_by_word[word] = len(self._words)
            self._words.append(word)
        return self._number_by_word[word]

    def _packed(self, standing: Standing) -> bytes:
        word = self._word
        promises = [
            [word(p.action), _second(p.due), _day(p.since), p.decision, p.place, word(p.level), int(p.has_lapsed)]
            for p in standing.promises
        ]
        done = [
            [d.outcome, word(d.action), None if d.day is None else _day(d.day), d.decision, d.place]
            for d in standing.done.values()
        ]
        names = (standing.region, standing.release, standing.digest, standing.floor, standing.level)
        moments = (_second(standing.reference_time), _day(standing.since), _second(standing.valid_until))
        own = (standing.decision, standing.place, standing.reference)
        parts = (own, [word(name) for name in names], moments, promises, done, sorted(standing.uncounted))
        return json.dumps(parts, separators=(",", ":"), ensure_ascii=False).encode("utf-8")

    def _standing(self, text: bytes) -> Standing:
        own, names, moments, promises, done, uncounted = json.loads(text)
        region, release, digest, floor, level = (None if each is None else self._words[each] for each in names)
        return Standing(
            decision=own[0],
            place=own[1],
            reference=own[2],
            region=region,
            release=cast("str", release),
            digest=cast("str", digest),
            reference_time=_moment(moments[0]),
            since=date.fromordinal(moments[1]),
            floor=cast("str", floor),
            level=cast("str", level),
            valid_until=_moment(moments[2]),
            promises=tuple(map(self._promise, promises)),
            done={each.action: each for each in map(self._done, done)},
            uncounted=frozenset(uncounted),
        )

    def _promise(self, packed: tuple[int, int, int, int, int, int | None, int]) -> Promise:
        action, due, since, decision, place, level, has_lapsed = packed
        by_level = None if level is None else self._words[level]
        words = self._words[action], _moment(due), date.fromordinal(since)
        return Promise(*words, decision, place, by_level, bool(has_lapsed))

    def _done(self, packed: tuple[str, int, int | None, int, int]) -> Done:
        outcome, action, day, decision, place = packed
        return Done(outcome, self._words[action], None if day is None else date.fromordinal(day), decision, place)


def _as_number(decision: str) -> int:
    """Return the id of a decision as a number, which takes half the room of its text."""
    return int(decision.replace("-", ""), 16)


def _second(moment: datetime) -> int:
    return int(moment.timestamp())


def _moment(second: int) -> datetime:
    return in_amsterdam(datetime.fromtimestamp(second, UTC))


def _day(day: date) -> int:
    return day.toordinal()
