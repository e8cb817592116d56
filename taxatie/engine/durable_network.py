"""Conditions as networks of durable-rules, in the one closed form in which that engine can be trusted.

Each condition has two rails, *certainly so* and *certainly not so*, and each rail is a property that is 0 or 1
and always there. So no negation, no missing value and no comparison is needed. A combination becomes rules:
`all` holds by one rule over its parts and fails by one rule a part; `any` is its mirror. What is derived is
chained by asserting the grown message again until nothing new fires.

A network stays far below every measured limit: few properties, few parts a rule, few rules a guard. What
does not fit one network goes on in the next.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Final

import durable_rules_engine

PARTS_MAX: Final = 8
"""Parts of one rule; 14 groups and 16 patterns were measured to be the limits."""

PROPERTIES_MAX: Final = 160
"""Rails of one message; 252 properties is the limit."""

RULES_A_GUARD: Final = 12
"""Rules behind one guard; 64 conditions of one node may be true at once."""

Rail = tuple[int, bool]
"""A node, and whether it is meant to hold or to fail."""

_NUMBERS = count()
_SID: Final = "0"


@dataclass(frozen=True, slots=True)
class Gate:
    """A node that holds when all of *parts* are so, and fails when one of them is certainly not."""

    node: int
    parts: tuple[Rail, ...]

    def rails(self) -> Iterator[Rail]:
        """Return every rail that the gate reads or writes."""
        for node, _ in self.parts:
            yield (node, True)
            yield (node, False)
        yield (self.node, True)
        yield (self.node, False)


def _name(rail: Rail) -> str:
    node, holds = rail
    return f"p{node}{'t' if holds else 'f'}"


@dataclass(slots=True)
class Network:
    """Some gates as one ruleset of the engine; one thread at a time."""

    gates: tuple[Gate, ...]
    _handle: int = field(init=False)
    _properties: tuple[Rail, ...] = field(init=False)
    _guards: int = field(init=False)
    _effects: dict[str, Rail] = field(init=False)

    def __post_init__(self) -> None:
        """Create the ruleset, and fire one rule once: a state in which nothing fired must not be deleted first."""
        self._properties = tuple(dict.fromkeys(rail for gate in self.gates for rail in gate.rails()))
        definitions = list(_rules(self.gates))
        self._guards = len(definitions) // RULES_A_GUARD + 1
        self._effects = {f"r{number}": effect for number, (_, effect) in enumerate(definitions)}
        rules = {
            f"r{number}": _rule(f"g{number // RULES_A_GUARD}", conditions)
            for number, (conditions, _) in enumerate(definitions)
        }
        rules["primer"] = {"all": [{"m": {"$and": [{"primer": 1}, {"ready": 1}]}}]}
        self._handle = durable_rules_engine.create_ruleset(f"n{next(_NUMBERS)}", json.dumps(rules))
        assert self._fire({"primer": 1, "ready": 1}) == ["primer"]

    def settle(self, known: dict[Rail, bool]) -> dict[Rail, bool]:
        """Return the rails of the gates' own nodes, given those of all other nodes they read."""
        rails = {rail: known.get(rail, False) for rail in self._properties}
        while True:
            fired = {self._effects[rule] for rule in self._fire(self._message(rails))}
            new = [rail for rail in fired if not rails[rail]]
            if not new:
                return {(gate.node, side): rails[gate.node, side] for gate in self.gates for side in (True, False)}
            for rail in new:
                rails[rail] = True

    def _message(self, rails: dict[Rail, bool]) -> dict[str, object]:
        message: dict[str, object] = {_name(rail): int(so) for rail, so in rails.items()}
        return message | {f"g{number}": 1 for number in range(self._guards)}

    def _fire(self, message: dict[str, object]) -> list[str]:
        """Return the names of the rules that fire on one message, in a state of its own."""
        fired = []
        try:
            text = json.dumps({"id": "m", "sid": _SID, **message})
            _, state = durable_rules_engine.assert_fact(self._handle, text)
            found = durable_rules_engine.start_action_for_state(self._handle, state)
            if found:
                _, matches = found
                while matches:
                    fired += list(json.loads(matches))
                    matches = durable_rules_engine.complete_and_start_action(self._handle, state)
        finally:
            durable_rules_engine.delete_state(self._handle, _SID)
        return fired


def _rules(gates: Iterable[Gate]) -> Iterator[tuple[tuple[Rail, ...], Rail]]:
    """Return each rule as what it needs and what it makes so."""
    for gate in gates:
        yield gate.parts, (gate.node, True)
        for node, holds in gate.parts:
            yield ((node, not holds),), (gate.node, False)


def _rule(guard: str, conditions: Iterable[Rail]) -> dict[str, object]:
    tests: list[dict[str, int]] = [{guard: 1}, *({_name(rail): 1} for rail in conditions)]
    return {"all": [{"m": {"$and": tests}}]}


def networks_of(gates: Iterable[Gate]) -> Iterator[Network]:
    """Return the gates in networks, in order, each within the limits."""
    waiting: list[Gate] = []
    properties: set[Rail] = set()
    for gate in gates:
        grown = properties | set(gate.rails())
        if waiting and len(grown) > PROPERTIES_MAX:
            yield Network(tuple(waiting))
            waiting, grown = [], set(gate.rails())
        waiting.append(gate)
        properties = grown
    if waiting:
        yield Network(tuple(waiting))
