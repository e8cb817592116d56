"""`taxatie check`: every fault of a rulesets folder, each with its place and remedy."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, assert_never

import typer

from taxatie.cli.options import RulesetsOption, rulesets_folder
from taxatie.cli.output import FAULTS, examples, say, stop

if TYPE_CHECKING:
    from taxatie.errors.diagnostics import Diagnostics

NAME = "check"
EXAMPLES = examples(
    "taxatie check",
    "taxatie check rulesets/acute-danger/1.1.0.yaml",
    "taxatie check --strict --rulesets my-rulesets --release 2026.1",
    "taxatie check --format sarif > faults.sarif",
)

_PROXY = "how plain the Dutch is: by a proxy for B1 (lengths, a word list, Flesch-Douma), not by a measurement"


class FaultFormat(StrEnum):
    """How faults are printed."""

    TEXT = "text"
    LINE = "line"
    JSON = "json"
    SARIF = "sarif"


def run(  # noqa: PLR0913, PLR0917  # a command line has its options
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE", help="Show the faults of these files alone.")
    ] = None,
    rulesets: RulesetsOption = None,
    release: Annotated[str | None, typer.Option("--release", metavar="ID", help="Check this release alone.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,  # noqa: FBT002
    fault_format: Annotated[FaultFormat, typer.Option("--format", help="How to print.")] = FaultFormat.TEXT,
    today: Annotated[str | None, typer.Option(metavar="DATE", help="The date by which reviews are judged.")] = None,
) -> None:
    """Check rulesets, showing every fault with its remedy.

    Faults come all at once, in reading order. All releases of the folder are checked, and the texts that no
    release names. The exit code is 1 when there are errors (with --strict, also when there are warnings), and
    2 when it was asked in a wrong way. Whether the Dutch is plain is told by a proxy for level B1 (lengths, a
    word list, the formula of Flesch and Douma); it is no measurement.
    """
    from taxatie.service.check import check_folder  # heavy, so imported when needed

    named = [] if files is None else files
    root = rulesets_folder(rulesets if rulesets is not None or not named else _root_of(named[0]))
    diagnostics, releases = check_folder(root, release, _date(today))
    shown = _of(diagnostics, root, named) if named else diagnostics
    _print(shown, fault_format)
    errors, warnings = len(shown.errors), len(shown.warnings)
    if fault_format in {FaultFormat.TEXT, FaultFormat.LINE}:
        names = ", ".join(releases) or "none"
        say(f"releases {names}: {errors} errors, {warnings} warnings", is_aside=True)
        say(_PROXY, is_aside=True)
    if errors or (strict and warnings):
        raise typer.Exit(FAULTS)


def _root_of(file: Path) -> Path:
    """Return the rulesets folder to which a file belongs."""
    root = next((parent for parent in file.resolve().parents if (parent / "releases").is_dir()), None)
    if root is None:
        stop(f"`{file}` lies in no rulesets folder", hint="name one with --rulesets")
    return root


def _of(diagnostics: "Diagnostics", root: Path, files: list[Path]) -> "Diagnostics":
    """Return the faults of some files of the folder."""
    from taxatie.errors.diagnostics import Diagnostics

    whole = root.resolve()
    for file in files:
        if not file.is_file() or whole not in file.resolve().parents:
            stop(f"`{file}` is no file of `{root}`", hint="name another file, or another folder with --rulesets")
    names = {file.resolve().relative_to(whole).as_posix() for file in files}
    shown = Diagnostics()
    shown.extend(each for each in diagnostics if each.source.name in names)
    return shown


def _date(text: str | None) -> date:
    if text is None:
        from taxatie.wiring import SystemClock

        return SystemClock().today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        stop(f"`{text}` is no date", hint="write it as in `2026-01-31`")


def _print(diagnostics: "Diagnostics", fault_format: FaultFormat) -> None:
    from taxatie.errors import rendering

    match fault_format:
        case FaultFormat.TEXT:
            for diagnostic in diagnostics:
                say(rendering.underlined(diagnostic) + "\n")
        case FaultFormat.LINE:
            for diagnostic in diagnostics:
                say(rendering.one_line(diagnostic))
        case FaultFormat.JSON:
            say(rendering.as_json(diagnostics))
        case FaultFormat.SARIF:
            from taxatie import VERSION

            say(rendering.as_sarif(diagnostics, VERSION))
        case _ as never:
            assert_never(never)
