"""From recorded cases to columns; what does not fit into them is kept whole beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from taxatie.engine.columns_tabulate import slots_of, tabulate
from taxatie.ledger.canonical import canonical_bytes
from taxatie.limits import EVENT_RANKS_MAX
from taxatie.replay.parquet_writer import ID_BYTES, Decisions
from taxatie.rules.program import Program
from taxatie.terms.case import NO_HISTORY, Case
from taxatie.terms.names import LevelId, RegionName, SubjectId
from taxatie.wire.case_json import case_to_json


@dataclass(frozen=True, slots=True)
class RecordedCase:
    """A decision as far as a replay needs it: the case, and the level that was given."""

    id: bytes
    case: Case
    level: LevelId


def decisions_of(program: Program, recorded: Sequence[RecordedCase], slots: Mapping[SubjectId, int]) -> Decisions:
    """Return the decisions as columns with so many slots for the persons of each subject."""
    whole = {row: each.case for row, each in enumerate(recorded) if not _fits(each.case, slots)}
    cases = [_emptied(each.case) if row in whole else each.case for row, each in enumerate(recorded)]
    regions: dict[RegionName | None, int] = {None: 0}
    regions.update((region, place) for place, region in enumerate(program.regions, start=1))
    return Decisions(
        ids=np.frombuffer(b"".join(each.id for each in recorded), np.uint8).reshape(-1, ID_BYTES),
        levels=np.array([program.level_rank(each.level) for each in recorded], np.uint8),
        regions=np.array([regions[each.case.region] for each in recorded], np.uint8),
        table=tabulate(program, cases, slots),
        whole={row: canonical_bytes(case_to_json(program, case)).decode() for row, case in whole.items()},
    )


def _fits(case: Case, slots: Mapping[SubjectId, int]) -> bool:
    has_place = all(number <= slots.get(subject, 0) for subject, number in slots_of([case]).items())
    return has_place and len(case.history.events) <= EVENT_RANKS_MAX


def _emptied(case: Case) -> Case:
    """Return the case with nothing said in it."""
    return replace(case, everyone_listed=frozenset(), answers={}, persons=(), history=NO_HISTORY)
