"""`taxatie format`: the canonical form of rulesets and cases."""

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from taxatie.cli.options import RulesetsOption, rulesets_folder
from taxatie.cli.output import FAULTS, examples, say, stop

NAME = "format"
EXAMPLES = examples(
    "taxatie format rulesets/acute-danger/1.1.0.yaml",
    "taxatie format --write rulesets/acute-danger/1.1.0.yaml",
    "taxatie format --check",
)

_STDIN: Final = Path("-")


def run(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE", help="Files, or `-`; without one, those of the rulesets.")
    ] = None,
    rulesets: RulesetsOption = None,
    write: Annotated[bool, typer.Option("--write", help="Write the canonical form into the files.")] = False,  # noqa: FBT002
    check: Annotated[bool, typer.Option("--check", help="Write nothing; say which are otherwise.")] = False,  # noqa: FBT002
) -> None:
    """Bring rulesets and cases into canonical form.

    Meaning and comments stay; the layout becomes the same for all. Without an option the form is printed.
    Published files are never written, since a change is a new version.
    """
    if write and check:
        stop("--write and --check exclude each other")
    named = files or _files_of(rulesets_folder(rulesets))
    if not write and not check and len(named) != 1:
        stop("only one file can be printed", hint="use --write or --check for several")
    if write and _STDIN in named:
        stop("a pipe cannot be written", hint="leave --write out to print the form")
    outcomes = [_format(file, is_written=write, is_printed=not write and not check) for file in named]
    if not all(outcomes):
        raise typer.Exit(FAULTS)


def _files_of(root: Path) -> list[Path]:
    """Return the texts of a rulesets folder that are still open to change."""
    published = _published(root)
    return [path for path in sorted(root.rglob("*.yaml")) if path.relative_to(root).as_posix() not in published]


def _published(root: Path) -> frozenset[str]:
    from taxatie.registry.folder import ReleaseFolder  # heavy, so imported when needed

    return frozenset(ReleaseFolder(root).lock or ())


def _is_published(file: Path) -> bool:
    """Return whether a lock in a folder above knows the file."""
    from taxatie.registry.lock import LOCK_NAME

    whole = file.resolve()
    root = next((parent for parent in whole.parents if (parent / LOCK_NAME).is_file()), None)
    return root is not None and whole.relative_to(root).as_posix() in _published(root)


def _format(file: Path, *, is_written: bool, is_printed: bool) -> bool:
    """Print, write or compare the canonical form of a text; return whether that went well."""
    from taxatie.errors.diagnostics import Diagnostics
    from taxatie.rules.formatter import format_text
    from taxatie.rules.parser import decode_text

    diagnostics = Diagnostics()
    data = sys.stdin.buffer.read() if file == _STDIN else file.read_bytes()
    source = decode_text(str(file), data, diagnostics)
    text = None if source is None else format_text(source, diagnostics)
    if text is None:
        for diagnostic in diagnostics:
            say(str(diagnostic), is_aside=True)
        return False
    if is_printed:
        sys.stdout.write(text)
        return True
    if text.encode() == data:
        return True
    if is_written and not _is_published(file):
        file.write_bytes(text.encode())
        return True
    say(f"{file}: {'is published and stays as it is' if is_written else 'is not in canonical form'}", is_aside=True)
    return False
