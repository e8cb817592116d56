"""What a condition of a case cannot do without: the answers that must be so wherever it holds, or fails."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from taxatie.explain.left import Allowed, Key, Left
from taxatie.explain.parts import may_stay_undecided, passes
from taxatie.explain.routes import Beside
from taxatie.limits import COVERS_MAX
from taxatie.rules.condition import (
    All,
    Among,
    Any,
    AtLeast,
    Between,
    ConceptHolds,
    ConceptUnknown,
    Condition,
    Every,
    Not,
    ScoreUnknown,
    SignalUnknown,
    Some,
)
from taxatie.rules.program import Signal
from taxatie.terms.vocabulary import SignalType


@dataclass(frozen=True)
class Forced(Left):
    """What conditions cannot do without, each found once."""

    _forced: dict[tuple[int, int, bool], Allowed | None] = field(default_factory=dict)
    _covers: dict[tuple[int, int, bool], list[Allowed]] = field(default_factory=dict)

    def forced(self, condition: Condition, place: int, *, wanted: bool) -> Allowed | None:
        """Return what must be so for the condition to hold, or to fail; None where it cannot."""
        key = (id(condition), place, wanted)
        if key not in self._forced:
            self._forced[key] = self._find_forced(condition, place, wanted=wanted)
        return self._forced[key]

    def _find_forced(self, condition: Condition, place: int, *, wanted: bool) -> Allowed | None:
        match condition:
            case Among() | Between():
                return self._forced_of_test(condition, place, wanted=wanted)
            case Not(part):
                return self.forced(part, place, wanted=not wanted)
            case ConceptHolds(concept):
                return self.forced(self.scene.outlook.program.concepts[concept].condition, place, wanted=wanted)
            case All(parts) | Any(parts) | AtLeast(_, parts):
                needed = how_many(condition, wanted=wanted)
                return self._forced_of(((part, place) for part in parts), len(parts) - needed, wanted=wanted)
            case Some(subject, part) | Every(subject, part):
                if isinstance(condition, Every) is not wanted:
                    return {}
                return self._forced_of(((part, each) for each in self.certain.get(subject, ())), 0, wanted=wanted)
            case _:
                return None if wanted and self._is_never_so(condition) else {}

    def _is_never_so(self, condition: Condition) -> bool:
        """Return whether the condition asks what is unknown of something that is settled in the end."""
        asks = isinstance(condition, SignalUnknown | ConceptUnknown | ScoreUnknown)
        return asks and not may_stay_undecided(self.scene.outlook.program, condition)

    def _forced_of(self, parts: Iterable[tuple[Condition, int]], to_spare: int, *, wanted: bool) -> Allowed | None:
        """Return what must be so where all parts are needed but for some that cannot be had anyway."""
        found = []
        for part, place in parts:
            needs = self.forced(part, place, wanted=wanted)
            if needs is not None:
                found.append(needs)
            elif to_spare <= 0:
                return None
            else:
                to_spare -= 1
        return intersected(found) if to_spare <= 0 else {}

    def _forced_of_test(self, condition: Among | Between, place: int, *, wanted: bool) -> Allowed | None:
        signal = self.scene.outlook.program.signals[condition.signal]
        key, place, fitting, does_all = self.fitting(condition, place, wanted=wanted)
        must_apply = signal.id in self.scene.views[place].sleeping and is_about_applying(
            signal, condition, wanted=wanted
        )
        if not fitting:
            return {} if signal.id in self.scene.views[place].sleeping and not must_apply else None
        its: Allowed = {} if does_all else {key: frozenset(fitting)}
        if not must_apply:
            return its
        assert signal.applies_when is not None
        applying = self.forced(signal.applies_when, place, wanted=True)
        return None if applying is None else intersected([its, applying])

    def covers(self, condition: Condition, place: int, *, wanted: bool) -> list[Allowed]:
        """Return needs of which one at least is met wherever the condition holds, or fails."""
        key = (id(condition), place, wanted)
        if key not in self._covers:
            found = self._find_covers(condition, place, wanted=wanted)
            if found is None or len(found) > COVERS_MAX:
                forced = self.forced(condition, place, wanted=wanted)
                found = [] if forced is None else [forced]
            self._covers[key] = found
        return self._covers[key]

    def _find_covers(self, condition: Condition, place: int, *, wanted: bool) -> list[Allowed] | None:
        match condition:
            case Not(part):
                return self.covers(part, place, wanted=not wanted)
            case ConceptHolds(concept):
                return self.covers(self.scene.outlook.program.concepts[concept].condition, place, wanted=wanted)
            case All(parts) | Any(parts):
                choices = [self.covers(part, place, wanted=wanted) for part in parts]
                return together(choices) if isinstance(condition, All) is wanted else [c for cs in choices for c in cs]
            case Some(subject, part) | Every(subject, part):
                is_all = isinstance(condition, Every) is wanted
                places = self.certain.get(subject, []) if is_all else self.scene.views_of(subject)
                choices = [self.covers(part, each, wanted=wanted) for each in places]
                return together(choices) if is_all else [c for cs in choices for c in cs]
            case _:
                return None

    def needs(self, beside: Beside, place: int) -> Allowed | None:
        """Return what must be so for a neighbour on a route to be as it should be."""
        condition = beside.condition
        if not beside.is_closed_awake:
            return self.forced(condition, place, wanted=beside.wanted)
        assert isinstance(condition, Among | Between)
        key, _, fitting, _ = self.fitting(condition, place, wanted=True)
        return {key: frozenset(fitting)} if fitting else None


def is_about_applying(signal: Signal, condition: Among | Between, *, wanted: bool) -> bool:
    """Return whether a test comes out so only where the signal applies; one that does not counts as `no`, or fails."""
    holds_unasked = signal.type is SignalType.YES_NO and passes(condition, 0)
    return wanted is not holds_unasked


def how_many(condition: All | Any | AtLeast, *, wanted: bool) -> int:
    """Return how many of its parts must hold for the condition to hold, or fail for it to fail."""
    count = condition.count if isinstance(condition, AtLeast) else len(condition.conditions)
    if isinstance(condition, Any):
        count = 1
    return count if wanted else len(condition.conditions) - count + 1


def together(choices: Sequence[Sequence[Allowed]]) -> list[Allowed]:
    """Return covers of all the choices together: the product, while it is small, else what each forces."""
    found: list[Allowed] = [{}]
    for covers in sorted(choices, key=len):
        if len(found) * len(covers) > COVERS_MAX:
            continue
        found = [both for one in found for other in covers if all((both := intersected([one, other])).values())]
    return found


def intersected(needs: Iterable[Allowed]) -> Allowed:
    """Return what all the needs allow."""
    found: dict[Key, frozenset[int]] = {}
    for each in needs:
        for key, allowed in each.items():
            found[key] = found[key] & allowed if key in found else allowed
    return found
