"""What a program says of a case: a value, without clock, request or log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from taxatie.terms.names import (
    ActionId,
    CaseId,
    ConceptId,
    LevelId,
    PersonId,
    ReleaseName,
    RuleId,
)


class Finding(StrEnum):
    """Whether a concept that is reported was found."""

    PRESENT = "present"
    ABSENT = "absent"
    POSSIBLE = "possible"


class RuleMatch(NamedTuple):
    """A rule and the person it was asked of; None is the case."""

    rule: RuleId
    person: PersonId | None


@dataclass(frozen=True, slots=True)
class ActionDue:
    """An action that is recommended, when it is due, and the rules that recommend it."""

    action: ActionId
    due: datetime
    rules: tuple[RuleMatch, ...]
    """Empty for an action that only the level itself brings."""


@dataclass(frozen=True, slots=True)
class Withholding:
    """An action that may not be advised, and the rules that fire or may fire and withhold it."""

    action: ActionId
    rules: tuple[RuleMatch, ...]


class ContradictionKind(StrEnum):
    """Which two things in a case do not go together."""

    NOT_APPLICABLE = "not_applicable"
    AFTER_REFERENCE_DATE = "after_reference_date"
    SUBJECT_DOES_NOT_EXIST = "subject_does_not_exist"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A place in the case that does not go with the rest of it."""

    path: str
    about: ContradictionKind


@dataclass(frozen=True, slots=True)
class Assessment:
    """The response level of a case, its ceiling, and what follows from it."""

    case: CaseId
    release: ReleaseName
    level: LevelId
    ceiling: LevelId
    fired: tuple[RuleMatch, ...]
    possible: tuple[RuleMatch, ...]
    actions: tuple[ActionDue, ...]
    withheld: tuple[Withholding, ...]
    findings: Mapping[str, Mapping[ConceptId, Finding]]
    """By person id, or `case`."""
    contradictions: tuple[Contradiction, ...]
    valid_until: datetime
