"""The client without asyncio says the same, and refuses what no case can say."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest

from taxatie.client import Client, RefusedError, case_message
from taxatie.client.channels import RETRIES
from taxatie.wire.generated.taxatie.v1 import assessment_pb2
from taxatie.wire.messages import case_to_plain
from tests.server.running import MOMENT, running


def a_request(name: str) -> assessment_pb2.AssessRequest:
    """Return a request for an empty case of that name."""
    return assessment_pb2.AssessRequest(case=case_message({"case": name, "reference_time": MOMENT}))


def _talk(address: str) -> dict[str, object]:
    with Client(address) as client:
        answer = client.assess(case_message({"case": "c-1", "reference_time": MOMENT}))
        with pytest.raises(RefusedError) as refused:
            client.assess(case_message({"case": "", "reference_time": MOMENT}))
        return {
            "level": answer.level,
            "refused": refused.value.code,
            "faults": [path for path, _ in refused.value.faults],
            "stream": [o.response.case for o in client.assess_many(map(a_request, ("c-2", "c-3")))],
            "releases": [release.release for release in client.list_releases().releases],
            "questions": len(client.questionnaire().questions) > 40,
            "suite": [event.WhichOneof("event") for event in client.run_scenarios()][-1],
        }


def test_the_client_without_asyncio_speaks_to_the_service() -> None:
    """Not every intake system is written with asyncio."""

    async def serve() -> dict[str, object]:
        async with running() as server:
            with ThreadPoolExecutor(1) as pool:
                loop = asyncio.get_running_loop()
                return await loop.run_in_executor(pool, _talk, f"127.0.0.1:{server.port}")

    assert asyncio.run(serve()) == {
        "level": "assess_safety",
        "refused": grpc.StatusCode.INVALID_ARGUMENT,
        "faults": ["case.case"],
        "stream": ["c-2", "c-3"],
        "releases": ["2026.1"],
        "questions": True,
        "suite": "report",
    }


def test_what_cannot_be_delivered_is_tried_again() -> None:
    """An assessment changes nothing, so asking again is free of harm."""
    (config,) = RETRIES["methodConfig"]

    assert config["retryPolicy"]["retryableStatusCodes"] == ["UNAVAILABLE"]  # type: ignore[index]


def test_a_case_survives_the_way_to_a_message_and_back() -> None:
    """What a file says and what a message says is judged in one place, in one form."""
    plain = {
        "case": "c-1",
        "reference_time": MOMENT,
        "mode": "advice",
        "region": "noord",
        "everyone_listed": ["adult"],
        "answers": {"violence_now": "unknown", "rihg_red_signals": 2, "caller": "victim"},
        "persons": [
            {
                "id": "adult-1",
                "subject": "adult",
                "answers": {"strangulation": {"value": "no", "basis": "hearsay", "partner_present": True}},
            }
        ],
        "history": {"searched": True, "events": [{"kind": "police_call", "date": "2026-01-10", "reporter": "police"}]},
    }

    assert case_to_plain(case_message(plain)) == plain


def test_what_no_case_can_say_is_refused_before_it_is_sent() -> None:
    """The mistake is the program's own, so it hears of it at once."""
    with pytest.raises(ValueError, match="no answer"):
        case_message({"answers": {"x": 1.5}})
    with pytest.raises(TypeError, match="is a list"):
        case_message({"persons": {}})
