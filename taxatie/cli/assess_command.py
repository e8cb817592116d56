"""`taxatie assess`: cases in, assessments out."""

import json
import sys
from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from taxatie.cli.options import ReleaseOption, RulesetsOption, rulesets_folder
from taxatie.cli.output import FAULTS, errors_shown

if TYPE_CHECKING:
    from taxatie.cli.assessing import Assessing, Outcome

NAME = "assess"
EXAMPLES = (
    "Examples: taxatie assess case.yaml · "
    "taxatie assess --format json cases.jsonl > answers.jsonl · "
    "generate-cases | taxatie assess --format json -"
)


class AnswerFormat(StrEnum):
    """How answers are printed."""

    HUMAN = "human"
    JSON = "json"


class LanguageName(StrEnum):
    """The language of the sentences."""

    NL = "nl"
    EN = "en"


class AudienceName(StrEnum):
    """Who may read the answer."""

    INTERNAL = "internal"
    SHAREABLE = "shareable"


class DetailName(StrEnum):
    """How much is explained."""

    LEVEL = "level"
    REASONS = "reasons"
    FULL = "full"


class EngineChoice(StrEnum):
    """The engine that evaluates."""

    LIVE = "live"
    REFERENCE = "reference"
    DURABLE = "durable"


def run(  # noqa: PLR0913, PLR0917  # a command line has its options
    files: Annotated[
        list[str], typer.Argument(metavar="FILE…", help="YAML, JSON or JSONL; `-` is the standard input.")
    ],
    rulesets: RulesetsOption = None,
    release: ReleaseOption = None,
    answer_format: Annotated[AnswerFormat, typer.Option("--format", help="How to print.")] = AnswerFormat.HUMAN,
    detail: Annotated[DetailName, typer.Option(help="How much to explain.")] = DetailName.FULL,
    language: Annotated[LanguageName, typer.Option(help="The language of the sentences.")] = LanguageName.NL,
    audience: Annotated[AudienceName, typer.Option(help="Who may read it.")] = AudienceName.INTERNAL,
    engine: Annotated[EngineChoice, typer.Option(help="The engine.")] = EngineChoice.LIVE,
) -> None:
    """Assess cases: level, why, what could still change it, what to do by when, what must not be advised."""
    with errors_shown():
        from taxatie.cli.assessing import Assessing, Wishes  # noqa: PLC0415  # heavy, so imported when needed

        wishes = Wishes(release, engine.value, detail.value, language.value, audience.value)
        with Assessing(rulesets_folder(rulesets), wishes) as assessing:
            faulty = _print_all(assessing, _outcomes(assessing, files), answer_format)
    if faulty:
        raise typer.Exit(FAULTS)


def _outcomes(assessing: "Assessing", files: list[str]) -> "Iterator[Outcome]":
    from taxatie.cli.case_files import read_case_files  # noqa: PLC0415

    cases = read_case_files(files)
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield from map(assessing.assess, cases)
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (SpinnerColumn(), TextColumn("{task.completed:,} cases"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("assess", total=None)
        for case in cases:
            yield assessing.assess(case)
            progress.advance(task)


def _print_all(assessing: "Assessing", outcomes: "Iterator[Outcome]", answer_format: AnswerFormat) -> int:
    """Print every outcome in order; return how many cases could not be assessed."""
    faulty = 0
    for number, outcome in enumerate(outcomes):
        if outcome.faults is not None:
            faulty += 1
            typer.echo(f"{outcome.place}: {outcome.faults.message}", err=True)
        if answer_format is AnswerFormat.JSON:
            sys.stdout.write(json.dumps(outcome.plain, ensure_ascii=False, separators=(",", ":")) + "\n")
        elif outcome.faults is None:
            typer.echo(("\n" if number else "") + assessing.describe(outcome))
    sys.stdout.flush()
    return faulty
