"""What all commands share: how to say something, how to stop, what an error looks like."""

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Final, NoReturn, ParamSpec

import typer

from taxatie.errors.problem import ReleaseFaults, TaxatieError

OK: Final = 0
FAULTS: Final = 1
"""What was asked for was done, and it showed faults; or it could not be done."""
USAGE: Final = 2
"""What was asked for makes no sense, or names what is not there."""
OURS: Final = 70
"""Our own mistake; the number that `sysexits.h` has for it."""

_DEBUG: Final = "TAXATIE_DEBUG"
P = ParamSpec("P")


def examples(*lines: str) -> str:
    """Return lines of a command line as help shows them, each on a line of its own."""
    return "\n".join(("\b", "Examples:", *(f"  {line}" for line in lines)))


def say(text: str = "", *, is_aside: bool = False) -> None:
    """Print a text, or on the standard error what is said aside; nothing in it can steer a terminal."""
    typer.echo("".join(map(_harmless, text)), err=is_aside)


def write_line(text: str) -> None:
    """Print a line at once, for who waits for it; half a character, which no file can hold, as its escape."""
    sys.stdout.write(text.encode("utf-8", "backslashreplace").decode() + "\n")
    sys.stdout.flush()


def stop(message: str, *, hint: str | None = None, code: int = USAGE) -> NoReturn:
    """Say on the standard error what is wrong and how to mend it, and leave."""
    say(f"taxatie: {message}", is_aside=True)
    if hint is not None:
        say(f"  hint: {hint}", is_aside=True)
    raise typer.Exit(code)


def at_the_edge(command: Callable[P, None]) -> Callable[P, None]:
    """Return the command with its errors turned into messages and exit codes: no text gives a traceback."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        with errors_shown():
            command(*args, **kwargs)

    return run


@contextmanager
def errors_shown() -> Iterator[None]:
    """Turn faults of callers, operators and ourselves into a message and an exit code; a closed pipe is no fault."""
    try:
        yield
        sys.stdout.flush()
    except TaxatieError as error:
        show_texts(error)
        stop(error.message, hint=error.hint, code=FAULTS)
    except BrokenPipeError:
        _let_go(sys.stdout.fileno())
        raise typer.Exit(OK) from None
    except OSError as error:
        stop(f"`{error.filename}`: {(error.strerror or str(error)).lower()}")
    except (typer.Exit, typer.Abort, typer.BadParameter):
        raise
    except Exception as error:  # noqa: BLE001  # the edge of the process: a mistake of ours becomes a message
        note_mistake()
        hint = f"please report it; {_DEBUG}=1 shows where it happened"
        stop(f"our own mistake ({type(error).__name__}); no case was assessed by this", hint=hint, code=OURS)


def _let_go(stream: int) -> None:
    """Send what is still buffered nowhere: without a reader, Python would complain about it when it leaves."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream)
    os.close(nowhere)


def note_mistake() -> None:
    """Show where a mistake of ours happened, to those who asked for it."""
    if os.environ.get(_DEBUG):
        traceback.print_exc()


def show_texts(error: TaxatieError) -> None:
    """Show the faults of a release's texts where that is what is wrong."""
    if isinstance(error, ReleaseFaults):
        for diagnostic in error.diagnostics.errors:
            say(str(diagnostic), is_aside=True)
            if diagnostic.hint:
                say(f"  hint: {diagnostic.hint}", is_aside=True)


def _harmless(character: str) -> str:
    is_safe = character in "\n\t" or character.isprintable() or character.isspace()
    return character if is_safe and character not in "\r\x0b\x0c\x1c\x1d\x1e\x1f\x85" else f"\\x{ord(character):02x}"
