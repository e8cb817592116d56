"""TX402, TX412 and TX413: names that nothing uses, levels that no rule gives, actions that nobody recommends."""

from collections.abc import Iterable
from typing import Final

from taxatie.errors.codes import Code
from taxatie.errors.diagnostics import Diagnostics
from taxatie.rules.checker import CheckedRelease
from taxatie.rules.declarations import Declaration

_KINDS: Final = {
    "signals": "no condition tests it",
    "concepts": "no condition uses it, and it is not reported as a finding",
    "scores": "no condition uses it",
    "sources": "nothing cites it",
    "topics": "no signal stands under it",
    "subjects": "no signal and no ruleset speaks of it",
    "event_kinds": "no pattern looks for it",
    "parameters": "no action is due by it",
}


def check_unused(checked: CheckedRelease, diagnostics: Diagnostics) -> None:
    """Report what could be left out without anything changing."""
    used = _used(checked)
    for kind, why in _KINDS.items():
        for declaration in _not_in(used, checked.declarations.of(kind).values()):
            message = f"`{declaration.name}` is not used: {why}"
            _report(declaration, Code.UNUSED, message, "use it, or leave it out", diagnostics)
    levels = list(checked.declarations.of("levels").values())
    given = {r.name for r in checked.references if r.kind == "levels" and r.text.kind == "ruleset"}
    for declaration in _not_in(given, levels[1:]):
        message = f"no rule gives the level `{declaration.name}`"
        _report(declaration, Code.LEVEL_NOT_GIVEN, message, "give it in a rule, or leave it out", diagnostics)
    recommended = {r.name for r in checked.references if r.key == "actions"}
    for declaration in _not_in(recommended, checked.declarations.of("actions").values()):
        message = f"nobody recommends `{declaration.name}`: no level and no rule names it"
        _report(declaration, Code.ACTION_NOT_RECOMMENDED, message, "recommend it, or leave it out", diagnostics)


def _used(checked: CheckedRelease) -> set[str]:
    """Return every name that a condition or a reference uses, and every concept that is reported."""
    names = {use.name for _, use in checked.definitions.uses()}
    names |= {reference.name for reference in checked.references}
    concepts = [*checked.documents.vocabulary.concepts]
    for ruleset in checked.documents.rulesets:
        concepts += ruleset.concepts
    return names | {concept.id for concept in concepts if concept.finding}


def _not_in(used: set[str], declarations: Iterable[Declaration]) -> list[Declaration]:
    return [declaration for declaration in declarations if declaration.name not in used]


def _report(declaration: Declaration, code: Code, message: str, hint: str, diagnostics: Diagnostics) -> None:
    declaration.text.fault(diagnostics, declaration.path, code, message, hint)
