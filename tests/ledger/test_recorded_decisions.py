"""No decision is answered before it is on record, and what is on record names nobody: over real connections."""

import asyncio
import hashlib
import re
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from fcntl import LOCK_EX, LOCK_UN, flock
from pathlib import Path

import grpc
import pytest
from grpc import aio

from taxatie.ledger.canonical import canonical_bytes
from taxatie.wire.generated.taxatie.v1 import assessment_pb2
from tests.ledger.building import NOW, told
from tests.ledger.recording import (
    DATA,
    MOMENT,
    MovingClock,
    Recording,
    a_request,
    an_advice,
    plain_of,
    recording,
    texts,
)

Use = Callable[[Recording], Awaitable[None]]


def served(folder: Path, use: Use, clock: MovingClock | None = None) -> None:
    """Use a service with its log in a folder; afterwards the log verifies."""

    async def whole() -> None:
        async with recording(folder, clock) as service:
            await use(service)
            assert told(service.place) == []

    asyncio.run(whole())


def test_no_answer_leaves_before_its_record_is_bound(tmp_path: Path) -> None:
    """Somebody else holds the file of checkpoints; the record may stand by then, but nobody is told."""

    async def use(service: Recording) -> None:
        with (tmp_path / "checkpoints").open("rb") as held:
            flock(held, LOCK_EX)
            under_way = asyncio.ensure_future(service.assess(a_request()))
            for _ in range(3):
                # Others that need no record are answered meanwhile.
                refused = await service.refusal(a_request(reference_time="?"))
                assert refused[0] is grpc.StatusCode.INVALID_ARGUMENT
            assert not under_way.done()
            flock(held, LOCK_UN)
            answer = await under_way

        assert [kept.entry.id for kept in service.decisions()] == [answer.decision]

    served(tmp_path, use)


def test_a_record_holds_case_release_engine_assessment_and_trace(tmp_path: Path) -> None:
    """All that is needed to reach the decision again."""

    async def use(service: Recording) -> None:
        parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        metadata = (("traceparent", parent), ("tracestate", "vendor=1"))
        answer = await service.assess(a_request(request_id="r-1", region="noord"), metadata)
        (kept,) = service.decisions()
        record = plain_of(kept)

        assert kept.entry.release == answer.digest
        assert (record["id"], record["at"], record["caller"]) == (answer.decision, "2026-03-02T20:30:00Z", "local")
        assert record["reference"] == "c-1"
        assert record["trace_context"] == {"traceparent": parent, "tracestate": "vendor=1"}
        case, release, engine = record["case"], record["release"], record["engine"]
        assert isinstance(case, dict)
        assert isinstance(release, dict)
        assert isinstance(engine, dict)
        assert (case["region"], case["answers"]) == ("noord", {"violence_now": "yes"})
        assert release["digest"] == answer.digest
        for path, digest in release["files"].items():
            assert hashlib.sha256((DATA / "small" / path).read_bytes()).hexdigest() == digest
        assert engine.keys() >= {"name", "python", "taxatie"}
        assert isinstance(record["assessment"], dict)
        assert record["assessment"]["level"] == answer.level
        assert record["trace"]

    served(tmp_path, use)


@pytest.mark.parametrize("parent", ["", "00-" + "0" * 31, "jan jansen", "00-" + "g" * 32 + "-" + "0" * 16 + "-01"])
def test_a_malformed_trace_context_is_none(tmp_path: Path, parent: str) -> None:
    """It comes from outside and could say anything."""

    async def use(service: Recording) -> None:
        await service.assess(a_request(), (("traceparent", parent), ("tracestate", "name=jan")))

        assert [plain_of(kept)["trace_context"] for kept in service.decisions()] == [None]

    served(tmp_path, use)


def test_an_advice_has_no_trace_context(tmp_path: Path) -> None:
    """It would lead to the calling system's own lines, with their times and callers."""

    async def use(service: Recording) -> None:
        parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        await service.assess(an_advice(), (("traceparent", parent), ("tracestate", "vendor=1")))

        assert [plain_of(kept)["trace_context"] for kept in service.decisions()] == [None]

    served(tmp_path, use)


def test_a_record_holds_no_wording(tmp_path: Path) -> None:
    """Reasons are coded; texts belong to the release, and free text there is none."""
    lines = [
        line for path in (DATA / "small").rglob("*.yaml") for line in path.read_text(encoding="utf-8").splitlines()
    ]
    sentences = {found[1] for line in lines for found in re.finditer(r"(?:nl|en): ([^,}]+ [^,}]+)", line)}

    async def use(service: Recording) -> None:
        persons = [{"id": "adult-1", "subject": "adult", "answers": {"strangulation": "yes"}}]
        history = {"searched": "yes", "events": [{"kind": "threat", "date": "2026-01-10", "reporter": "police"}]}
        await service.assess(a_request(persons=persons, history=history))
        await service.assess(a_request(answers={}))
        for kept in service.decisions():
            said = set(texts(plain_of(kept)))

            assert said & sentences == set()
            assert [text for text in said if " " in text] == []

    assert len(sentences) > 20
    served(tmp_path, use)


