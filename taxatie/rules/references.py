"""Names that stand outside conditions: levels, actions, topics, subjects, sources, parameters."""

from collections.abc import Iterator
from dataclasses import dataclass

from taxatie.errors.codes import Code
from taxatie.errors.diagnostics import Diagnostics
from taxatie.rules.declarations import Declaration, Declarations
from taxatie.rules.nodes import Mapping, Scalar
from taxatie.rules.texts import ParsedText, ReleaseTexts, text_of, texts_of
from taxatie.source import Span
from taxatie.terms.names import CASE

_POLICE = "police"


@dataclass(frozen=True, slots=True)
class Reference:
    """A name used outside a condition, what kind of thing it should name, and who uses it."""

    kind: str
    name: str
    text: ParsedText
    span: Span
    key: str


def read_references(texts: ReleaseTexts, declarations: Declarations, diagnostics: Diagnostics) -> tuple[Reference, ...]:
    """Return every reference that leads somewhere; report those that lead nowhere."""
    found = []
    for reference in _references(texts):
        if _leads_somewhere(reference, declarations):
            found.append(reference)
            continue
        singular = reference.kind.removesuffix("s").replace("_", " ")
        message = f"`{reference.name}` is no {singular} of this release"
        hint = (
            declarations.suggestion(reference.name, reference.kind)
            or f"declare it in the vocabulary under `{reference.kind}`"
        )
        reference.text.fault(diagnostics, reference.span, Code.UNKNOWN_NAME, message, hint)
    _report_withholdings(found, declarations, diagnostics)
    _report_empty_rules(texts, diagnostics)
    return tuple(found)


def _leads_somewhere(reference: Reference, declarations: Declarations) -> bool:
    if reference.kind == "subjects" and reference.name == CASE:
        return True
    return reference.name in declarations.of(reference.kind)


def _references(texts: ReleaseTexts) -> Iterator[Reference]:
    vocabulary = texts.vocabulary
    for _, node in vocabulary.items("levels"):
        yield from _listed(vocabulary, node, "actions", "actions")
    for _, node in vocabulary.items("signals"):
        yield from _single(vocabulary, node, "subject", "subjects")
        yield from _single(vocabulary, node, "topic", "topics")
        yield from _listed(vocabulary, node, "sources", "sources")
    for _, node in vocabulary.items("actions"):
        within = node.get("within")
        if isinstance(within, Mapping):
            yield from _single(vocabulary, within, "parameter", "parameters")
    for ruleset in texts.rulesets:
        yield from _references_of_ruleset(ruleset)
    for region in texts.regions:
        root = region.root
        parameters = root.get("parameters") if isinstance(root, Mapping) else None
        if isinstance(parameters, Mapping):
            for key, _ in parameters.entries:
                yield Reference("parameters", key.text, region, key.span, "parameters")


def _references_of_ruleset(ruleset: ParsedText) -> Iterator[Reference]:
    if isinstance(ruleset.root, Mapping):
        yield from _single(ruleset, ruleset.root, "subject", "subjects")
    for _, node in ruleset.items("rules"):
        yield from _single(ruleset, node, "level", "levels")
        for key in ("actions", "withhold"):
            yield from _listed(ruleset, node, key, "actions")
        yield from _listed(ruleset, node, "sources", "sources")
    for _, node in ruleset.items("safeguards"):
        yield from _single(ruleset, node, "action", "actions")
        yield from _single(ruleset, node, "never", "actions")
        bound = node.get("level")
        if isinstance(bound, Mapping):
            yield from _single(ruleset, bound, "at_least", "levels")


def _single(text: ParsedText, node: Mapping, key: str, kind: str) -> Iterator[Reference]:
    found, name = node.get(key), text_of(node, key)
    if found is not None and name is not None:
        yield Reference(kind, name, text, found.span, key)


def _listed(text: ParsedText, node: Mapping, key: str, kind: str) -> Iterator[Reference]:
    for _, item, name in texts_of(node, key):
        yield Reference(kind, name, text, item.span, key)


def _report_withholdings(found: list[Reference], declarations: Declarations, diagnostics: Diagnostics) -> None:
    """No doubt can take away urgent help: only actions so marked may be withheld."""
    by_level = {r.name for r in found if r.key == "actions" and r.text.kind == "vocabulary"}
    for name, declaration in declarations.of("actions").items():
        if not _is_marked(declaration):
            continue
        owner = text_of(declaration.node, "owner") if isinstance(declaration.node, Mapping) else None
        why = "a level brings it" if name in by_level else "the police own it" if owner == _POLICE else None
        if why is not None:
            message = f"`{name}` cannot be marked `can_be_withheld`, because {why}"
            place = (*declaration.path[:-1], "can_be_withheld")
            declaration.text.fault(
                diagnostics,
                place,
                Code.MAY_NOT_BE_WITHHELD,
                message,
                "leave the mark out: no doubt may take away urgent help",
            )
    for reference in found:
        if reference.key == "withhold" and not _is_marked(declarations.of("actions")[reference.name]):
            message = f"`{reference.name}` may not be withheld"
            hint = "only actions marked `can_be_withheld: true` can be; urgent help never is"
            reference.text.fault(diagnostics, reference.span, Code.MAY_NOT_BE_WITHHELD, message, hint)


def _is_marked(declaration: Declaration) -> bool:
    mark = declaration.node.get("can_be_withheld") if isinstance(declaration.node, Mapping) else None
    return isinstance(mark, Scalar) and mark.value is True


def _report_empty_rules(texts: ReleaseTexts, diagnostics: Diagnostics) -> None:
    """A rule brings a level, actions or withholdings; a safeguard promises one of three things."""
    for ruleset in texts.rulesets:
        for path, node in ruleset.items("rules"):
            if not any(_says_something(node, key) for key in ("level", "actions", "withhold")):
                message = f"nothing follows from rule `{text_of(node, 'id')}`"
                ruleset.fault(
                    diagnostics,
                    (*path, "id"),
                    Code.NOTHING_FOLLOWS,
                    message,
                    "give it `level`, `actions` or `withhold`",
                )
        for path, node in ruleset.items("safeguards"):
            if not any(node.get(key) is not None for key in ("level", "action", "never")):
                message = f"safeguard `{text_of(node, 'id')}` promises nothing"
                ruleset.fault(
                    diagnostics, (*path, "id"), Code.NOTHING_FOLLOWS, message, "give it `level`, `action` or `never`"
                )


def _says_something(node: Mapping, key: str) -> bool:
    return node.get(key) is not None and (key == "level" or next(texts_of(node, key), None) is not None)
