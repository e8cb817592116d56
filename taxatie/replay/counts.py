"""What a what-if counts: figures that add up, whatever way the decisions were divided over files and machines."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from operator import attrgetter
from typing import Self, TypeVar

from taxatie.limits import NAMED_DECISIONS_MAX

Figures = Mapping[str, int]
"""How often each name was counted; what was not counted is not there."""


class Unreplayed(StrEnum):
    """Why a decision is not in the figures."""

    OTHER_RELEASE = "decided under another release"
    OTHER_LEVEL = "the release that decided gives another level than is recorded"
    ERASED = "erased"


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """From which level to which."""

    before: str
    after: str


Matrix = Mapping[Change, int]


@dataclass(frozen=True, slots=True)
class NamedDecision:
    """One decision by its id, with the level it had and the one it would have."""

    id: str
    """In hexadecimal digits."""
    change: Change


@dataclass(frozen=True, slots=True)
class Shift:
    """In how many decisions each thing is gained, and in how many it is lost."""

    gained: Figures = field(default_factory=dict)
    lost: Figures = field(default_factory=dict)

    def __add__(self, other: "Shift") -> "Shift":
        """Return both together."""
        return Shift(_sum(self.gained, other.gained), _sum(self.lost, other.lost))


@dataclass(frozen=True, slots=True)
class Counts:
    """What another release would have made of decisions; the sum of two is what it would have made of both."""

    decisions: int = 0
    """All that were read."""
    replayed: int = 0
    """Those that the release that decided gives again, as recorded; all figures below but the last two are of these."""
    whole: int = 0
    """Replayed decisions that did not fit into columns, and were read one by one."""
    levels: Matrix = field(default_factory=dict)
    by_region: Mapping[str, Matrix] = field(default_factory=dict)
    """A decision without a region is under the empty name; likewise below."""
    by_channel: Mapping[str, Matrix] = field(default_factory=dict)
    by_month: Mapping[str, Matrix] = field(default_factory=dict)
    milder: tuple[NamedDecision, ...] = ()
    """Those that become milder, the smallest ids, at most `NAMED_DECISIONS_MAX`."""
    milder_in_all: int = 0
    actions: Shift = field(default_factory=Shift)
    withheld: Shift = field(default_factory=Shift)
    findings: Shift = field(default_factory=Shift)
    left_out: Figures = field(default_factory=dict)
    """In how many decisions something was said that the other release cannot read: a signal, an option, a kind of event
    or a subject that it does not have. They are replayed without it."""
    unreplayed: Figures = field(default_factory=dict)
    """How many decisions are not in the figures, by reason."""
    otherwise: tuple[NamedDecision, ...] = ()
    """Those whose recorded level the release that decided does not give (before: recorded; after: given), bounded."""

    def __add__(self, other: "Counts") -> Self:
        """Return the counts of both."""
        return type(self)(
            decisions=self.decisions + other.decisions,
            replayed=self.replayed + other.replayed,
            whole=self.whole + other.whole,
            levels=_sum(self.levels, other.levels),
            by_region=_sum_each(self.by_region, other.by_region),
            by_channel=_sum_each(self.by_channel, other.by_channel),
            by_month=_sum_each(self.by_month, other.by_month),
            milder=_smallest((*self.milder, *other.milder)),
            milder_in_all=self.milder_in_all + other.milder_in_all,
            actions=self.actions + other.actions,
            withheld=self.withheld + other.withheld,
            findings=self.findings + other.findings,
            left_out=_sum(self.left_out, other.left_out),
            unreplayed=_sum(self.unreplayed, other.unreplayed),
            otherwise=_smallest((*self.otherwise, *other.otherwise)),
        )


K = TypeVar("K", str, Change)


def _sum(one: Mapping[K, int], other: Mapping[K, int]) -> dict[K, int]:
    total = Counter(one)
    total.update(other)
    return {key: total[key] for key in sorted(total)}


def _sum_each(one: Mapping[str, Matrix], other: Mapping[str, Matrix]) -> dict[str, Matrix]:
    return {key: _sum(one.get(key, {}), other.get(key, {})) for key in sorted({*one, *other})}


def _smallest(named: Iterable[NamedDecision]) -> tuple[NamedDecision, ...]:
    return tuple(sorted(named, key=attrgetter("id"))[:NAMED_DECISIONS_MAX])