def test_an_advice_refers_to_no_case(tmp_path: Path) -> None:
    async def use(service: Recording) -> None:
        code, message = await service.refusal(an_advice(case="c-1"))

        assert code is grpc.StatusCode.INVALID_ARGUMENT
        assert "treat as urgent" in message
        assert service.decisions() == []

    served(tmp_path, use)


def test_an_advice_tells_its_time_by_the_hour_in_its_id_too(tmp_path: Path) -> None:
    """Minute and second of a call would lead to who called."""

    async def use(service: Recording) -> None:
        service.clock.move(timedelta(minutes=17, seconds=42, milliseconds=7))
        answer = await service.assess(an_advice(reference_time="2026-03-02T21:47:13+01:00"))
        (kept,) = service.decisions()
        record = plain_of(kept)
        moment = datetime.fromtimestamp((uuid.UUID(answer.decision).int >> 80) / 1000, UTC)
        case = record["case"]
        assert isinstance(case, dict)

        assert moment == NOW.replace(minute=0)
        assert kept.entry.at == record["at"] == "2026-03-02T20:00:00Z"
        assert case["reference_time"] == "2026-03-02T21:00:00+01:00"
        assert (record["reference"], case["case"]) == (None, "advice")
        assert kept.entry.keep_until == "2026-03-16"
        for told_time in (":47", ":42", ":13"):
            assert told_time not in canonical_bytes(record).decode()

    served(tmp_path, use)


def test_a_report_is_kept_for_years_and_a_leap_day_has_its_date(tmp_path: Path) -> None:
    async def use(service: Recording) -> None:
        await service.assess(a_request())
        service.clock.moment = datetime(2028, 2, 29, 12, tzinfo=UTC)
        await service.assess(a_request(reference_time="2028-02-29T12:00:00Z"))

        assert [kept.entry.keep_until for kept in service.decisions()] == ["2046-03-02", "2048-02-28"]

    served(tmp_path, use)


@pytest.mark.parametrize("make", [a_request, an_advice], ids=["report", "advice"])
def test_a_retry_gets_the_same_answer_also_after_a_restart(
    tmp_path: Path, make: Callable[[str], assessment_pb2.AssessRequest]
) -> None:
    answers: list[bytes] = []

    async def use(service: Recording) -> None:
        service.clock.move(timedelta(minutes=1))
        for _ in range(2):
            answer = await service.assess(make("r-1"))
            answers.append(answer.SerializeToString(deterministic=True))

        assert len(service.decisions()) == 1

    served(tmp_path, use)
    served(tmp_path, use)

    assert len(answers) == 4
    assert len(set(answers)) == 1


def test_one_request_many_times_at_once_is_decided_once(tmp_path: Path) -> None:
    async def use(service: Recording) -> None:
        answers = await asyncio.gather(*(service.assess(a_request("r-1")) for _ in range(30)))

        assert len({answer.SerializeToString(deterministic=True) for answer in answers}) == 1
        assert len(service.decisions()) == 1

    served(tmp_path, use)


def test_without_a_request_id_each_call_is_a_decision(tmp_path: Path) -> None:
    async def use(service: Recording) -> None:
        answers = [await service.assess(a_request()) for _ in range(3)]

        assert len({answer.decision for answer in answers}) == len(service.decisions()) == 3

    served(tmp_path, use)


def test_a_request_id_that_comes_with_another_request_is_refused(tmp_path: Path) -> None:
    async def use(service: Recording) -> None:
        await service.assess(a_request("r-1"))
        code, message = await service.refusal(a_request("r-1", answers={"violence_now": "no"}))

        assert code is grpc.StatusCode.ALREADY_EXISTS
        assert "treat as urgent" in message
        assert len(service.decisions()) == 1

    served(tmp_path, use)


@pytest.mark.parametrize("name", ["jan jansen", "é", "a" * 65, "r_1", "r/1", "\n"])
def test_a_request_id_is_opaque(tmp_path: Path, name: str) -> None:
    async def use(service: Recording) -> None:
        code, message = await service.refusal(a_request(name))

        assert code is grpc.StatusCode.INVALID_ARGUMENT
        assert "treat as urgent" in message

    served(tmp_path, use)


def test_a_log_that_refuses_means_unavailable_and_urgent_until_it_is_mended(tmp_path: Path) -> None:
    """Each refusal is written down, with what the log met and nothing of the case."""

    async def use(service: Recording) -> None:
        checkpoints = tmp_path / "checkpoints"
        checkpoints.rename(tmp_path / "aside")
        checkpoints.mkdir()
        refusals = [await service.refusal(a_request(f"r-{number}")) for number in range(3)]
        written = [line for line in service.log.lines if line["event"] == "not_recorded"]
        checkpoints.rmdir()
        (tmp_path / "aside").rename(checkpoints)
        answer = await service.assess(a_request("r-1"))

        assert {code for code, _ in refusals} == {grpc.StatusCode.UNAVAILABLE}
        assert all("treat as urgent" in message for _, message in refusals)
        assert [line["why"] for line in written] == ["the checkpoint cannot be written: Is a directory"] * 3
        assert "c-1" not in str(written)
        assert [kept.entry.id for kept in service.decisions()] == [answer.decision]

    served(tmp_path, use)


