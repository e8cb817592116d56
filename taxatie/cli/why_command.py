"""`taxatie why CODE`: what a fault means, why it matters, and how to mend it."""

from typing import Annotated

import typer

from taxatie.cli.output import examples, say, stop

NAME = "why"
EXAMPLES = examples("taxatie why TX301", "taxatie why TX4", "taxatie why")


def run(
    code: Annotated[
        str, typer.Argument(metavar="CODE", help="A code, or how one begins; without one, all are listed.")
    ] = "",
) -> None:
    """Explain a fault by its code.

    Says what it means, why it matters, and shows a bad text and the good one.
    """
    from taxatie.errors.catalogue import CATALOGUE  # reads pages, so imported when needed

    wanted = code.upper()
    if wanted in CATALOGUE:
        say(CATALOGUE[wanted].page)
        return
    listed = [entry for name, entry in CATALOGUE.items() if name.startswith(wanted)]
    if not listed:
        stop(f"`{code}` is no code of a fault", hint="`taxatie why` lists them all")
    for entry in listed:
        say(f"{entry.code}  {entry.severity:7}  {entry.title}")
