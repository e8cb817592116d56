"""The line between supervisor and worker: asking, answering, and the other side gone in the middle of a word."""

import asyncio
import socket

import pytest

from taxatie.supervisor.line import Line, LineEndedError, Message, Word


async def _asked() -> tuple[object, list[Message]]:
    ours, theirs = socket.socketpair()
    one, other = await Line.over(ours), await Line.over(theirs)
    heard: list[Message] = []

    async def listen(line: Line) -> None:
        async for message in line.heard():
            heard.append(message)
            if message.word is Word.PING:
                line.answer(message, {"well": True})

    listening = [asyncio.create_task(listen(line)) for line in (one, other)]
    one.say(Word.DRAIN)
    answer = await one.ask(Word.PING)
    await one.close()
    await asyncio.gather(*listening)
    await other.close()
    return answer, heard


def test_who_asks_is_answered() -> None:
    answer, heard = asyncio.run(_asked())

    assert answer == {"well": True}
    assert [message.word for message in heard] == [Word.DRAIN, Word.PING]


async def _asked_in_vain(last_words: bytes) -> list[Message]:
    ours, theirs = socket.socketpair()
    line = await Line.over(ours)

    async def listen() -> list[Message]:
        return [message async for message in line.heard()]

    listening = asyncio.create_task(listen())
    asking = asyncio.create_task(line.ask(Word.PING))
    await asyncio.sleep(0)
    theirs.sendall(last_words)
    theirs.close()
    with pytest.raises(LineEndedError):
        await asking
    heard = await listening
    with pytest.raises(LineEndedError):
        await line.ask(Word.PING)
    line.say(Word.DRAIN)
    await line.close()
    return heard


@pytest.mark.parametrize("last_words", [b"", b'["ready", 0', b"\xff\n"])
def test_who_asks_somebody_who_is_gone_is_told(last_words: bytes) -> None:
    """A worker that is killed in the middle of a word has said nothing."""
    assert asyncio.run(_asked_in_vain(last_words)) == []
