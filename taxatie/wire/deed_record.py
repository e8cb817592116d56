"""What people did with a decision, as the log keeps it: an override, an outcome; and what of a decision they need.

Each is a payload of its own, sealed like the decision that it is about, and says all that was answered: a retry gets
its answer from here. Times stay the texts that were answered. `docs/decisions-afterwards.md` holds the meaning.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from pydantic import BaseModel, ConfigDict

from taxatie.terms.case import Mode

OVERRIDE_FORMAT: Final = "taxatie-override/1"
OUTCOME_FORMAT: Final = "taxatie-outcome/1"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ReleaseRef(_Part):
    """A release, by its name and the digest of its texts."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    digest: str


class Match(_Part):
    """A rule and the person it was asked of; None is the case."""

    rule: str
    person: str | None


class Due(_Part):
    """An action that a decision recommends, until when, and the rules that recommend it."""

    action: str
    due: str
    rules: tuple[Match, ...]
    """Empty where only the level brings it."""


class DecidedCase(BaseModel):
    """What of a case matters afterwards."""

    model_config = ConfigDict(frozen=True)

    reference_time: str
    mode: Mode
    region: str | None = None


class DecidedAssessment(BaseModel):
    """What of an assessment matters afterwards."""

    model_config = ConfigDict(frozen=True)

    level: str
    fired: tuple[Match, ...]
    actions: tuple[Due, ...]
    valid_until: str


class Decided(BaseModel):
    """What of a decision's record matters afterwards."""

    model_config = ConfigDict(frozen=True)

    id: str
    at: str
    reference: str | None
    case: DecidedCase
    release: ReleaseRef
    assessment: DecidedAssessment

    @property
    def recorded_at(self) -> datetime:
        """The moment it was put on record; of an advice the hour."""
        return datetime.fromisoformat(self.at)


class Actor(_Part):
    """Who did it: a role, and an opaque id within it."""

    role: str
    id: str


class AskedDigest(_Part):
    """By what a retry is told from another request under the same id."""

    digest: str


class TracePart(_Part):
    """The W3C trace context that came with the call."""

    traceparent: str
    tracestate: str | None


class _DeedRecord(_Part):
    format: str
    id: str
    at: str
    """RFC 3339 in UTC; about an advice rounded down to the hour."""
    reference: str | None
    """The case's, as the decision has it."""
    about: str
    """The id of the decision."""
    caller: str
    asked: AskedDigest
    trace_context: TracePart | None
    by: Actor
    release: ReleaseRef
    """The release that decided: its levels and actions are meant."""

    def to_json(self) -> dict[str, object]:
        """Return the record as JSON holds it."""
        return self.model_dump(mode="json")


class LevelChange(_Part):
    """The level that held, and the one that holds from here on."""

    before: str
    after: str


class BroughtAction(_Part):
    """An action that the level of an override brings."""

    action: str
    owner: str
    due: str


class OverrideRecord(_DeedRecord):
    """A human deviates from a decision."""

    scale: tuple[str, ...]
    """Its levels, mildest first, so that nobody needs it to tell which of two is the graver."""
    level: LevelChange
    floor: str
    """The level of the decision."""
    floor_rules: tuple[Match, ...]
    second: Actor | None
    reason: str | None
    actions: tuple[BroughtAction, ...]
    valid_until: str

    @property
    def is_lowering(self) -> bool:
        """Whether it is milder than what held before it."""
        return self.scale.index(self.level.after) < self.scale.index(self.level.before)

    @property
    def is_agreed(self) -> bool:
        """Whether it has what lowering needs: a reason, and somebody else of another role."""
        second = self.second
        return self.reason is not None and second is not None and is_another(second, self.by)


class OutcomeRecord(_DeedRecord):
    """Something that a decision promised was done; or was not done after all, where no day is said."""

    action: str
    done_on: date | None
    due: str
    late: bool
    corrects: str | None
    """The outcome that it replaces."""
    level: str
    floor: str


def is_another(second: Actor, by: Actor) -> bool:
    """Return whether two are different persons of different roles; an id may be written with or without dashes."""
    return second.role != by.role and not is_same_person(second, by)


def is_same_person(second: Actor, by: Actor) -> bool:
    """Return whether two ids are one, however they are written."""
    return second.id.replace("-", "") == by.id.replace("-", "")


def read_decided(payload: Mapping[str, object]) -> Decided:
    """Return what of a decision's record matters afterwards."""
    return Decided.model_validate(payload)


def read_override(payload: Mapping[str, object]) -> OverrideRecord:
    """Return an override from its payload."""
    return OverrideRecord.model_validate(payload)


def read_outcome(payload: Mapping[str, object]) -> OutcomeRecord:
    """Return an outcome from its payload."""
    return OutcomeRecord.model_validate(payload)
