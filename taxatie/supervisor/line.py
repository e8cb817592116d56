"""The line between the supervisor and a worker: either side says something, or asks and is answered.

Each message is a line of JSON. Nothing of a case ever goes over it.
"""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from typing import Final, Self

Says = Mapping[str, object]

_BYTES_MAX: Final = 16_000_000
"""One message. The largest tells every fault of a folder of rulesets; a longer one counts as the line's end."""


class Word(StrEnum):
    """What a message is about."""

    SETTINGS = "settings"
    """To a worker, first of all: which one it is, and how it serves."""
    READY = "ready"
    """Of a worker: from now on it answers."""
    FAILED = "failed"
    """Of a worker: why it cannot begin."""
    RELOAD = "reload"
    """To a worker: read the releases anew. Of a worker: have all of them do so. It is answered with what came of it."""
    PING = "ping"
    """To a worker, which answers as long as it is well."""
    DRAIN = "drain"
    """To a worker: take no more calls, finish those under way, end."""
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Message:
    """Something that was said; its turn is what an answer to it names."""

    word: Word
    turn: int
    says: Says


class LineEndedError(Exception):
    """The other side is gone, and will not answer."""


@dataclass(slots=True)
class Line:
    """One side of a line."""

    _reader: asyncio.StreamReader
    _writer: asyncio.StreamWriter
    _turns: "count[int]" = field(default_factory=lambda: count(1))
    _asked: "dict[int, asyncio.Future[Says]]" = field(default_factory=dict)
    _is_ended: bool = False

    @property
    def is_ended(self) -> bool:
        """Whether the other side is gone, or this one has let go."""
        return self._is_ended

    @classmethod
    async def over(cls, side: socket.socket) -> Self:
        """Return the line over one side of a pair of sockets."""
        return cls(*await asyncio.open_unix_connection(sock=side, limit=_BYTES_MAX))

    def say(self, word: Word, turn: int = 0, says: Says | None = None) -> None:
        """Say something; to a side that is gone, nothing."""
        if not self._is_ended:
            self._writer.write(json.dumps([word, turn, says or {}]).encode("ascii") + b"\n")

    def answer(self, message: Message, says: Says | None = None) -> None:
        """Answer what was asked."""
        self.say(Word.ANSWER, message.turn, says)

    async def ask(self, word: Word) -> Says:
        """Return what the other side answers.

        Raises:
            LineEndedError: When it is gone.
        """
        if self._is_ended:
            raise LineEndedError
        turn = next(self._turns)
        self._asked[turn] = asyncio.get_running_loop().create_future()
        self.say(word, turn)
        try:
            return await self._asked[turn]
        finally:
            del self._asked[turn]

    async def heard(self) -> AsyncIterator[Message]:
        """Yield what the other side says, until it is gone; answers go to who asked."""
        try:
            while text := await self._reader.readline():
                message = _read(text)
                if message.word is not Word.ANSWER:
                    yield message
                elif message.turn in self._asked and not self._asked[message.turn].done():
                    self._asked[message.turn].set_result(message.says)
        except (ConnectionError, ValueError):
            pass  # it ended in the middle of a message
        finally:
            self._is_ended = True
            for waiting in self._asked.values():
                if not waiting.done():
                    waiting.set_exception(LineEndedError())

    async def close(self) -> None:
        """Let go of the line, once what was said is sent."""
        self._is_ended = True
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except ConnectionError:
            return


def _read(text: bytes) -> Message:
    word, turn, says = json.loads(text)
    assert isinstance(turn, int), turn
    assert isinstance(says, dict), says
    return Message(Word(word), turn, says)
