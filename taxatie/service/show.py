"""Show releases and their questions, so that an intake system can build its form."""

from collections.abc import Iterator

from taxatie import VERSION
from taxatie.explain.knowledge import everything_in
from taxatie.registry.folder import ReleaseEntry
from taxatie.rules.condition import Among, Between, Condition, SignalUnknown
from taxatie.rules.program import Program, Rule, Signal
from taxatie.service.answer import language_of
from taxatie.service.ports import Clock, Releases
from taxatie.terms.names import SignalId
from taxatie.terms.text import Language
from taxatie.terms.vocabulary import SignalType
from taxatie.wire.case_codes import codes_of_program
from taxatie.wire.generated.taxatie.v1 import ruleset_pb2 as messages


def list_releases(releases: Releases) -> messages.ListReleasesResponse:
    """Return every release, by the date from which it is in force."""
    return messages.ListReleasesResponse(releases=[_summary(entry) for entry in releases.entries()])


def get_release(releases: Releases, clock: Clock, request: messages.GetReleaseRequest) -> messages.GetReleaseResponse:
    """Return a release with its levels, actions and rules, in the language asked for."""
    program = _program(releases, clock, request.release)
    language = language_of(request.language)
    entry = next(each for each in releases.entries() if each.name == program.release)
    return messages.GetReleaseResponse(
        release=_summary(entry),
        digest=program.digest,
        engine_version=VERSION,
        rulesets=[
            messages.RulesetVersion(
                ruleset=scope.ruleset,
                version=scope.version,
                title=scope.title.in_language(language),
                subject=scope.subject,
            )
            for scope in program.scopes
            if scope.ruleset is not None
        ],
        levels=[
            messages.LevelText(id=each.id, title=each.title.in_language(language), text=each.text.in_language(language))
            for each in program.levels
        ],
        actions=[
            messages.ActionText(
                id=each.id,
                title=each.title.in_language(language),
                text=each.text.in_language(language),
                owner=each.owner,
                within=str(each.within),
            )
            for each in program.actions.values()
        ],
        rules=[_rule(rule, scope.ruleset or "", language) for scope in program.scopes for rule in scope.rules],
    )


def get_questionnaire(
    releases: Releases, clock: Clock, request: messages.GetQuestionnaireRequest
) -> messages.GetQuestionnaireResponse:
    """Return what a release asks, in the language asked for."""
    program = _program(releases, clock, request.release)
    language, codes = language_of(request.language), codes_of_program(program)
    return messages.GetQuestionnaireResponse(
        release=program.release,
        digest=program.digest,
        topics=[messages.TopicText(id=t.id, title=t.title.in_language(language)) for t in program.topics],
        subjects=[
            messages.SubjectText(
                id=subject.id,
                title=subject.title.in_language(language),
                exists_depends_on=_signals_in(program, subject.exists_when),
            )
            for subject in program.subjects
        ],
        questions=[
            _question(program, program.signals[SignalId(coded.id)], (language, first))
            for coded, first in zip(codes.signals, codes.firsts, strict=False)
        ],
        event_kinds=[messages.EventKindText(id=k.id, title=k.title.in_language(language)) for k in program.event_kinds],
        vocabulary_digest=codes.digest,
    )


def _program(releases: Releases, clock: Clock, name: str) -> Program:
    return (releases.named(name) if name else releases.in_force(clock.now())).program


def _summary(entry: ReleaseEntry) -> messages.ReleaseSummary:
    return messages.ReleaseSummary(
        release=entry.name,
        title_nl=entry.title["nl"],
        title_en=entry.title["en"],
        in_force_from=entry.in_force_from.isoformat(),
        in_force_until="" if entry.in_force_until is None else entry.in_force_until.isoformat(),
        draft=entry.is_draft,
    )


def _rule(rule: Rule, ruleset: str, language: Language) -> messages.RuleText:
    return messages.RuleText(
        id=rule.id,
        ruleset=ruleset,
        title=rule.title.in_language(language),
        because=rule.because.in_language(language),
        level=rule.level or "",
        sources=rule.backing.sources,
        own_proposal=rule.backing.own_proposal or "",
    )


def _question(program: Program, signal: Signal, told: tuple[Language, int]) -> messages.Question:
    language, first_code = told
    question = messages.Question(
        signal=signal.id,
        subject=signal.subject,
        topic=signal.topic or "",
        ask=signal.ask.in_language(language),
        help="" if signal.help is None else signal.help.in_language(language),
        type=signal.type,
        options=[messages.OptionText(id=o.id, title=o.title.in_language(language)) for o in signal.options],
        unit=signal.unit or "",
        reveals_reporter=signal.reveals_reporter,
        applies_depends_on=_signals_in(program, signal.applies_when),
        first_code=first_code,
    )
    if signal.type is SignalType.NUMBER:
        question.min, question.max = signal.lowest, signal.highest
    return question


def _signals_in(program: Program, condition: Condition | None) -> list[str]:
    """Return the signals that a condition rests on, in vocabulary order."""
    found = set(_named_in(program, condition)) if condition is not None else set()
    return [signal for signal in program.signals if signal in found]


def _named_in(program: Program, condition: Condition) -> Iterator[str]:
    for part in everything_in(program, condition):
        if isinstance(part, Among | Between | SignalUnknown):
            yield part.signal
