"""A release as policies of Cedar (cedarpy), one case at a time: a `permit` for each rule; those that permit fire.

The case and each of its persons is an entity that asks for itself. Cedar has no "for some of them": what is asked of a
group of persons is written out, for as many persons as the population lists.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cedarpy

from load.peers.expressions import Dialect, Person, Writer, each_rule
from load.peers.plain_facts import plain_facts
from taxatie.rules.condition import Every, Some
from taxatie.rules.program import Program, Rule
from taxatie.terms.case import Case
from taxatie.terms.names import CASE, RuleId, SubjectId

PERSONS_MAX = 4
"""Of a subject in one case."""

Request = dict[str, object]
_IT = {"type": CASE, "id": "it"}


def _group(group: Some | Every, inner: Callable[[Person], str]) -> str:
    persons = [f"resource.{group.subject}_{place}" for place in range(1, PERSONS_MAX + 1)]
    there = [f"resource has {person.removeprefix('resource.')}" for person in persons]
    if isinstance(group, Some):
        each = [f"({is_there} && {inner(person)})" for is_there, person in zip(there, persons, strict=True)]
        return f"({' || '.join(each)})"
    each = [f"(!({is_there}) || {inner(person)})" for is_there, person in zip(there, persons, strict=True)]
    return f"({' && '.join(each)})"


_DIALECT = Dialect(
    conjunction=" && ",
    disjunction=" || ",
    negation="!({})",
    choice="(if {} then {} else {})",
    answer=lambda signal, person: f"{person or 'resource'}.s_{signal}",
    group=_group,
)


@dataclass(frozen=True, slots=True)
class CedarRules:
    """The rules of a program as policies of Cedar, parsed once."""

    program: Program
    policies: cedarpy.PolicySet
    by_subject: dict[SubjectId, cedarpy.PolicySet]
    """The same, those of each subject apart."""

    @classmethod
    def of(cls, program: Program) -> "CedarRules":
        """Return the rules, parsed."""
        texts = [(subject, _policy(program, subject, rule)) for subject, rule in each_rule(program)]
        subjects = [CASE, *(subject.id for subject in program.subjects)]
        apart = {
            subject: cedarpy.PolicySet.from_str("\n".join(text for owner, text in texts if owner == subject))
            for subject in subjects
        }
        return cls(program, cedarpy.PolicySet.from_str("\n".join(text for _, text in texts)), apart)

    def entities(self, case: Case) -> str:
        """Return the case and its persons as Cedar's JSON."""
        facts = plain_facts(self.program, case)
        of_case: dict[str, object] = {name: value for name, value in facts.items() if name.startswith("s_")}
        entities: list[dict[str, object]] = []
        for subject in self.program.subjects:
            persons = facts[f"all_{subject.id}"]
            assert isinstance(persons, list)
            assert len(persons) <= PERSONS_MAX, "more persons than the policies are written out for"
            for place, answers in enumerate(persons, 1):
                person = {"type": subject.id, "id": str(place)}
                of_case[f"{subject.id}_{place}"] = {"__entity": person}
                entities.append({"uid": person, "attrs": answers, "parents": []})
        return json.dumps([*entities, {"uid": _IT, "attrs": of_case, "parents": []}])

    def parsed(self, case: Case) -> cedarpy.Entities:
        """Return the same, parsed beforehand."""
        return cedarpy.Entities.from_json_str(self.entities(case))

    def requests(self, case: Case) -> list[tuple[SubjectId, Request]]:
        """Return what is asked: for the case, and for each of its persons."""
        asking = [(CASE, _IT)]
        for subject in self.program.subjects:
            count = sum(person.subject == subject.id for person in case.persons)
            asking += [(subject.id, {"type": subject.id, "id": str(place)}) for place in range(1, count + 1)]
        action = {"type": "Action", "id": "assess"}
        return [
            (subject, {"principal": who, "action": action, "resource": _IT, "context": {}}) for subject, who in asking
        ]

    def evaluate(self, requests: Sequence[Request], entities: str) -> list[cedarpy.AuthzResult]:
        """Return Cedar's answers for a case, asked all at once."""
        answers: list[cedarpy.AuthzResult] = cedarpy.is_authorized_batch(list(requests), self.policies, entities)
        return answers

    def evaluate_apart(
        self, requests: Sequence[tuple[SubjectId, Request]], entities: cedarpy.Entities
    ) -> list[cedarpy.AuthzResult]:
        """Return the same, each asked of its own subject's policies alone."""
        return [cedarpy.is_authorized(request, self.by_subject[subject], entities) for subject, request in requests]

    def fired(self, case: Case) -> Iterator[RuleId]:
        """Return each rule that fires for the case or somebody in it."""
        rules = [rule.id for _, rule in each_rule(self.program)]
        for answer in self.evaluate([request for _, request in self.requests(case)], self.entities(case)):
            assert not answer.diagnostics.errors, answer.diagnostics.errors
            # Policies are named by their place in the text.
            yield from (rules[int(name.removeprefix("policy"))] for name in answer.diagnostics.reasons)


def _policy(program: Program, subject: SubjectId, rule: Rule) -> str:
    condition = Writer(program, _DIALECT).written(rule.condition, None if subject == CASE else "principal")
    return f"permit(principal is {subject}, action, resource) when {{ {condition} }};"
