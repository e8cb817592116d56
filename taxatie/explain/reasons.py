"""Why each rule fires: a smallest set of answers and events that makes it hold by itself."""

from dataclasses import dataclass, field

from taxatie.engine.reference import remaining_values
from taxatie.explain.knowledge import Knowledge, Whose
from taxatie.explain.known_leaves import ANSWER, EVENT, UNKNOWN, KnownLeaves
from taxatie.explain.known_supports import KnownSupports, Support
from taxatie.explain.supports import Leaf
from taxatie.limits import REASON_SIZE_MAX
from taxatie.rules.condition import Condition
from taxatie.terms.assessment import Assessment, RuleMatch
from taxatie.terms.explanation import HISTORY, KnownAnswer, Reason
from taxatie.terms.names import SignalId
from taxatie.terms.trace import Trace

_SIZES = (2, 4, 6, 10, 20, 40, REASON_SIZE_MAX)


def find_reasons(knowledge: Knowledge, trace: Trace, assessment: Assessment) -> tuple[Reason, ...]:
    """Return a reason for each rule that fires, in the assessment's order."""
    finder = _Finder(knowledge, trace)
    return tuple([finder.reason(match) for match in assessment.fired])


@dataclass(slots=True)
class _Finder:
    """Finds the reasons of one case."""

    knowledge: Knowledge
    trace: Trace
    _leaves: KnownLeaves = field(init=False)
    _supports: dict[int, KnownSupports] = field(default_factory=dict)
    _places: dict[Whose, int] = field(init=False)

    def __post_init__(self) -> None:
        """Note what is known, and each person's place."""
        self._leaves = KnownLeaves(self.knowledge, self.trace)
        self._places = {None: -1, **{person.id: place for place, person in enumerate(self.trace.persons)}}

    def reason(self, match: RuleMatch) -> Reason:
        """Return why a rule fires."""
        leaves = self._carrying(self.knowledge.program.rules[match.rule].condition, match.person)
        events = self.knowledge.case.history.events
        return Reason(
            match=match,
            answers=tuple([self._known(leaf) for leaf in leaves if leaf[0] == ANSWER]),
            events=tuple([events[int(leaf[1])] for leaf in leaves if leaf[0] == EVENT]),
            rests_on_unknown=tuple([_unknown(leaf) for leaf in leaves if leaf[0] == UNKNOWN]),
        )

    def _carrying(self, condition: Condition, person: Whose) -> list[Leaf]:
        """Return the leaves of a smallest support, in their order: of several the first by that order."""
        for size in _SIZES:
            found = self._of_size(size).of(condition, person, wanted=True)
            if found:
                least = found[0].bit_count()
                smallest = [self._in_order(support) for support in found if support.bit_count() == least]
                return (
                    smallest[0] if len(smallest) == 1 else min(smallest, key=lambda each: list(map(self._order, each)))
                )
        return []

    def _of_size(self, size: int) -> KnownSupports:
        found = self._supports.get(size)
        if found is None:
            found = self._supports[size] = KnownSupports(self._leaves, size)
        return found

    def _in_order(self, support: Support) -> list[Leaf]:
        return sorted(self._leaves.named(support), key=self._order)

    def _orders(self, leaves: list[Leaf]) -> list[tuple[int, int, str]]:
        return [self._order(leaf) for leaf in leaves]

    def _order(self, leaf: Leaf) -> tuple[int, int, str]:
        """Return a leaf's place: by vocabulary, then by person; events after answers, as they were listed."""
        _, name, whose = leaf
        order = self.knowledge.insight.order
        return order.get(SignalId(name), len(order)), self._places.get(whose, -1), name

    def _known(self, leaf: Leaf) -> KnownAnswer:
        name, whose = SignalId(leaf[1]), leaf[2]
        if name == HISTORY:
            return KnownAnswer(HISTORY, None, 1, 1)
        signal = self.knowledge.program.signals[name]
        answer = self._leaves.answer(name, whose)
        assert answer is not None, "nothing was answered, so it carries nothing"
        return KnownAnswer(name, whose, *remaining_values(signal, answer))


def _unknown(leaf: Leaf) -> KnownAnswer:
    return KnownAnswer(SignalId(leaf[1]), leaf[2], 0, 0)
