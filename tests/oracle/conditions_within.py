"""All conditions of a program, by looking through the values that it is made of."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from taxatie.rules.condition import Condition, Events
from taxatie.rules.program import Program


def all_conditions(program: Program) -> list[Condition]:
    """Return the conditions of rules, concepts, scores, signals and subjects, each at its top."""
    found = [rule.condition for scope in program.scopes for rule in scope.rules]
    found += [concept.condition for concept in program.concepts.values()]
    found += [item.condition for score in program.scores.values() for item in score.items]
    found += [each.applies_when for each in program.signals.values() if each.applies_when is not None]
    found += [each.exists_when for each in program.subjects if each.exists_when is not None]
    return found


def event_patterns(program: Program) -> list[Events]:
    """Return every different pattern over time that the program asks for."""
    found: dict[Events, None] = {}
    for condition in all_conditions(program):
        for part in _parts(condition):
            if isinstance(part, Events):
                found[part] = None
    return list(found)


def _parts(value: object) -> Iterator[object]:
    yield value
    if isinstance(value, tuple):
        for part in value:
            yield from _parts(part)
    elif is_dataclass(value):
        for place in fields(value):
            yield from _parts(getattr(value, place.name))
