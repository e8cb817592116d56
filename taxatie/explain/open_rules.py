"""The smallest sets of further answers that make a rule fire, found from its parts upwards, one size after another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from taxatie.explain.further_leaves import ANSWER, FurtherLeaves, HistoryChoices
from taxatie.explain.imagined import history_choices, known_with
from taxatie.explain.knowledge import Knowledge
from taxatie.explain.parts import Whose, everything_in
from taxatie.explain.supports import Leaf, Support
from taxatie.limits import NEAR_MISS_SIZE_MAX
from taxatie.rules.condition import Among, Between, Condition, Events, SignalUnknown
from taxatie.rules.program import Rule
from taxatie.terms.explanation import EVERYONE_LISTED, HISTORY
from taxatie.terms.names import SignalId
from taxatie.terms.trace import Existence
from taxatie.terms.truth import Truth


@dataclass(frozen=True)
class OpenRule:
    """A rule that may fire, and of whom it is asked."""

    choices: HistoryChoices
    condition: Condition
    person: Whose
    exists_when: Condition | None
    """When the person exists of whom the rule is asked, where an answer may yet decide that."""

    @classmethod
    def of(cls, knowledge: Knowledge, rule: Rule, person: Whose) -> "OpenRule":
        """Return the rule with what its firing rests on."""
        exists_when = _open_existence(knowledge, person)
        asked = [(rule.condition, person), *([] if exists_when is None else [(exists_when, None)])]
        return cls(history_choices(knowledge, asked), rule.condition, person, exists_when)

    @property
    def knowledge(self) -> Knowledge:
        """What is known of the case."""
        return self.choices.knowledge

    def supports(self, size: int) -> list[Support]:
        """Return the sets of so many further answers that make the rule fire."""
        leaves = FurtherLeaves(self.knowledge, self.choices, size, self.person)
        return [
            asked
            for support in leaves.supports.of(self.condition, self.person, wanted=True)
            for asked in self._while_asked(support)
            if len(asked) == size and self._does_it(asked)
        ]

    def _while_asked(self, support: Support) -> Iterable[Support]:
        """Return the set so that it leaves the person there of whom the rule is asked.

        An answer may say that nobody of the subject exists; then somebody must say besides that there is.
        """
        leaf: Leaf = (ANSWER, EVERYONE_LISTED, self.person)
        if self.exists_when is None or leaf in support:
            return [support]
        present = {**support, leaf: frozenset({0})}
        remaining = self._leaving(self.exists_when, support)
        return [present] if remaining is None else [remaining, present]

    def _leaving(self, exists_when: Condition, support: Support) -> Support | None:
        """Return the set with the values that leave it possible that somebody exists, or None where none do."""
        leaves = [leaf for leaf in support if leaf[1] in _names_in(self.knowledge, exists_when)]
        kept = [
            values
            for values in product(*(sorted(support[leaf]) for leaf in leaves))
            if known_with(self.choices, dict(zip(leaves, values, strict=True))).truth(exists_when, None)
            is not Truth.FAILS
        ]
        if not kept:
            return None
        if len(leaves) == 1:
            return {**support, leaves[0]: frozenset(values[0] for values in kept)}
        return {**support, **{leaf: frozenset({value}) for leaf, value in zip(leaves, kept[0], strict=True)}}

    def _does_it(self, support: Support) -> bool:
        """Return whether the answers really make the rule fire.

        One that asks what is unknown may be undone by the very answer, and so may one that rests on a
        question's not applying.
        """
        if not self.knowledge.insight.rests_on_unknown(self.condition) and not self._may_not_apply(support):
            return True
        lowest = {leaf: min(values) for leaf, values in support.items()}
        history = [leaf for leaf in support if leaf[1] == HISTORY]
        return any(
            known_with(self.choices, {**lowest, **dict(zip(history, numbers, strict=True))}).truth(
                self.condition, self.person
            )
            is Truth.HOLDS
            for numbers in product(*(sorted(support[leaf]) for leaf in history))
        )

    def _may_not_apply(self, support: Support) -> bool:
        signals = self.knowledge.program.signals
        return any(name in signals and signals[SignalId(name)].applies_when is not None for _, name, _ in support)


def _open_existence(knowledge: Knowledge, person: Whose) -> Condition | None:
    """Return when the person exists, where the person is unlisted and nobody else of the subject is listed."""
    doubtful = next((each for each in knowledge.persons if each.id == person), None)
    if doubtful is None or doubtful.existence is not Existence.IN_DOUBT:
        return None
    subject = next(each for each in knowledge.program.subjects if each.id == doubtful.subject)
    return None if knowledge.reading.somebody_listed(subject) else subject.exists_when


def _names_in(knowledge: Knowledge, condition: Condition) -> set[str]:
    """Return the signals that a condition rests on, and the history where it asks for patterns."""
    found: set[str] = set()
    for part in everything_in(knowledge.program, condition):
        if isinstance(part, Among | Between | SignalUnknown):
            found.add(part.signal)
        elif isinstance(part, Events):
            found.add(HISTORY)
    return found


def smallest_supports(rules: Sequence[OpenRule], first_size: int) -> list[Support]:
    """Return all smallest sets, from a size on, of further answers that make one of the rules fire."""
    for size in range(first_size, NEAR_MISS_SIZE_MAX + 1):
        found = [support for rule in rules for support in rule.supports(size)]
        if found:
            return _merged(found)
    return []


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
