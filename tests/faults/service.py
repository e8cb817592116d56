"""The real service in a process of its own, to be killed and starved; and callers that ask it over real connections."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition, Thread

import grpc

from taxatie.client import case_message
from taxatie.ledger.opening import LogPlace
from taxatie.wire.generated.taxatie.v1 import assessment_pb2, assessment_pb2_grpc

DATA = Path(__file__).parents[1] / "data"
RULESETS = DATA / "small"
CALL_SECONDS_MAX = 120.0
"""A call that takes longer hangs: the test ends instead of waiting for ever."""


@dataclass
class Service:
    """A service under way."""

    process: "subprocess.Popen[str]"
    port: int
    said: list[dict[str, object]] = field(default_factory=list)
    """The lines that it wrote."""
    more: Condition = field(default_factory=Condition)
    """Told of each line."""

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.port}"

    def kill(self) -> None:
        """End it as a power failure does."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def wait_for(self, event: str, count: int) -> None:
        """Wait until it has written of something so often."""
        with self.more:
            assert self.more.wait_for(lambda: self.times(event) >= count, CALL_SECONDS_MAX), self.said

    def times(self, event: str) -> int:
        """Return how often it wrote of something."""
        return sum(line.get("event") == event for line in self.said)

    def refused(self) -> int:
        """Return how often it wrote that a decision could not be recorded."""
        return self.times("not_recorded")


@contextmanager
def serving(
    place: LogPlace, rulesets: Path = RULESETS, second_engine: str = "off", workers: int = 1, **environment: str
) -> Iterator[Service]:
    """Run the service with its log at a place; who is left at the end is told to stop.

    The second engine is off unless a test is about it: a worker that starts while strace lets go of the service may be
    left behind, stopped, and strace waits for it for ever.
    """
    started = [*command(place, rulesets, second_engine), "--workers", str(workers)]
    with subprocess.Popen(started, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}) as process:
        assert process.stderr is not None
        first = process.stderr.readline()
        assert '"serving"' in first, first + process.stderr.read()
        service = Service(process, int(json.loads(first)["port"]))
        service.said.append(json.loads(first))
        reader = Thread(target=_follow, args=(service,))
        reader.start()
        try:
            yield service
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()
            reader.join()


def command(place: LogPlace, rulesets: Path = RULESETS, second_engine: str = "off") -> list[str]:
    """Return how the service is started."""
    assert place.copy is not None
    options = ["--ledger-folder", place.folder, "--checkpoint-copy", place.copy, "--rulesets", rulesets]
    more = ["--scenarios", DATA / "cases", "--drafts", "--port", "0", "--second-engine", second_engine]
    return [sys.executable, "-m", "taxatie", "serve", *map(str, (*options, *more))]


def _follow(service: Service) -> None:
    assert service.process.stderr is not None
    for line in service.process.stderr:
        with service.more:
            service.said.append(json.loads(line) if line.startswith("{") else {"event": "traceback", "line": line})
            service.more.notify_all()


def a_request(name: str) -> assessment_pb2.AssessRequest:
    """Return a request that may be asked again under its id."""
    case = {"case": name, "reference_time": "2026-03-02T21:15:00+01:00", "answers": {"violence_now": "yes"}}
    return assessment_pb2.AssessRequest(
        case=case_message(case), request_id=name, retrospective=True, detail=assessment_pb2.DETAIL_LEVEL
    )


def asked(service: Service, names: Sequence[str]) -> dict[str, str | grpc.StatusCode]:
    """Return the decision that each request got, or the code with which it was refused; one after another."""
    outcomes: dict[str, str | grpc.StatusCode] = {}
    with grpc.insecure_channel(service.address, options=[("grpc.enable_retries", 0)]) as channel:
        stub = assessment_pb2_grpc.AssessmentServiceStub(channel)
        for name in names:
            try:
                response = stub.Assess(a_request(name), timeout=CALL_SECONDS_MAX, wait_for_ready=True)
                outcomes[name] = response.decision
            except grpc.RpcError as error:
                outcomes[name] = error.code()
    return outcomes
