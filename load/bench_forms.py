"""What the form of a request costs: a case in codes beside a readable one, many in a message beside one by one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import Final

import grpc

from load.bench_serving import ALONE, WITHOUT_LOG
from load.bench_sides import IN_FLIGHT, Measured, Side, Turns, in_turn
from load.bench_table import Figure, Goal, Row, Section
from load.native import framed
from load.prepared import ASSESS, Prepared
from load.serving import ROOT, SERVE, Serving, started
from taxatie.limits import CASES_TOGETHER_MAX
from taxatie.server.decoding import strict_decoder
from taxatie.service.answer import answer_request, read_request
from taxatie.service.live_releases import LiveReleases
from taxatie.wire.case_codes import codes_of_program
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages
from taxatie.wire.generated.taxatie.v1 import assessment_pb2_grpc
from taxatie.wire.packed_case import Packer
from taxatie.wiring import SystemClock

PACKED_GOAL: Final = Goal(0.5, is_least=False)
MANY_GOAL: Final = Goal(5, is_least=True)
TAKING_IN: Final = "taking in packed cases"
ANSWERING_PACKED: Final = "answering packed cases with the level"
MANY_PROFILE: Final = "answering with reasons"
"""What a case costs whatever the message it came in."""
MANY: Final = "/taxatie.v1.AssessmentService/AssessMany"
MESSAGE_BYTES_MAX: Final = 30_000
"""Of several cases: a connection has room for 65,535 at first, and none is to wait for more."""
STREAMS: Final = 8
"""Messages of several cases under way at once."""
NOTES: Final = (
    (
        "Taking in: from the bytes of a request to a Case, in microseconds of a core. The whole method: from bytes to "
        "the bytes of the answer with the level, without gRPC. Both within one process, the forms in turn."
    ),
    (
        f"AssessMany: messages of as many cases as {MESSAGE_BYTES_MAX:,} bytes hold and are taken, {STREAMS} under "
        f"way at once; Assess: {IN_FLIGHT} calls in flight. Cases answered a second, the log and the second engine off."
    ),
)


def forms_section(prepared: Prepared, turns: Turns) -> Section:
    """Return the rows about the forms of a request."""
    return Section("Forms of a request", NOTES, (*_packed_rows(prepared, turns.rounds), *_many_rows(prepared, turns)))


def packed(prepared: Prepared, requests: Sequence[messages.AssessRequest]) -> list[messages.AssessRequest]:
    """Return the same requests with their cases in codes."""
    packer = Packer(codes_of_program(prepared.program))
    return [
        messages.AssessRequest(packed=packer.pack(each.case), retrospective=each.retrospective, detail=each.detail)
        for each in requests
    ]


def batches(requests: Sequence[messages.AssessRequest]) -> list[messages.AssessManyRequest]:
    """Return the requests in messages, each with as many as may be."""
    found: list[messages.AssessManyRequest] = [messages.AssessManyRequest()]
    for request in requests:
        together = found[-1]
        is_full = len(together.requests) == CASES_TOGETHER_MAX
        if is_full or together.ByteSize() + request.ByteSize() > MESSAGE_BYTES_MAX:
            found.append(messages.AssessManyRequest())
        found[-1].requests.append(request)
    return found


def _packed_rows(prepared: Prepared, rounds: int) -> Iterator[Row]:
    readable = prepared.requests("level")
    forms = [_as_bytes(packed(prepared, readable)), _as_bytes(readable)]
    take_in, answer = taking_in(), _answering()
    assert [take_in(each) for each in forms[0]] == [take_in(each) for each in forms[1]], "other cases"
    assert [answer(each) for each in forms[0]] == [answer(each) for each in forms[1]], "other answers"
    for what, work, profile in (
        ("taking in a packed case", take_in, TAKING_IN),
        ("the whole method for a packed case", answer, ANSWERING_PACKED),
    ):
        taken = [[_micros(work, data) for data in forms] for _ in range(rounds)]
        ours, beside = (Figure(median(each[place] for each in taken), "µs") for place in (0, 1))
        yield Row(f"{what}, beside a readable one", ours, beside, ours.value / beside.value, PACKED_GOAL, profile)


def _as_bytes(requests: Sequence[messages.AssessRequest]) -> list[bytes]:
    return [request.SerializeToString() for request in requests]


def _micros(work: Callable[[bytes], object], data: Sequence[bytes]) -> float:
    began = process_time()
    for each in data:
        work(each)
    return (process_time() - began) / len(data) * 1e6


def taking_in() -> Callable[[bytes], object]:
    """Return what makes a case of the bytes of a request."""
    releases, clock = _served()
    decode = strict_decoder(messages.AssessRequest)
    return lambda data: read_request(releases, clock, decode(data).require())[1]


def _answering() -> Callable[[bytes], bytes]:
    """Return what makes an answer of the bytes of a request."""
    releases, clock = _served()
    decode = strict_decoder(messages.AssessRequest)
    return lambda data: answer_request(releases, clock, decode(data).require()).SerializeToString()


def _served() -> tuple[LiveReleases, SystemClock]:
    releases, clock = LiveReleases(ROOT / "rulesets", ROOT / "validation", allows_drafts=True), SystemClock()
    releases.load(clock.now())
    return releases, clock


def _many_rows(prepared: Prepared, turns: Turns) -> Iterator[Row]:
    reasons, level = (prepared.requests(detail) for detail in ("reasons", "level"))
    with started(*SERVE, *WITHOUT_LOG, *ALONE) as service:
        yield from _rows_of(
            "AssessMany with reasons, beside Assess", Many(service, prepared, reasons), turns, MANY_GOAL
        )
        yield from _rows_of("AssessMany, the level alone, beside Assess", Many(service, prepared, level), turns)
        in_codes = Many(service, prepared, packed(prepared, level))
        yield from _rows_of("AssessMany, the level alone, packed, beside Assess, packed", in_codes, turns)


@dataclass(frozen=True, slots=True)
class Many:
    """Requests that a service gets one by one, and several in a message."""

    service: Serving
    prepared: Prepared
    requests: Sequence[messages.AssessRequest]

    def measured(self, turns: Turns) -> tuple[Measured, Measured]:
        """Return what came of them, several in a message and one by one; the first counts cases, not messages."""
        several = batches(self.requests)
        self._check(several)
        with TemporaryDirectory() as scratch:
            together, alone = Path(scratch) / "together", Path(scratch) / "alone"
            together.write_bytes(b"".join(framed(each) for each in several))
            alone.write_bytes(b"".join(framed(each) for each in self.requests))
            sides = {MANY: Side(self.service, together, MANY, STREAMS), ASSESS: Side(self.service, alone)}
            found = in_turn(sides, turns)
        cases, of_messages = len(self.requests) / len(several), found[MANY]
        by_case = replace(of_messages, rate=of_messages.rate * cases, core_micros=of_messages.core_micros / cases)
        return by_case, found[ASSESS]

    def _check(self, several: Sequence[messages.AssessManyRequest]) -> None:
        """Ask once, and read: a problem within a message is nothing that the sender would see."""
        with grpc.insecure_channel(f"127.0.0.1:{self.service.port}") as channel:
            answers = assessment_pb2_grpc.AssessmentServiceStub(channel).AssessMany(iter(several))
            levels = [outcome.response.level for answer in answers for outcome in answer.outcomes]
        assert levels == self.prepared.levels(), "the service gives other levels"


def _rows_of(what: str, many: Many, turns: Turns, goal: Goal | None = None) -> Iterator[Row]:
    together, alone = many.measured(turns)
    rates = Figure(together.rate, "cases/s"), Figure(alone.rate, "calls/s")
    yield Row(what, *rates, together.rate / alone.rate, goal, MANY_PROFILE)
    micros = Figure(together.core_micros, "µs"), Figure(alone.core_micros, "µs")
    yield Row("the same, by core time", *micros, alone.core_micros / (together.core_micros or 1.0))


def take_in_all(prepared: Prepared) -> Callable[[], object]:
    """Return what takes in all cases, packed, for a profile."""
    data, take_in = _as_bytes(packed(prepared, prepared.requests("level"))), taking_in()
    return lambda: [take_in(each) for each in data]


def answer_packed(prepared: Prepared) -> Callable[[], object]:
    """Return what answers all cases, packed, for a profile."""
    data, answer = _as_bytes(packed(prepared, prepared.requests("level"))), _answering()
    return lambda: [answer(each) for each in data]
