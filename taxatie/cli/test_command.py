"""`taxatie test`: run the scenarios of a release."""

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from taxatie.cli.options import EngineOption, RulesetsOption, rulesets_folder, shipped
from taxatie.cli.output import FAULTS, examples, say, stop
from taxatie.cli.progress import with_progress
from taxatie.engine.evaluator import EngineName
from taxatie.terms.text import Language

if TYPE_CHECKING:
    from taxatie.rules.program import Program
    from taxatie.scenarios.runner import ScenarioResult
    from taxatie.scenarios.scenario import ScenarioText

NAME = "test"
_FIRES = "fires"
_ONE_SHORT = "is one answer short"
_REQUIRED = frozenset([_FIRES, _ONE_SHORT])
"""What every rule does in some scenario: a rule that is one short is silent there, or may fire."""

EXAMPLES = examples(
    "taxatie test",
    "taxatie test --engine durable --junit report.xml",
    "taxatie test --rulesets my-rulesets --release 2026.2 my-scenarios/ one-more.yaml",
    "taxatie test --format json | jq -r .digest",
    "taxatie test --require-coverage",
)


class ReportFormat(StrEnum):
    """How the report is printed."""

    HUMAN = "human"
    JSON = "json"


def run(  # noqa: PLR0913, PLR0917  # a command line has its options
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH", help="Scenarios, or folders of them; else those shipped.")
    ] = None,
    rulesets: RulesetsOption = None,
    release: Annotated[
        str | None, typer.Option("--release", metavar="ID", help="The release; by default the newest.")
    ] = None,
    engine: EngineOption = EngineName.LIVE,
    report_format: Annotated[ReportFormat, typer.Option("--format", help="How to print.")] = ReportFormat.HUMAN,
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a JUnit report too.")] = None,
    language: Annotated[Language, typer.Option(help="The language of the reasons.")] = Language.NL,
    require_coverage: Annotated[  # noqa: FBT002  # a flag
        bool, typer.Option("--require-coverage", help="Fail when a rule never fires, or is never one answer short.")
    ] = False,
) -> None:
    """Run the scenarios of a release.

    Shows what was expected against what came out, and why. The exit code is 1 when a scenario is not as
    expected, cannot be read, or may point to a person: by a name, a place, a date or a number. Shows also
    which rules no scenario fires, and which are in none one answer short of firing.
    """
    from taxatie.scenarios.report import junit_of, report_of  # heavy, so imported when needed

    program = _program(rulesets_folder(rulesets), release)
    texts = _texts(paths or [shipped("validation")])
    results = _results(program, engine, texts, language)
    if junit is not None:
        junit.write_bytes(junit_of(program, results))
    if report_format is ReportFormat.JSON:
        say(json.dumps(report_of(program, engine, results), ensure_ascii=False, indent=2))
    else:
        _remark_ages(texts)
        _print_matrix(program, results)
    gaps = _gaps(program, texts, results) if report_format is ReportFormat.HUMAN or require_coverage else {}
    for what, rules in gaps.items():
        say(f"in no scenario {what}: {' '.join(rules)}", is_aside=report_format is not ReportFormat.HUMAN)
    met = sum(result.is_met for result in results)
    if report_format is ReportFormat.HUMAN:
        say(f"release {program.release} on {engine}: {met} of {len(results)} scenarios are as expected")
    if met < len(results) or (require_coverage and gaps.keys() & _REQUIRED):
        raise typer.Exit(FAULTS)


def _program(rulesets: Path, release: str | None) -> "Program":
    from taxatie.registry.folder import ReleaseFolder

    folder = ReleaseFolder(rulesets)
    entries = folder.entries()
    if release is None and not entries:
        stop(f"`{rulesets}` holds no release that can be read", hint="run `taxatie check`", code=FAULTS)
    return folder.load(entries[-1].name if release is None else release)


def _texts(paths: Sequence[Path]) -> "list[ScenarioText]":
    from taxatie.scenarios.scenario import find_scenario_texts

    for path in paths:
        if not path.exists():
            stop(f"there is no `{path}`", hint="name a scenario, or a folder of them")
    texts = [text for path in paths for text in find_scenario_texts(path)]
    if not texts:
        stop(f"`{paths[0]}` holds no scenarios", hint="a scenario is a case file with `expect`")
    return texts


def _results(
    program: "Program", engine: EngineName, texts: "Sequence[ScenarioText]", language: Language
) -> "list[ScenarioResult]":
    from taxatie.scenarios.runner import run_scenarios
    from taxatie.service.engines import build_engine

    built = build_engine(engine, program)
    try:
        return list(with_progress(run_scenarios(program, built, texts, language), "Scenarios", len(texts)))
    finally:
        close = getattr(built, "close", None)
        if close is not None:
            close()


def _remark_ages(texts: "Sequence[ScenarioText]") -> None:
    """Say where an age stands for no band; it may have to, so it is a warning."""
    from taxatie.scenarios.anonymity import find_exact_ages

    for text in texts:
        for remark in find_exact_ages(text):
            say(f"warning: {remark}", is_aside=True)


def _print_matrix(program: "Program", results: "Sequence[ScenarioResult]") -> None:
    from taxatie.scenarios.matrix import matrix_of
    from taxatie.scenarios.report import explain_deviations

    for line in matrix_of(program, results):
        say(line)
    for result in results:
        if not result.is_met:
            say(f"\n{result.path}:")
            for line in (*map(str, result.faults), *explain_deviations(result)):
                say(f"  {line}")


def _gaps(
    program: "Program", texts: "Sequence[ScenarioText]", results: "Sequence[ScenarioResult]"
) -> dict[str, tuple[str, ...]]:
    """Return the rules that no scenario tries on one of their sides, by what they never do."""
    from taxatie.scenarios.one_short import never_one_short
    from taxatie.scenarios.report import coverage_of
    from taxatie.scenarios.scenario import read_scenario

    never_fires, never_silent = coverage_of(program, results)
    read = [read_scenario(program, text) for text, result in zip(texts, results, strict=True) if not result.faults]
    sides = {_FIRES: never_fires, "is silent": never_silent, _ONE_SHORT: never_one_short(program, read)}
    return {what: rules for what, rules in sides.items() if rules}
