"""A release as a decision table of GoRules ZEN, one case at a time: a row a rule, and all that apply are collected.

Persons are asked within a cell, by `some` over a list of them, so that one call does for a case.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any as Untyped  # ZEN ships no types

import zen

from load.peers.expressions import Dialect, Writer, each_rule
from load.peers.plain_facts import plain_facts
from taxatie.rules.condition import Some
from taxatie.rules.program import Program
from taxatie.terms.case import Case
from taxatie.terms.names import CASE

_DIALECT = Dialect(
    conjunction=" and ",
    disjunction=" or ",
    negation="not({})",
    choice="({} ? {} : {})",
    answer=lambda signal, person: f"s_{signal}" if person is None else f"{person}.s_{signal}",
    group=lambda group, inner: f"{'some' if isinstance(group, Some) else 'all'}(all_{group.subject}, {inner('#')})",
)
_KEY = "rules"


@dataclass(frozen=True, slots=True)
class ZenRules:
    """The rules of a program as one decision table of ZEN."""

    program: Program
    engine: Untyped

    @classmethod
    def of(cls, program: Program) -> "ZenRules":
        """Return the rules, compiled by ZEN as soon as it holds them: by far its fastest way."""
        loader = {"type": "static", "content": {_KEY: decision_of(program)}}
        return cls(program, zen.ZenEngine({"loader": loader}))

    def context(self, case: Case) -> dict[str, object]:
        """Return what ZEN sees of a case; what was not answered is null."""
        return plain_facts(self.program, case)

    def fired(self, context: Mapping[str, object]) -> list[dict[str, object]]:
        """Return a `rule` and the `rank` of its level, for each rule that fires for the case or somebody in it."""
        found: list[dict[str, object]] = self.engine.evaluate(_KEY, context)["result"]
        return found

    def level(self, context: Mapping[str, object]) -> int:
        """Return the rank of the case's level."""
        ranks = [row["rank"] for row in self.fired(context)]
        return max((rank for rank in ranks if isinstance(rank, int)), default=0)


def decision_of(program: Program) -> dict[str, object]:
    """Return the decision, as ZEN's files hold it."""
    writer = Writer(program, _DIALECT)
    rows = []
    for subject, rule in each_rule(program):
        condition = writer.written(rule.condition, None if subject == CASE else "#")
        whole = condition if subject == CASE else f"some(all_{subject}, {condition})"
        rank = 0 if rule.level is None else program.level_rank(rule.level)
        rows.append({"_id": str(rule.id), "when": whole, "rule": json.dumps(rule.id), "rank": str(rank)})
    place = {"x": 0, "y": 0}
    table = {
        "hitPolicy": "collect",
        # An input without a field holds a whole condition in each cell.
        "inputs": [{"id": "when", "name": "when", "field": ""}],
        "outputs": [{"id": "rule", "name": "rule", "field": "rule"}, {"id": "rank", "name": "rank", "field": "rank"}],
        "rules": rows,
    }
    return {
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "in", "position": place},
            {"id": "table", "type": "decisionTableNode", "name": "table", "position": place, "content": table},
            {"id": "out", "type": "outputNode", "name": "out", "position": place},
        ],
        "edges": [
            {"id": "first", "sourceId": "in", "targetId": "table"},
            {"id": "second", "sourceId": "table", "targetId": "out"},
        ],
    }
