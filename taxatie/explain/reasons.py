"""Why each rule fires: a smallest set of answers and events that makes it hold by itself."""

from taxatie.explain.knowledge import Knowledge, ProgramInsight, Whose, parts_of
from taxatie.explain.known_leaves import ANSWER, EVENT, UNKNOWN, KnownLeaves
from taxatie.explain.supports import Leaf, Support
from taxatie.limits import REASON_SIZE_MAX
from taxatie.rules.condition import ConceptHolds, Condition
from taxatie.rules.program import Rule
from taxatie.terms.assessment import Assessment, RuleMatch
from taxatie.terms.explanation import HISTORY, KnownAnswer, Reason
from taxatie.terms.names import ConceptId, PersonId, SignalId
from taxatie.terms.truth import Truth

_SIZES = (1, 2, 3, 4, 6, 10, 20, 40, REASON_SIZE_MAX)


def find_reasons(knowledge: Knowledge, assessment: Assessment) -> tuple[Reason, ...]:
    """Return a reason for each rule that fires, in the assessment's order."""
    rules = {rule.id: rule for scope in knowledge.program.scopes for rule in scope.rules}
    return tuple(_reason(knowledge, rules[match.rule], match) for match in assessment.fired)


def _reason(knowledge: Knowledge, rule: Rule, match: RuleMatch) -> Reason:
    support = _smallest_support(knowledge, rule.condition, match.person)
    leaves = sorted(support, key=lambda leaf: _order(knowledge, leaf))
    return Reason(
        match=match,
        concepts=tuple(_concepts_that_hold(knowledge, rule.condition, match.person)),
        answers=tuple(_known(knowledge, leaf) for leaf in leaves if leaf[0] == ANSWER),
        events=tuple(knowledge.case.history.events[int(leaf[1])] for leaf in leaves if leaf[0] == EVENT),
        rests_on_unknown=tuple(_unknown(leaf) for leaf in leaves if leaf[0] == UNKNOWN),
    )


def _smallest_support(knowledge: Knowledge, condition: Condition, person: Whose) -> Support:
    for size in _SIZES:
        found = KnownLeaves(knowledge, size).supports.of(condition, person, wanted=True)
        if found:
            smallest = min(map(len, found))
            return min((s for s in found if len(s) == smallest), key=lambda s: _orders(knowledge, s))
    return {}


def _orders(knowledge: Knowledge, support: Support) -> list[tuple[int, int, str]]:
    return sorted(_order(knowledge, leaf) for leaf in support)


def _order(knowledge: Knowledge, leaf: Leaf) -> tuple[int, int, str]:
    """Return a leaf's place: by vocabulary, then by person; events after answers, as they were listed."""
    _, name, whose = leaf
    return leaf_order(knowledge.insight, knowledge, SignalId(name), whose)


def leaf_order(insight: ProgramInsight, knowledge: Knowledge, name: SignalId, whose: Whose) -> tuple[int, int, str]:
    """Return the place of a signal of a person in the vocabulary's and the case's order."""
    places = {person.id: index for index, person in enumerate(knowledge.persons)}
    last = len(insight.order)
    return (insight.order.get(name, last), -1 if whose is None else places.get(whose, -1), name)


def _known(knowledge: Knowledge, leaf: Leaf) -> KnownAnswer:
    name, whose = SignalId(leaf[1]), leaf[2]
    if name == HISTORY:
        return KnownAnswer(HISTORY, None, 1, 1)
    known = knowledge.known(name, whose)
    return KnownAnswer(name, whose, known.low, known.high)


def _unknown(leaf: Leaf) -> KnownAnswer:
    person: PersonId | None = leaf[2]
    return KnownAnswer(SignalId(leaf[1]), person, 0, 0)


def _concepts_that_hold(knowledge: Knowledge, condition: Condition, person: Whose) -> list[ConceptId]:
    """Return the concepts that the rule itself names and that hold."""
    found: list[ConceptId] = []
    pending = [condition]
    while pending:
        current = pending.pop(0)
        if isinstance(current, ConceptHolds):
            if knowledge.truth(current, person) is Truth.HOLDS and current.concept not in found:
                found.append(current.concept)
            continue
        pending.extend(parts_of(knowledge.program, current))
    return found
