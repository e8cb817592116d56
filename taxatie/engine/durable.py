"""The second engine: the same program on durable-rules, in a worker process of its own.

durable-rules is a C engine without a release since 2020; a fault in it must never take the service along.
So it runs in a worker that can die or hang without harm: it is replaced, and the case is tried once more.
"""

import multiprocessing
import subprocess
import sys
from datetime import UTC, datetime
from functools import cache
from importlib.util import find_spec
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Final, Self

from taxatie.errors.problem import NotAssessedError, TaxatieError
from taxatie.rules.program import Program
from taxatie.terms.case import NO_HISTORY, Case, Mode, Person
from taxatie.terms.names import CaseId, PersonId
from taxatie.terms.trace import Trace

SECONDS_MAX: Final = 10.0
"""How long one case may take in the worker: a case takes milliseconds, so by then it hangs."""

BUILDING_SECONDS_MAX: Final = 120.0
"""How long a worker may take to begin: it starts a Python and builds the networks of a release, some seconds."""

PROBE_SECONDS_MAX: Final = 30.0
"""How long it may take to find whether durable-rules works: it starts a Python, a tenth of a second."""

READY: Final = "ready"
"""What a worker says once its networks are built."""

_TRIES: Final = 2


class EngineFailureError(NotAssessedError):
    """The worker died, hung, or failed, twice on the same case."""


@cache
def durable_is_available() -> bool:
    """Return whether durable-rules works here: whether a process of its own, in which it may crash, fires one rule.

    It does not on Python 3.13 and newer.
    """
    if find_spec("durable_rules_engine") is None:
        return False
    command = [sys.executable, "-c", "from taxatie.engine.durable_network import Network; Network(())"]
    try:
        return subprocess.run(command, capture_output=True, timeout=PROBE_SECONDS_MAX, check=False).returncode == 0  # noqa: S603  # our own words
    except subprocess.TimeoutExpired:
        return False


class DurableEngine:
    """A program on durable-rules; close it to let its worker go."""

    def __init__(self, program: Program, *, seconds: float = SECONDS_MAX) -> None:
        """Start the worker when first asked.

        Raises:
            TaxatieError: When durable-rules cannot run here.
        """
        if not durable_is_available():
            raise TaxatieError(
                "the engine `durable` cannot run here: durable-rules is not installed, or does not work",
                hint="use Python 3.12 or older and `make install`, or another engine",
            )
        self._program = program
        self._seconds = seconds
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self.restarts = 0
        """How often a worker had to be replaced."""
        self.answered = 0
        """Cases that the present worker has answered."""

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
                self.answered += 1
                return answer
            self.close()
            self.restarts += 1
        raise EngineFailureError("the engine `durable` gave no answer", hint="assess with the engine `live`")

    def _ask(self, case: Case) -> object:
        try:
            pipe = self._connected()
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
            if not self._pipe.poll(BUILDING_SECONDS_MAX):
                raise EOFError("the worker did not begin")
            self._pipe.recv()
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
        self.answered = 0


def first_case(program: Program) -> Case:
    """Return a case of which nothing is known but that somebody of each subject is there; it needs all networks."""
    persons = tuple(Person(PersonId(f"{subject.id}-1"), subject.id, {}) for subject in program.subjects)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return Case(
        id=CaseId("first"),
        reference_time=moment,
        reference_date=moment.date(),
        mode=Mode.REPORT,
        region=None,
        everyone_listed=frozenset(),
        answers={},
        persons=persons,
        history=NO_HISTORY,
    )


def _work(program: Program, pipe: Connection) -> None:
    """Answer cases until the other end is closed."""
    from taxatie.engine.durable_evaluation import DurableEvaluation  # noqa: PLC0415  # only in the worker

    evaluation = DurableEvaluation(program)
    evaluation.evaluate(first_case(program))
    pipe.send(READY)
    while True:
        try:
            case = pipe.recv()
        except EOFError:
            return
        pipe.send(evaluation.evaluate(case))