def under_one(service: Recording, request_id: str) -> assessment_pb2.AssessRequest:
    """Return a request about now, under a release that need not be in force then."""
    request = a_request(request_id, reference_time=service.clock.now().isoformat())
    request.release = "one"
    return request


def test_a_clock_that_is_set_back_loses_nothing(tmp_path: Path) -> None:
    """Ids no longer sort, nothing else changes: the order is that of the tree."""
    clock = MovingClock()

    async def use(service: Recording) -> None:
        answers: list[assessment_pb2.AssessResponse] = []
        for days in (0, 0, -400, 1, -3_000, 10_000):
            service.clock.move(timedelta(days=days))
            answers.append(await service.assess(under_one(service, f"r-{len(answers)}")))
        service.clock.moment = NOW
        again = await service.assess(under_one(service, "r-0"))

        assert [kept.entry.id for kept in service.decisions()] == [answer.decision for answer in answers]
        assert again == answers[0]

    served(tmp_path, use, clock)
    clock.move(timedelta(days=-20))
    served(tmp_path, use_once, clock)


async def use_once(service: Recording) -> None:
    """Ask once more, before the log began."""
    await service.assess(under_one(service, ""))

    assert len(service.decisions()) == 7


def many(numbers: range) -> list[assessment_pb2.AssessManyRequest]:
    """Return the items of a stream; every tenth has a fault."""
    return [
        assessment_pb2.AssessManyRequest(request=a_request(case="" if number % 10 == 9 else f"c-{number}"))
        for number in numbers
    ]


def named(outcome: assessment_pb2.AssessManyResponse) -> str:
    """Return the case of an outcome, or the path of its fault."""
    return outcome.response.case if outcome.HasField("response") else outcome.problem.faults[0].path


def test_a_stream_longer_than_its_window_comes_in_order_and_is_on_record(tmp_path: Path) -> None:
    async def use(service: Recording) -> None:
        outcomes = [outcome async for outcome in service.stub.AssessMany(iter(many(range(300))))]
        expected = ["case.case" if number % 10 == 9 else f"c-{number}" for number in range(300)]

        assert [named(outcome) for outcome in outcomes] == expected
        told_ids = [outcome.response.decision for outcome in outcomes if outcome.HasField("response")]
        assert sorted(kept.entry.id for kept in service.decisions()) == sorted(told_ids)

    served(tmp_path, use)


def test_who_sends_the_next_case_only_after_an_answer_is_not_kept_waiting(tmp_path: Path) -> None:
    """Ping-pong: a stream that waited for its window to fill would wait for ever; several at once, too."""

    async def use(service: Recording) -> None:
        async def converse(name: int) -> int:
            call: aio.StreamStreamCall = service.stub.AssessMany()  # type: ignore[type-arg]
            for number in range(5):
                await call.write(assessment_pb2.AssessManyRequest(request=a_request(case=f"c-{name}-{number}")))
                outcome = await call.read()
                assert isinstance(outcome, assessment_pb2.AssessManyResponse)
                assert named(outcome) == f"c-{name}-{number}"
            await call.done_writing()
            assert await call.read() is aio.EOF
            return number

        assert await asyncio.gather(*map(converse, range(8))) == [4] * 8
        assert len(service.decisions()) == 40

    served(tmp_path, use)


def test_an_item_that_cannot_be_recorded_has_its_problem_in_its_place(tmp_path: Path) -> None:
    async def use(service: Recording) -> None:
        checkpoints = tmp_path / "checkpoints"
        checkpoints.rename(tmp_path / "aside")
        checkpoints.mkdir()
        outcomes = [outcome async for outcome in service.stub.AssessMany(iter(many(range(3))))]
        checkpoints.rmdir()
        (tmp_path / "aside").rename(checkpoints)

        assert [outcome.problem.code for outcome in outcomes] == [grpc.StatusCode.UNAVAILABLE.value[0]] * 3
        assert all("treat as urgent" in outcome.problem.message for outcome in outcomes)

        await service.assess(a_request())

    served(tmp_path, use)


def test_a_stream_that_its_caller_leaves_ends_with_nothing_left_under_way(tmp_path: Path) -> None:
    """A service that forgets a task a stream is full of them after a year."""

    async def endless() -> AsyncIterator[assessment_pb2.AssessManyRequest]:
        while True:
            for item in many(range(5)):
                yield item

    async def use(service: Recording) -> None:
        await service.assess(a_request())
        before = len(asyncio.all_tasks())
        call = service.stub.AssessMany(endless())
        async for _ in call:
            break
        call.cancel()
        while len(asyncio.all_tasks()) > before:
            # Each call lets what is under way go on; a task that never ended would keep this going for ever.
            await service.assess(a_request(reference_time=MOMENT))

    served(tmp_path, use)
