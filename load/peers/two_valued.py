"""What a release comes to where nothing may be unknown: as much of it as the peers of the what-if can do.

They get the same rules, generated from the compiled program, and say one thing of a case: its level. Left out, in
their favour: that an answer may be unknown (missing is no), hearsay, that something may apply or not, persons nobody
listed, events (there are none), what may still turn out, findings, actions, withholdings and who is concerned.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np

from load.answers import ANSWERED, Sheet
from load.population import Batch
from taxatie.rules.program import Concept, Program, Rule, Scope
from taxatie.terms.names import CASE, ConceptId, Digest, ReleaseName, SignalId, SubjectId


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a program that give a level, and where each of its concepts and scores belongs."""

    program: Program

    def by_scope(self) -> Iterator[tuple[Scope, Rule, int]]:
        """Return each rule that gives a level, with its scope and the rank of the level."""
        for scope in self.program.scopes:
            for rule in scope.rules:
                if rule.level is not None:
                    yield scope, rule, self.program.level_rank(rule.level)

    def subject_of(self, concept: ConceptId) -> SubjectId:
        """Return of whom a concept speaks."""
        return next(scope.subject for scope in self.program.scopes for each in scope.concepts if each.id == concept)

    def concepts(self) -> Iterator[tuple[SubjectId, Concept]]:
        """Return every concept, with of whom it speaks."""
        return ((scope.subject, concept) for scope in self.program.scopes for concept in scope.concepts)


def another_release(program: Program) -> Program:
    """Return the release as a draft might change it: now and then a rule is dropped, or weighs one level more."""
    scopes, place = [], 0
    for scope in program.scopes:
        rules = []
        for rule in scope.rules:
            place += 1
            if place % 11 == 7:  # noqa: PLR2004  # now and then
                continue
            heavier = rule.level is not None and place % 11 == 3  # noqa: PLR2004  # now and then
            rules.append(_one_heavier(program, rule) if heavier else rule)
        scopes.append(replace(scope, rules=tuple(rules)))
    name, digest = (
        ReleaseName(f"{program.release}-otherwise"),
        sha256(f"{program.digest} otherwise".encode()).hexdigest(),
    )
    return replace(program, release=name, digest=Digest(digest), scopes=tuple(scopes), is_draft=True)


def _one_heavier(program: Program, rule: Rule) -> Rule:
    assert rule.level is not None
    rank = min(program.level_rank(rule.level) + 1, len(program.levels) - 1)
    return replace(rule, level=program.levels[rank].id)


def fully_answered(batch: Batch) -> Batch:
    """Return the cases as if everything had been asked and answered reliably, everybody listed, and nothing on record.

    Here two values say as much as three, so every engine must give the same level.
    """
    none = np.zeros(0, dtype=np.int64)
    return replace(
        batch,
        everyone_listed={subject: np.ones(len(batch.numbers), dtype=np.bool_) for subject in batch.everyone_listed},
        answers=_all_answered(batch.answers),
        people={
            subject: replace(group, answers=_all_answered(group.answers)) for subject, group in batch.people.items()
        },
        is_searched=np.ones(len(batch.numbers), dtype=np.bool_),
        events=replace(
            batch.events,
            owner=none,
            kind=none,
            day=none.astype("datetime64[D]"),
            subject=none,
            slot=none,
            reporter=none,
        ),
    )


def _all_answered(sheets: Mapping[SignalId, Sheet]) -> dict[SignalId, Sheet]:
    return {
        name: replace(
            sheet,
            said=np.full_like(sheet.said, ANSWERED),
            basis=np.zeros_like(sheet.basis),
            is_overheard=np.zeros_like(sheet.is_overheard),
        )
        for name, sheet in sheets.items()
    }


def is_of_person(subject: SubjectId) -> bool:
    """Return whether a subject is a person's, not the case's."""
    return subject != CASE
