"""How often each construct was seen to hold, to fail and not to tell, and what was known when it was asked."""

from collections import Counter
from dataclasses import dataclass, field

from taxatie.engine.reference import Reading, contexts_of
from taxatie.rules.condition import Among, Between, Condition, Every, Some
from taxatie.rules.program import Program, Signal
from taxatie.terms.case import Case
from taxatie.terms.names import CASE, MODE, PersonId
from taxatie.terms.trace import AssessedPerson, Existence
from taxatie.terms.truth import Truth
from taxatie.terms.vocabulary import SignalType
from tests.strategies.constructs import THREE_VALUED, TWO_VALUED

Sightings = Counter[tuple[str, Truth]]

KNOWN_THREE_VALUED = (
    "hearsay or overheard, danger higher", "hearsay or overheard, danger lower", "hearsay or overheard, no danger",
    "unanswered", "asked of an unlisted person in doubt", "asked of an unlisted person for certain",
    "some, with a person in doubt", "every, with a person in doubt",
)  # fmt: skip
"""What was known when a signal was tested, or a group asked, where every truth can come of it."""

KNOWN_TWO_VALUED = ("answered", "answered although not applicable", "not applicable yes_no")
KNOWN_TO_FAIL = ("not applicable number or choice",)
KNOWN_NOT_TO_HOLD = ("number or choice that may not apply",)


@dataclass(frozen=True)
class CountingReading(Reading):
    """The reference's reading, which notes the first time that each condition is asked of each."""

    labels: dict[int, tuple[str, ...]] = field(default_factory=dict)
    seen: Sightings = field(default_factory=Counter)
    _truths: dict[tuple[int, PersonId | None], Truth] = field(default_factory=dict)
    _existence: dict[PersonId, Existence] = field(default_factory=dict)

    def count(self) -> None:
        """Ask everything that an assessment asks."""
        persons = tuple(self.assessed_persons())
        self._existence.update({person.id: person.existence for person in persons})
        for index, scope in enumerate(self.program.scopes):
            for whose in contexts_of(scope.subject, persons):
                self.evaluate_scope(index, scope, whose)
        list(self.inapplicable_answers())

    def truth(self, condition: Condition, person: PersonId | None) -> Truth:
        """Return the condition's truth, and note it the first time."""
        key = (id(condition), person)
        if key not in self._truths:
            truth = super().truth(condition, person)
            self._truths[key] = truth
            for label in (*self.labels.get(id(condition), ()), *self._what_was_known(condition, person)):
                self.seen[label, truth] += 1
        return self._truths[key]

    def _what_was_known(self, condition: Condition, person: PersonId | None) -> tuple[str, ...]:
        if isinstance(condition, Some | Every):
            is_doubtful = any(_is_doubtful(each, condition) for each in self.assessed_persons())
            word = "some" if isinstance(condition, Some) else "every"
            return (f"{word}, with a person in doubt",) if is_doubtful else ()
        if not isinstance(condition, Among | Between) or condition.signal == MODE:
            return ()
        signal = self.program.signals[condition.signal]
        existence = None if signal.subject == CASE or person is None else self._existence.get(person)
        unlisted = {Existence.IN_DOUBT: "in doubt", Existence.CERTAIN: "for certain"}
        found = [f"asked of an unlisted person {unlisted[existence]}"] if existence in unlisted else []
        return (*found, self._answer_known(signal, person))

    def _answer_known(self, signal: Signal, person: PersonId | None) -> str:
        whose = None if signal.subject == CASE else person
        answer, known = self.answer(signal, whose), self.known(signal.id, whose)
        kind = "yes_no" if signal.type is SignalType.YES_NO else "number or choice"
        if not known.is_answered:
            unanswered = {Truth.FAILS: f"not applicable {kind}", Truth.CANNOT_TELL: f"{kind} that may not apply"}
            return unanswered.get(known.applies, "unanswered")
        if not answer.is_reliable:
            danger = "no danger" if signal.danger is None else f"danger {signal.danger.value}"
            return f"hearsay or overheard, {danger}"
        return "answered although not applicable" if known.applies is Truth.FAILS else "answered"


def _is_doubtful(person: AssessedPerson, group: Some | Every) -> bool:
    return person.subject == group.subject and person.existence is Existence.IN_DOUBT


def count_sightings(program: Program, case: Case, labels: dict[int, tuple[str, ...]], seen: Sightings) -> None:
    """Add what one case shows of each construct."""
    CountingReading(program, case, labels, seen).count()


def sightings_table(seen: Sightings) -> str:
    """Return the table that shows how often each construct was seen."""
    names = sorted({name for name, _ in seen})
    width = max(map(len, names))
    lines = [f"{'construct':{width}} {'holds':>8} {'fails':>8} {'cannot tell':>12}"]
    for name in names:
        holds, fails, doubt = (seen[name, truth] for truth in (Truth.HOLDS, Truth.FAILS, Truth.CANNOT_TELL))
        lines.append(f"{name:{width}} {holds:8} {fails:8} {doubt:12}")
    return "\n".join(lines)


def too_few(seen: Sightings, at_least: int) -> dict[tuple[str, str], int]:
    """Return the constructs that were seen too seldom in a way in which they can be seen."""
    truths = {
        **dict.fromkeys((*THREE_VALUED, *KNOWN_THREE_VALUED), tuple(Truth)),
        **dict.fromkeys((*TWO_VALUED, *KNOWN_TWO_VALUED), (Truth.HOLDS, Truth.FAILS)),
        **dict.fromkeys(KNOWN_TO_FAIL, (Truth.FAILS,)),
        **dict.fromkeys(KNOWN_NOT_TO_HOLD, (Truth.FAILS, Truth.CANNOT_TELL)),
        "yes_no that may not apply": (Truth.CANNOT_TELL,),
    }
    return {
        (name, truth.name): seen[name, truth]
        for name, ways in truths.items()
        for truth in ways
        if seen[name, truth] < at_least
    }


def impossible(seen: Sightings) -> list[tuple[str, Truth]]:
    """Return what was seen although the language rules it out."""
    ruled_out = {
        **dict.fromkeys((*TWO_VALUED, *KNOWN_TWO_VALUED), (Truth.CANNOT_TELL,)),
        **dict.fromkeys(KNOWN_TO_FAIL, (Truth.HOLDS, Truth.CANNOT_TELL)),
        **dict.fromkeys(KNOWN_NOT_TO_HOLD, (Truth.HOLDS,)),
        "yes_no that may not apply": (Truth.HOLDS, Truth.FAILS),
    }
    return [(name, truth) for name, ways in ruled_out.items() for truth in ways if seen[name, truth]]
