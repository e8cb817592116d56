"""What became of replaying a decision: the same, or the first difference and its cause, or why there was no replay."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from taxatie.replay.difference import Place
from taxatie.rules.program import Program
from taxatie.terms.assessment import Assessment
from taxatie.terms.case import Case


class Outcome(StrEnum):
    """How a replay ended."""

    SAME = "same"
    """Identical to the byte."""
    DIFFERENT = "different"
    ERASED = "erased"
    """The payload was erased; that it was there is still proved."""
    NOT_REPLAYED = "not_replayed"
    """It could not be replayed."""


class Cause(StrEnum):
    """Where a difference comes from."""

    DATA = "data"
    """The record is not what was written, or not as records are."""
    RELEASE = "release"
    """The release that decided is not there, or not what it was."""
    ENGINE = "engine"
    """The same case under the same release came out otherwise."""


class Why(StrEnum):
    """What is the matter, as `replay_phrases.py` says it in words."""

    UNREADABLE = "unreadable"
    NO_RECORD = "no_record"
    OTHER_LINE = "other_line"
    OTHER_RELEASE_ON_LINE = "other_release_on_line"
    CASE_UNREADABLE = "case_unreadable"
    NOT_AS_WRITTEN = "not_as_written"
    RELEASE_GONE = "release_gone"
    RELEASE_BROKEN = "release_broken"
    RELEASE_CHANGED = "release_changed"
    NO_LONGER_PUBLISHED = "no_longer_published"
    ENGINE_FAILED = "engine_failed"
    ENGINE_CHANGED = "engine_changed"
    SAME_ENGINE = "same_engine"


@dataclass(frozen=True, slots=True)
class Difference:
    """The first difference between a record and its replay, or what stood in the way of one."""

    cause: Cause
    why: Why
    place: Place
    words: Mapping[str, str] = field(default_factory=dict)
    """What the sentence about it names."""


@dataclass(frozen=True, slots=True)
class Reached:
    """What a replay reached: the release, the case as it reads it, and the assessment as the professional sees it."""

    program: Program
    case: Case
    assessment: Assessment


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of one decision."""

    place: str
    id: str
    outcome: Outcome
    release: str = ""
    digest: str = ""
    recorded_level: str = ""
    difference: Difference | None = None
    reached: Reached | None = None

    @property
    def reached_level(self) -> str:
        """The level that was reached; empty where none was."""
        return "" if self.reached is None else str(self.reached.assessment.level)
