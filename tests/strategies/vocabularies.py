"""Vocabularies at random: signals of every type and danger, chains of `applies_when`, shared concepts."""

from dataclasses import dataclass, field

from tests.strategies.choices import Choices
from tests.strategies.conditions import ConditionMaker, has_groups
from tests.strategies.plans import CASE, NamedPlan, Plain, Pool, SignalPlan, Sizes

LEVELS = ("advise", "prompt", "urgent", "immediate")
ACTIONS = ("give_advice", "call_police", "visit", "mediation", "joint_talk")
WITHHOLDABLE = ("mediation", "joint_talk")
PARAMETERS = ("first_contact", "second_contact")
_SUBJECTS = ("adult", "child", "elder")
_KINDS = ("threat", "violence", "stalking")
_OPTIONS = ("calm", "slight", "serious", "severe")
_TERMS = ("immediately", "3 hours", "36 hours", "2 days", "1 weeks", "1 working days", "5 working days")
_DANGERS = {"yes_no": ("yes", "no", None), "number": ("higher", "lower", None), "choice": ("higher", "lower", None)}

_MODE = SignalPlan("mode", CASE, "choice", ("report", "advice"), is_ordered=False, danger=None)


def text(words: str) -> Plain:
    """Return a text for people, in both languages."""
    return {"nl": words, "en": words}


