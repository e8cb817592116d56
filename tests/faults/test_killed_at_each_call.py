"""The service is killed at each call by which a decision becomes durable, in turn."""

from collections.abc import Callable
from pathlib import Path

import grpc
import pytest

from tests.faults.extent import IS_FULL
from tests.faults.injecting import WITHOUT, Fault, can_attach, failing
from tests.faults.service import asked, serving
from tests.faults.unbound import assert_nothing_is_missing
from tests.ledger.building import a_place

pytestmark = pytest.mark.skipif(not can_attach(), reason=WITHOUT)

TIMES_MAX = 200
"""Calls of one kind that one decision may need; the loop ends where none came any more."""


SAMPLED = {"pwrite64": 30, "write": 3, "fdatasync": 4}
"""Every how manieth call is tried with every test run; all of them with `make faults`."""


@pytest.mark.parametrize(("call", "step"), [(call, 1 if IS_FULL else step) for call, step in SAMPLED.items()])
def test_a_kill_at_any_call_loses_nothing_that_was_told(
    tmp_path: Path, call: str, step: int, record_property: Callable[[str, object], None]
) -> None:
    """What was told is there; and who was not told asks again and gets one decision, whichever side of the kill."""
    place, decisions, unbound = a_place(tmp_path), dict[str, str](), 0
    assert place.copy is not None
    names = ("log.sqlite-wal", "keys.sqlite-wal", "checkpoints")
    files = [*(place.folder / name for name in names), place.copy]

    for time in range(1, TIMES_MAX, step):
        name = f"{call}-{time}"
        with serving(place) as service:
            decisions |= answered(asked(service, [*decisions][-1:]))
            with failing(service.process.pid, files, Fault(call, "SIGKILL", str(time))):
                (outcome,) = asked(service, [name]).values()
            if isinstance(outcome, str):
                decisions[name] = outcome
                break
            service.process.wait()
        assert outcome is grpc.StatusCode.UNAVAILABLE
        unbound += assert_nothing_is_missing(place, decisions)
        with serving(place) as service:
            decisions |= answered(asked(service, [name]))
        assert not assert_nothing_is_missing(place, decisions)

    assert len(decisions) > 1
    record_property(
        "table", f"killed at {len(decisions) - 1} calls of {call}, {unbound} times lines that nothing bound"
    )


def answered(outcomes: dict[str, str | grpc.StatusCode]) -> dict[str, str]:
    """Return the decisions of requests that must all have been answered."""
    decisions = {name: outcome for name, outcome in outcomes.items() if isinstance(outcome, str)}
    assert decisions.keys() == outcomes.keys()
    return decisions
