"""What changed between two releases, thing by thing, as a person would say it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from taxatie.analysis.change_phrases import CHANGE_PHRASES
from taxatie.explain.condition_words import ConditionWords, period_words
from taxatie.explain.knowledge import everything_in
from taxatie.rules.condition import ConceptHolds, ConceptUnknown, ScoreBetween, ScoreUnknown
from taxatie.rules.program import Concept, Program, Rule, Safeguard, Score, Signal
from taxatie.terms.period import Term
from taxatie.terms.text import Language, Text
from taxatie.terms.vocabulary import Action

Name = TypeVar("Name", bound=str)
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed: its name, a sentence, and the lines that show it (- before, + after)."""

    about: str
    sentence: str
    lines: tuple[str, ...] = ()


def find_changes(old: Program, new: Program, language: Language) -> tuple[Change, ...]:
    """Return every change between two releases: rules first, then what they are made of."""
    return tuple(_Comparison(old, new, language).all())


class _Comparison:
    """Compares two releases in one language."""

    def __init__(self, old: Program, new: Program, language: Language) -> None:
        self._old, self._new, self._language = old, new, language
        self._old_words, self._new_words = ConditionWords(old, language), ConditionWords(new, language)

    def all(self) -> Iterator[Change]:
        """Return every change."""
        old, new = self._old, self._new
        before, after = _rules(old), _rules(new)
        for name in sorted(before.keys() | after.keys()):
            yield from self._rule(name, before.get(name), after.get(name))
        yield from self._named("a_concept", "concept", _by_name(old.concepts), _by_name(new.concepts))
        yield from self._named("a_score", "score", _by_name(old.scores), _by_name(new.scores))
        yield from self._named("a_guard", "guard", _guards(old), _guards(new))
        yield from self._named("question", "asked", _by_name(old.signals), _by_name(new.signals))
        yield from self._named("an_action", "action", _by_name(old.actions), _by_name(new.actions))
        levels = [{str(each.id): each for each in program.levels} for program in (old, new)]
        yield from self._named("a_level", "level", levels[0], levels[1])
        shared = [[each for each in mine if each in other] for mine, other in (levels, levels[::-1])]
        if shared[0] != shared[1]:
            yield Change("levels", self._word("order"))
        yield from self._terms("", _by_name(old.parameters), _by_name(new.parameters))
        for region in sorted(old.regions.keys() | new.regions.keys()):
            yield from self._terms(
                f"{region}: ", _by_name(old.regions.get(region, {})), _by_name(new.regions.get(region, {}))
            )

    def _rule(self, name: str, before: Rule | None, after: Rule | None) -> Iterator[Change]:
        if before is None or after is None:
            found, key = (after, "rule_new") if before is None else (before, "rule_gone")
            assert found is not None, "one of the two is there"
            words = self._new_words if before is None else self._old_words
            sign = "+" if before is None else "-"
            lines = tuple(f"{sign} {line}" for line in words.lines(found.condition))
            yield Change(name, self._word(key, name=name, title=self._say(found.title)), lines)
            return
        yield from self._level(name, before, after)
        if (shown := self._shown(before.condition, after.condition)) is not None:
            yield Change(name, self._word("condition", name=name), shown)
        pairs = (
            ("gained", "lost", before.actions, after.actions),
            ("withholds", "allows", before.withhold, after.withhold),
        )
        for more, less, had, has in pairs:
            if set(has) - set(had):
                yield self._titles(more, name, self._new, [each for each in has if each not in had])
            if set(had) - set(has):
                yield self._titles(less, name, self._old, [each for each in had if each not in has])
        if (before.title, before.because) != (after.title, after.because):
            lines = (f"- {self._say(before.because)}", f"+ {self._say(after.because)}")
            yield Change(name, self._word("reworded", name=name), lines)
        if before.backing != after.backing:
            yield Change(name, self._word("backing", name=name))

    def _level(self, name: str, before: Rule, after: Rule) -> Iterator[Change]:
        if before.level == after.level:
            return
        ranks = {level.id: rank for rank, level in enumerate(self._new.levels)}
        had = -1 if before.level is None else ranks.get(before.level, -1)
        has = -1 if after.level is None else ranks.get(after.level, -1)
        titles = [self._level_title(program, rule.level) for program, rule in ((self._old, before), (self._new, after))]
        key = "raised" if has > had else "lowered"
        yield Change(name, self._word(key, name=name, before=titles[0], after=titles[1]))

    def _named(
        self, what: str, key: str, before: Mapping[str, object], after: Mapping[str, object]
    ) -> Iterator[Change]:
        for name in [*before, *(each for each in after if each not in before)]:
            had, has = before.get(name), after.get(name)
            if had is None or has is None:
                title = self._title(has if had is None else had)
                yield Change(name, self._word("new" if had is None else "gone", what=self._word(what), title=title))
            elif (lines := self._difference(had, has)) is not None:
                rules = ", ".join(_using(self._new, name)) or "—"
                yield Change(name, self._word(key, title=self._title(has), rules=rules), lines)

    def _difference(self, before: object, after: object) -> tuple[str, ...] | None:
        """Return the lines that show how two things of one name differ; None where they do not."""
        if before == after:
            return None
        had, has = self._described(before, self._old_words), self._described(after, self._new_words)
        return (
            None
            if had == has
            else (*(f"- {each}" for each in had if each not in has), *(f"+ {each}" for each in has if each not in had))
        )

    def _described(self, thing: object, words: ConditionWords) -> list[str]:
        """Return all that is said of a thing, line by line."""
        match thing:
            case Concept():
                return [self._say(thing.title), str(thing.is_finding), *words.lines(thing.condition)]
            case Score():
                items = [f"{item.points:+}: {line}" for item in thing.items for line in words.lines(item.condition)]
                return [self._say(thing.title), *items]
            case Safeguard():
                demand = (thing.level_at_least, thing.action, thing.never)
                return [self._say(thing.title), *words.lines(thing.condition), *(str(each) for each in demand if each)]
            case Signal():
                return self._signal(thing, words)
            case Action():
                return [
                    self._say(thing.title),
                    self._say(thing.text),
                    thing.owner,
                    str(thing.within),
                    str(thing.can_be_withheld),
                ]
            case _:
                return [line for line in map(str, _parts(thing)) if line]

    def _signal(self, signal: Signal, words: ConditionWords) -> list[str]:
        applies = [] if signal.applies_when is None else words.lines(signal.applies_when)
        options = [f"{option.id}: {self._say(option.title)}" for option in signal.options]
        told = [self._say(signal.ask), "" if signal.help is None else self._say(signal.help), str(signal.danger or "")]
        bounds = f"{signal.type} {signal.lowest}-{signal.highest}"
        return [*(each for each in told if each), bounds, signal.subject, *options, *applies]

    def _terms(self, where: str, before: Mapping[str, Term], after: Mapping[str, Term]) -> Iterator[Change]:
        for name in sorted(before.keys() | after.keys()):
            had, has = (
                None if each is None else period_words(each, self._language)
                for each in (before.get(name), after.get(name))
            )
            if had != has:
                yield Change(name, self._word("term", name=f"{where}{name}", before=had or "—", after=has or "—"))

    def _shown(self, before: object, after: object) -> tuple[str, ...] | None:
        """Return the lines of two conditions, or None where they are the same."""
        if before == after:  # a question in other words is told as such, not at each rule that asks it
            return None
        had, has = self._old_words.lines(before), self._new_words.lines(after)  # type: ignore[arg-type]
        return None if had == has else (*(f"- {each}" for each in had), *(f"+ {each}" for each in has))

    def _titles(self, key: str, name: str, program: Program, actions: list[str]) -> Change:
        titles = ", ".join(self._say(action.title) for action in program.actions.values() if action.id in actions)
        return Change(name, self._word(key, name=name, titles=titles))

    def _level_title(self, program: Program, level: str | None) -> str:
        found = next((each for each in program.levels if each.id == level), None)
        return self._word("no_level") if found is None else f"“{self._say(found.title)}”"

    def _title(self, thing: object) -> str:
        text = thing.ask if isinstance(thing, Signal) else getattr(thing, "title", None)
        return self._say(text) if isinstance(text, Text) else str(thing)

    def _word(self, key: str, **fields: object) -> str:
        return self._say(CHANGE_PHRASES[key]).format(**fields)

    def _say(self, text: Text) -> str:
        return text.in_language(self._language)


def _by_name(things: Mapping[Name, Thing]) -> dict[str, Thing]:
    return {str(name): thing for name, thing in things.items()}


def _rules(program: Program) -> dict[str, Rule]:
    return {rule.id: rule for scope in program.scopes for rule in scope.rules}


def _guards(program: Program) -> dict[str, Safeguard]:
    return {f"{scope.ruleset}/{each.id}": each for scope in program.scopes for each in scope.safeguards}


def _using(program: Program, name: str) -> list[str]:
    """Return the rules that rest on a concept or a score, also through another one."""
    found: list[str] = []
    for rule in _rules(program).values():
        for part in everything_in(program, rule.condition):
            names = {getattr(part, "concept", None)} if isinstance(part, ConceptHolds | ConceptUnknown) else set()
            names |= {part.score} if isinstance(part, ScoreBetween | ScoreUnknown) else set()
            if name in names:
                found.append(rule.id)
                break
    return found


def _parts(thing: object) -> list[object]:
    return [getattr(thing, name) for name in getattr(type(thing), "__slots__", ())]