@dataclass(slots=True)
class VocabularyMaker:
    """Makes one vocabulary, and keeps in its pool what it declared."""

    choices: Choices
    sizes: Sizes
    pool: Pool = field(default_factory=Pool)
    signals: list[Plain] = field(default_factory=list)
    concepts: list[Plain] = field(default_factory=list)
    scores: list[Plain] = field(default_factory=list)

    def vocabulary(self) -> Plain:
        """Return a vocabulary."""
        self.pool.subjects = list(_SUBJECTS[: self.choices.integer(*self.sizes.subjects)])
        self.pool.kinds = list(_KINDS[: self.choices.integer(*self.sizes.event_kinds)])
        self.pool.signals.append(_MODE)
        self._declare_names()
        if self.choices.chance(50):
            # What depends on something may stand before it.
            self.signals = self.choices.several(self.signals, len(self.signals), len(self.signals))
            self.concepts = self.choices.several(self.concepts, len(self.concepts), len(self.concepts))
        return {
            "vocabulary": "1.0.0",
            "levels": [self._level(rank, name) for rank, name in enumerate(LEVELS)],
            "subjects": [self._subject(name) for name in self.pool.subjects],
            "topics": [{"id": "topic", "title": text("Topic")}],
            "signals": self.signals,
            "event_kinds": [{"id": name, "title": text(name)} for name in self.pool.kinds],
            "actions": [self._action(name) for name in ACTIONS],
            "parameters": {name: self.term() for name in PARAMETERS},
            "sources": [{"id": "source_one", "title": "Source", "cites": "Source 1"}],
            "concepts": self.concepts,
            "scores": self.scores,
        }

    def _declare_names(self) -> None:
        """Declare signals in two halves with concepts between, so that `applies_when` sees both."""
        wanted = self.choices.integer(*self.sizes.signals)
        for number in range(wanted):
            may_depend = 2 * number >= wanted
            self.signals.append(self._signal(number, may_depend=may_depend))
            if 2 * number + 1 == wanted or 2 * number + 2 == wanted:
                self._name_something(1)
        self._name_something(self.choices.integer(*self.sizes.concepts))
        for _ in range(self.choices.integer(*self.sizes.scores)):
            self.scores.append(make_score(self._maker(self._any_subject()), f"sum_{len(self.scores)}"))

    def _name_something(self, how_many: int) -> None:
        for _ in range(how_many):
            name = f"concept_{len(self.concepts)}"
            self.concepts.append(make_concept(self._maker(self._any_subject()), name))

    def _any_subject(self) -> str:
        return self.choices.pick((CASE, *self.pool.subjects))

    def _maker(self, subject: str, *, may_group: bool = True) -> ConditionMaker:
        return ConditionMaker(
            self.choices, self.pool, self.sizes, subject, may_group, may_ask_unknown=self.sizes.has_unknown
        )

    def _signal(self, number: int, *, may_depend: bool) -> Plain:
        subject = self._any_subject()
        kind = self.choices.pick(("yes_no", "yes_no", "number", "choice"))
        danger = self.choices.pick(_DANGERS[kind])
        signal: Plain = {
            "id": f"{subject}_{kind}_{number}",
            "subject": subject,
            "topic": "topic",
            "ask": text("Question?"),
            "type": kind,
            "own_proposal": "made at random",
        }
        if danger is not None:
            signal["danger"] = danger
        if number % 4 == 3:
            signal["reveals_reporter"] = True
        values = self._values(kind, signal)
        if may_depend and self.choices.chance(50):
            maker = self._maker(subject, may_group=False)
            signal["applies_when"] = maker.condition(self.choices.integer(0, 1))
        is_ordered = kind != "choice" or danger is not None or signal.get("ordered") is True
        plan = SignalPlan(str(signal["id"]), subject, kind, values, is_ordered, danger)
        self.pool.signals.append(plan)
        return signal

    def _values(self, kind: str, signal: Plain) -> tuple[str | int, ...]:
        if kind == "yes_no":
            return ("no", "yes")
        if kind == "number":
            low = self.choices.integer(-1, 1)
            high = low + self.choices.integer(1, self.sizes.highest_number)
            signal.update(min=low, max=high, unit="years")
            return tuple(range(low, high + 1))
        options = _OPTIONS[: self.choices.integer(2, len(_OPTIONS))]
        signal["options"] = [{"id": option, "title": text(option)} for option in options]
        if self.choices.chance(30):
            signal["ordered"] = True
        return options

    def _subject(self, name: str) -> Plain:
        subject: Plain = {"id": name, "title": text(name)}
        if self.choices.chance(60):
            subject["exists_when"] = self._maker(CASE, may_group=False).condition(self.choices.integer(0, 1))
        return subject

    def _level(self, rank: int, name: str) -> Plain:
        actions = self.choices.several(("give_advice", "call_police", "visit"), 0, 2)
        valid_for = self.choices.pick(("60 days", "3 hours", "2 weeks", "5 working days"))
        return {"id": name, "title": text(name), "text": text(f"{rank}"), "actions": actions, "valid_for": valid_for}

    def _action(self, name: str) -> Plain:
        owner = "police" if name == "call_police" else self.choices.pick(("veilig_thuis", "local_team"))
        within: object = self.term()
        if self.choices.chance(40):
            within = {"parameter": self.choices.pick(PARAMETERS)}
        action: Plain = {"id": name, "title": text(name), "text": text(name), "owner": owner, "within": within}
        if name in WITHHOLDABLE:
            action["can_be_withheld"] = True
        return action

    def term(self) -> str:
        """Return a time to act within."""
        return self.choices.pick(_TERMS)


def make_concept(maker: ConditionMaker, name: str) -> Plain:
    """Return a named condition, and add it to the pool."""
    condition = maker.condition()
    concept: Plain = {"id": name, "title": text(name), "when": condition}
    if maker.choices.chance(50):
        concept["finding"] = True
    maker.pool.concepts.append(NamedPlan(name, maker.subject, has_groups(condition, maker.pool)))
    return concept


def make_score(maker: ConditionMaker, name: str) -> Plain:
    """Return a sum of points, some of them below zero, and add it to the pool."""
    choices = maker.choices
    items = [(maker.condition(1), choices.pick((1, 2, 3, -1, -2, 1, 0))) for _ in range(choices.integer(1, 4))]
    low = sum(points for _, points in items if points < 0)
    high = sum(points for _, points in items if points > 0)
    grouped = any(has_groups(condition, maker.pool) for condition, _ in items)
    maker.pool.scores.append(NamedPlan(name, maker.subject, grouped, low, high))
    added = [{"when": condition, "points": points} for condition, points in items]
    return {"id": name, "title": text(name), "add": added}
