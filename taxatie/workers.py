"""Where the parts meet when several processes serve: one supervisor, and workers that each are a whole service.

A worker has its own event loop, releases, connection to the log and second engine. They share the port, of which the
kernel gives each connection to one of them, and the log, whose turns a lock on its checkpoints gives out.
"""

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from taxatie.errors.problem import ReleaseFaults, TaxatieError
from taxatie.server.calls import CallLog
from taxatie.server.server import Server
from taxatie.service.live_releases import Reloaded
from taxatie.service.reload import Reloader, Reloading
from taxatie.supervisor.line import Line, Message, Says, Word
from taxatie.supervisor.port import reserved_port
from taxatie.supervisor.reloading import read_reloaded, reloaded_to_says
from taxatie.supervisor.supervisor import Patience, Supervisor
from taxatie.wiring import Settings, SystemClock, build, build_log, retain, watch

_WORKER: Final = (sys.executable, "-m", "taxatie.worker")
_KEEPS_THE_PERIODS: Final = 0
"""The worker that erases what is past its period: of several that did, each would write into the log that it did."""


def serve_with_workers(settings: Settings) -> None:
    """Serve with several processes until told to stop.

    Raises:
        TaxatieError: When they cannot begin, or none can any more.
    """
    asyncio.run(_supervise(settings, build_log()))


async def _supervise(settings: Settings, log: CallLog) -> None:
    with reserved_port(settings.host, settings.port) as port:
        says = settings.model_copy(update={"port": port}).model_dump(mode="json")
        patience = Patience(settings.drain_seconds, settings.worker_silence_seconds, settings.worker_pause_seconds)
        supervisor = Supervisor(_WORKER, says, settings.workers, patience, log)
        loop = asyncio.get_running_loop()

        def begun(processes: tuple[int, ...]) -> None:
            log.note("serving", host=settings.host, port=port, workers=settings.workers, processes=processes)

        def stop() -> None:
            if not supervisor.is_stopping:
                log.note("draining", seconds=settings.drain_seconds)
            supervisor.stop()

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop)
        loop.add_signal_handler(signal.SIGHUP, lambda: supervisor.beside(supervisor.reload()))
        if settings.watch:
            supervisor.beside(_watch(settings, supervisor))
        await supervisor.run(begun)
    log.note("stopped")


async def _watch(settings: Settings, supervisor: Supervisor) -> None:
    """Have all workers follow the folder: watched once, so that they read it together."""
    stopping = asyncio.Event()
    try:
        await watch(settings.rulesets, supervisor, stopping)
    finally:
        stopping.set()


@dataclass(slots=True)
class Desk:
    """The worker's side of its line: does what the supervisor says, and asks it for what concerns all workers."""

    line: Line
    messages: AsyncIterator[Message]
    """What the supervisor says, after the settings."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _reloader: Reloader | None = None
    _reloads: "set[asyncio.Task[None]]" = field(default_factory=set)

    def join(self, reloader: Reloader) -> Reloading:
        """Return what has all workers read new releases; this one does so by *reloader*."""
        self._reloader = reloader
        return self

    async def reload(self) -> Reloaded:
        """Return what came of all workers reading the folder anew."""
        return read_reloaded(await self.line.ask(Word.RELOAD))

    async def listen(self) -> None:
        """Do what the supervisor says; without one there is nobody to serve for."""
        async for message in self.messages:
            match message.word:
                case Word.RELOAD:
                    task = asyncio.create_task(self._answer_reload(message))
                    self._reloads.add(task)
                    task.add_done_callback(self._reloads.discard)
                case Word.PING:
                    self.line.answer(message)
                case Word.DRAIN:
                    self.stopping.set()
                case _:
                    raise AssertionError(message.word)
        self.stopping.set()

    async def _answer_reload(self, message: Message) -> None:
        assert self._reloader is not None, "who is ready has joined"
        self.line.answer(message, reloaded_to_says(await self._reloader.reload()))


def work(descriptor: int) -> None:
    """Serve as the supervisor at the other side of a socket says, until it says to stop, or is gone."""
    # Whatever this worker starts must not hold the line open after it.
    side = socket.socket(fileno=descriptor)
    side.set_inheritable(False)
    asyncio.run(_work(side))


async def _work(side: socket.socket) -> None:
    line = await Line.over(side)
    messages = line.heard()
    first = await anext(messages, None)
    if first is None:
        return  # the supervisor was gone before it said anything
    number, settings = _read_settings(first)
    log, desk = build_log(worker=number), Desk(line, messages)
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, desk.stopping.set)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # new releases concern all workers, and so the supervisor
    try:
        server = build(settings, SystemClock(), log, desk.join)
        await server.start()
    except Exception as error:  # noqa: BLE001  # the edge of the process: the supervisor says it
        line.say(Word.FAILED, says=_refusal(error))
    else:
        line.say(Word.READY)
        await _serve(server, settings, desk, log, is_first=number == _KEEPS_THE_PERIODS)
    await line.close()


async def _serve(server: Server, settings: Settings, desk: Desk, log: CallLog, *, is_first: bool) -> None:
    beside = [asyncio.create_task(desk.listen())]
    if is_first:
        beside.append(asyncio.create_task(retain(settings, SystemClock(), log)))
    await desk.stopping.wait()
    await server.drain(settings.drain_seconds)
    for task in beside:
        task.cancel()


def _read_settings(message: Message) -> tuple[int, Settings]:
    assert message.word is Word.SETTINGS, message.word
    number, settings = message.says["number"], message.says["settings"]
    assert isinstance(number, int), number
    assert isinstance(settings, Mapping), settings
    return number, Settings.model_validate(settings)


def _refusal(error: Exception) -> Says:
    """Return why a worker cannot begin, in words for who started the service."""
    faults = [str(each) for each in error.diagnostics.errors] if isinstance(error, ReleaseFaults) else []
    match error:
        case TaxatieError():
            message, hint = error.message, error.hint
        case OSError(filename=str() as name):
            message, hint = f"`{name}`: {(error.strerror or str(error)).lower()}", None
        case _:
            message, hint = f"our own mistake ({type(error).__name__})", "please report it"
    return {"message": message, "hint": hint, "faults": faults}
