"""`taxatie demo`: the shipped cases, assessed over gRPC and explained."""

import typer

from taxatie.cli.options import shipped
from taxatie.cli.output import errors_shown, examples

NAME = "demo"
EXAMPLES = examples("taxatie demo")


def run() -> None:
    """Start the service, send it the shipped cases through the client, and show the explained answers."""
    with errors_shown():
        from taxatie.demo import demonstrate  # noqa: PLC0415  # heavy, so imported when needed

        demonstrate(shipped("rulesets"), shipped("validation"), typer.echo)
