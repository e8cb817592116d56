"""`taxatie check`: every fault of a rulesets folder, each with its place and remedy."""

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from taxatie.cli.options import RulesetsOption, rulesets_folder
from taxatie.cli.output import FAULTS, examples, say, stop

if TYPE_CHECKING:
    from taxatie.errors.diagnostics import Diagnostics

NAME = "check"
EXAMPLES = examples(
    "taxatie check",
    "taxatie check --strict --rulesets my-rulesets --release 2026.1",
    "taxatie check --format sarif > faults.sarif",
)


class FaultFormat(StrEnum):
    """How faults are printed."""

    TEXT = "text"
    LINE = "line"
    JSON = "json"
    SARIF = "sarif"


def run(
    rulesets: RulesetsOption = None,
    release: Annotated[str | None, typer.Option("--release", metavar="ID", help="Check this release alone.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,  # noqa: FBT002
    fault_format: Annotated[FaultFormat, typer.Option("--format", help="How to print.")] = FaultFormat.TEXT,
    today: Annotated[str | None, typer.Option(metavar="DATE", help="The date by which reviews are judged.")] = None,
) -> None:
    """Check rulesets: every fault at once, in reading order, with its place and what to do about it."""
    from taxatie.service.check import check_folder  # noqa: PLC0415  # heavy, so imported when needed

    diagnostics, releases = check_folder(rulesets_folder(rulesets), release, _date(today))
    _print(diagnostics, fault_format)
    errors, warnings = len(diagnostics.errors), len(diagnostics.warnings)
    if fault_format in {FaultFormat.TEXT, FaultFormat.LINE}:
        names = ", ".join(releases) or "none"
        say(f"releases {names}: {errors} errors, {warnings} warnings", is_aside=True)
    if errors or (strict and warnings):
        raise typer.Exit(FAULTS)


def _date(text: str | None) -> date:
    if text is None:
        from taxatie.wiring import SystemClock  # noqa: PLC0415

        return SystemClock().today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        stop(f"`{text}` is no date", hint="write it as in `2026-01-31`")


def _print(diagnostics: "Diagnostics", fault_format: FaultFormat) -> None:
    from taxatie.errors import rendering  # noqa: PLC0415

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
            from taxatie import VERSION  # noqa: PLC0415

            say(rendering.as_sarif(diagnostics, VERSION))
