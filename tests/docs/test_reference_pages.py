"""The reference pages say what the newest release holds, all of it, in both languages."""

from pathlib import Path

import pytest

from taxatie.registry.folder import ReleaseFolder
from taxatie.service.reference_pages import reference_pages
from taxatie.terms.names import MODE
from taxatie.terms.text import Language

ROOT = Path(__file__).parents[2]
FOLDER = ReleaseFolder(ROOT / "rulesets")
PROGRAM = FOLDER.load(FOLDER.entries()[-1].name)


@pytest.mark.parametrize("language", list(Language))
def test_the_pages_in_the_handbook_are_those_of_the_release(language: Language) -> None:
    """`taxatie reference` writes them; nobody edits them."""
    folder = ROOT / "docs" / language / "reference"

    assert reference_pages(PROGRAM, language) == {
        page.name: page.read_text(encoding="utf-8") for page in folder.glob("*.md")
    }


@pytest.mark.parametrize("language", list(Language))
def test_nothing_of_the_release_is_left_out(language: Language) -> None:
    pages = reference_pages(PROGRAM, language)
    everything = "\n".join(pages.values())

    for signal in PROGRAM.signals.values():
        assert signal.id == MODE or f"`{signal.id}`" in pages["questions.md"]
    for scope in PROGRAM.scopes:
        for rule in scope.rules:
            assert f"## {rule.id} {rule.title.in_language(language)}\n" in pages[f"{scope.ruleset}.md"]
            assert rule.because.in_language(language) in pages[f"{scope.ruleset}.md"]
        for concept in scope.concepts:
            assert f"## {concept.title.in_language(language)}\n" in everything
        for safeguard in scope.safeguards:
            assert f"### {safeguard.title.in_language(language)}\n" in pages[f"{scope.ruleset}.md"]
    for action in PROGRAM.actions.values():
        assert action.text.in_language(language) in pages["actions.md"]


@pytest.mark.parametrize("language", list(Language))
def test_every_own_proposal_stands_in_one_place(language: Language) -> None:
    """An expert must find all that waits for a countersignature."""
    backings = [signal.backing for signal in PROGRAM.signals.values() if signal.id != MODE]
    backings += [rule.backing for scope in PROGRAM.scopes for rule in scope.rules]

    rows = [line for line in reference_pages(PROGRAM, language)["proposals.md"].splitlines() if line.startswith("| ")]

    proposals = [backing for backing in backings if backing.own_proposal is not None]
    assert proposals
    assert len(rows) == len(proposals) + 1
