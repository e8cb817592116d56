"""A release ready to run: everything resolved, every value coded, in the order of the release.

A program is what the engines read. It holds no text positions and nothing that was not checked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from taxatie.limits import SCOPES_KEPT_MAX
from taxatie.rules.condition import Condition
from taxatie.terms.assessment import RuleMatch
from taxatie.terms.names import (
    ActionId,
    ConceptId,
    Digest,
    EventKindId,
    LevelId,
    ParameterId,
    PersonId,
    RegionName,
    ReleaseName,
    RuleId,
    RulesetName,
    SafeguardId,
    ScoreId,
    SignalId,
    SourceId,
    SubjectId,
    TopicId,
)
from taxatie.terms.period import Term
from taxatie.terms.text import Text
from taxatie.terms.vocabulary import (
    Action,
    Backing,
    Danger,
    EventKind,
    Level,
    Option,
    SignalType,
    Source,
    Topic,
)


@dataclass(frozen=True, slots=True)
class Signal:
    """Something that can be asked and answered about the case or a person.

    Its values are the integers from *lowest* to *highest*; *labels* names them for all but numbers.
    """

    id: SignalId
    subject: SubjectId
    topic: TopicId | None
    """None for the built-in `mode` alone."""
    type: SignalType
    ask: Text
    help: Text | None
    lowest: int
    highest: int
    labels: tuple[str, ...]
    options: tuple[Option, ...]
    unit: str | None
    danger: Danger | None
    is_ordered: bool
    """Whether a value between two possible ones is possible too; false for unordered choices."""
    applies_when: Condition | None
    reveals_reporter: bool
    backing: Backing

    @property
    def values(self) -> range:
        """All values, lowest first."""
        return range(self.lowest, self.highest + 1)

    def label(self, value: int) -> str:
        """Return the value as a case file writes it."""
        return self.labels[value] if self.labels else str(value)


@dataclass(frozen=True, slots=True)
class Subject:
    """A kind of person, each of whom is assessed apart."""

    id: SubjectId
    title: Text
    exists_when: Condition | None


@dataclass(frozen=True, slots=True)
class Concept:
    """A named condition; a finding is one that is reported."""

    id: ConceptId
    title: Text
    condition: Condition
    is_finding: bool


@dataclass(frozen=True, slots=True)
class ScoreItem:
    """The points that a condition adds to a score, or takes off."""

    condition: Condition
    points: int


@dataclass(frozen=True, slots=True)
class Score:
    """A sum of points of conditions."""

    id: ScoreId
    title: Text
    items: tuple[ScoreItem, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition and what follows when it holds."""

    id: RuleId
    title: Text
    condition: Condition
    level: LevelId | None
    actions: tuple[ActionId, ...]
    withhold: tuple[ActionId, ...]
    because: Text
    backing: Backing


@dataclass(frozen=True, slots=True)
class Safeguard:
    """What must follow, for every possible case, whenever the condition holds for somebody."""

    id: SafeguardId
    title: Text
    condition: Condition
    level_at_least: LevelId | None
    action: ActionId | None
    never: ActionId | None


@dataclass(frozen=True, slots=True)
class Scope:
    """What is evaluated together, once for each person of *subject*, or once where that is `case`.

    The vocabulary's own concepts and scores make a scope for each subject whose signals they use
    (*ruleset* is None); each ruleset makes one.
    """

    ruleset: RulesetName | None
    version: str
    title: Text
    subject: SubjectId
    concepts: tuple[Concept, ...]
    scores: tuple[Score, ...]
    rules: tuple[Rule, ...]
    safeguards: tuple[Safeguard, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The general holidays of the years from *first_year* to *last_year*."""

    first_year: int
    last_year: int
    holidays: frozenset[date]


@dataclass(frozen=True, slots=True)
class Program:
    """A release ready to run."""

    release: ReleaseName
    title: Text
    digest: Digest
    files: Mapping[str, str]
    """The SHA-256 of every file that the release names, by path: what the digest is taken over."""
    is_draft: bool
    in_force_from: date
    in_force_until: date | None
    vocabulary_version: str
    levels: tuple[Level, ...]
    """Mildest first."""
    subjects: tuple[Subject, ...]
    topics: tuple[Topic, ...]
    signals: Mapping[SignalId, Signal]
    """In vocabulary order; the built-in `mode` first."""
    event_kinds: tuple[EventKind, ...]
    actions: Mapping[ActionId, Action]
    sources: Mapping[SourceId, Source]
    parameters: Mapping[ParameterId, Term]
    regions: Mapping[RegionName, Mapping[ParameterId, Term]]
    """What each region overrides; a region that overrides nothing is there too."""
    calendar: Calendar | None
    scopes: tuple[Scope, ...]
    """The vocabulary's, case first, then by subject; then the rulesets' in release order."""
    concepts: Mapping[ConceptId, Concept]
    """Every concept of the release, by name; a name means one thing in a release."""
    scores: Mapping[ScoreId, Score]
    ranks: Mapping[LevelId, int] = field(init=False, compare=False, repr=False)
    """Each level's place on the scale, the mildest being 0."""
    rules: Mapping[RuleId, Rule] = field(init=False, compare=False, repr=False)
    """Every rule, in the order of the release."""
    rule_places: Mapping[RuleId, int] = field(init=False, compare=False, repr=False)
    """Each rule's place in that order."""
    concept_places: Mapping[ConceptId, tuple[int, int]] = field(init=False, compare=False, repr=False)
    """The scope of each concept, and its place there."""

    _matches: dict[tuple[int, PersonId | None], tuple[tuple[Rule, RuleMatch], ...]] = field(
        init=False, compare=False, repr=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        """Note places once, for every case."""
        object.__setattr__(self, "ranks", {level.id: rank for rank, level in enumerate(self.levels)})
        rules = {rule.id: rule for scope in self.scopes for rule in scope.rules}
        object.__setattr__(self, "rules", rules)
        object.__setattr__(self, "rule_places", {rule: place for place, rule in enumerate(rules)})
        concepts = {
            concept.id: (scope, place)
            for scope, each in enumerate(self.scopes)
            for place, concept in enumerate(each.concepts)
        }
        object.__setattr__(self, "concept_places", concepts)

    def matches(self, scope: int, person: PersonId | None) -> tuple[tuple[Rule, RuleMatch], ...]:
        """Return each rule of a scope, asked of a person: made once, for all cases with somebody of that id."""
        key = (scope, person)
        found = self._matches.get(key)
        if found is None:
            if len(self._matches) >= SCOPES_KEPT_MAX:
                self._matches.clear()
            found = tuple((rule, RuleMatch(rule.id, person)) for rule in self.scopes[scope].rules)
            self._matches[key] = found
        return found

    @property
    def kinds(self) -> frozenset[EventKindId]:
        """The ids of all event kinds."""
        return frozenset(kind.id for kind in self.event_kinds)

    def level_rank(self, level: LevelId) -> int:
        """Return the level's place on the scale, the mildest being 0."""
        return self.ranks[level]
