"""What may be said of a log whose service was killed: nothing, or which lines no checkpoint binds: signed ones."""

import re
from collections.abc import Mapping

from taxatie.ledger.opening import LogPlace
from tests.ledger.building import lines_of, told

UNBOUND = re.compile(
    r"lines (\d+) to (\d+) are bound by no checkpoint: written as the service was stopped, and signed.*"
)


def assert_nothing_is_missing(place: LogPlace, decisions: Mapping[str, str]) -> bool:
    """Return whether lines stand unbound at the log's end; assert that nobody was told of one, and of none missing."""
    lines, faults = lines_of(place), told(place)
    bound = len(lines)
    if faults:
        match = UNBOUND.fullmatch(faults[0])
        assert match is not None, faults
        assert len(faults) == 1, faults
        bound = int(match[1])
        assert int(match[2]) == len(lines) - 1, faults
    places = {line.id: line.place for line in lines}
    assert [name for name, decision in decisions.items() if places.get(decision, bound) >= bound] == []
    return bool(faults)
