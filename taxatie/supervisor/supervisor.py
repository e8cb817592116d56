"""Keeps several workers: begins them, replaces who dies or hangs, has all read new releases, and lets all finish.

The supervisor answers no call and holds nothing of a case. If it dies, its workers finish what is under way and end.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Final

from taxatie.errors.problem import TaxatieError
from taxatie.service.live_releases import Reloaded
from taxatie.service.reload import Notes
from taxatie.supervisor.line import Line, LineEndedError, Message, Says, Word
from taxatie.supervisor.reloading import agree, read_reloaded, reloaded_to_says, together
from taxatie.supervisor.worker_process import WorkerProcess

BEGINNING_SECONDS_MAX: Final = 120.0
"""How long a worker may take to begin: it starts a Python and loads every release, a few seconds."""
RELOAD_SECONDS_MAX: Final = 120.0
"""How long a worker may take to read the folder anew, beside its calls."""
SETTLED_SECONDS: Final = 60.0
"""Who has served so long was well: if it dies, the next one begins at once, and is the first in a row."""
BEGINNINGS_MAX: Final = 5
"""Workers in a row that die before they serve, while no other serves, until the service gives up: some ten seconds."""

_PAUSE_SECONDS_MAX: Final = 30.0
"""A worker that dies at each call must not take the machine; one that may live again must not be long in coming."""
_PINGS: Final = 4
"""Times that a worker is asked whether it is well while it may be silent."""
_RELOADS_MAX: Final = 2
"""A folder that changed while the workers read it is read once more by all."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a worker is waited for."""

    drain_seconds: float
    """For its calls to end, when the service stops."""
    silence_seconds: float
    """For a sign that it is well."""
    pause_seconds: float = 0.5
    """Before the second in a row begins; each further one waits twice as long."""
    closing_seconds: float = 30.0
    """After its calls have ended, to let go of the log and of the second engine."""


