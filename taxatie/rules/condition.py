"""Conditions as programs hold them: resolved names, coded values, a closed set of forms.

Every value of a signal is an integer: `no` 0 and `yes` 1, the position of an option, the number itself.
"""

from dataclasses import dataclass

from taxatie.terms.names import ConceptId, EventKindId, ScoreId, SignalId, SubjectId
from taxatie.terms.period import Window


@dataclass(frozen=True, slots=True)
class Among:
    """The answer of a yes_no or choice signal is one of *values*."""

    signal: SignalId
    values: frozenset[int]


@dataclass(frozen=True, slots=True)
class Between:
    """The answer of a number signal lies from *low* to *high*; None is no bound on that side."""

    signal: SignalId
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class ScoreBetween:
    """The sum of a score lies from *low* to *high*; None is no bound on that side."""

    score: ScoreId
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class ConceptHolds:
    """The concept holds."""

    concept: ConceptId


@dataclass(frozen=True, slots=True)
class Not:
    """The mirror of *condition*."""

    condition: "Condition"


@dataclass(frozen=True, slots=True)
class All:
    """Kleene's and; never empty."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Kleene's or; never empty."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least *count* of the conditions hold; the count may be out of reach."""

    count: int
    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Events:
    """A pattern in the history, as seen for the person (or the case) it is asked of."""

    kinds: frozenset[EventKindId]
    within: Window | None
    at_least: int
    is_distinct: bool
    is_rising: bool


@dataclass(frozen=True, slots=True)
class Some:
    """The condition holds for somebody of *subject*."""

    subject: SubjectId
    condition: "Condition"


@dataclass(frozen=True, slots=True)
class Every:
    """The condition holds for everybody of *subject*."""

    subject: SubjectId
    condition: "Condition"


@dataclass(frozen=True, slots=True)
class SignalUnknown:
    """What is known of the signal is not settled; two-valued."""

    signal: SignalId


@dataclass(frozen=True, slots=True)
class ConceptUnknown:
    """Whether the concept holds cannot be told; two-valued."""

    concept: ConceptId


@dataclass(frozen=True, slots=True)
class ScoreUnknown:
    """The sum of the score is not settled; two-valued."""

    score: ScoreId


Condition = (
    Among
    | Between
    | ScoreBetween
    | ConceptHolds
    | Not
    | All
    | Any
    | AtLeast
    | Events
    | Some
    | Every
    | SignalUnknown
    | ConceptUnknown
    | ScoreUnknown
)
