"""`taxatie reference`: write the reference pages of a release."""

from pathlib import Path
from typing import Annotated

import typer

from taxatie.cli.options import ReleaseOption, RulesetsOption, rulesets_folder
from taxatie.cli.output import FAULTS, examples, say
from taxatie.terms.text import Language

NAME = "reference"
EXAMPLES = examples(
    "taxatie reference",
    "taxatie reference --language en --output docs/en/reference",
    "taxatie reference --check",
)


def run(
    rulesets: RulesetsOption = None,
    release: ReleaseOption = None,
    language: Annotated[Language, typer.Option(help="The language of the pages.")] = Language.NL,
    output: Annotated[Path | None, typer.Option(metavar="DIR", help="Where to write.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; say which are not current.")] = False,  # noqa: FBT002
) -> None:
    """Write every question, rule, action and own proposal of a release, as Markdown pages.

    The pages say the conditions in words, each with its source. Without --release they are those of the newest one.
    """
    from taxatie.registry.folder import ReleaseFolder  # heavy, so imported when needed
    from taxatie.service.reference_pages import reference_pages

    folder = ReleaseFolder(rulesets_folder(rulesets))
    program = folder.load(release or folder.entries()[-1].name)
    target = output or Path("docs") / language / "reference"
    pages = reference_pages(program, language)
    stale = [name for name, text in pages.items() if not _is_current(target / name, text)]
    if check:
        for name in stale:
            say(f"`{target / name}` is not current; run `taxatie reference`", is_aside=True)
        if stale:
            raise typer.Exit(FAULTS)
        return
    target.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (target / name).write_text(pages[name], encoding="utf-8")
    say(f"{len(pages)} pages in `{target}`, {len(stale)} written", is_aside=True)


def _is_current(file: Path, text: str) -> bool:
    return file.is_file() and file.read_text(encoding="utf-8") == text
