"""`taxatie log`: what auditors and operators do with the log of decisions."""

import typer

from taxatie.cli import (
    log_check_proof_command,
    log_erase_command,
    log_export_command,
    log_keys_commands,
    log_prove_command,
    log_retain_command,
    log_search_command,
    log_set_aside_command,
    log_show_command,
    log_verify_command,
)
from taxatie.cli.output import at_the_edge, examples

NAME = "log"
HELP = "Verify the log of decisions, look into it, prove what is in it, and erase what must go."

app = typer.Typer(
    help=HELP,
    epilog=examples(
        "taxatie log verify",
        "taxatie log show --purpose audit --role auditor 019cb03e-5140-7d92-a626-7bcf7e3a4abb",
        "taxatie log prove --purpose audit --role auditor 019cb03e-5140-7d92-a626-7bcf7e3a4abb -o evidence.json",
    ),
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
keys = typer.Typer(help="The key that signs for the log.", no_args_is_help=True, rich_markup_mode=None)

for command in (
    log_verify_command,
    log_show_command,
    log_search_command,
    log_prove_command,
    log_check_proof_command,
    log_export_command,
    log_erase_command,
    log_retain_command,
    log_set_aside_command,
):
    app.command(command.NAME, epilog=command.EXAMPLES)(at_the_edge(command.run))

keys.command("show", epilog=log_keys_commands.SHOW_EXAMPLES)(at_the_edge(log_keys_commands.show))
keys.command("rotate", epilog=log_keys_commands.ROTATE_EXAMPLES)(at_the_edge(log_keys_commands.rotate))
app.add_typer(keys, name="keys")
