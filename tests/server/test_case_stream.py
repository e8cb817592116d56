"""Several cases in one message of the stream: each is answered as if it had come alone."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeAlias, TypeVar

import grpc
import pytest
from grpc import aio

from taxatie.client import case_message
from taxatie.limits import CASES_TOGETHER_MAX
from taxatie.wire.case_codes import codes_of_program
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages
from taxatie.wire.generated.taxatie.v1 import assessment_pb2_grpc, case_pb2
from taxatie.wire.packed_case import Packer
from tests.server.deciding import SMALL, lines
from tests.server.running import MOMENT, KeptLog, running
from tests.server.test_packed_requests import PROGRAM, made_up_cases

T = TypeVar("T")
Stub: TypeAlias = "assessment_pb2_grpc.AssessmentServiceAsyncStub"


def served(use: Callable[[Stub], Awaitable[T]], ledger: Path | None = None, log: KeptLog | None = None) -> T:
    """Return what *use* makes of the service."""

    async def serve() -> T:
        async with (
            running(rulesets=SMALL, ledger=ledger, log=log) as server,
            aio.insecure_channel(f"127.0.0.1:{server.port}") as channel,
        ):
            return await use(assessment_pb2_grpc.AssessmentServiceStub(channel))

    return asyncio.run(serve())


def named(name: str) -> messages.AssessRequest:
    """Return a request for an empty case of that name."""
    case = case_message({"case": name, "reference_time": MOMENT})
    return messages.AssessRequest(case=case, detail=messages.DETAIL_LEVEL)


def together(requests: Sequence[messages.AssessRequest]) -> messages.AssessManyRequest:
    """Return one message with all of them."""
    return messages.AssessManyRequest(requests=requests)


async def streamed(stub: Stub, items: Sequence[messages.AssessManyRequest]) -> list[messages.AssessManyResponse]:
    """Return the answers to the messages of one stream."""
    return [answer async for answer in stub.AssessMany(iter(items))]


def told(outcome: messages.AssessOutcome | messages.AssessManyResponse) -> str:
    """Return the case of an outcome, or the path of its fault."""
    return outcome.response.case if outcome.HasField("response") else outcome.problem.faults[0].path


def bytes_without_decision(response: messages.AssessResponse) -> bytes:
    """Return an answer in its one form; the id of the decision is another each time."""
    response.decision = ""
    return response.SerializeToString(deterministic=True)


def test_a_case_among_others_is_answered_as_it_is_alone(tmp_path: Path) -> None:
    """To the byte, whichever form it came in, whatever was asked for; and each is on record."""
    cases, packer = made_up_cases(24), Packer(codes_of_program(PROGRAM))
    requests = []
    for number, case in enumerate(cases):
        said: dict[str, object] = {"case": case} if number % 2 else {"packed": packer.pack(case)}
        wishes = {"retrospective": True, "detail": 1 + number % 3, "language": 1 + number % 2}
        requests.append(messages.AssessRequest(**said, **wishes))  # type: ignore[arg-type]

    async def use(stub: Stub) -> tuple[list[bytes], list[bytes]]:
        alone = [bytes_without_decision(await stub.Assess(request)) for request in requests]
        [answer] = await streamed(stub, [together(requests)])
        return alone, [bytes_without_decision(outcome.response) for outcome in answer.outcomes]

    alone, among_others = served(use, tmp_path)

    assert among_others == alone
    assert sum(line.payload is not None for line in lines(tmp_path)) == 2 * len(requests)


def test_a_faulty_case_takes_none_of_the_others_along() -> None:
    """Its problem stands in its place, with the paths of its own faults."""
    names = ["c-0", "", "c-2", "c-3"]

    async def use(stub: Stub) -> list[messages.AssessManyResponse]:
        return await streamed(stub, [together(list(map(named, names)))])

    [answer] = served(use)

    assert list(map(told, answer.outcomes)) == ["c-0", "case.case", "c-2", "c-3"]
    assert answer.WhichOneof("outcome") is None


def test_a_case_that_came_before_gets_its_decision_again(tmp_path: Path) -> None:
    """By its request id, whether it came alone, in an earlier message, or in the same one."""

    def again(name: str) -> messages.AssessRequest:
        request = named(name)
        request.request_id = name
        return request

    async def use(stub: Stub) -> list[str]:
        alone = await stub.Assess(again("c-1"))
        items = [together([again("c-1"), again("c-2"), named("c-3"), again("c-2")]), together([again("c-2")])]
        answers = await streamed(stub, items)
        return [alone.decision, *(outcome.response.decision for answer in answers for outcome in answer.outcomes)]

    first, *others = served(use, tmp_path)

    assert others == [first, others[1], others[2], others[1], others[1]]
    assert len({first, others[1], others[2]}) == sum(line.payload is not None for line in lines(tmp_path)) == 3


def test_messages_of_one_case_and_of_several_keep_their_order() -> None:
    """A stream may mix both; more cases than may be under way at once come through."""
    items = []
    for number in range(12):
        few = [named(f"c-{number}-{place}") for place in range(number * 5)]
        items.append(together(few) if few else messages.AssessManyRequest(request=named(f"c-{number}-0")))

    answers = served(lambda stub: streamed(stub, items))

    found = [[told(each) for each in answer.outcomes] or [told(answer)] for answer in answers]
    assert found == [[f"c-{number}-{place}" for place in range(max(1, number * 5))] for number in range(12)]


@pytest.mark.parametrize(
    "item",
    [
        messages.AssessManyRequest(request=named("c-1"), requests=[named("c-2")]),
        together([named("c-1")] * (CASES_TOGETHER_MAX + 1)),
    ],
    ids=["both", "too many"],
)
def test_a_message_that_says_too_much_is_refused_whole(item: messages.AssessManyRequest) -> None:
    """And the stream goes on."""
    answers = served(lambda stub: streamed(stub, [item, together([named("c-3")])]))

    assert answers[0].problem.code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
    assert "treat as urgent" in answers[0].problem.message
    assert not answers[0].outcomes
    assert told(answers[1].outcomes[0]) == "c-3"


def test_codes_of_another_vocabulary_are_refused_case_by_case() -> None:
    """A caller learns which release's questionnaire it takes."""
    message = Packer(codes_of_program(PROGRAM)).pack(case_pb2.Case(case="c-1", reference_time=MOMENT))
    message.vocabulary_digest = "0" * 64

    async def use(stub: Stub) -> list[messages.AssessManyResponse]:
        return await streamed(stub, [together([messages.AssessRequest(packed=message), named("c-2")])])

    [answer] = served(use)

    assert [outcome.problem.pack_for for outcome in answer.outcomes] == [PROGRAM.release, ""]


def test_the_line_of_log_counts_cases_rather_than_messages() -> None:
    """What is watched is how many people were helped, and how many were refused."""
    log = KeptLog()

    served(lambda stub: streamed(stub, [together([named("c-1"), named("")]), together([named("c-3")])]), log=log)

    assert [(line["items"], line["refused"]) for line in log.lines if line.get("method") == "AssessMany"] == [(3, 1)]
