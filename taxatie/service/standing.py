"""How a decision stands now: the level that holds after its overrides, what was promised, and what was done.

It is reached from the lines about the decision alone, in the log's order, and so is the same for everybody who reads
the log. Two rules make it safe where people write at once:

- An override that turns out to lower, because another one raised in between, does not count: nobody lowers what they
  did not see. It stays on record, and nothing changes.
- What was promised stays open until it is done on a day on which it had been asked for. What only a graver level
  brought lapses when two people lower the level; what a rule recommended does not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from sys import intern
from typing import Final

from taxatie.engine.deadlines import in_amsterdam
from taxatie.ledger.entry import EntryKind
from taxatie.ledger.kept import Kept
from taxatie.wire.deed_record import Decided, OutcomeRecord, OverrideRecord, read_outcome, read_override

REASSESSMENT: Final = "reassessment"
"""Stands where an action stands: that the case was to be assessed anew before the decision no longer holds."""


@dataclass(frozen=True, slots=True)
class Promise:
    """Something that is to be done before a moment."""

    action: str
    due: datetime
    since: date
    """The day on which it was asked for: what was done before is something else."""
    decision: int
    """The place in the log of the decision that it belongs to."""
    place: int
    """The place in the log of the line that asked for it."""
    level: str | None
    """The level that alone brings it; None where a rule recommends it."""
    has_lapsed: bool = False
    """Whether two people lowered the level that alone brought it."""


@dataclass(frozen=True, slots=True)
class Done:
    """What the last outcome of an action says."""

    outcome: str
    action: str
    day: date | None
    """None where it was not done after all."""
    decision: int
    place: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A decision as it stands after what people did with it."""

    decision: str
    place: int
    reference: str | None
    region: str | None
    release: str
    digest: str
    """Of the release."""
    reference_time: datetime
    since: date
    floor: str
    level: str
    valid_until: datetime
    promises: tuple[Promise, ...]
    done: Mapping[str, Done]
    """The last outcome of each action; a later one replaces the one before."""
    uncounted: frozenset[str] = frozenset()
    """Overrides that came to lower what was raised in between."""

    def open_promises(self) -> Iterator[Promise]:
        """Return what is still to be done, of this decision alone."""
        return (each for each in self.promises if not each.has_lapsed and not is_answered(each, self.done.values()))


def standing_of(decided: Decided, place: int) -> Standing:
    """Return how a decision stands when nobody did anything with it yet."""
    said = decided.assessment
    # Names are kept once: whoever follows a whole log holds a standing for each decision.
    level = intern(said.level)
    reference_time = in_amsterdam(datetime.fromisoformat(decided.case.reference_time))
    since = min(reference_time.date(), in_amsterdam(decided.recorded_at).date())
    valid_until = datetime.fromisoformat(said.valid_until)
    actions = [
        Promise(
            intern(each.action), datetime.fromisoformat(each.due), since, place, place, None if each.rules else level
        )
        for each in said.actions
    ]
    return Standing(
        decision=decided.id,
        place=place,
        reference=decided.reference,
        region=None if decided.case.region is None else intern(decided.case.region),
        release=intern(decided.release.name),
        digest=intern(decided.release.digest),
        reference_time=reference_time,
        since=since,
        floor=level,
        level=level,
        valid_until=valid_until,
        promises=(*actions, Promise(REASSESSMENT, valid_until, since, place, place, None)),
        done={},
    )


def stand_after(standing: Standing, line: Kept) -> Standing:
    """Return how the decision stands after the next line about it."""
    if line.payload is None:
        return standing
    if line.entry.kind is EntryKind.OVERRIDE:
        return after_override(standing, read_override(line.payload), line.entry.place)
    if line.entry.kind is EntryKind.OUTCOME:
        return after_outcome(standing, read_outcome(line.payload), line.entry.place)
    return standing


def after_override(standing: Standing, override: OverrideRecord, place: int) -> Standing:
    """Return how the decision stands after an override at a place of the log."""
    rank = override.scale.index
    level = override.level.after
    is_lowering = rank(level) < rank(standing.level)
    if is_lowering and not (override.is_agreed and override.level.before == standing.level):
        return replace(standing, uncounted=standing.uncounted | {override.id})
    since = in_amsterdam(datetime.fromisoformat(override.at)).date()
    kept = standing.promises
    if is_lowering:
        kept = tuple(_lapsed(each) if _goes(each, override) else each for each in kept)
    new = [
        Promise(each.action, datetime.fromisoformat(each.due), since, standing.place, place, level)
        for each in override.actions
    ]
    valid_until = min(standing.valid_until, datetime.fromisoformat(override.valid_until))
    if valid_until < standing.valid_until:
        new.append(Promise(REASSESSMENT, valid_until, since, standing.place, place, None))
    return replace(standing, level=level, valid_until=valid_until, promises=(*kept, *new))


def _goes(promise: Promise, lowering: OverrideRecord) -> bool:
    """Return whether only a graver level than the one that holds now asked for it."""
    brought = {each.action for each in lowering.actions}
    rank = lowering.scale.index
    return (
        promise.level is not None and rank(promise.level) > rank(lowering.level.after) and promise.action not in brought
    )


def _lapsed(promise: Promise) -> Promise:
    return replace(promise, has_lapsed=True)


def after_outcome(standing: Standing, outcome: OutcomeRecord, place: int) -> Standing:
    """Return how the decision stands after an outcome at a place of the log."""
    done = Done(outcome.id, outcome.action, outcome.done_on, standing.place, place)
    return replace(standing, done={**standing.done, outcome.action: done})


def is_answered(promise: Promise, all_done: Iterable[Done]) -> bool:
    """Return whether something was done that was promised.

    Any decision of the same case may have asked for it, if it was done after the day on which this one asked. On
    that very day it counts if it was recorded later, and not about an earlier decision. A re-assessment counts for
    its own decision only.
    """
    return any(_answers(done, promise) for done in all_done)


def _answers(done: Done, promise: Promise) -> bool:
    if done.day is None or done.action != promise.action:
        return False
    if promise.action == REASSESSMENT and done.decision != promise.decision:
        return False
    if done.day != promise.since:
        return done.day > promise.since
    return done.decision >= promise.decision and done.place > promise.place


def open_of_case(standings: Sequence[Standing]) -> Iterator[tuple[Standing, Promise]]:
    """Return what is not done of a case, once an action: where two decisions ask for it, with the earlier moment.

    A later decision of the case re-assesses it, and takes nothing back: what the earlier one promised stays.
    """
    all_done = [done for standing in standings for done in standing.done.values()]
    earliest: dict[str, tuple[Standing, Promise]] = {}
    for standing in standings:
        for promise in standing.promises:
            is_done = is_answered(promise, all_done) or _is_assessed_anew(standing, promise, standings)
            if is_done or promise.has_lapsed:
                continue
            found = earliest.get(promise.action)
            if found is None or promise.due < found[1].due:
                earliest[promise.action] = (standing, promise)
    yield from earliest.values()


def _is_assessed_anew(standing: Standing, promise: Promise, standings: Sequence[Standing]) -> bool:
    """Return whether a decision about a later moment followed; if an override shortened this one, after that."""
    own = (standing.reference_time, standing.place)
    return promise.action == REASSESSMENT and any(
        (other.reference_time, other.place) > own and (promise.place == standing.place or other.place > promise.place)
        for other in standings
    )
