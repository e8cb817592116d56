"""Writes the golden log: once, for good. What is written must verify and replay under every later version.

Run it as `python -m tests.replay.make_golden_log FOLDER`. The one in `tests/data/golden` is never written again: a
change that it does not survive breaks the promise that every decision can be reached again.
"""

import sys
from functools import partial
from pathlib import Path
from shutil import copytree

from taxatie.ledger.erasure import ErasureReason, Order, erase, places_of_decision
from taxatie.ledger.identity import EntryId
from taxatie.ledger.opening import KEY_NAME, LogPlace, open_log
from taxatie.service.access import Looking, Purpose, access_draft
from taxatie.signing import new_private_key, public_key_of
from tests.replay.golden_requests import MOMENT, golden_requests
from tests.replay.recording import SMALL, record
from tests.strategies.published import publish_all

ERASED = (2, 7)
"""Which of the decisions are erased, counted from 0."""
ORIGIN = "taxatie/tests"


def make_golden_log(folder: Path) -> None:
    """Write the rulesets, published, and a log of decisions by them: its key rotated, two decisions erased."""
    rulesets, log_folder = copytree(SMALL, folder / "rulesets"), folder / "log"
    publish_all(rulesets)
    requests = list(golden_requests())
    ids = record(log_folder, requests[:30], rulesets=rulesets, moment=MOMENT)
    log = open_log(LogPlace(log_folder), ORIGIN, MOMENT)
    first_key = public_key_of((log_folder / KEY_NAME).read_bytes())
    log.append([access_draft(Looking(Purpose.AUDIT, "auditor", "local"), {"replay": "whole log"}, MOMENT)])
    for number in ERASED:
        find = partial(places_of_decision, log.store, EntryId(ids[number]))
        list(erase(log, find, Order(ErasureReason.RECORDED_IN_ERROR, "privacy", "intake"), MOMENT))
    following = new_private_key()
    log.rotate(following, MOMENT)
    log.store.close()
    (log_folder / KEY_NAME).write_bytes(following)
    record(log_folder, requests[30:], rulesets=rulesets, moment=MOMENT)
    (folder / "trusted-key").write_text(first_key + "\n", encoding="ascii")
    # Nobody writes into it again, and a private key has no place among the texts of a project.
    (log_folder / KEY_NAME).unlink()


if __name__ == "__main__":
    make_golden_log(Path(sys.argv[1]))
