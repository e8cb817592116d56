"""What the commands of `taxatie log` share: where the log lies, who looks, and which days."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Final

import typer

from taxatie.cli.output import stop
from taxatie.cli.recording import HERE, Place, tell_faults

if TYPE_CHECKING:
    from taxatie.ledger.log import Log
    from taxatie.ledger.store import Store
    from taxatie.replay.sources import Span
    from taxatie.service.log_look import Look

_PRIVATE: Final = 0o600

PurposeOption = Annotated[
    str, typer.Option(metavar="CODE", help="Why you look: audit, complaint, data_subject_request, incident or quality.")
]
RoleOption = Annotated[str, typer.Option(metavar="ROLE", help="Your role, as in `auditor`; never a name.")]
FromOption = Annotated[
    str | None, typer.Option("--from", metavar="DATE", help="The first day, in Amsterdam, as `2026-03-31`.")
]
UntilOption = Annotated[str | None, typer.Option("--until", metavar="DATE", help="The last day, which belongs to it.")]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where it goes; else the standard output.")
]
PublicKeyOption = Annotated[
    str, typer.Option("--public-key", metavar="BASE64", help="The key that you trust, which you got elsewhere.")
]


def now() -> datetime:
    """Return the present moment."""
    from taxatie.wiring import SystemClock

    return SystemClock().now()


def look_of(purpose: str, role: str) -> "Look":
    """Return who looks now, and why; or tell what is wrong with it, and leave."""
    from taxatie.errors.problem import RequestFaults
    from taxatie.service.access import Purpose, read_looking
    from taxatie.service.log_look import Look

    try:
        return Look(read_looking(Purpose(purpose) if purpose in set(Purpose) else None, role, HERE), now())
    except RequestFaults as faults:
        tell_faults(faults)


@contextmanager
def writing(place: Place, moment: datetime) -> "Iterator[Log]":
    """Yield the log at a place, to write into it."""
    from taxatie.ledger.opening import reopen_log

    log = reopen_log(place.log, moment)
    try:
        yield log
    finally:
        log.store.close()


@contextmanager
def reading(place: Place) -> "Iterator[Store]":
    """Yield the lines of the log at a place, to read only."""
    from taxatie.ledger.opening import read_store

    store = read_store(place.log)
    try:
        yield store
    finally:
        store.close()


def days_of(first: str | None, last: str | None) -> "Span":
    """Return the stretch of the log between two days."""
    from taxatie.replay.sources import days

    return days(_day(first), _day(last))


def reference_of(text: str) -> str:
    """Return the reference of a case; `-` reads it from the standard input, where no list of processes shows it."""
    reference = sys.stdin.readline().strip() if text == "-" else text
    if not reference:
        stop("no reference of a case was given", hint="give it with --case, or with `--case -` on the standard input")
    return reference


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        stop(f"`{text}` is no date", hint="write it as in `2026-01-31`")


def private_file(path: Path) -> BinaryIO:
    """Return a file to write, which only its owner can read: what leaves the log may concern people."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE), "wb")


def give(data: bytes, output: Path | None) -> None:
    """Write bytes to a file, or to the standard output."""
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        with private_file(output) as target:
            target.write(data)
