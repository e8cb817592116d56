"""What can be asked, answered and done: the nouns of a vocabulary, without its conditions."""

from dataclasses import dataclass
from enum import StrEnum

from taxatie.terms.names import (
    ActionId,
    EventKindId,
    LevelId,
    ParameterId,
    SourceId,
    TopicId,
)
from taxatie.terms.period import Term
from taxatie.terms.text import Text


class SignalType(StrEnum):
    """How a signal is answered."""

    YES_NO = "yes_no"
    NUMBER = "number"
    CHOICE = "choice"


class Danger(StrEnum):
    """Towards which end of its values a signal can only make things more serious."""

    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class Backing:
    """Where a line of content comes from: sources by id, or the word why it is the authors' own proposal."""

    sources: tuple[SourceId, ...]
    own_proposal: str | None


@dataclass(frozen=True, slots=True)
class Level:
    """A step on the scale of responses."""

    id: LevelId
    title: Text
    text: Text
    actions: tuple[ActionId, ...]
    valid_for: Term


@dataclass(frozen=True, slots=True)
class Topic:
    """A heading under which signals are asked."""

    id: TopicId
    title: Text


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice."""

    id: str
    title: Text


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of thing that can have happened before."""

    id: EventKindId
    title: Text


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do, by an owner, within a term or a parameter that names one."""

    id: ActionId
    title: Text
    text: Text
    owner: str
    within: Term | ParameterId
    can_be_withheld: bool


@dataclass(frozen=True, slots=True)
class Source:
    """A text outside that a line of content rests on."""

    id: SourceId
    title: str
    cites: str
