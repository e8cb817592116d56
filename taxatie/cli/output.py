"""What all commands share: where to print, how to stop, what an error looks like."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NoReturn

import typer

from taxatie.errors.problem import TaxatieError

OK: Final = 0
FAULTS: Final = 1
USAGE: Final = 2


def stop(message: str, *, hint: str | None = None, code: int = USAGE) -> NoReturn:
    """Say on the standard error what is wrong and how to mend it, and leave."""
    typer.echo(f"taxatie: {message}", err=True)
    if hint is not None:
        typer.echo(f"  hint: {hint}", err=True)
    raise typer.Exit(code)


@contextmanager
def errors_shown() -> Iterator[None]:
    """Turn the faults of callers and operators into a message and an exit code; a closed pipe is no fault."""
    try:
        yield
    except TaxatieError as error:
        _show_texts(error)
        stop(error.message, hint=error.hint, code=FAULTS)
    except BrokenPipeError:
        sys.stderr.close()
        raise typer.Exit(OK) from None
    except OSError as error:
        stop(f"`{error.filename}`: {(error.strerror or str(error)).lower()}", code=USAGE)


def _show_texts(error: TaxatieError) -> None:
    """Show the faults of a release's texts where that is what is wrong."""
    for diagnostic in getattr(error, "diagnostics", ()):
        if diagnostic.severity == "error":
            typer.echo(str(diagnostic), err=True)
            if diagnostic.hint:
                typer.echo(f"  hint: {diagnostic.hint}", err=True)
