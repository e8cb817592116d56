"""Why an assessment is what it is, and what could still change it: structure only, words come later."""

from dataclasses import dataclass
from typing import Final

from taxatie.terms.assessment import RuleMatch
from taxatie.terms.case import Event
from taxatie.terms.names import LevelId, PersonId, SignalId

HISTORY: Final = SignalId("history")
"""Stands for the question what the registers say, among the open questions."""

EVERYONE_LISTED: Final = SignalId("everyone_listed")
"""Stands for the question whether a subject has more persons; its person is the unlisted one."""


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """What is known of a signal and carries a rule: the values that remain, from *low* to *high*."""

    signal: SignalId
    person: PersonId | None
    low: int
    high: int
    is_applicable: bool = True
    """False where the signal does not apply, which is what carries the rule then."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a rule fires: a smallest set of answers and events that makes it hold by itself."""

    match: RuleMatch
    answers: tuple[KnownAnswer, ...]
    """In vocabulary order."""
    events: tuple[Event, ...]
    """In the order of the history."""
    rests_on_unknown: tuple[KnownAnswer, ...] = ()
    """Signals whose being unknown is itself part of the reason."""


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """An unsettled signal (or the history, or who else there is) that can still matter."""

    signal: SignalId
    person: PersonId | None
    could_reach: LevelId


@dataclass(frozen=True, slots=True)
class FurtherAnswer:
    """An answer still to come, with the stretches of values that would do.

    Each goes from its lowest to its highest value; the history and who else there is have none.
    """

    signal: SignalId
    person: PersonId | None
    values: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A smallest set of further answers that would reach a higher level."""

    level: LevelId
    answers: tuple[FurtherAnswer, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why, and what could still change it."""

    reasons: tuple[Reason, ...]
    """By release order, then by person: the order of the assessment's fired rules."""
    open_questions: tuple[OpenQuestion, ...]
    """The most telling first."""
    near_misses: tuple[NearMiss, ...]
    """By level, mildest first, then by vocabulary order."""
