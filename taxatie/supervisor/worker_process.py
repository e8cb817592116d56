"""One worker as its supervisor sees it: a process, the line to it, and what it said of itself."""

import asyncio
import socket
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Self

from taxatie.supervisor.line import Line, Message, Says, Word


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a worker cannot begin, as it told itself."""

    message: str
    hint: str | None
    faults: tuple[str, ...]


@dataclass(slots=True)
class WorkerProcess:
    """A worker under way."""

    number: int
    process: Process
    line: Line
    ended: "asyncio.Task[int]"
    """Done when the process has ended: its code."""
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    refusal: Refusal | None = None

    @classmethod
    async def start(cls, command: Sequence[str], number: int, settings: Says) -> Self:
        """Return a worker that begins: a program of its own, never a fork of a process in which gRPC runs.

        It has a session of its own, so that Ctrl-C comes to the supervisor alone, and through it to every worker.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *command,
                str(theirs.fileno()),
                stdin=DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        line = await Line.over(ours)
        line.say(Word.SETTINGS, says={"number": number, "settings": settings})
        return cls(number, process, line, asyncio.create_task(process.wait()))

    async def listen(self, asks_for_reload: Callable[[Line, Message], object]) -> None:
        """Take in what it says, until it is gone."""
        async for message in self.line.heard():
            match message.word:
                case Word.READY:
                    self.ready.set()
                case Word.FAILED:
                    self.refusal = _refusal(message.says)
                case Word.RELOAD:
                    asks_for_reload(self.line, message)
                case _:
                    raise AssertionError(message.word)

    @property
    def end(self) -> str:
        """How it ended."""
        code = self.ended.result()
        return f"it was killed by signal {-code}" if code < 0 else f"it ended with code {code}"

    def drain(self) -> None:
        """Have it finish what is under way, and end; one that does not answer yet has nothing under way."""
        if self.ready.is_set():
            self.line.say(Word.DRAIN)
        elif not self.ended.done():
            self.process.terminate()

    async def kill(self) -> None:
        """End it, whatever it is doing, and let go of it."""
        if not self.ended.done():
            self.process.kill()
        await self.ended
        await self.line.close()


def _refusal(says: Says) -> Refusal:
    hint, faults = says["hint"], says["faults"]
    assert isinstance(faults, list), faults
    return Refusal(str(says["message"]), None if hint is None else str(hint), tuple(faults))
