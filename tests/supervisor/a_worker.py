"""A worker that behaves as its first argument says, and is no service: `python -m tests.supervisor.a_worker WAY FD`."""

import asyncio
import socket
import sys
from collections.abc import Mapping

from taxatie.supervisor.line import Line, Word

Says = Mapping[str, object]


def _answer(number: int, way: str) -> Says:
    digest = f"d-{number}" if way == "differs" else "d"
    faults = ["its own fault"] if way == f"refuses-as-{number}" else []
    return {"in_force": "one", "digest": digest, "releases": ["one"], "faults": faults}


async def work(way: str, side: socket.socket) -> None:
    """Serve in that way."""
    line = await Line.over(side)
    messages = line.heard()
    first = await anext(messages)
    number = int(str(first.says["number"]))
    if way == "dies" or (way == "dies-later" and number == 1):
        sys.exit(3)
    if way == "cannot":
        line.say(Word.FAILED, says={"message": "there is no key", "hint": "make one", "faults": ["a.yaml:1: TX1"]})
        await line.close()
        return
    line.say(Word.READY)
    async for message in messages:
        match message.word:
            case Word.RELOAD:
                line.answer(message, _answer(number, way))
            case Word.PING if way != "deaf":
                line.answer(message)
            case Word.DRAIN if way != "stubborn":
                break
            case _:
                pass
    await line.close()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], socket.socket(fileno=int(sys.argv[2]))))
