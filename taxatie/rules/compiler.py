"""From a checked release to a program: names become values, texts become terms."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from taxatie.rules.checker import CheckedRelease
from taxatie.rules.condition import Condition
from taxatie.rules.document import (
    ActionDocument,
    AnySignalDocument,
    BackedDocument,
    CalendarDocument,
    ChoiceSignalDocument,
    ConceptDocument,
    LevelDocument,
    NumberSignalDocument,
    RuleDocument,
    RulesetDocument,
    SafeguardDocument,
    ScoreDocument,
    TextDocument,
    YesNoSignalDocument,
    term_of,
)
from taxatie.rules.program import (
    Calendar,
    Concept,
    Program,
    Rule,
    Safeguard,
    Scope,
    Score,
    ScoreItem,
    Signal,
    Subject,
)
from taxatie.rules.texts import ParsedText
from taxatie.terms.names import (
    CASE,
    MODE,
    ActionId,
    ConceptId,
    Digest,
    EventKindId,
    LevelId,
    ParameterId,
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

_MODE_TEXT = Text("Is dit een melding of een vraag om advies?", "Is this a report or a question for advice?")
_MODE = Signal(
    id=MODE,
    subject=CASE,
    topic=None,
    type=SignalType.CHOICE,
    ask=_MODE_TEXT,
    help=None,
    lowest=0,
    highest=1,
    labels=("report", "advice"),
    options=(Option("report", Text("Melding", "Report")), Option("advice", Text("Advies", "Advice"))),
    unit=None,
    danger=None,
    is_ordered=False,
    applies_when=None,
    reveals_reporter=False,
    backing=Backing((), None),
)


def compile_release(checked: CheckedRelease, *, digest: Digest, is_draft: bool) -> Program:
    """Return the program that the release says."""
    documents = checked.documents
    release, vocabulary = documents.release, documents.vocabulary
    signals = _Compiler(checked, checked.texts.vocabulary).signals()
    scopes = tuple(_scopes(checked))
    return Program(
        release=ReleaseName(release.release),
        title=_text(release.title),
        digest=digest,
        files={text.path: text.sha256 for text in checked.texts.all},
        is_draft=is_draft,
        in_force_from=_date(release.in_force_from),
        in_force_until=None if release.in_force_until is None else _date(release.in_force_until),
        vocabulary_version=vocabulary.vocabulary,
        levels=tuple(_level(level) for level in vocabulary.levels),
        subjects=_Compiler(checked, checked.texts.vocabulary).subjects(),
        topics=tuple(Topic(TopicId(t.id), _text(t.title)) for t in vocabulary.topics),
        signals={signal.id: signal for signal in (_MODE, *signals)},
        event_kinds=tuple(EventKind(EventKindId(k.id), _text(k.title)) for k in vocabulary.event_kinds),
        actions={ActionId(action.id): _action(action) for action in vocabulary.actions},
        sources={SourceId(s.id): Source(SourceId(s.id), str(s.title), s.cites) for s in vocabulary.sources},
        parameters={ParameterId(name): term_of(term) for name, term in vocabulary.parameters.items()},
        regions={
            RegionName(name): {ParameterId(key): term_of(term) for key, term in region.parameters.items()}
            for name, region in documents.regions
        },
        calendar=None if documents.calendar is None else _calendar(documents.calendar),
        scopes=scopes,
        concepts={concept.id: concept for scope in scopes for concept in scope.concepts},
        scores={score.id: score for scope in scopes for score in scope.scores},
    )


@dataclass(frozen=True, slots=True)
class _Compiler:
    """Compiles what one text defines."""

    checked: CheckedRelease
    text: ParsedText

    def _condition(self, *path: str | int) -> Condition:
        return self.checked.definitions.condition(self.text, path)

    def signals(self) -> tuple[Signal, ...]:
        """Return the vocabulary's own signals."""
        return tuple(
            self._signal(index, signal) for index, signal in enumerate(self.checked.documents.vocabulary.signals)
        )

    def _signal(self, index: int, signal: AnySignalDocument) -> Signal:
        values = _Values.of(signal)
        applies = None if signal.applies_when is None else self._condition("signals", index, "applies_when")
        return Signal(
            id=SignalId(signal.id),
            subject=SubjectId(signal.subject),
            topic=TopicId(signal.topic),
            type=SignalType(signal.type),
            ask=_text(signal.ask),
            help=None if signal.help is None else _text(signal.help),
            lowest=values.lowest,
            highest=values.highest,
            labels=values.labels,
            options=values.options,
            unit=values.unit,
            danger=values.danger,
            is_ordered=values.is_ordered,
            applies_when=applies,
            reveals_reporter=signal.reveals_reporter,
            backing=_backing(signal),
        )

    def subjects(self) -> tuple[Subject, ...]:
        """Return the vocabulary's subjects."""
        return tuple(
            Subject(
                SubjectId(subject.id),
                _text(subject.title),
                None if subject.exists_when is None else self._condition("subjects", index, "exists_when"),
            )
            for index, subject in enumerate(self.checked.documents.vocabulary.subjects)
        )

    def concepts(self, concepts: Iterable[ConceptDocument]) -> tuple[Concept, ...]:
        """Return the text's named conditions."""
        return tuple(
            Concept(ConceptId(c.id), _text(c.title), self._condition("concepts", index, "when"), c.finding)
            for index, c in enumerate(concepts)
        )

    def scores(self, scores: Iterable[ScoreDocument]) -> tuple[Score, ...]:
        """Return the text's scores."""
        return tuple(
            Score(
                ScoreId(score.id),
                _text(score.title),
                tuple(
                    ScoreItem(self._condition("scores", index, "add", position, "when"), item.points)
                    for position, item in enumerate(score.add)
                ),
            )
            for index, score in enumerate(scores)
        )

    def rule(self, index: int, rule: RuleDocument) -> Rule:
        """Return one rule."""
        return Rule(
            id=RuleId(rule.id),
            title=_text(rule.title),
            condition=self._condition("rules", index, "when"),
            level=None if rule.level is None else LevelId(rule.level),
            actions=tuple(map(ActionId, rule.actions)),
            withhold=tuple(map(ActionId, rule.withhold)),
            because=_text(rule.because),
            backing=_backing(rule),
        )

    def safeguard(self, index: int, safeguard: SafeguardDocument) -> Safeguard:
        """Return one safeguard."""
        return Safeguard(
            id=SafeguardId(safeguard.id),
            title=_text(safeguard.title),
            condition=self._condition("safeguards", index, "whenever"),
            level_at_least=None if safeguard.level is None else LevelId(safeguard.level.at_least),
            action=None if safeguard.action is None else ActionId(safeguard.action),
            never=None if safeguard.never is None else ActionId(safeguard.never),
        )


