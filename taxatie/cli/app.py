"""The `taxatie` command: each subcommand in a module of its own, imported when it is used."""

import sys
from io import TextIOWrapper

import typer

from taxatie.cli import (
    approve_command,
    ask_command,
    assess_command,
    calendar_command,
    check_command,
    demo_command,
    diff_command,
    due_command,
    format_command,
    keys_command,
    log_app,
    outcome_command,
    override_command,
    publish_command,
    reference_command,
    releases_command,
    replay_command,
    schema_command,
    serve_command,
    test_command,
    what_if_command,
    why_command,
)
from taxatie.cli.output import at_the_edge, examples

app = typer.Typer(
    name="taxatie",
    help="Assess reports of domestic violence and child abuse by rulesets that people can read.",
    epilog=examples(
        "taxatie assess case.yaml",
        "taxatie check --strict",
        "taxatie why TX301",
        "taxatie serve --port 50051",
    ),
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for command in (
    ask_command,
    assess_command,
    check_command,
    test_command,
    format_command,
    schema_command,
    why_command,
    calendar_command,
    releases_command,
    diff_command,
    what_if_command,
    keys_command,
    approve_command,
    publish_command,
    reference_command,
    replay_command,
    serve_command,
    override_command,
    outcome_command,
    due_command,
    demo_command,
):
    app.command(command.NAME, epilog=command.EXAMPLES)(at_the_edge(command.run))
app.add_typer(log_app.app, name=log_app.NAME)


def main() -> None:
    """Run the command line; what cannot be written in the terminal's letters is written as escapes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    app(prog_name="taxatie")
