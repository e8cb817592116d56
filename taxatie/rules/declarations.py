"""What the texts of a release declare, read leniently: a faulty line elsewhere hides no name.

Names are looked up here while the shape of the documents may still be wrong, so that an author
sees every fault in one round.
"""

from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from taxatie.errors.codes import Code
from taxatie.errors.diagnostics import Diagnostics
from taxatie.rules.nodes import Mapping, Path, Scalar
from taxatie.rules.texts import ParsedText, ReleaseTexts, mappings_in, text_of
from taxatie.terms.names import CASE, MODE
from taxatie.terms.vocabulary import SignalType

OPERATORS: Final = ("all", "any", "none", "at_least", "of", "some", "every", "holds", "events", "unknown")
RESERVED: Final = frozenset({*OPERATORS, "mode", "history", "everyone_listed"})

_ONE_NAMESPACE: Final = ("levels", "subjects", "signals", "actions", "concepts", "scores")
_APART: Final = ("topics", "event_kinds", "sources")
_NAMED_IN_CONDITIONS: Final = frozenset({"signals", "concepts", "scores"})
_SINGULAR: Final = {
    "levels": "level", "subjects": "subject", "signals": "signal", "actions": "action", "sources": "source",
    "concepts": "concept", "scores": "score", "topics": "topic", "event_kinds": "event kind",
    "parameters": "parameter", "rules": "rule", "safeguards": "safeguard",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Declaration:
    """A name, what it names, and where that stands."""

    kind: str
    name: str
    text: ParsedText
    path: Path
    node: Mapping | Scalar

    @property
    def ruleset(self) -> str | None:
        """The ruleset it belongs to; None is the vocabulary, shared by all."""
        return self.text.name if self.text.kind == "ruleset" else None


@dataclass(frozen=True, slots=True)
class SignalShape:
    """What a condition must know of a signal; options are None where they cannot be read."""

    name: str
    subject: str
    type: SignalType | None
    options: tuple[str, ...] | None
    is_ordered: bool


@dataclass(slots=True)
class Declarations:
    """Every name of a release, by kind."""

    by_kind: dict[str, dict[str, Declaration]] = field(default_factory=dict)
    signals: dict[str, SignalShape] = field(default_factory=dict)

    def of(self, kind: str) -> Map[str, Declaration]:
        """Return the declarations of one kind, in the order of the texts."""
        return self.by_kind.get(kind, {})

    def suggestion(self, name: str, *kinds: str) -> str | None:
        """Return a hint with the name that was probably meant."""
        known = [other for kind in kinds for other in self.of(kind)]
        if "signals" in kinds:
            known.append(MODE)
        return did_you_mean(name, known)

    def kind_of(self, name: str) -> str | None:
        """Return what kind of thing *name* names, in the singular."""
        return next((_SINGULAR[kind] for kind, names in self.by_kind.items() if name in names), None)


def did_you_mean(name: str, known: list[str]) -> str | None:
    """Return a hint with the closest known name, or None where none is close."""
    close = get_close_matches(name, known, n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else None


def collect_declarations(texts: ReleaseTexts, diagnostics: Diagnostics) -> Declarations:
    """Return what the release declares, reporting names used twice and names that are taken."""
    declarations = Declarations()
    first: dict[tuple[str, str], Declaration] = {}
    for text in (texts.vocabulary, *texts.rulesets):
        for declaration in _declared_in(text):
            _declare(declarations, first, declaration, diagnostics)
    declarations.signals[MODE] = SignalShape(MODE, CASE, SignalType.CHOICE, ("report", "advice"), is_ordered=False)
    return declarations


def _declared_in(text: ParsedText) -> list[Declaration]:
    kinds = [*_ONE_NAMESPACE, *_APART, "rules", "safeguards"]
    found = []
    for kind in kinds:
        for path, node in text.items(kind):
            name = text_of(node, "id")
            if name is not None:
                found.append(Declaration(kind, name, text, (*path, "id"), node))
    root = text.root
    parameters = root.get("parameters") if isinstance(root, Mapping) else None
    if isinstance(parameters, Mapping):
        found += [
            Declaration("parameters", key.text, text, ("parameters", key.text), key) for key, _ in parameters.entries
        ]
    return found


def _declare(
    declarations: Declarations,
    first: dict[tuple[str, str], Declaration],
    new: Declaration,
    diagnostics: Diagnostics,
) -> None:
    is_taken = new.name in RESERVED and new.kind in _NAMED_IN_CONDITIONS
    if is_taken or (new.kind == "subjects" and new.name == CASE):
        message = f"`{new.name}` belongs to the language and cannot name a {_SINGULAR[new.kind]}"
        new.text.fault(diagnostics, new.path, Code.RESERVED_NAME, message, "choose another name")
        return
    space = new.kind if new.kind not in (*_ONE_NAMESPACE, "parameters") else "one"
    earlier = first.setdefault((space, new.name), new)
    if earlier is not new:
        line = _line_of(earlier)
        message = f"`{new.name}` names a {_SINGULAR[earlier.kind]} already; a name means one thing in a release"
        new.text.fault(diagnostics, new.path, Code.NAME_TWICE, message, f"see {line}; choose another name")
        return
    declarations.by_kind.setdefault(new.kind, {})[new.name] = new
    if new.kind == "signals" and isinstance(new.node, Mapping):
        declarations.signals[new.name] = _shape(new.name, new.node)


def _line_of(declaration: Declaration) -> str:
    return f"{declaration.text.source.name}:{declaration.node.span.line}"


def _shape(name: str, node: Mapping) -> SignalShape:
    kind = text_of(node, "type")
    options = tuple(option for _, item in mappings_in(node, "options") if (option := text_of(item, "id")) is not None)
    danger, ordered = node.get("danger"), node.get("ordered")
    is_ordered = (isinstance(danger, Scalar) and danger.value in {"higher", "lower"}) or (
        isinstance(ordered, Scalar) and ordered.value is True
    )
    return SignalShape(
        name=name,
        subject=text_of(node, "subject") or CASE,
        type=SignalType(kind) if kind in set(SignalType) else None,
        options=options or None,
        is_ordered=is_ordered,
    )
