"""The reference pages of a release: every question, rule, action and own proposal, with its sources."""

from collections.abc import Iterable
from typing import Final

from taxatie.explain.condition_words import ConditionWords, period_words
from taxatie.rules.program import Program, Rule, Safeguard, Scope, Signal
from taxatie.terms.names import MODE
from taxatie.terms.text import Language, Text
from taxatie.terms.vocabulary import Action, Backing, SignalType

_TITLES: Final = {
    "questions": Text("Vragen", "Questions"),
    "actions": Text("Niveaus en acties", "Levels and actions"),
    "sources": Text("Bronnen", "Sources"),
    "proposals": Text("Eigen voorstellen", "Own proposals"),
    "when": Text("Als", "When"),
    "then": Text("Dan", "Then"),
    "because": Text("Omdat", "Because"),
    "source": Text("Bron", "Source"),
    "level": Text("minstens niveau *{title}*", "at least level *{title}*"),
    "action": Text("doe: {title}", "do: {title}"),
    "withheld": Text("adviseer niet: {title}", "do not advise: {title}"),
    "never": Text("nooit: {title}", "never: {title}"),
    "safeguards": Text(
        "Waarborgen: voor elk mogelijk geval. Gezocht naar tegenvoorbeelden, niet bewezen.",
        "Safeguards: for every possible case. Searched for counter-examples, not proved.",
    ),
    "concepts": Text("Begrippen", "Concepts"),
    "scores": Text("Optellingen", "Scores"),
    "points": Text("{points} punt(en) als:", "{points} point(s) when:"),
    "yes_no": Text("ja, nee, onbekend", "yes, no, unknown"),
    "number": Text("getal van {low} tot en met {high}", "a number from {low} to {high}"),
    "applies": Text("Geldt alleen als", "Applies only when"),
    "reveals": Text("Kan verraden wie meldde.", "May tell who reported."),
    "proposed": Text("eigen voorstel: {why}", "own proposal: {why}"),
    "waiting": Text(
        "Geen bron beslist dit. Een deskundige moet het nog medeondertekenen. Tot dan is het een voorstel.",
        "No source settles this. An expert has yet to countersign it. Until then it is a proposal.",
    ),
    "table": Text("| wat | waarom |\n|---|---|", "| what | why |\n|---|---|"),
    "made": Text(
        "Gemaakt uit uitgave {release} met `taxatie reference`; verander de regels, niet deze pagina.",
        "Made from release {release} with `taxatie reference`; change the rules, not this page.",
    ),
    "valid": Text("geldig: {period}", "valid for: {period}"),
    "by": Text("door {owner}, binnen {period}", "by {owner}, within {period}"),
    "region": Text("; in regio {region}: {period}", "; in region {region}: {period}"),
}


def reference_pages(program: Program, language: Language) -> dict[str, str]:
    """Return the Markdown text of each reference page by its file name."""
    return _Pages(program, language).all()


