"""What an author should know although it stops nothing: the warnings of a release that can be read."""

from collections.abc import Iterable, Iterator
from datetime import date

from taxatie.analysis.every_case import EveryCase
from taxatie.errors.codes import Code
from taxatie.errors.diagnostics import Diagnostics
from taxatie.rules.checker import CheckedRelease
from taxatie.rules.checks.beyond_ceiling import check_beyond_ceiling
from taxatie.rules.checks.blames import check_blames
from taxatie.rules.checks.hard_to_read import check_hard_to_read
from taxatie.rules.checks.long_sentence import check_long_sentences
from taxatie.rules.checks.no_source import check_sources
from taxatie.rules.checks.office_words import check_office_words
from taxatie.rules.checks.review import check_review
from taxatie.rules.checks.says_safe import check_texts_say_safe
from taxatie.rules.checks.tells_chance import check_tells_chance
from taxatie.rules.checks.two_ideas import check_two_ideas
from taxatie.rules.checks.unused import check_unused
from taxatie.rules.condition import Condition
from taxatie.rules.program import Program, Rule, Scope
from taxatie.rules.texts import ParsedText, ReleaseTexts
from taxatie.terms.names import CASE, SubjectId

_SAYS = {True: "always holds", False: "never holds"}


def advise_author(checked: CheckedRelease, program: Program, today: date, diagnostics: Diagnostics) -> None:
    """Report every warning of the release."""
    check_unused(checked, diagnostics)
    check_sources(checked.texts, diagnostics)
    _check_wording(checked.texts, diagnostics)
    check_review(checked, today, diagnostics)
    check_beyond_ceiling(checked, program, diagnostics)
    every_case = EveryCase(program)
    _check_always_or_never(checked, every_case, diagnostics)
    _check_changes_nothing(checked, every_case, diagnostics)


def _check_wording(texts: ReleaseTexts, diagnostics: Diagnostics) -> None:
    """Report what people would read wrongly, or with pain; how plain it is, by a proxy only."""
    check_texts_say_safe(texts, diagnostics)
    check_tells_chance(texts, diagnostics)
    check_blames(texts, diagnostics)
    check_two_ideas(texts, diagnostics)
    check_long_sentences(texts, diagnostics)
    check_office_words(texts, diagnostics)
    check_hard_to_read(texts, diagnostics)


def _check_always_or_never(checked: CheckedRelease, every_case: EveryCase, diagnostics: Diagnostics) -> None:
    """Report conditions that say nothing, because no case makes them differ."""
    for read in checked.definitions.read.values():
        site = read.site
        subject = site.subject or _subject_of(checked, site.owner)
        condition = read.condition
        verdict = None if condition is None else every_case.verdict(condition, SubjectId(subject))
        if verdict is not None:
            message = f"the condition of `{site.owner}` {_SAYS[verdict]}, whatever is answered"
            hint = "look for tests that exclude or repeat one another"
            site.text.fault(diagnostics, site.path, Code.ALWAYS_OR_NEVER, message, hint)


def _subject_of(checked: CheckedRelease, name: str) -> str:
    reach = checked.definitions.reach.get(name)
    return min(reach.subjects) if reach is not None and reach.subjects else CASE


def _check_changes_nothing(checked: CheckedRelease, every_case: EveryCase, diagnostics: Diagnostics) -> None:
    """Report rules of which everything follows from other rules of the ruleset."""
    scopes = [scope for scope in every_case.program.scopes if scope.ruleset is not None]
    for text, scope in zip(checked.texts.rulesets, scopes, strict=True):
        for index, rule in enumerate(scope.rules):
            if _changes_nothing(every_case, scope, rule):
                _report_rule(text, index, rule, diagnostics)


def _report_rule(text: ParsedText, index: int, rule: Rule, diagnostics: Diagnostics) -> None:
    message = f"rule `{rule.id}` changes nothing: whenever it fires, other rules bring all that it brings"
    hint = "leave it out, or make it say what the others do not"
    text.fault(diagnostics, ("rules", index, "id"), Code.CHANGES_NOTHING, message, hint)


def _changes_nothing(every_case: EveryCase, scope: Scope, rule: Rule) -> bool:
    others = [other for other in scope.rules if other.id != rule.id]
    if every_case.asks_for_unknown(rule.condition):
        return False
    usable = [other for other in others if not every_case.asks_for_unknown(other.condition)]
    alternatives = list(_alternatives(every_case.program, rule, usable))
    if not all(alternatives):
        return False
    return every_case.follows(rule.condition, alternatives, scope.subject)


def _alternatives(program: Program, rule: Rule, others: Iterable[Rule]) -> Iterator[list[Condition]]:
    """Return for each thing that the rule brings the conditions of the rules that bring it too."""
    listed = list(others)
    if rule.level is not None and program.level_rank(rule.level) > 0:
        rank = program.level_rank(rule.level)
        yield [o.condition for o in listed if o.level is not None and program.level_rank(o.level) >= rank]
    for action in rule.actions:
        yield [other.condition for other in listed if action in other.actions]
    for action in rule.withhold:
        yield [other.condition for other in listed if action in other.withhold]
