"""`taxatie log erase`: what the log holds of a case or of a decision goes, with a reason and two people."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from taxatie.cli.log_options import now, reference_of, writing
from taxatie.cli.options import CheckpointCopyOption, LedgerDatabaseOption, LedgerFolderOption, LedgerKeyOption
from taxatie.cli.output import FAULTS, examples, say, stop
from taxatie.cli.progress import with_progress
from taxatie.cli.recording import Place, tell_faults

if TYPE_CHECKING:
    from taxatie.ledger.erasure import Order
    from taxatie.ledger.log import Log

NAME = "erase"
EXAMPLES = examples(
    "printf '%s' $REFERENCE | taxatie log erase --case - --reason data_subject_request "
    "--role privacy-officer --second-role case-owner",
    "taxatie log erase --decision 019cb03e-5140-7d92-a626-7bcf7e3a4abb --reason recorded_in_error "
    "--role operator --second-role privacy-officer --dry-run",
)
COPIES = "what you exported or backed up is yours to erase: the keys were in `keys.sqlite` alone"


def run(  # noqa: PLR0913, PLR0917  # a command line has its options
    reason: Annotated[
        str,
        typer.Option(metavar="CODE", help="Why: data_subject_request, court_order, recorded_in_error or retention."),
    ],
    role: Annotated[str, typer.Option(metavar="ROLE", help="The role that erases, as in `privacy-officer`.")],
    second_role: Annotated[str, typer.Option(metavar="ROLE", help="The role of the second person; another one.")],
    case: Annotated[
        str | None, typer.Option(metavar="REFERENCE", help="The case; `-` reads its reference from standard input.")
    ] = None,
    decision: Annotated[str | None, typer.Option(metavar="ID", help="One decision and the lines about it.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Erase nothing; say how much would go.")] = False,  # noqa: FBT002
    ledger_folder: LedgerFolderOption = None,
    ledger_database: LedgerDatabaseOption = None,
    ledger_key: LedgerKeyOption = None,
    checkpoint_copy: CheckpointCopyOption = None,
) -> None:
    """Erase what the log holds of a case or a decision: payloads and keys, of overrides, outcomes and verdicts, too.

    That something was there stays proved, and who erased it and why is on record. It cannot be undone.
    """
    if (case is None) == (decision is None):
        stop("name a case with --case, or a decision with --decision", hint="one of the two")
    order = _order(reason, role, second_role)
    reference = None if case is None else reference_of(case)
    moment = now()
    with writing(Place(None, ledger_folder, ledger_database, ledger_key, checkpoint_copy), moment) as log:
        found = _finder(log, reference, decision or "")
        places = found()
        if dry_run:
            say(f"{len(places)} payloads would be erased; nothing was written")
            return
        if not places:
            say("taxatie: nothing of it is in the log, or it was erased before", is_aside=True)
            raise typer.Exit(FAULTS)
        from taxatie.ledger.erasure import erase

        gone = sum(with_progress(erase(log, found, order, moment), "Erasures"))
    say(f"{gone} payloads erased, with their keys")
    say(COPIES, is_aside=True)


def _order(reason: str, role: str, second_role: str) -> "Order":
    from taxatie.errors.problem import RequestFaults
    from taxatie.ledger.erasure import ErasureReason
    from taxatie.service.log_erase import read_order

    try:
        return read_order(ErasureReason(reason) if reason in set(ErasureReason) else None, role, second_role)
    except RequestFaults as faults:
        tell_faults(faults)


def _finder(log: "Log", reference: str | None, decision: str) -> Callable[[], tuple[int, ...]]:
    from taxatie.ledger.erasure import places_of_case, places_of_decision
    from taxatie.ledger.identity import EntryId

    if reference is not None:
        return lambda: places_of_case(log, reference)
    return lambda: places_of_decision(log.store, EntryId(decision))
