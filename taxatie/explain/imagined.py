"""What would be known if some questions more were answered: the ground on which near misses are tried."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from taxatie.engine.reference import Known
from taxatie.explain.further_leaves import HistoryChoices
from taxatie.explain.knowledge import Knowledge, Whose, parts_of
from taxatie.explain.supports import Leaf
from taxatie.rules.condition import Among, Between, Condition, Events, Every, SignalUnknown, Some
from taxatie.terms.case import Case, Person
from taxatie.terms.explanation import EVERYONE_LISTED, HISTORY
from taxatie.terms.names import CASE, SignalId
from taxatie.terms.truth import Truth

Asked = tuple[Condition, Whose]


@dataclass(frozen=True)
class ImaginedKnowledge(Knowledge):
    """A case with some answers more, in which the registers may have said what the patterns ask."""

    patterns: Mapping[tuple[Events, Whose], Truth] = field(default_factory=dict)

    def truth(self, condition: Condition, whose: Whose) -> Truth:
        """Return what could be said of the condition then."""
        if isinstance(condition, Events) and (condition, whose) in self.patterns:
            return self.patterns[condition, whose]
        return super().truth(condition, whose)


def known_with(choices: HistoryChoices, answers: Mapping[Leaf, int]) -> Knowledge:
    """Return what would be known with some answers more, each reliable; of the history, its choice by number."""
    knowledge = choices.knowledge
    preset: dict[tuple[SignalId, Whose], Known] = {}
    patterns: Mapping[tuple[Events, Whose], Truth] = {}
    case = knowledge.case
    for (_, name, whose), value in answers.items():
        if name == EVERYONE_LISTED:
            case = _with_existence(knowledge, case, whose, is_there=value == 0)
        elif name == HISTORY:
            patterns = choices.truths(value)
        else:
            applies = knowledge.known(SignalId(name), whose).applies
            preset[SignalId(name), whose] = Known(value, value, is_answered=True, applies=applies)
    return ImaginedKnowledge(knowledge.insight, case, _known=preset, patterns=patterns)


def _with_existence(knowledge: Knowledge, case: Case, whose: Whose, *, is_there: bool) -> Case:
    """Return the case in which it was said whether the unlisted person is there."""
    person = next(each for each in knowledge.persons if each.id == whose)
    listed = (*case.persons, Person(person.id, person.subject, {})) if is_there else case.persons
    return replace(case, persons=listed, everyone_listed=case.everyone_listed | {person.subject})


def history_choices(knowledge: Knowledge, asked: Iterable[Asked]) -> HistoryChoices:
    """Return what the registers may say of all that the conditions ask of them."""
    patterns: dict[tuple[Events, Whose], None] = {}
    pending, seen = list(asked), set()
    while pending:
        condition, person = pending.pop()
        if (condition, person) not in seen:
            seen.add((condition, person))
            if isinstance(condition, Events):
                patterns[condition, person] = None
            pending.extend(_asked_in(knowledge, condition, person))
    return HistoryChoices(knowledge, tuple(patterns))


def _asked_in(knowledge: Knowledge, condition: Condition, person: Whose) -> Iterable[Asked]:
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
