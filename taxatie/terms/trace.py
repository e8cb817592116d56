"""What an engine found: the truth of every rule, concept and score, for everybody it was asked of."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from taxatie.terms.names import PersonId, SignalId, SubjectId
from taxatie.terms.truth import Truth


class Existence(StrEnum):
    """How sure it is that an assessed person exists."""

    LISTED = "listed"
    CERTAIN = "certain"
    """Not listed, yet there must be one."""
    IN_DOUBT = "in_doubt"
    """Not listed, and there may be nobody."""


class AssessedPerson(NamedTuple):
    """Somebody about whom the rules were asked."""

    id: PersonId
    subject: SubjectId
    existence: Existence


class Evaluation(NamedTuple):
    """One scope of the program asked of one person, or of the case where *person* is None.

    The tuples run parallel to the scope's own rules, concepts and scores; a score is the interval
    from the lowest to the highest sum that may be.
    """

    scope: int
    person: PersonId | None
    rules: tuple[Truth, ...]
    concepts: tuple[Truth, ...]
    scores: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything an engine found about a case."""

    persons: tuple[AssessedPerson, ...]
    """Listed persons in the case's order, then the unlisted in the vocabulary's order of subjects."""
    evaluations: tuple[Evaluation, ...]
    """By scope in the program's order, then by person in the order of *persons*."""
    inapplicable: tuple[tuple[SignalId, PersonId | None], ...]
    """Answers that were given although their `applies_when` fails: the case's, then each listed
    person's, each in vocabulary order."""
    impossible: tuple[SubjectId, ...]
    """Subjects of whom somebody is listed although their `exists_when` fails, in vocabulary order."""
