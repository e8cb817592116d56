"""A load of many distinct prepared requests, from a process of its own: `python -m load.sender` with a plan as JSON.

Two ways: *closed*, a number of calls always in flight, for the throughput; and *open*, calls at a constant rate whether
or not earlier ones were answered, each timed from the moment it was due, for the waiting times at some load. It says
how much of a core it took itself: it must not be the bottleneck.
"""

import json
import select
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import cycle
from pathlib import Path
from time import perf_counter, process_time
from typing import Final

from load.http2 import Connection, Request, framed_requests

_CONNECTIONS: Final = 16
_PENDING_MAX: Final = 500
"""Of calls at a rate: the service refuses what is more than a thousand; who waits here is timed all the same."""
_WAIT_SECONDS: Final = 1.0
_PATIENCE_SECONDS: Final = 30.0
"""How long the last answers may take."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be sent."""

    port: int
    method: str
    requests: str
    """A file of messages, each with its gRPC prefix."""
    seconds: float
    in_flight: int
    rate: float = 0.0
    """Calls a second; 0 is as many as *in_flight* at once allow."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of it."""

    calls: int
    failed: int
    seconds: float
    sender_share: float
    """Of one core, that the sender itself took."""
    median: float
    """Milliseconds."""
    p99: float

    @property
    def rate(self) -> float:
        """Calls answered, a second."""
        return self.calls / self.seconds


def read_messages(data: bytes) -> Iterator[bytes]:
    """Return the messages of a file, each with its prefix."""
    place = 0
    while place < len(data):
        end = place + 5 + int.from_bytes(data[place + 1 : place + 5], "big")
        yield data[place:end]
        place = end


def send(plan: Plan, messages: Sequence[bytes]) -> Sent:
    """Return what came of sending the messages in turn, over and over."""
    requests = framed_requests(messages)
    connections = [Connection.to(plan.port, plan.method) for _ in range(min(_CONNECTIONS, plan.in_flight))]
    load = _Load(connections, cycle(requests))
    began, cores = perf_counter(), process_time()
    (load.at_rate if plan.rate else load.in_flight)(plan)
    seconds, share = load.last - began, (process_time() - cores) / (perf_counter() - began)
    for each in connections:
        each.sock.close()
    taken = sorted(load.taken)
    failed = sum(each.failed for each in connections)
    return Sent(len(taken), failed, seconds, share, _at(taken, 0.5), _at(taken, 0.99))


def _at(taken: list[float], share: float) -> float:
    return taken[min(int(len(taken) * share), len(taken) - 1)] * 1000 if taken else 0.0


class _Load:
    def __init__(self, connections: list[Connection], requests: Iterator[Request]) -> None:
        self.connections = connections
        self.requests = requests
        self.taken: list[float] = []
        self.last = perf_counter()
        self._by_socket = {each.sock: each for each in connections}

    def in_flight(self, plan: Plan) -> None:
        """Keep a number of calls in flight; those under way at the end are waited for, and counted.

        The service is as busy with the last of them as with all others, so that the rate is that of a busy service.
        """
        ends = perf_counter() + plan.seconds
        for place in range(plan.in_flight):
            self.connections[place % len(self.connections)].send(next(self.requests), perf_counter())
        while perf_counter() < ends:
            for connection, answered in self._turn(max(ends - perf_counter(), 0)):
                now = perf_counter()
                self.taken += [now - due for due in answered]
                for _ in answered:
                    connection.send(next(self.requests), now)
        self.taken += self._wait_for_the_rest()
        self.last = perf_counter()

    def at_rate(self, plan: Plan) -> None:
        """Send at a constant rate; likewise."""
        began, count, sent = perf_counter(), int(plan.seconds * plan.rate), 0
        while sent < count:
            while sent < count and began + sent / plan.rate <= perf_counter() and self.pending < _PENDING_MAX:
                connection = self.connections[sent % len(self.connections)]
                connection.send(next(self.requests), began + sent / plan.rate)
                sent += 1
            until_due = max(began + sent / plan.rate - perf_counter(), 0)
            for _, answered in self._turn(until_due if self.pending < _PENDING_MAX else _WAIT_SECONDS):
                now = perf_counter()
                self.taken += [now - due for due in answered]
        self.taken += self._wait_for_the_rest()
        self.last = perf_counter()

    @property
    def pending(self) -> int:
        """How many requests have no answer yet."""
        return sum(each.pending for each in self.connections)

    def _turn(self, seconds: float) -> Iterator[tuple[Connection, list[float]]]:
        """Write and read what can be; wait at most so long for it."""
        for each in self.connections:
            each.flush()
        writing = [each.sock for each in self.connections if each.wants_to_write]
        readable, _, _ = select.select(list(self._by_socket), writing, [], seconds)
        for sock in readable:
            connection = self._by_socket[sock]
            yield connection, connection.receive()

    def _wait_for_the_rest(self) -> list[float]:
        ends, taken = perf_counter() + _PATIENCE_SECONDS, []
        while self.pending:
            if perf_counter() > ends:
                raise TimeoutError("not all calls were answered")
            for _, answered in self._turn(_WAIT_SECONDS):
                now = perf_counter()
                taken += [now - due for due in answered]
        return taken


def main() -> None:
    """Read a plan from the standard input, carry it out, and write what came of it."""
    plan = Plan(**json.load(sys.stdin))
    print(json.dumps(asdict(send(plan, list(read_messages(Path(plan.requests).read_bytes()))))))


if __name__ == "__main__":
    main()
