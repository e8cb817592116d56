"""How replays ended, for people and for programs: memory stays flat, however many there were."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Final, Protocol

from taxatie.cli.output import say, write_line
from taxatie.replay.other_release import PARTS, Reassessed
from taxatie.replay.replay_phrases import COUNTS, LEFT_OUT, MILDER, MORE, SHIFTS, sentence_of
from taxatie.replay.replayed import Outcome, Replayed
from taxatie.terms.text import Language

Ended = Replayed | Reassessed
Json = dict[str, object]

_FAULTS: Final = (Outcome.DIFFERENT, Outcome.NOT_REPLAYED)


class Printer(Protocol):
    """Prints how replays ended."""

    @property
    def has_faults(self) -> bool:
        """Whether something differed, or could not be replayed."""

    def print(self, ended: Iterable[Ended]) -> None:
        """Print how each ended, and the counts."""


@dataclass(slots=True)
class Tally:
    """Counts how replays end, passing them on."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    levels: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Of a what-if: how many went from which level to which."""
    left_out: Counter[str] = field(default_factory=Counter)
    """Of a what-if: in how many cases something was said that the other release cannot read."""
    milder: int = 0

    @property
    def has_faults(self) -> bool:
        """Whether something differed, or could not be replayed."""
        return any(self.outcomes[each] for each in _FAULTS)

    def counted(self, ended: Iterable[Ended]) -> Iterator[Ended]:
        """Return each as it comes."""
        for each in ended:
            self.outcomes[each.outcome] += 1
            if isinstance(each, Reassessed):
                self._count_other(each)
            yield each

    def lines(self, language: Language) -> Iterator[str]:
        """Return the counts in words."""
        numbers = {str(outcome): self.outcomes[outcome] for outcome in Outcome}
        yield COUNTS.in_language(language).format(total=self.outcomes.total(), **numbers)
        if self.milder:
            yield MILDER.in_language(language).format(number=self.milder)
        for (before, after), number in sorted(self.levels.items()):
            yield f"  {before} -> {after}: {number}"
        if self.left_out:
            named = ", ".join(f"{name} ({number})" for name, number in sorted(self.left_out.items()))
            yield LEFT_OUT.in_language(language).format(names=named)

    def _count_other(self, each: Reassessed) -> None:
        self.milder += each.is_milder
        self.left_out.update(each.left_out)
        if each.before is not None and each.after is not None and each.before.level != each.after.level:
            self.levels[each.before.level, each.after.level] += 1


@dataclass(slots=True)
class JsonPrinter:
    """Prints a JSON object for each decision, in their order; the counts go aside."""

    language: Language
    tally: Tally = field(default_factory=Tally)

    @property
    def has_faults(self) -> bool:
        """Whether something differed, or could not be replayed."""
        return self.tally.has_faults

    def print(self, ended: Iterable[Ended]) -> None:
        """Print how each ended, and the counts."""
        for each in self.tally.counted(ended):
            write_line(json.dumps(plain_of(each, self.language), ensure_ascii=False, separators=(",", ":")))
        for line in self.tally.lines(self.language):
            say(line, is_aside=True)


@dataclass(slots=True)
class HumanPrinter:
    """Prints what is not the same: of a what-if what becomes milder first."""

    show: int
    language: Language
    tally: Tally = field(default_factory=Tally)
    _first: Ended | None = field(default=None, init=False)

    @property
    def has_faults(self) -> bool:
        """Whether something differed, or could not be replayed."""
        return self.tally.has_faults

    def print(self, ended: Iterable[Ended]) -> None:
        """Print what is not the same, and the counts; of a single decision also that it is the same."""
        shown = [each for *_, each in nsmallest(self.show, self._in_order(self.tally.counted(ended)))]
        total, faults = self.tally.outcomes.total(), sum(self.tally.outcomes[each] for each in _FAULTS)
        if total == 1 and self._first is not None and not faults:
            shown = [self._first]
        for each in shown:
            for line in lines_of(each, self.language):
                say(line)
        if faults > len(shown):
            say(MORE.in_language(self.language).format(number=faults - len(shown)))
        for line in self.tally.lines(self.language):
            say(line)

    def _in_order(self, ended: Iterable[Ended]) -> Iterator[tuple[tuple[int, int, str], int, Ended]]:
        """Return what is not the same, each with its place in the order of what is shown."""
        for number, each in enumerate(ended):
            if number == 0:
                self._first = each
            if each.outcome in _FAULTS:
                yield (each.order if isinstance(each, Reassessed) else (0, 0, "")), number, each


def printer_of(*, is_json: bool, show: int, language: Language) -> Printer:
    """Return the printer for people, or for programs."""
    return JsonPrinter(language) if is_json else HumanPrinter(show, language)


def lines_of(ended: Ended, language: Language) -> Iterator[str]:
    """Return how a replay ended, as people read it."""
    replayed = ended.replayed if isinstance(ended, Reassessed) else ended
    yield f"{replayed.place} {replayed.id}: {sentence_of(ended, language)}"
    if ended.difference is not None and ended.difference.place.path:
        place = ended.difference.place
        is_alone = place.recorded is None and place.reached is None
        sides = "" if is_alone else f": {place.recorded or '-'} -> {place.reached or '-'}"
        yield f"  {place.path}{sides}"
    if isinstance(ended, Reassessed):
        for (part, is_gained), text in SHIFTS.items():
            names = ended.gained(part) if is_gained else ended.lost(part)
            if names:
                yield f"  {text.in_language(language)}: {', '.join(names)}"
        if ended.left_out:
            yield f"  {LEFT_OUT.in_language(language).format(names=', '.join(ended.left_out))}"


def plain_of(ended: Ended, language: Language) -> Json:
    """Return how a replay ended, as JSON holds it."""
    replayed = ended.replayed if isinstance(ended, Reassessed) else ended
    place = None if ended.difference is None else ended.difference.place
    plain: Json = {
        "place": replayed.place,
        "id": replayed.id,
        "outcome": str(ended.outcome),
        "release": replayed.release,
        "digest": replayed.digest,
        "level": {"recorded": replayed.recorded_level, "reached": replayed.reached_level},
        "difference": None
        if ended.difference is None or place is None
        else {
            "cause": str(ended.difference.cause),
            "why": str(ended.difference.why),
            "path": place.path,
            "recorded": place.recorded,
            "reached": place.reached,
        },
        "sentence": sentence_of(ended, language),
    }
    if isinstance(ended, Reassessed):
        plain["what_if"] = _what_if(ended)
    return plain


def _what_if(ended: Reassessed) -> Json:
    return {
        "release": ended.release,
        "digest": ended.digest,
        "level": None if ended.after is None else ended.after.level,
        "step": ended.step,
        "gained": {part: list(ended.gained(part)) for part in PARTS},
        "lost": {part: list(ended.lost(part)) for part in PARTS},
        "left_out": list(ended.left_out),
    }
