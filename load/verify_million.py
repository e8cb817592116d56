"""Whether verifying a log stays flat in memory however long it is: by default 100,000 records and 1,000,000.

The records are whole ones, of made-up cases of the shipped release, each sealed under its own key. The log is built
in large batches; each verification runs in a process of its own. Prints one JSON object a size.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from load.population import Population
from load.population_cases import cases
from taxatie.engine.live import LiveEngine
from taxatie.explain.assessor import Assessor, Detail
from taxatie.ledger.canonical import canonical_bytes
from taxatie.ledger.entry import Draft, EntryKind
from taxatie.ledger.log import fresh_id, utc_text
from taxatie.ledger.opening import LogPlace, open_log
from taxatie.registry.folder import ReleaseFolder
from taxatie.wire.decision_record import Asked, Circumstances, Json, decision_to_json, reference_of

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 3, 2, 20, 30, tzinfo=UTC)
BATCH = 5_000
KINDS = 200
"""Different records; each stands in the log many times, under its own id and reference."""


def main() -> None:
    """Build a log up to each size in turn, and verify it there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[100_000, 1_000_000])
    parser.add_argument("--detail", default="reasons", choices=[str(each) for each in Detail])
    parser.add_argument("--scratch", type=Path, help="where the log is built; it is removed at the end")
    wishes = parser.parse_args()
    with TemporaryDirectory(dir=wishes.scratch) as folder:
        place, known, size = LogPlace(Path(folder)), records(Detail(wishes.detail)), 0
        for wanted in sorted(wishes.sizes):
            grow(place, known, (size, wanted))
            size = wanted
            print(measured(Path(folder)), flush=True)


def records(detail: Detail) -> list[Json]:
    """Return different records, as the service would write them."""
    folder = ReleaseFolder(ROOT / "rulesets")
    program = folder.load(folder.entries()[-1].name)
    assessor = Assessor(program, LiveEngine(program))
    asked = Asked("0" * 64, None, retrospective=False, detail=str(detail), audience="internal", language="nl")
    circumstances = Circumstances("", utc_text(NOW), "local", asked, None, {"name": "live"})
    found = []
    for case in cases(Population(program, seed=1, year=2026), KINDS):
        decided = assessor.assess(case, detail=detail)
        parts = (decided.internal, decided.trace, decided.explanation)
        record = decision_to_json(program, case, parts, circumstances)
        found.append({**record, "reference": reference_of(case)})
    return found


def grow(place: LogPlace, known: list[Json], span: tuple[int, int]) -> None:
    """Add records to a log until it holds as many as are wanted."""
    log = open_log(place, "load/decisions", NOW)
    first, last = span
    for start in range(first, last, BATCH):
        log.append(list(drafts(known, range(start, min(start + BATCH, last)))))
    log.store.close()


def drafts(known: list[Json], numbers: range) -> Iterator[Draft]:
    """Return records under ids and references of their own."""
    for number in numbers:
        record, entry = known[number % len(known)], fresh_id(NOW)
        reference = None if record["reference"] is None else f"c-{number}"
        payload = canonical_bytes({**record, "id": entry, "reference": reference})
        yield Draft(
            id=entry,
            kind=EntryKind.DECISION,
            at=utc_text(NOW),
            release="f" * 64,
            request=f"{number:064x}",
            payload=payload,
            case_reference=reference,
            keep_until="2046-03-02",
        )


def measured(folder: Path) -> str:
    """Return what verifying took, in a process of its own so that its memory is its own."""
    command = [sys.executable, "-m", "load.verifying", str(folder)]
    outcome = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, check=True)  # noqa: S603  # our own
    return outcome.stdout.strip()


if __name__ == "__main__":
    main()
