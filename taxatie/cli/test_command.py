"""`taxatie test`: run the scenarios of a release."""

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from taxatie.cli.assess_command import EngineChoice
from taxatie.cli.options import ReleaseOption, RulesetsOption, rulesets_folder, shipped
from taxatie.cli.output import FAULTS, errors_shown, stop

if TYPE_CHECKING:
    from taxatie.rules.program import Program
    from taxatie.scenarios.runner import ScenarioResult

NAME = "test"
EXAMPLES = "Examples: taxatie test · taxatie test --engine durable · taxatie test --junit report.xml my-scenarios/"


class ReportFormat(StrEnum):
    """How the report is printed."""

    HUMAN = "human"
    JSON = "json"


def run(  # noqa: PLR0913, PLR0917  # a command line has its options
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="The scenarios; by default the shipped ones.")
    ] = None,
    rulesets: RulesetsOption = None,
    release: Annotated[
        str | None, typer.Option("--release", metavar="ID", help="The release; by default the newest.")
    ] = None,
    engine: Annotated[EngineChoice, typer.Option(help="The engine.")] = EngineChoice.LIVE,
    report_format: Annotated[ReportFormat, typer.Option("--format", help="How to print.")] = ReportFormat.HUMAN,
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a JUnit report too.")] = None,
) -> None:
    """Run scenarios: what was expected against what came out, and why."""
    with errors_shown():
        from taxatie.scenarios.report import junit_of, report_of  # noqa: PLC0415  # heavy, so imported when needed

        program = _program(rulesets_folder(rulesets), release)
        results = _results(program, engine.value, folder if folder is not None else shipped("validation"))
        if junit is not None:
            junit.write_text(junit_of(program, results), encoding="utf-8")
        if report_format is ReportFormat.JSON:
            typer.echo(json.dumps(report_of(program, engine.value, results), ensure_ascii=False, indent=2))
        else:
            _print(program, engine.value, results)
    if not all(result.is_met for result in results):
        raise typer.Exit(FAULTS)


def _program(rulesets: Path, release: str | None) -> "Program":
    from taxatie.registry.folder import ReleaseFolder  # noqa: PLC0415

    folder = ReleaseFolder(rulesets)
    entries = folder.entries()
    if release is None and not entries:
        stop(f"`{rulesets}` holds no release that can be read", hint="run `taxatie check`", code=FAULTS)
    return folder.load(entries[-1].name if release is None else release)


def _results(program: "Program", engine: str, folder: Path) -> list["ScenarioResult"]:
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import track  # noqa: PLC0415

    from taxatie.engine.evaluator import EngineName  # noqa: PLC0415
    from taxatie.scenarios.runner import run_scenarios  # noqa: PLC0415
    from taxatie.scenarios.scenario import find_scenario_texts  # noqa: PLC0415
    from taxatie.service.engines import build_engine  # noqa: PLC0415

    texts = find_scenario_texts(folder)
    if not texts:
        stop(f"`{folder}` holds no scenarios", hint="name a folder with case files", code=FAULTS)
    built = build_engine(EngineName(engine), program)
    console = Console(stderr=True)
    walk = run_scenarios(program, built, texts)
    try:
        return list(
            track(walk, "Scenarios", len(texts), console=console, transient=True, disable=not console.is_terminal)
        )
    finally:
        close = getattr(built, "close", None)
        if close is not None:
            close()


def _print(program: "Program", engine: str, results: Sequence["ScenarioResult"]) -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from taxatie.scenarios.report import explain_deviations  # noqa: PLC0415

    table = Table(title=f"{program.release} on {engine}", title_justify="left")
    for heading in ("", "scenario", "level", "ceiling", "fired"):
        table.add_column(heading)
    theme = None
    for result in results:
        if result.theme != theme:
            theme = result.theme
            table.add_row("", f"[bold]{theme}[/bold]")
        table.add_row("✓" if result.is_met else "✗", result.case, result.level, result.ceiling, " ".join(result.fired))
    console = Console()
    console.print(table)
    for result in results:
        if not result.is_met:
            typer.echo(f"\n{result.path}:")
            for line in (*map(str, result.faults), *explain_deviations(result)):
                typer.echo(f"  {line}")
    met = sum(result.is_met for result in results)
    typer.echo(f"{met} of {len(results)} scenarios are as expected")
