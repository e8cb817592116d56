"""What a generated release declares, as far as its conditions and cases need to know."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Plain = dict[str, object]
"""A map of the language, as YAML or JSON would hold it."""

PlainCondition = str | Plain
"""A condition as a ruleset writes it: a name, or a map."""

CASE = "case"


@dataclass(frozen=True, slots=True)
class SignalPlan:
    """A signal and the answers that it takes."""

    name: str
    subject: str
    type: str
    values: tuple[str | int, ...]
    is_ordered: bool
    danger: str | None


@dataclass(frozen=True, slots=True)
class NamedPlan:
    """A concept or a score: whose signals it may use, and whether it looks at groups of persons."""

    name: str
    subject: str
    has_groups: bool
    low: int = 0
    high: int = 1


@dataclass(slots=True)
class Pool:
    """All that was declared so far."""

    subjects: list[str] = field(default_factory=list)
    signals: list[SignalPlan] = field(default_factory=list)
    concepts: list[NamedPlan] = field(default_factory=list)
    scores: list[NamedPlan] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    windows: list[str] = field(default_factory=list)

    def copy(self) -> "Pool":
        """Return a pool that can grow by itself: a ruleset's own names are for itself."""
        return Pool(
            list(self.subjects),
            list(self.signals),
            list(self.concepts),
            list(self.scores),
            list(self.kinds),
            list(self.windows),
        )


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large generated releases and cases become, and what they leave out."""

    subjects: tuple[int, int] = (0, 3)
    signals: tuple[int, int] = (6, 11)
    concepts: tuple[int, int] = (1, 4)
    scores: tuple[int, int] = (0, 2)
    rulesets: tuple[int, int] = (1, 3)
    rules: tuple[int, int] = (1, 4)
    depth: int = 3
    highest_number: int = 6
    windows: tuple[str, ...] = (
        "1 days", "3 days", "1 weeks", "2 weeks", "1 months", "2 months", "6 months", "12 months", "1 years",
        "2 years",
    )  # fmt: skip
    event_kinds: tuple[int, int] = (0, 3)
    at_least_events: int = 3
    persons: tuple[int, int] = (0, 3)
    events: tuple[int, int] = (0, 6)
    unlisted_percent: int = 60
    """How often in a hundred a subject may have more persons than are listed."""
    has_unknown: bool = True
    """Whether `exists_when` and `applies_when` may ask what is unknown."""
    has_unknown_in_rules: bool = True
    has_rising: bool = True
    has_unnamed_reporters: bool = True


@dataclass(frozen=True, slots=True)
class PlainRelease:
    """A release of the language, as documents by path, with what a case of it needs to know."""

    name: str
    documents: Mapping[str, Plain]
    """By path below the rulesets folder."""
    subjects: tuple[str, ...]
    signals: tuple[SignalPlan, ...]
    kinds: tuple[str, ...]
    regions: tuple[str, ...]
    sizes: Sizes
