"""The second engine: the same program on durable-rules, in a worker process of its own.

durable-rules is a C engine without a release since 2020; a fault in it must never take the service along.
So it runs in a worker that can die or hang without harm: it is replaced, and the case is tried once more.
"""

import multiprocessing
from importlib.util import find_spec
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Final, Self

from taxatie.errors.problem import NotAssessedError, TaxatieError
from taxatie.rules.program import Program
from taxatie.terms.case import Case
from taxatie.terms.trace import Trace

SECONDS_MAX: Final = 30.0
"""How long one case may take in the worker, the building of its networks included."""

_TRIES: Final = 2


class EngineFailureError(NotAssessedError):
    """The worker died, hung, or failed, twice on the same case."""


def durable_is_available() -> bool:
    """Return whether durable-rules is installed; it does not run on Python 3.13 and newer."""
    return find_spec("durable_rules_engine") is not None


class DurableEngine:
    """A program on durable-rules; close it to let its worker go."""

    def __init__(self, program: Program, *, seconds: float = SECONDS_MAX) -> None:
        """Start the worker when first asked.

        Raises:
            TaxatieError: When durable-rules cannot run here.
        """
        if not durable_is_available():
            raise TaxatieError(
                "the engine `durable` cannot run here: durable-rules is not installed",
                hint="use Python 3.12 or older and `make install`, or another engine",
            )
        self._program = program
        self._seconds = seconds
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self.restarts = 0
        """How often a worker had to be replaced."""

    def __enter__(self) -> Self:
        """Return the engine itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let the worker go."""
        self.close()

    def evaluate(self, case: Case) -> Trace:
        """Return what the program finds about the case.

        Raises:
            EngineFailureError: When two workers in turn gave no answer.
        """
        for _ in range(_TRIES):
            answer = self._ask(case)
            if isinstance(answer, Trace):
                return answer
            self.close()
            self.restarts += 1
        raise EngineFailureError("the engine `durable` gave no answer", hint="assess with the engine `live`")

    def _ask(self, case: Case) -> object:
        pipe = self._connected()
        try:
            pipe.send(case)
            return pipe.recv() if pipe.poll(self._seconds) else None
        except (EOFError, OSError):
            return None

    def _connected(self) -> Connection:
        if self._pipe is None or self._process is None or not self._process.is_alive():
            self.close()
            context = multiprocessing.get_context("spawn")
            self._pipe, theirs = context.Pipe()
            self._process = context.Process(target=_work, args=(self._program, theirs), daemon=True)
            self._process.start()
            theirs.close()
        return self._pipe

    @property
    def worker(self) -> int | None:
        """The process id of the worker, where there is one."""
        return None if self._process is None else self._process.pid

    def close(self) -> None:
        """Let the worker go, whatever it is doing."""
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
        self._pipe = self._process = None


def _work(program: Program, pipe: Connection) -> None:
    """Answer cases until the other end is closed."""
    from taxatie.engine.durable_evaluation import DurableEvaluation  # noqa: PLC0415  # only in the worker

    evaluation = DurableEvaluation(program)
    while True:
        try:
            case = pipe.recv()
        except EOFError:
            return
        pipe.send(evaluation.evaluate(case))