def _scopes(checked: CheckedRelease) -> Iterable[Scope]:
    """Return the vocabulary's scopes, one for each subject its concepts speak of, then the rulesets'."""
    vocabulary = checked.documents.vocabulary
    compiler = _Compiler(checked, checked.texts.vocabulary)
    concepts, scores = compiler.concepts(vocabulary.concepts), compiler.scores(vocabulary.scores)
    for subject in (CASE, *(SubjectId(each.id) for each in vocabulary.subjects)):
        own_concepts = tuple(c for c in concepts if _subject_of(checked, c.id) == subject)
        own_scores = tuple(s for s in scores if _subject_of(checked, s.id) == subject)
        if own_concepts or own_scores:
            title = Text("Woordenlijst", "Vocabulary")
            yield Scope(None, vocabulary.vocabulary, title, subject, own_concepts, own_scores, (), ())
    for text, ruleset in zip(checked.texts.rulesets, checked.documents.rulesets, strict=True):
        yield _ruleset_scope(_Compiler(checked, text), ruleset)


def _subject_of(checked: CheckedRelease, name: str) -> SubjectId:
    subjects = checked.definitions.reach[name].subjects
    return SubjectId(min(subjects)) if subjects else CASE


def _ruleset_scope(compiler: _Compiler, ruleset: RulesetDocument) -> Scope:
    return Scope(
        ruleset=RulesetName(ruleset.ruleset),
        version=ruleset.version,
        title=_text(ruleset.title),
        subject=SubjectId(ruleset.subject),
        concepts=compiler.concepts(ruleset.concepts),
        scores=compiler.scores(ruleset.scores),
        rules=tuple(compiler.rule(index, rule) for index, rule in enumerate(ruleset.rules)),
        safeguards=tuple(compiler.safeguard(index, each) for index, each in enumerate(ruleset.safeguards)),
    )


@dataclass(frozen=True, slots=True)
class _Values:
    """The values of a signal, whatever its type."""

    lowest: int
    highest: int
    labels: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    unit: str | None = None
    danger: Danger | None = None
    is_ordered: bool = True

    @classmethod
    def of(cls, signal: AnySignalDocument) -> "_Values":
        """Return the values that the document gives the signal."""
        match signal:
            case YesNoSignalDocument():
                danger = {"yes": Danger.HIGHER, "no": Danger.LOWER, None: None}[signal.danger]
                return cls(0, 1, labels=("no", "yes"), danger=danger)
            case NumberSignalDocument():
                danger = None if signal.danger is None else Danger(signal.danger)
                return cls(signal.min, signal.max, unit=signal.unit, danger=danger)
            case ChoiceSignalDocument():
                options = tuple(Option(option.id, _text(option.title)) for option in signal.options)
                danger = None if signal.danger is None else Danger(signal.danger)
                labels = tuple(option.id for option in options)
                is_ordered = signal.ordered or danger is not None
                return cls(0, len(options) - 1, labels, options, danger=danger, is_ordered=is_ordered)


def _text(text: TextDocument) -> Text:
    return Text(text.nl, text.en)


def _date(value: object) -> date:
    assert isinstance(value, date), value
    return value


def _backing(document: BackedDocument) -> Backing:
    return Backing(tuple(map(SourceId, document.sources or ())), document.own_proposal)


def _level(level: LevelDocument) -> Level:
    return Level(
        id=LevelId(level.id),
        title=_text(level.title),
        text=_text(level.text),
        actions=tuple(map(ActionId, level.actions)),
        valid_for=term_of(level.valid_for),
    )


def _action(action: ActionDocument) -> Action:
    within = action.within
    return Action(
        id=ActionId(action.id),
        title=_text(action.title),
        text=_text(action.text),
        owner=action.owner,
        within=ParameterId(within["parameter"]) if isinstance(within, dict) else term_of(within),
        can_be_withheld=action.can_be_withheld,
    )


def _calendar(calendar: CalendarDocument) -> Calendar:
    holidays = frozenset(_date(day) for day in calendar.holidays)
    years = [day.year for day in holidays]
    first = calendar.first_year if calendar.first_year is not None else min(years, default=1)
    last = calendar.last_year if calendar.last_year is not None else max(years, default=0)
    return Calendar(first, last, holidays)