class _Pages:
    """Writes the pages of one release in one language."""

    def __init__(self, program: Program, language: Language) -> None:
        self._program = program
        self._language = language
        self._conditions = ConditionWords(program, language)

    def all(self) -> dict[str, str]:
        """Return every page."""
        program = self._program
        pages = {
            "questions.md": (self._word("questions"), self._questions()),
            "actions.md": (self._word("actions"), self._levels_and_actions()),
            "concepts.md": (self._word("concepts"), self._shared_concepts()),
            "proposals.md": (self._word("proposals"), self._proposals()),
            "sources.md": (self._word("sources"), self._sources()),
        }
        for scope in program.scopes:
            if scope.ruleset is not None:
                pages[f"{scope.ruleset}.md"] = (self._say(scope.title), self._ruleset(scope))
        made = self._word("made", release=program.release)
        return {name: f"# {title}\n\n{made}\n\n" + "\n".join(lines) + "\n" for name, (title, lines) in pages.items()}

    def _questions(self) -> list[str]:
        lines: list[str] = []
        for topic in self._program.topics:
            lines += [f"## {self._say(topic.title)}", ""]
            for signal in self._program.signals.values():
                if signal.topic == topic.id and signal.id != MODE:
                    lines += self._question(signal)
        return lines[:-1]

    def _question(self, signal: Signal) -> list[str]:
        lines = [f"### {self._say(signal.ask)}", "", f"`{signal.id}` · {self._values(signal)}", ""]
        if signal.help is not None:
            lines += [self._say(signal.help), ""]
        if signal.applies_when is not None:
            lines += [f"{self._word('applies')}:", "", *self._conditions.lines(signal.applies_when), ""]
        if signal.reveals_reporter:
            lines += [self._word("reveals"), ""]
        return [*lines, f"{self._word('source')}: {self._backing(signal.backing)}", ""]

    def _values(self, signal: Signal) -> str:
        if signal.type is SignalType.NUMBER:
            return self._word("number", low=signal.lowest, high=signal.highest)
        if signal.type is SignalType.YES_NO:
            return self._word("yes_no")
        return " · ".join(self._say(option.title) for option in signal.options)

    def _ruleset(self, scope: Scope) -> list[str]:
        lines: list[str] = []
        for rule in scope.rules:
            lines += self._rule(rule)
        if scope.concepts:
            lines += [f"## {self._word('concepts')}", "", *self._concepts(scope, "###")]
        if scope.scores:
            lines += [f"## {self._word('scores')}", ""]
            for score in scope.scores:
                lines += [f"### {self._say(score.title)}", ""]
                for item in score.items:
                    lines += [f"- {self._word('points', points=item.points)}"]
                    lines += self._conditions.lines(item.condition, 1)
                lines += [""]
        lines += [f"## {self._word('safeguards')}", ""]
        for safeguard in scope.safeguards:
            lines += self._safeguard(safeguard)
        return lines[:-1]

    def _shared_concepts(self) -> list[str]:
        return [
            line for scope in self._program.scopes if scope.ruleset is None for line in self._concepts(scope, "##")
        ][:-1]

    def _concepts(self, scope: Scope, heading: str) -> list[str]:
        lines: list[str] = []
        for concept in scope.concepts:
            lines += [f"{heading} {self._say(concept.title)}", "", *self._conditions.lines(concept.condition), ""]
        return lines

    def _rule(self, rule: Rule) -> list[str]:
        then = [self._word("level", title=self._level(rule.level))] if rule.level else []
        then += [self._word("action", title=self._action(action)) for action in rule.actions]
        then += [self._word("withheld", title=self._action(action)) for action in rule.withhold]
        return [
            f"## {rule.id} {self._say(rule.title)}",
            "",
            f"{self._word('when')}:",
            "",
            *self._conditions.lines(rule.condition),
            "",
            f"{self._word('then')}: {'; '.join(then)}.",
            "",
            f"{self._word('because')}: {self._say(rule.because)}",
            "",
            f"{self._word('source')}: {self._backing(rule.backing)}",
            "",
        ]

    def _safeguard(self, safeguard: Safeguard) -> list[str]:
        demands = []
        if safeguard.level_at_least is not None:
            demands.append(self._word("level", title=self._level(safeguard.level_at_least)))
        if safeguard.action is not None:
            demands.append(self._word("action", title=self._action(safeguard.action)))
        if safeguard.never is not None:
            demands.append(self._word("never", title=self._action(safeguard.never)))
        lines = self._conditions.lines(safeguard.condition)
        return [
            f"### {self._say(safeguard.title)}",
            "",
            f"{self._word('when')}:",
            "",
            *lines,
            "",
            f"{self._word('then')}: {'; '.join(demands)}.",
            "",
        ]

    def _levels_and_actions(self) -> list[str]:
        lines: list[str] = []
        for level in self._program.levels:
            lines += [f"## {self._say(level.title)}", "", self._say(level.text), ""]
            lines += [self._word("valid", period=period_words(level.valid_for, self._language)), ""]
            lines += [f"- {self._action(action)}" for action in level.actions] + [""]
        for action in self._program.actions.values():
            lines += [f"### {self._say(action.title)}", "", self._say(action.text), "", self._term(action), ""]
        return lines[:-1]

    def _term(self, action: Action) -> str:
        if not isinstance(action.within, str):
            period = period_words(action.within, self._language)
            return f"`{action.id}` · {self._word('by', owner=action.owner, period=period)}"
        period = period_words(self._program.parameters[action.within], self._language)
        said = f"`{action.id}` · {self._word('by', owner=action.owner, period=period)}"
        for region, own in self._program.regions.items():
            if action.within in own:
                said += self._word("region", region=region, period=period_words(own[action.within], self._language))
        return said

    def _proposals(self) -> list[str]:
        rows = [
            f"| {name} | {backing.own_proposal} |"
            for name, backing in self._all_backings()
            if backing.own_proposal is not None
        ]
        return [self._word("waiting"), "", self._word("table"), *rows]

    def _all_backings(self) -> Iterable[tuple[str, Backing]]:
        for signal in self._program.signals.values():
            if signal.id != MODE:
                yield f"`{signal.id}` {self._say(signal.ask)}", signal.backing
        for scope in self._program.scopes:
            for rule in scope.rules:
                yield f"{rule.id} {self._say(rule.title)}", rule.backing

    def _sources(self) -> list[str]:
        return [f"- `{source.id}`: {source.title}, {source.cites}" for source in self._program.sources.values()]

    def _backing(self, backing: Backing) -> str:
        if backing.own_proposal is not None:
            return self._word("proposed", why=backing.own_proposal)
        found = [self._program.sources[source] for source in backing.sources]
        return "; ".join(f"{source.title}, {source.cites}" for source in found)

    def _level(self, level: str) -> str:
        return next(self._say(each.title) for each in self._program.levels if each.id == level)

    def _action(self, action: str) -> str:
        return next(self._say(each.title) for each in self._program.actions.values() if each.id == action)

    def _word(self, name: str, **fields: object) -> str:
        return self._say(_TITLES[name]).format(**fields)

    def _say(self, text: Text) -> str:
        return text.in_language(self._language)
