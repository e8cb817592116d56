"""From a node to a condition: names looked up, values coded, every fault reported where it stands."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from taxatie.errors.codes import Code
from taxatie.errors.diagnostics import Diagnostics
from taxatie.limits import ABSOLUTE_NUMBER_MAX
from taxatie.rules.condition import (
    All,
    Any,
    AtLeast,
    ConceptHolds,
    ConceptUnknown,
    Condition,
    Every,
    Not,
    ScoreUnknown,
    SignalUnknown,
    Some,
)
from taxatie.rules.declarations import OPERATORS, Declarations, did_you_mean
from taxatie.rules.events_reader import read_events
from taxatie.rules.nodes import Mapping, Node, Scalar, Sequence
from taxatie.rules.test_reader import read_test
from taxatie.rules.texts import ParsedText
from taxatie.source import Span
from taxatie.terms.names import ConceptId, ScoreId, SignalId, SubjectId

_NAMED: Final = ("signals", "concepts", "scores")
_FORMS: Final = {
    "all": ("all",),
    "any": ("any",),
    "none": ("none",),
    "at_least": ("at_least", "of"),
    "of": ("at_least", "of"),
    "some": ("some", "holds"),
    "every": ("every", "holds"),
    "holds": ("some", "holds"),
    "events": ("events",),
    "unknown": ("unknown",),
}


@dataclass(frozen=True, slots=True)
class Use:
    """A name that a condition uses, where, and inside which `some` or `every`."""

    kind: str
    name: str
    text: ParsedText
    span: Span
    group: str | None


@dataclass(slots=True)
class ConditionReader:
    """Reads the conditions of one text; a condition with a fault in it reads as None."""

    text: ParsedText
    declarations: Declarations
    diagnostics: Diagnostics
    uses: list[Use] = field(default_factory=list)
    group: str | None = None

    def read(self, node: Node) -> Condition | None:
        """Return the condition that the node says."""
        match node:
            case Scalar(value=str(name)):
                return self._named(name, node.span, None)
            case Mapping():
                return self._map(node)
            case Sequence():
                return self.fault(
                    node.span,
                    Code.MALFORMED_CONDITION,
                    "a condition is not a list",
                    "write `{all: […]}` or `{any: […]}`",
                )
            case _:
                return self.fault(
                    node.span,
                    Code.MALFORMED_CONDITION,
                    f"`{node.text}` is not a condition",
                    "a condition is a name, or a map such as `{all: […]}`",
                )

    def fault(self, span: Span, code: Code, message: str, hint: str | None = None) -> None:
        """Note a fault; returns None so that the caller can return it."""
        self.text.fault(self.diagnostics, span, code, message, hint)

    def use(self, kind: str, name: str, span: Span) -> None:
        """Note that a name is used here."""
        self.uses.append(Use(kind, name, self.text, span, self.group))

    def _map(self, node: Mapping) -> Condition | None:
        if not node.entries:
            return self.fault(node.span, Code.EMPTY_LIST, "an empty map says nothing", "name a signal or a concept")
        operators = [key for key, _ in node if key in OPERATORS]
        if operators:
            # `holds` stands beside `some` and beside `every`, and may stand before them.
            telling = [operator for operator in operators if operator != "holds"]
            return self._operation(node, _FORMS[(telling or operators)[0]])
        parts = [self._named(key.text, key.span, value) for key, value in node.entries]
        read = [part for part in parts if part is not None]
        if len(read) < len(parts):
            return None
        return read[0] if len(read) == 1 else All(tuple(read))

    def _operation(self, node: Mapping, form: tuple[str, ...]) -> Condition | None:
        strange = [key for key, _ in node.entries if key.text not in form]
        for key in strange:
            expected = " and ".join(f"`{name}`" for name in form)
            message = f"`{key.text}` cannot stand beside `{form[0]}`"
            hint = did_you_mean(key.text, list(form)) or f"here only {expected} can stand; join them under `all`"
            self.fault(key.span, Code.MALFORMED_CONDITION, message, hint)
        missing = [name for name in form if node.get(name) is None]
        for name in missing:
            other = next(key.text for key, _ in node.entries if key.text in form)
            self.fault(node.span, Code.MALFORMED_CONDITION, f"`{other}` needs `{name}` beside it", f"add `{name}: …`")
        condition = None if missing else self._read_form(form[0], node)
        return None if strange else condition

    def _read_form(self, operator: str, node: Mapping) -> Condition | None:
        reading: dict[str, Callable[[Mapping], Condition | None]] = {
            "all": lambda n: self._joined(n, "all"),
            "any": lambda n: self._joined(n, "any"),
            "none": lambda n: self._joined(n, "none"),
            "at_least": self._at_least,
            "some": lambda n: self._group(n, "some"),
            "every": lambda n: self._group(n, "every"),
            "events": self._events,
            "unknown": self._unknown,
        }
        return reading[operator](node)

    def _joined(self, node: Mapping, operator: str) -> Condition | None:
        parts = self._parts(node, operator)
        if parts is None:
            return None
        if operator == "all":
            return All(parts)
        return Any(parts) if operator == "any" else Not(Any(parts))

    def _parts(self, node: Mapping, key: str) -> tuple[Condition, ...] | None:
        listed = node.get(key)
        assert listed is not None, key
        if not isinstance(listed, Sequence):
            self.fault(listed.span, Code.MALFORMED_CONDITION, f"`{key}` takes a list", f"write `{key}: […]`")
            return None
        if not listed.items:
            self.fault(
                listed.span, Code.EMPTY_LIST, f"`{key}` has nothing in it", "put a condition in it, or leave it out"
            )
            return None
        parts = [self.read(item) for item in listed.items]
        read = tuple(part for part in parts if part is not None)
        return read if len(read) == len(parts) else None

    def _at_least(self, node: Mapping) -> Condition | None:
        parts = self._parts(node, "of")
        count = self.integer(node.get("at_least"), "`at_least` takes a whole number")
        return None if parts is None or count is None else AtLeast(count, parts)

    def integer(self, node: Node | None, message: str) -> int | None:
        """Return the whole number that the node says, or report that it says none."""
        if isinstance(node, Scalar) and isinstance(node.value, int) and not isinstance(node.value, bool):
            if abs(node.value) <= ABSOLUTE_NUMBER_MAX:
                return node.value
            message = f"`{node.text}` is too large a number"
        if isinstance(node, Mapping) and node.get("parameter") is not None:
            return self._parameter(node.span)
        if node is not None:
            self.fault(node.span, Code.WRONG_TYPE, message, "write it without quotes and without a point")
        return None

    def _parameter(self, span: Span) -> None:
        self.fault(
            span,
            Code.PARAMETER_IN_CONDITION,
            "a parameter cannot stand in a condition: the same answers give the same level in every region",
            "write the number itself",
        )

    def _group(self, node: Mapping, operator: str) -> Condition | None:
        subject_node, part_node = node.get(operator), node.get("holds")
        assert subject_node is not None, operator
        assert part_node is not None, operator
        if self.group is not None:
            message = f"`{operator}` cannot stand within another `some` or `every`"
            return self.fault(node.span, Code.MALFORMED_CONDITION, message, "name a person's own condition there")
        subject = subject_node.value if isinstance(subject_node, Scalar) else None
        if not isinstance(subject, str) or subject not in self.declarations.of("subjects"):
            shown = subject_node.text if isinstance(subject_node, Scalar) else "…"
            hint = self.declarations.suggestion(shown, "subjects")
            self.fault(subject_node.span, Code.UNKNOWN_NAME, f"`{shown}` is no subject of the vocabulary", hint)
            subject = None
        else:
            self.use("subjects", subject, subject_node.span)
        self.group = subject or "?"
        part = self.read(part_node)
        self.group = None
        if subject is None or part is None:
            return None
        return Some(SubjectId(subject), part) if operator == "some" else Every(SubjectId(subject), part)

    def _events(self, node: Mapping) -> Condition | None:
        pattern = node.get("events")
        assert pattern is not None
        return read_events(self, pattern)

    def _unknown(self, node: Mapping) -> Condition | None:
        target = node.get("unknown")
        if not isinstance(target, Scalar) or not isinstance(target.value, str):
            return self.fault(
                node.span,
                Code.MALFORMED_CONDITION,
                "`unknown` takes one name",
                "write `{unknown: name}`; join several under `any`",
            )
        name = target.value
        if name in self.declarations.signals:
            self.use("signals", name, target.span)
            return SignalUnknown(SignalId(name))
        if name in self.declarations.of("concepts"):
            self.use("concepts", name, target.span)
            return ConceptUnknown(ConceptId(name))
        if name in self.declarations.of("scores"):
            self.use("scores", name, target.span)
            return ScoreUnknown(ScoreId(name))
        return self._unknown_name(name, target.span)

    def _named(self, name: str, span: Span, test: Node | None) -> Condition | None:
        if name in self.declarations.signals:
            self.use("signals", name, span)
            return read_test(self, self.declarations.signals[name], span, test)
        if name in self.declarations.of("concepts"):
            self.use("concepts", name, span)
            return self._concept(name, test)
        if name in self.declarations.of("scores"):
            self.use("scores", name, span)
            return read_test(self, ScoreId(name), span, test)
        return self._unknown_name(name, span)

    def _concept(self, name: str, test: Node | None) -> Condition | None:
        holds = ConceptHolds(ConceptId(name))
        if test is None:
            return holds
        match test:
            case Scalar(value="yes" | True):
                return holds
            case Scalar(value="no" | False):
                return Not(holds)
            case _:
                message = f"a concept such as `{name}` can only be tested for `yes` or `no`"
                return self.fault(test.span, Code.NO_SUCH_TEST, message, f"write `{name}` or `{{{name}: no}}`")

    def _unknown_name(self, name: str, span: Span) -> None:
        if name in self.declarations.of("parameters"):
            return self._parameter(span)
        kind = self.declarations.kind_of(name)
        if kind is not None:
            article = "an" if kind[0] in "aeiou" else "a"
            message = f"`{name}` is {article} {kind}; a condition tests signals, concepts and scores"
            return self.fault(span, Code.UNKNOWN_NAME, message, None)
        hint = self.declarations.suggestion(name, *_NAMED) or "declare it in the vocabulary, or mend the name"
        return self.fault(span, Code.UNKNOWN_NAME, f"`{name}` is no signal, concept or score of this release", hint)