@dataclass(slots=True)
class Supervisor:
    """Keeps workers that serve together."""

    command: Sequence[str]
    """What starts a worker; the descriptor of its side of the line comes after it."""
    settings: Says
    """How they serve."""
    workers: int
    patience: Patience
    notes: Notes
    restarts: int = field(default=0, init=False)
    """Workers that died or hung, and were replaced."""
    _serving: dict[int, WorkerProcess] = field(default_factory=dict, init=False)
    _begun: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    _beside: "set[asyncio.Task[object]]" = field(default_factory=set, init=False)

    async def run(self, begun: Callable[[tuple[int, ...]], object]) -> None:
        """Keep the workers until told to stop; when all serve for the first time, tell their processes.

        Raises:
            TaxatieError: When they cannot begin, or none can any more.
        """
        keepers = [asyncio.create_task(self._keep(number)) for number in range(self.workers)]
        self.beside(self._tell_begun(begun))
        try:
            await asyncio.wait(keepers, return_when=asyncio.FIRST_EXCEPTION)
        finally:
            self.stop()
            await asyncio.wait(keepers)
            for task in self._beside:
                task.cancel()
        for keeper in keepers:
            keeper.result()

    def stop(self) -> None:
        """Have all workers finish what is under way, and end."""
        self._stopping.set()

    @property
    def is_stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._stopping.is_set()

    def beside(self, doing: Coroutine[object, object, object]) -> None:
        """Do something while the workers serve."""
        task = asyncio.create_task(doing)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    async def reload(self) -> Reloaded:
        """Return what came of all workers reading the folder anew; taken only where all took the same."""
        await self._begun.wait()
        async with self._turn:
            for _ in range(_RELOADS_MAX):
                workers = sorted(self._serving.items())
                found = await asyncio.gather(*(_reloaded(worker) for _, worker in workers))
                # One that died meanwhile is left out: the next one reads the folder when it begins.
                together_now = zip(workers, found, strict=True)
                answers = {number: answer for (number, worker), answer in together_now if not worker.line.is_ended}
                if agree(answers):
                    break
        reloaded = together(answers)
        note = self.notes.note if agree(answers) else self.notes.fail
        note(
            "workers_reloaded" if agree(answers) else "workers_differ",
            taken=sum(answer is not None and answer.is_taken for answer in answers.values()),
            workers=len(answers),
            release=reloaded.in_force,
            digest=reloaded.digest,
            faults=list(reloaded.faults),
        )
        return reloaded

    async def _tell_begun(self, begun: Callable[[tuple[int, ...]], object]) -> None:
        await self._begun.wait()
        begun(tuple(worker.process.pid for _, worker in sorted(self._serving.items())))

    def _reload_for(self, line: Line, message: Message) -> None:
        """Have all workers read the folder anew because one was asked to."""

        async def reload() -> None:
            line.answer(message, reloaded_to_says(await self.reload()))

        self.beside(reload())

    async def _keep(self, number: int) -> None:
        """Have a worker, and another one whenever it ends, until the service stops."""
        in_a_row = 0
        clock = asyncio.get_running_loop().time
        while not self._stopping.is_set():
            since = clock()
            worker = await WorkerProcess.start(self.command, number, self.settings)
            why = await self._lived(worker)
            if self._stopping.is_set():
                return
            in_a_row = 1 if clock() - since >= SETTLED_SECONDS else in_a_row + 1
            self._check_hope(worker, why, in_a_row)
            self.restarts += 1
            pause = min(self.patience.pause_seconds * 2 ** (in_a_row - 2), _PAUSE_SECONDS_MAX) if in_a_row > 1 else 0.0
            told = {"worker": number, "process": worker.process.pid, "why": why, "pause": pause}
            self.notes.fail("worker_died", **told, restarts=self.restarts)
            await self._first(pause)

    def _check_hope(self, worker: WorkerProcess, why: str, in_a_row: int) -> None:
        """Give up where workers cannot begin; while one serves in a service that began, the others go on."""
        if worker.refusal is not None and not self._begun.is_set():
            for fault in worker.refusal.faults:
                self.notes.fail("worker_refused", worker=worker.number, fault=fault)
            raise TaxatieError(worker.refusal.message, hint=worker.refusal.hint)
        is_hopeful = self._begun.is_set() and (self._serving or worker.ready.is_set())
        if in_a_row >= BEGINNINGS_MAX and not is_hopeful:
            raise TaxatieError(f"{in_a_row} workers in a row could not begin: {why}", hint="the lines above say more")

    async def _lived(self, worker: WorkerProcess) -> str:
        """Return why a worker has ended, once it has."""
        listening = asyncio.create_task(worker.listen(self._reload_for))
        try:
            why = await self._beginning(worker, listening)
            if not why:
                self._serving[worker.number] = worker
                self._welcome(worker)
                why = await self._watched(worker)
        finally:
            self._serving.pop(worker.number, None)
            if self._stopping.is_set():
                await self._drained(worker)
            await worker.kill()
            await listening
        return why

    async def _beginning(self, worker: WorkerProcess, listening: "asyncio.Task[None]") -> str:
        """Return why a worker does not begin; nothing once it serves."""
        ready = asyncio.create_task(worker.ready.wait())
        # One that ends may have said why: so not its end is waited for, but that of what it says.
        await self._first(BEGINNING_SECONDS_MAX, ready, listening)
        ready.cancel()
        if worker.ready.is_set():
            return ""
        if worker.refusal is not None:
            return worker.refusal.message
        if listening.done():
            await self._first(self.patience.silence_seconds, worker.ended)
        return worker.end if worker.ended.done() else f"it did not begin within {BEGINNING_SECONDS_MAX:.0f} seconds"

    def _welcome(self, worker: WorkerProcess) -> None:
        """Note that a worker serves; one that comes later may have read another folder than the others."""
        if self._begun.is_set():
            self.notes.note("worker_serving", worker=worker.number, process=worker.process.pid)
            self.beside(self.reload())
        elif len(self._serving) == self.workers:
            self._begun.set()

    async def _watched(self, worker: WorkerProcess) -> str:
        """Return why a worker that serves does so no more."""
        silence = self.patience.silence_seconds
        while not self._stopping.is_set():
            await self._first(silence / _PINGS, worker.ended)
            if not worker.ended.done() and not self._stopping.is_set():
                try:
                    async with asyncio.timeout(silence):
                        await worker.line.ask(Word.PING)
                except TimeoutError:
                    return f"it gave no sign of life for {silence:g} seconds"
                except LineEndedError:
                    await self._first(silence, worker.ended)
            if worker.ended.done():
                return worker.end
        return "the service stops"

    async def _drained(self, worker: WorkerProcess) -> None:
        """Let a worker finish; one that takes too long is told of, and then killed."""
        worker.drain()
        await asyncio.wait({worker.ended}, timeout=self.patience.drain_seconds + self.patience.closing_seconds)
        if not worker.ended.done():
            self.notes.fail("worker_killed", worker=worker.number, process=worker.process.pid)

    async def _first(self, seconds: float, *events: "asyncio.Task[object]") -> None:
        """Wait for the first of some things, for the service to be stopped, or for some seconds."""
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({*events, stopping}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()


async def _reloaded(worker: WorkerProcess) -> Reloaded | None:
    try:
        async with asyncio.timeout(RELOAD_SECONDS_MAX):
            return read_reloaded(await worker.line.ask(Word.RELOAD))
    except (TimeoutError, LineEndedError):
        return None
