"""Options that several commands share."""

import os
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from taxatie.cli.output import stop
from taxatie.engine.evaluator import EngineName


def shipped(folder: str) -> Path:
    """Return a folder shipped with the package: beside the checkout, or within the installed package."""
    package = Path(str(files("taxatie")))
    beside = package.parent / folder
    found = beside if beside.is_dir() else package / "shipped" / folder
    # As short as people would write it, where they stand beside it.
    return found.relative_to(Path.cwd()) if found.is_relative_to(Path.cwd()) else found


def rulesets_folder(folder: Path | None) -> Path:
    """Return the rulesets folder to use; without one asked for, the shipped one."""
    chosen = shipped("rulesets") if folder is None else folder
    if not (chosen / "releases").is_dir():
        stop(f"`{chosen}` holds no `releases` folder", hint="name a rulesets folder with --rulesets")
    return chosen


def state_folder() -> Path:
    """Return where the log of decisions lies unless another folder is named: among the user's state files."""
    state = os.environ.get("XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / "taxatie" / "ledger"


RulesetsOption = Annotated[
    Path | None,
    typer.Option("--rulesets", metavar="DIR", help="The rulesets folder; by default the shipped one."),
]
ReleaseOption = Annotated[
    str | None,
    typer.Option("--release", metavar="ID", help="The release; by default the one in force at the reference time."),
]
EngineOption = Annotated[EngineName, typer.Option("--engine", help="The engine that evaluates.")]
LedgerFolderOption = Annotated[
    Path | None,
    typer.Option(
        "--ledger-folder",
        envvar="TAXATIE_LEDGER_FOLDER",
        metavar="DIR",
        help="Where the log of decisions lies; by default `taxatie/ledger` among your state files.",
    ),
]
LedgerDatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--ledger-database",
        envvar="TAXATIE_LEDGER_DATABASE",
        metavar="ADDRESS",
        help="The PostgreSQL that several replicas share; without one SQLite. Its password: PGPASSFILE or PGPASSWORD.",
    ),
]
LedgerKeyOption = Annotated[
    Path | None,
    typer.Option(
        "--ledger-key",
        envvar="TAXATIE_LEDGER_KEY",
        metavar="FILE",
        help="The private key that signs for the log; by default beside it.",
    ),
]
CheckpointCopyOption = Annotated[
    Path | None,
    typer.Option(
        "--checkpoint-copy",
        envvar="TAXATIE_CHECKPOINT_COPY",
        metavar="FILE",
        help="A second place for the signed checkpoints.",
    ),
]
