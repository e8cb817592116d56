"""Services that are measured in turn, each by a sender in a process of its own, and the medians of what came of it."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Final

from load.prepared import ASSESS
from load.sender import Plan, Sent
from load.serving import ROOT, Serving

IN_FLIGHT: Final = 64
"""Calls at once, where no rate is asked for."""


@dataclass(frozen=True, slots=True)
class Turns:
    """How often and how long each side is measured."""

    rounds: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Side:
    """A service, and the requests that it gets."""

    service: Serving
    requests: Path
    method: str = ASSESS
    in_flight: int = IN_FLIGHT

    def measure(self, turns: Turns, rate: float = 0.0) -> "Measured":
        """Return what came of a load: calls at a rate, or else as many as are in flight at once."""
        plan = Plan(self.service.port, self.method, str(self.requests), turns.seconds, self.in_flight, rate)
        before = self.service.core_seconds()
        said = subprocess.run(
            [sys.executable, "-m", "load.sender"],
            input=json.dumps(asdict(plan)),
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            check=True,
        )
        sent = Sent(**json.loads(said.stdout))
        assert sent.failed == 0, f"{sent.failed} calls failed"
        assert sent.calls > 0, "no call was answered"
        micros = (self.service.core_seconds() - before) / sent.calls * 1e6
        return Measured(sent.rate, sent.p99, micros, sent.sender_share)


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of a load, or the medians of several."""

    rate: float
    """Calls a second."""
    p99: float
    """Milliseconds."""
    core_micros: float
    """How long a call kept a core of the service busy."""
    sender_share: float
    """Of a core, that the sender took."""

    @classmethod
    def of(cls, rounds: Sequence["Measured"]) -> "Measured":
        """Return the medians."""
        return cls(
            median(each.rate for each in rounds),
            median(each.p99 for each in rounds),
            median(each.core_micros for each in rounds),
            median(each.sender_share for each in rounds),
        )


def in_turn(sides: Mapping[str, Side], turns: Turns, rates: Mapping[str, float] | None = None) -> dict[str, Measured]:
    """Return the medians of each side; in each round every side has its turn, at its own rate."""
    found: dict[str, list[Measured]] = {name: [] for name in sides}
    for _ in range(turns.rounds):
        for name, side in sides.items():
            found[name].append(side.measure(turns, 0.0 if rates is None else rates[name]))
    return {name: Measured.of(rounds) for name, rounds in found.items()}
