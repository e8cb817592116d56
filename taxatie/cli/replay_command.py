"""`taxatie replay`: past decisions reached again, to the byte; or what another release would have decided."""

from enum import StrEnum
from typing import Annotated

import typer

from taxatie.cli.options import (
    CheckpointCopyOption,
    EngineOption,
    LedgerDatabaseOption,
    LedgerFolderOption,
    LedgerKeyOption,
    RulesetsOption,
)
from taxatie.cli.output import FAULTS, examples
from taxatie.cli.recording import Place
from taxatie.engine.evaluator import EngineName
from taxatie.terms.text import Language

NAME = "replay"
EXAMPLES = examples(
    "taxatie replay --purpose audit --role auditor",
    "taxatie replay --purpose complaint --role auditor 019cb03e-5140-7d92-a626-7bcf7e3a4abb",
    "taxatie replay --purpose audit --role auditor --from 2026-03-01 --until 2026-03-31 --engine reference",
    "taxatie replay --format json records.jsonl | jq 'select(.outcome != \"same\")'",
    "taxatie replay --purpose quality --role policy-owner --release 2026.2 --from 2026-01-01",
)


class ReplayFormat(StrEnum):
    """How the end of each replay is printed."""

    HUMAN = "human"
    JSON = "json"


WhatArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="WHAT", help="Ids of decisions, or files of records (`-`: standard input); else the log."),
]
FromOption = Annotated[
    str | None, typer.Option("--from", metavar="WHEN", help="The first day, or the first line of the log by its place.")
]
UntilOption = Annotated[
    str | None, typer.Option("--until", metavar="WHEN", help="The last day, or the last line; both belong to it.")
]
OtherOption = Annotated[
    str | None, typer.Option("--release", metavar="ID", help="Ask what this release would have decided instead.")
]
ExplanationsOption = Annotated[
    bool | None,
    typer.Option(
        "--explanations/--no-explanations",
        help="Derive explanations again, too, which takes long; by default of a single decision only.",
    ),
]
PurposeOption = Annotated[
    str | None,
    typer.Option(help="Why you look: audit, complaint, data_subject_request, incident or quality; a file needs none."),
]
RoleOption = Annotated[str, typer.Option(help="Your role, as in `auditor`; never a name; a file needs none.")]
FormatOption = Annotated[
    ReplayFormat, typer.Option("--format", help="What is not the same, and counts; or a JSON object a decision.")
]
ShowOption = Annotated[int, typer.Option(min=0, help="How many decisions to show that are not the same.")]
LanguageOption = Annotated[Language, typer.Option(help="The language of the sentences.")]


def run(  # noqa: PLR0913, PLR0917  # a command line has its options
    what: WhatArgument = None,
    first: FromOption = None,
    until: UntilOption = None,
    release: OtherOption = None,
    engine: EngineOption = EngineName.LIVE,
    explanations: ExplanationsOption = None,
    purpose: PurposeOption = None,
    role: RoleOption = "",
    rulesets: RulesetsOption = None,
    ledger_folder: LedgerFolderOption = None,
    ledger_database: LedgerDatabaseOption = None,
    ledger_key: LedgerKeyOption = None,
    checkpoint_copy: CheckpointCopyOption = None,
    replay_format: FormatOption = ReplayFormat.HUMAN,
    show: ShowOption = 20,
    language: LanguageOption = Language.NL,
) -> None:
    """Reach past decisions again, and compare to the byte with what is on record.

    Each is assessed anew under the release that decided it, found by name and digest. Of what is not the same the first
    difference is named with its cause: the data, the release or the engine. Erased decisions are told as that.

    With --release it says what another release would have decided: milder ones first, what is gained and lost, and
    what that release cannot read. Who looks into the log says why, and that is put on record before anything is shown.
    The exit code is 0 only if nothing differs and everything could be replayed.
    """
    from taxatie.cli.replay_printing import printer_of
    from taxatie.cli.replaying import Wishes, ended, opened

    place = Place(rulesets, ledger_folder, ledger_database, ledger_key, checkpoint_copy)
    wishes = Wishes(tuple(what or ()), (first, until), release, engine, (purpose, role), explanations)
    printer = printer_of(is_json=replay_format is ReplayFormat.JSON, show=show, language=language)
    with opened(place, wishes) as decisions:
        printer.print(ended(place, wishes, decisions))
    if printer.has_faults:
        raise typer.Exit(FAULTS)
