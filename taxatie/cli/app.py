"""The `taxatie` command: each subcommand in a module of its own, imported when it is used."""

import typer

from taxatie.cli import (
    assess_command,
    calendar_command,
    check_command,
    demo_command,
    format_command,
    releases_command,
    schema_command,
    serve_command,
    test_command,
    why_command,
)

app = typer.Typer(
    name="taxatie",
    help="Assess reports of domestic violence and child abuse by rulesets that people can read.",
    epilog="Begin with: taxatie assess validation/*/*.yaml · taxatie check · taxatie why TX301",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for command in (
    assess_command,
    check_command,
    test_command,
    format_command,
    schema_command,
    why_command,
    calendar_command,
    releases_command,
    serve_command,
    demo_command,
):
    app.command(command.NAME, epilog=command.EXAMPLES)(command.run)


def main() -> None:
    """Run the command line."""
    app()
