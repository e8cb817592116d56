"""How near each higher level is: the smallest sets of further answers that would reach it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import product

from taxatie.engine.reference import Known
from taxatie.explain.further_leaves import ANSWER, FurtherLeaves, HistoryChoices
from taxatie.explain.knowledge import Knowledge, Whose, parts_of
from taxatie.explain.reasons import leaf_order
from taxatie.explain.supports import Leaf, Support, join
from taxatie.limits import NEAR_MISS_SIZE_MAX, NEAR_MISSES_MAX
from taxatie.rules.condition import Among, Between, Condition, Events, Every, SignalUnknown, Some
from taxatie.rules.program import Rule
from taxatie.terms.assessment import Assessment
from taxatie.terms.case import Case, Person
from taxatie.terms.explanation import EVERYONE_LISTED, HISTORY, FurtherAnswer, NearMiss
from taxatie.terms.names import CASE, SignalId
from taxatie.terms.trace import Existence, Trace
from taxatie.terms.truth import Truth


@dataclass(frozen=True, slots=True)
class Ways:
    """The smallest sets of further answers that would reach a level."""

    rank: int
    supports: tuple[Support, ...]

    @property
    def size(self) -> int:
        """How many answers each set holds."""
        return len(self.supports[0])


def find_ways(knowledge: Knowledge, trace: Trace, assessment: Assessment) -> tuple[Ways, ...]:
    """Return for each level above the one reached, up to the ceiling, the smallest ways to it."""
    program = knowledge.program
    ranks = {level.id: index for index, level in enumerate(program.levels)}
    reached, ceiling = ranks[assessment.level], ranks[assessment.ceiling]
    open_rules = [(rule, person, ranks[rule.level]) for rule, person in _may_fire(knowledge, trace) if rule.level]
    choices = _history_choices(knowledge, [(rule.condition, person) for rule, person, _ in open_rules])
    found = []
    for rank in range(reached + 1, ceiling + 1):
        conditions = [(rule.condition, person) for rule, person, its_rank in open_rules if its_rank >= rank]
        supports = _smallest(knowledge, choices, conditions)
        if supports:
            found.append(Ways(rank, supports))
    return tuple(found)


def find_near_misses(knowledge: Knowledge, ways: tuple[Ways, ...]) -> tuple[NearMiss, ...]:
    """Return the ways as near misses, at most a handful for each level."""
    levels = knowledge.program.levels
    return tuple(
        NearMiss(levels[way.rank].id, tuple(_further(knowledge, leaf, support) for leaf in _sorted(knowledge, support)))
        for way in ways
        for support in way.supports[:NEAR_MISSES_MAX]
    )


def _may_fire(knowledge: Knowledge, trace: Trace) -> list[tuple[Rule, Whose]]:
    return [
        (rule, evaluation.person)
        for evaluation in trace.evaluations
        for rule, truth in zip(knowledge.program.scopes[evaluation.scope].rules, evaluation.rules, strict=True)
        if truth is Truth.CANNOT_TELL
    ]


def _history_choices(knowledge: Knowledge, conditions: list[tuple[Condition, Whose]]) -> HistoryChoices:
    patterns: dict[tuple[Events, Whose], None] = {}
    pending, seen = list(reversed(conditions)), set()
    while pending:
        condition, person = asked = pending.pop()
        if asked not in seen:
            seen.add(asked)
            if isinstance(condition, Events):
                patterns[condition, person] = None
            pending.extend(_asked_in(knowledge, condition, person))
    return HistoryChoices(knowledge, tuple(patterns))


def _asked_in(knowledge: Knowledge, condition: Condition, person: Whose) -> Iterable[tuple[Condition, Whose]]:
    """Return the conditions that a condition rests on, each with the one of whom it is asked there."""
    program = knowledge.program
    match condition:
        case Some(subject, part) | Every(subject, part):
            exists_when = next(each.exists_when for each in program.subjects if each.id == subject)
            yield from [] if exists_when is None else [(exists_when, None)]
            yield from ((part, each.id) for each in knowledge.persons_of(subject))
        case Among(signal) | Between(signal) | SignalUnknown(signal):
            whose = None if program.signals[signal].subject == CASE else person
            yield from ((part, whose) for part in parts_of(program, condition))
        case _:
            yield from ((part, person) for part in parts_of(program, condition))


def _smallest(
    knowledge: Knowledge, choices: HistoryChoices, conditions: list[tuple[Condition, Whose]]
) -> tuple[Support, ...]:
    """Return all smallest sets of further answers that make one of the conditions hold."""
    for size in range(1, NEAR_MISS_SIZE_MAX + 1):
        leaves = {person: FurtherLeaves(knowledge, choices, size, person) for _, person in conditions}
        found: list[Support] = []
        for condition, person in conditions:
            found.extend(
                asked
                for support in leaves[person].supports.of(condition, person, wanted=True)
                for asked in _while_asked(knowledge, person, support)
                if len(asked) == size and _does_it(knowledge, condition, person, asked)
            )
        if found:
            return tuple(sorted(_merged(found), key=lambda s: _orders(knowledge, s)))
    return ()


def _while_asked(knowledge: Knowledge, person: Whose, support: Support) -> Iterable[Support]:
    """Return the set so that it leaves the person there of whom the rule is asked.

    An answer may say that nobody of the subject exists; then somebody must say besides that there is.
    """
    doubtful = next((each for each in knowledge.persons if each.id == person), None)
    if doubtful is None or doubtful.existence is not Existence.IN_DOUBT:
        return [support]
    leaf: Leaf = (ANSWER, EVERYONE_LISTED, doubtful.id)
    present = join(support, {leaf: frozenset({0})})
    if present is None:
        return []
    subject = next(each for each in knowledge.program.subjects if each.id == doubtful.subject)
    if leaf in support or subject.exists_when is None or knowledge.reading.somebody_listed(subject):
        return [support]
    remaining = _leaving(knowledge, subject.exists_when, support)
    return [present] if remaining is None else [remaining, present]


def _leaving(knowledge: Knowledge, exists_when: Condition, support: Support) -> Support | None:
    """Return the set with the values that leave it possible that somebody exists, or None where none do."""
    leaves = [leaf for leaf in support if leaf[1] in knowledge.program.signals]
    kept = [
        values
        for values in product(*(sorted(support[leaf]) for leaf in leaves))
        if _known_with(knowledge, dict(zip(leaves, values, strict=True))).truth(exists_when, None) is not Truth.FAILS
    ]
    if not kept:
        return None
    if len(leaves) == 1:
        return {**support, leaves[0]: frozenset(values[0] for values in kept)}
    return {**support, **{leaf: frozenset({value}) for leaf, value in zip(leaves, kept[0], strict=True)}}


def _known_with(knowledge: Knowledge, answers: Mapping[Leaf, int]) -> Knowledge:
    """Return what would be known with some answers more, each reliable."""
    preset: dict[tuple[SignalId, Whose], Known] = {}
    case = knowledge.case
    for (_, name, whose), value in answers.items():
        if name == EVERYONE_LISTED:
            case = _with_existence(knowledge, case, whose, is_there=value == 0)
        else:
            applies = knowledge.known(SignalId(name), whose).applies
            preset[SignalId(name), whose] = Known(value, value, is_answered=True, applies=applies)
    return Knowledge(knowledge.insight, case, _known=preset)


def _with_existence(knowledge: Knowledge, case: Case, whose: Whose, *, is_there: bool) -> Case:
    """Return the case in which it was said whether the unlisted person is there."""
    person = next(each for each in knowledge.persons if each.id == whose)
    listed = (*case.persons, Person(person.id, person.subject, {})) if is_there else case.persons
    return replace(case, persons=listed, everyone_listed=case.everyone_listed | {person.subject})


def _merged(found: list[Support]) -> list[Support]:
    """Return the sets with one entry for each set of questions.

    The answers that would do are joined where a set asks one question only.
    """
    by_questions: dict[frozenset[Leaf], Support] = {}
    for support in found:
        key = frozenset(support)
        earlier = by_questions.get(key)
        if earlier is None:
            by_questions[key] = support
        elif len(key) == 1:
            by_questions[key] = {leaf: values | earlier[leaf] for leaf, values in support.items()}
    return list(by_questions.values())


def _does_it(knowledge: Knowledge, condition: Condition, person: Whose, support: Support) -> bool:
    """Return whether the answers really make the condition hold.

    One that asks what is unknown may be undone by the very answer.
    """
    if not knowledge.insight.rests_on_unknown(condition) or any(name == HISTORY for _, name, _ in support):
        return True
    lowest = {leaf: min(values) for leaf, values in support.items()}
    return _known_with(knowledge, lowest).truth(condition, person) is Truth.HOLDS


def _sorted(knowledge: Knowledge, support: Support) -> list[Leaf]:
    return sorted(support, key=lambda leaf: leaf_order(knowledge.insight, knowledge, SignalId(leaf[1]), leaf[2]))


def _orders(knowledge: Knowledge, support: Support) -> list[tuple[int, int, str]]:
    return sorted(leaf_order(knowledge.insight, knowledge, SignalId(leaf[1]), leaf[2]) for leaf in support)


def _further(knowledge: Knowledge, leaf: Leaf, support: Support) -> FurtherAnswer:
    name, whose = SignalId(leaf[1]), leaf[2]
    signal = knowledge.program.signals.get(name)
    if signal is None:
        return FurtherAnswer(name, whose, ())
    known = knowledge.known(name, whose)
    stretches = knowledge.insight.stretches(signal, known.low, known.high)
    passing = [(s.start, s.stop - 1) for s in stretches if s.start in support[leaf]]
    return FurtherAnswer(name, whose, tuple(passing))
