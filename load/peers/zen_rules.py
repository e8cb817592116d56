"""A release as a decision of GoRules ZEN, one case at a time: an expression for each rule, and the gravest of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any as Untyped  # ZEN ships no types

import zen

from load.peers.two_valued import Rules, is_of_person
from taxatie.rules.condition import (
    All,
    Among,
    Any,
    AtLeast,
    Between,
    ConceptHolds,
    ConceptUnknown,
    Condition,
    Events,
    Every,
    Not,
    ScoreBetween,
    ScoreUnknown,
    SignalUnknown,
    Some,
)
from taxatie.rules.program import Program
from taxatie.terms.case import Case, Mode
from taxatie.terms.names import CASE, MODE


@dataclass(frozen=True, slots=True)
class ZenRules:
    """The rules of a program as one decision of ZEN."""

    program: Program
    decision: Untyped

    @classmethod
    def of(cls, program: Program) -> "ZenRules":
        """Return the rules, compiled by ZEN."""
        return cls(program, zen.ZenEngine().create_decision(json.dumps(_decision(program))))

    def context(self, case: Case) -> dict[str, object]:
        """Return what ZEN sees of a case; what was not answered is null."""
        signals = self.program.signals.values()
        of_case = {signal.id: case.answers.get(signal.id) for signal in signals if signal.subject == CASE}
        context: dict[str, object] = {f"s_{name}": answer and answer.value for name, answer in of_case.items()}
        context[f"s_{MODE}"] = list(Mode).index(case.mode)
        for subject in self.program.subjects:
            names = [signal.id for signal in signals if signal.subject == subject.id]
            context[f"all_{subject.id}"] = [
                {f"s_{name}": person.answers[name].value if name in person.answers else None for name in names}
                for person in case.persons
                if person.subject == subject.id
            ]
        return context

    def level(self, context: Mapping[str, object]) -> int:
        """Return the rank of the case's level."""
        found: int = self.decision.evaluate(context)["result"]["level"]
        return found


def _decision(program: Program) -> dict[str, object]:
    expressions = []
    fired = ["0"]
    for scope, rule, rank in Rules(program).by_scope():
        condition = _written(program, rule.condition, scope.subject != CASE)
        key = f"r_{rule.id.lower().replace('-', '_')}"
        whole = f"some(all_{scope.subject}, {condition})" if is_of_person(scope.subject) else condition
        expressions.append({"id": key, "key": key, "value": whole})
        fired.append(f"($.{key} ? {rank} : 0)")
    expressions.append({"id": "level", "key": "level", "value": f"max([{', '.join(fired)}])"})
    place = {"x": 0, "y": 0}
    return {
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "in", "position": place},
            {
                "id": "rules",
                "type": "expressionNode",
                "name": "rules",
                "position": place,
                "content": {"expressions": expressions},
            },
            {"id": "out", "type": "outputNode", "name": "out", "position": place},
        ],
        "edges": [
            {"id": "first", "sourceId": "in", "targetId": "rules"},
            {"id": "second", "sourceId": "rules", "targetId": "out"},
        ],
    }


def _written(program: Program, condition: Condition, is_person: bool) -> str:  # noqa: FBT001  # where it stands
    """Return the condition in ZEN's language, as it stands for the case or within a closure over persons."""
    match condition:
        case Among() | Between() | SignalUnknown():
            return _signal(program, condition, is_person)
        case ConceptHolds(concept=concept):
            return _written(program, program.concepts[concept].condition, is_person)
        case Not(condition=inner):
            return f"not({_written(program, inner, is_person)})"
        case All() | Any() | AtLeast():
            return _several(condition, [_written(program, part, is_person) for part in condition.conditions])
        case Some() | Every():
            asks = "some" if isinstance(condition, Some) else "all"
            return f"{asks}(all_{condition.subject}, {_written(program, condition.condition, True)})"
        case ScoreBetween(score=score, low=low, high=high):
            items = program.scores[score].items
            return _within(_total([(_written(program, i.condition, is_person), i.points) for i in items]), low, high)
        case Events() | ConceptUnknown() | ScoreUnknown():
            return "false"


def _several(condition: All | Any | AtLeast, parts: list[str]) -> str:
    match condition:
        case All():
            return f"({' and '.join(parts)})"
        case Any():
            return f"({' or '.join(parts)})"
        case AtLeast(count=count):
            return f"({_total([(part, 1) for part in parts])} >= {count})"


def _signal(program: Program, condition: Among | Between | SignalUnknown, is_person: bool) -> str:  # noqa: FBT001  # as above
    own = is_person and is_of_person(program.signals[condition.signal].subject)
    name = f"#.s_{condition.signal}" if own else f"s_{condition.signal}"
    match condition:
        case Among(values=values):
            return f"({' or '.join(f'{name} == {value}' for value in sorted(values))})"
        case Between(low=low, high=high):
            return f"({name} != null and {_within(name, low, high)})"
        case SignalUnknown():
            return f"({name} == null)"


def _total(weighted: list[tuple[str, int]]) -> str:
    return f"({' + '.join(f'({part} ? {points} : 0)' for part, points in weighted)})"


def _within(value: str, low: int | None, high: int | None) -> str:
    bounds = ([] if low is None else [f"{value} >= {low}"]) + ([] if high is None else [f"{value} <= {high}"])
    return f"({' and '.join(bounds)})"
