"""`taxatie log retain`: what is past its period goes."""

from typing import Annotated

import typer

from taxatie.cli.log_erase_command import COPIES
from taxatie.cli.log_options import now, writing
from taxatie.cli.options import CheckpointCopyOption, LedgerDatabaseOption, LedgerFolderOption, LedgerKeyOption
from taxatie.cli.output import examples, say
from taxatie.cli.progress import with_progress
from taxatie.cli.recording import Place

NAME = "retain"
EXAMPLES = examples("taxatie log retain --dry-run", "taxatie log retain")


def run(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Erase nothing; say how much would go.")] = False,  # noqa: FBT002
    ledger_folder: LedgerFolderOption = None,
    ledger_database: LedgerDatabaseOption = None,
    ledger_key: LedgerKeyOption = None,
    checkpoint_copy: CheckpointCopyOption = None,
) -> None:
    """Erase what was to be kept until a day that has passed: payloads and keys, of advice and of reports.

    The service does so by itself for advice, when it starts and every hour. Reports are left to you: run this by a
    schedule, once nobody has asked for a file to be kept longer.
    """
    from taxatie.engine.deadlines import in_amsterdam
    from taxatie.ledger.erasure import places_past
    from taxatie.service.log_erase import retain

    moment = now()
    with writing(Place(None, ledger_folder, ledger_database, ledger_key, checkpoint_copy), moment) as log:
        if dry_run:
            count = sum(1 for _ in places_past(log.store, in_amsterdam(moment).date()))
            say(f"{count} payloads would be erased; nothing was written")
            return
        gone = sum(with_progress(retain(log, moment), "Erasures"))
    say(f"{gone} payloads erased, with their keys")
    if gone:
        say(COPIES, is_aside=True)
