"""`taxatie assess`: cases in, assessments out."""

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from taxatie.cli.options import EngineOption, ReleaseOption, RulesetsOption, rulesets_folder
from taxatie.cli.output import FAULTS, examples, say, write_line
from taxatie.cli.progress import with_progress
from taxatie.engine.evaluator import EngineName
from taxatie.terms.audience import Audience
from taxatie.terms.text import Language

if TYPE_CHECKING:
    from taxatie.cli.assessing import Assessing, Outcome

NAME = "assess"
EXAMPLES = examples(
    "taxatie assess case.yaml",
    "taxatie assess --language en --audience shareable case.yaml",
    "taxatie assess --rulesets my-rulesets --release 2026.1 --format json cases.jsonl > answers.jsonl",
    "make-cases | taxatie assess --format json --detail level - | jq .level",
)


class AnswerFormat(StrEnum):
    """How answers are printed."""

    HUMAN = "human"
    JSON = "json"


class DetailName(StrEnum):
    """How much is explained."""

    LEVEL = "level"
    REASONS = "reasons"
    FULL = "full"


def run(  # noqa: PLR0913, PLR0917  # a command line has its options
    files: Annotated[
        list[str], typer.Argument(metavar="FILE", help="YAML, JSON or JSONL (a case a line); `-` is standard input.")
    ],
    rulesets: RulesetsOption = None,
    release: ReleaseOption = None,
    answer_format: Annotated[
        AnswerFormat, typer.Option("--format", help="Sentences, or one JSON object a case and line.")
    ] = AnswerFormat.HUMAN,
    detail: Annotated[
        DetailName, typer.Option(help="The level and rules, the reasons too, or also what is still open.")
    ] = DetailName.FULL,
    language: Annotated[Language, typer.Option(help="The language of the sentences.")] = Language.NL,
    audience: Annotated[
        Audience, typer.Option(help="Who may read it; shareable leaves out what may tell who reported.")
    ] = Audience.INTERNAL,
    engine: EngineOption = EngineName.LIVE,
) -> None:
    """Assess cases, and say why.

    The answer gives the level, what could still change it, what to do by when, and what must not be advised.
    Answers come in the order of the cases. A case that cannot be read is not assessed: its faults go to
    the standard error (with --format json a line says so in its place), and the exit code is 1.
    """
    from taxatie.cli.assessing import Assessing, Wishes  # heavy, so imported when needed
    from taxatie.cli.case_files import read_case_files

    wishes = Wishes(release, engine, detail.value, language, audience)
    with Assessing(rulesets_folder(rulesets), wishes) as assessing:
        outcomes = map(assessing.assess, with_progress(read_case_files(files), "Cases"))
        faulty = sum(_print(assessing, outcome, answer_format) for outcome in outcomes)
    if faulty:
        raise typer.Exit(FAULTS)


def _print(assessing: "Assessing", outcome: "Outcome", answer_format: AnswerFormat) -> bool:
    """Print an outcome; return whether the case could not be assessed."""
    if outcome.error is not None:
        say(f"{outcome.place}: {outcome.error.message}", is_aside=True)
    if answer_format is AnswerFormat.JSON:
        write_line(json.dumps(outcome.plain, ensure_ascii=False, separators=(",", ":")))
    elif outcome.error is None:
        say(assessing.describe(outcome) + "\n")
    return outcome.error is not None
