"""The identifiers of the field, each a type of its own so that none is taken for another."""

from typing import Final, NewType

SignalId = NewType("SignalId", str)
SubjectId = NewType("SubjectId", str)
TopicId = NewType("TopicId", str)
LevelId = NewType("LevelId", str)
ActionId = NewType("ActionId", str)
ConceptId = NewType("ConceptId", str)
ScoreId = NewType("ScoreId", str)
EventKindId = NewType("EventKindId", str)
ParameterId = NewType("ParameterId", str)
SourceId = NewType("SourceId", str)
RuleId = NewType("RuleId", str)
SafeguardId = NewType("SafeguardId", str)
RulesetName = NewType("RulesetName", str)
RegionName = NewType("RegionName", str)
ReleaseName = NewType("ReleaseName", str)
PersonId = NewType("PersonId", str)
ReporterId = NewType("ReporterId", str)
CaseId = NewType("CaseId", str)
Digest = NewType("Digest", str)

CASE: Final = SubjectId("case")
"""The subject of signals and rulesets that speak of the case as a whole."""

MODE: Final = SignalId("mode")
"""The signal that every vocabulary has: whether the case is a report or a question for advice."""


def unlisted_person(subject: SubjectId) -> PersonId:
    """Return the reserved id of the person of *subject* about whom nothing is known."""
    return PersonId(f"unlisted-{subject}")
