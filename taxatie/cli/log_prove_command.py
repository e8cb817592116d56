"""`taxatie log prove`: evidence that a third party verifies offline."""

from functools import partial
from typing import Annotated

import typer

from taxatie.cli.log_options import OutputOption, give, look_of, now, writing
from taxatie.cli.options import CheckpointCopyOption, LedgerDatabaseOption, LedgerFolderOption, LedgerKeyOption
from taxatie.cli.output import examples, say, stop
from taxatie.cli.progress import with_progress
from taxatie.cli.recording import Place

NAME = "prove"
EXAMPLES = examples(
    "taxatie log prove --purpose audit --role auditor 019cb03e-5140-7d92-a626-7bcf7e3a4abb -o evidence.json",
    "taxatie log prove --purpose audit --role auditor --without-payload 019cb03e-5140-7d92-a626-7bcf7e3a4abb",
    "taxatie log prove --consistency 1200 -o growth.json",
)


def run(  # noqa: PLR0913, PLR0917  # a command line has its options
    name: Annotated[str | None, typer.Argument(metavar="ID", help="The id of the line to prove.")] = None,
    purpose: Annotated[
        str, typer.Option(metavar="CODE", help="Why: audit, complaint, data_subject_request, incident or quality.")
    ] = "",
    role: Annotated[str, typer.Option(metavar="ROLE", help="Your role, as in `auditor`; never a name.")] = "",
    without_payload: Annotated[  # noqa: FBT002  # an option that is given or not
        bool, typer.Option("--without-payload", help="Leave out what the line says of a case.")
    ] = False,
    consistency: Annotated[
        int | None, typer.Option(metavar="SIZE", help="Prove instead that the log grew from its first SIZE lines.")
    ] = None,
    output: OutputOption = None,
    ledger_folder: LedgerFolderOption = None,
    ledger_database: LedgerDatabaseOption = None,
    ledger_key: LedgerKeyOption = None,
    checkpoint_copy: CheckpointCopyOption = None,
) -> None:
    """Write evidence: an envelope, signed by the log's key, that proves a line or the growth of the log.

    It holds the line, salt and payload, the proof that the line is in the log, and a signed checkpoint. Whoever has
    the log's public key verifies it offline: with `taxatie log check-proof`, or by hand as the page on evidence tells.
    That you look, in which role and why, is put on record first; the growth of the log says nothing of anybody.
    """
    if (name is None) == (consistency is None):
        stop("name a line to prove, or a size with --consistency", hint="one of the two")
    place = Place(None, ledger_folder, ledger_database, ledger_key, checkpoint_copy)
    if name is not None:
        data = _line(place, name, (purpose, role), has_payload=not without_payload)
    else:
        from taxatie.ledger.evidence import prove_growth

        with writing(place, now()) as log:
            watch = partial(with_progress, what="Lines", total=log.store.tree().size)
            data = prove_growth(log, consistency or 0, watch=watch)
    give(data, output)
    if output is not None:
        say(f"wrote {output}", is_aside=True)


def _line(place: Place, name: str, looking: tuple[str, str], *, has_payload: bool) -> bytes:
    from taxatie.ledger.evidence import prove_line
    from taxatie.service.log_look import find_line, look_at

    look = look_of(*looking)
    with writing(place, look.moment) as log:
        stored = find_line(log, name)
        look_at(log, stored, {"prove": name, "payload": has_payload}, look)
        watch = partial(with_progress, what="Lines", total=log.store.tree().size)
        return prove_line(log, stored, has_payload=has_payload, watch=watch)
