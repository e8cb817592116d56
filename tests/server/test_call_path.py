"""One assessment passes few frames between the servicer and the engine."""

import asyncio
import sys
from types import FrameType

from taxatie.client import AsyncClient, case_message
from taxatie.engine.live import LiveEngine
from tests.server.running import MOMENT, running

FRAMES_MAX = 5


def _frames_to_the_servicer(frame: FrameType) -> list[str]:
    """Return the functions from the engine back to the handler of the call, both included."""
    names = []
    current: FrameType | None = frame
    while current is not None and "taxatie" in current.f_code.co_filename:
        names.append(current.f_code.co_name)
        current = current.f_back
    return names


def test_one_assessment_passes_at_most_five_frames() -> None:
    """A reader who follows one report from the wire to the rules opens few files."""
    paths: list[list[str]] = []

    def watch(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code is LiveEngine.evaluate.__code__:
            paths.append(_frames_to_the_servicer(frame))

    async def call() -> None:
        async with running() as server, AsyncClient(f"127.0.0.1:{server.port}") as client:
            sys.setprofile(watch)
            try:
                await client.assess(case_message({"case": "c-1", "reference_time": MOMENT}))
            finally:
                sys.setprofile(None)

    asyncio.run(call())

    assert paths == [["evaluate", "assess", "answer_case", "assess", "handle"]]
    assert len(paths[0]) <= FRAMES_MAX
