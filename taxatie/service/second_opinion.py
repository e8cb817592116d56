"""The second engine's opinions: worker processes under supervision, asked without ever being waited for.

A thread watches over each worker. A worker that dies or hangs is replaced and the case tried once more; one that has
answered many cases is replaced before it could leak. What cannot be asked in time gets no verdict, and is counted.
"""

import asyncio
import queue
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Thread
from typing import Final

from taxatie.engine.durable import SECONDS_MAX, DurableEngine, EngineFailureError, durable_is_available, first_case
from taxatie.engine.reference import ReferenceEngine
from taxatie.limits import OPINIONS_WAITING_MAX, WORKER_CASES_MAX
from taxatie.rules.program import Program
from taxatie.terms.case import Case
from taxatie.terms.trace import Trace

_PROGRAMS_KEPT: Final = 2
"""Releases that a worker holds at once: the one in force, and one that is looked back at."""


class Silence(StrEnum):
    """Why there is no verdict."""

    OVERLOADED = "overloaded"
    NO_ANSWER = "no_answer"
    """Two workers in turn died or hung over the case."""
    SELF_TEST = "self_test"
    """The second engine does not agree with the reference on the release's own first case."""
    LATE = "late"
    STOPPED = "stopped"


class NoOpinionError(Exception):
    """The second engine said nothing; the reason tells why."""

    def __init__(self, silence: Silence) -> None:
        """Keep the reason."""
        super().__init__(silence)
        self.silence = silence


_Waiting = tuple[Program, Case, "asyncio.Future[Trace]"]


@dataclass(slots=True)
class SecondOpinions:
    """Asks the second engine, from an event loop."""

    workers: int = 1
    waiting_max: int = OPINIONS_WAITING_MAX
    cases_max: int = WORKER_CASES_MAX
    seconds: float = SECONDS_MAX
    """How long a worker may take over one case before it counts as hanging."""
    restarts: int = field(default=0, init=False)
    """Workers that died or hung and were replaced."""
    recycled: int = field(default=0, init=False)
    """Workers that were replaced before they could leak."""
    _engines: "list[dict[str, DurableEngine | None]]" = field(default_factory=list, init=False)
    _queue: "queue.SimpleQueue[_Waiting | None]" = field(default_factory=queue.SimpleQueue, init=False)
    _threads: list[Thread] = field(default_factory=list, init=False)
    _loop: asyncio.AbstractEventLoop | None = field(default=None, init=False)
    _open: "set[asyncio.Future[Trace]]" = field(default_factory=set, init=False)

    def ask(self, program: Program, case: Case) -> "asyncio.Future[Trace]":
        """Return what the second engine will find; the future fails with `NoOpinionError` where it finds nothing."""
        if self._loop is None:
            self._start()
        assert self._loop is not None, "it was started"
        future: asyncio.Future[Trace] = self._loop.create_future()
        if len(self._open) >= self.waiting_max:
            future.set_exception(NoOpinionError(Silence.OVERLOADED))
            return future
        self._open.add(future)
        future.add_done_callback(self._open.discard)
        self._queue.put((program, case, future))
        return future

    def abandon(self) -> None:
        """Let whoever still waits know that there will be no opinion."""
        for future in tuple(self._open):
            future.set_exception(NoOpinionError(Silence.STOPPED))

    async def close(self) -> None:
        """Let the workers go, once they have answered what waits; of what was abandoned nothing is asked any more."""
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join)
        self._threads.clear()

    @property
    def processes(self) -> tuple[int, ...]:
        """The process ids of the workers that run now."""
        engines = [engine for held in tuple(self._engines) for engine in tuple(held.values())]
        return tuple(engine.worker for engine in engines if engine is not None and engine.worker is not None)

    def _start(self) -> None:
        self._loop = asyncio.get_running_loop()
        for number in range(self.workers):
            thread = Thread(target=self._supervise, name=f"second-engine-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _supervise(self) -> None:
        engines: dict[str, DurableEngine | None] = {}
        self._engines.append(engines)
        try:
            while (waiting := self._queue.get()) is not None:
                program, case, future = waiting
                if not future.done():
                    self._tell(future, self._found(engines, program, case))
        finally:
            self._engines.remove(engines)
            for engine in engines.values():
                if engine is not None:
                    engine.close()

    def _found(self, engines: "dict[str, DurableEngine | None]", program: Program, case: Case) -> Trace | Silence:
        """Return what the second engine finds; a release on which it fails its self-test is never asked again."""
        if program.digest not in engines:
            while len(engines) >= _PROGRAMS_KEPT:
                oldest = engines.pop(next(iter(engines)))
                if oldest is not None:
                    oldest.close()
            try:
                engines[program.digest] = _tested(program, self.seconds)
            except EngineFailureError:
                # It may come to itself with the next case.
                return Silence.NO_ANSWER
        engine = engines[program.digest]
        if engine is None:
            return Silence.SELF_TEST
        before = engine.restarts
        try:
            return engine.evaluate(case)
        except EngineFailureError:
            return Silence.NO_ANSWER
        finally:
            self.restarts += engine.restarts - before
            if engine.answered >= self.cases_max:
                engine.close()
                self.recycled += 1

    def _tell(self, future: "asyncio.Future[Trace]", found: Trace | Silence) -> None:
        assert self._loop is not None, "it was started"

        def tell() -> None:
            if future.done():
                return
            if isinstance(found, Trace):
                future.set_result(found)
            else:
                future.set_exception(NoOpinionError(found))

        try:
            self._loop.call_soon_threadsafe(tell)
        except RuntimeError:
            # The loop ended meanwhile, and with it everybody who could have been told.
            return


def second_engine_is_available() -> bool:
    """Return whether the second engine can run here."""
    return durable_is_available()


def _tested(program: Program, seconds: float) -> DurableEngine | None:
    """Return the engine of a release, or None where it differs from the reference on the first case.

    Raises:
        EngineFailureError: When it gives no answer.
    """
    engine = DurableEngine(program, seconds=seconds)
    case = first_case(program)
    try:
        is_right = engine.evaluate(case) == ReferenceEngine(program).evaluate(case)
    except EngineFailureError:
        engine.close()
        raise
    if not is_right:
        engine.close()
        return None
    return engine
