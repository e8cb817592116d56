"""Faults of the disk, put between a process and its files by `strace`, and taken away again."""

import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

LETTING_GO_SECONDS_MAX = 20.0
"""How long the tracer may take to let go of a service: it takes milliseconds, or never."""

WITHOUT = "faults of the disk need `strace`, allowed to attach to a process (as root, or with ptrace_scope 0)"


@dataclass(frozen=True, slots=True)
class Fault:
    """What a call to the system ends in, the manieth time that a thread makes it."""

    call: str
    outcome: str
    """An error such as `EIO`, or a signal such as `SIGKILL` by which the process ends."""
    when: str
    """As `strace` counts: `3` is the third time, `3+` the third and every later one."""

    @property
    def option(self) -> str:
        """Return how `strace` is told."""
        kind = "signal" if self.outcome.startswith("SIG") else "error"
        return f"inject={self.call}:{kind}={self.outcome}:when={self.when}"


class CannotAttachError(Exception):
    """`strace` cannot be used here."""


@contextmanager
def failing(process: int, paths: Sequence[Path], *faults: Fault) -> Iterator[list[str]]:
    """Let calls on some files fail within the block; at its end the list holds each call that did."""
    failed: list[str] = []
    if shutil.which("strace") is None:
        raise CannotAttachError
    with TemporaryDirectory() as scratch:
        output = Path(scratch) / "calls"
        command = ["strace", "-f", "-p", str(process), "-o", str(output), "-e", "signal=none"]
        command += ["-e", "trace=" + ",".join(sorted({fault.call for fault in faults}))]
        command += [part for fault in faults for part in ("-e", fault.option)]
        command += [part for path in paths for part in ("-P", str(path))]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
            assert tracer.stderr is not None
            said = [tracer.stderr.readline()]
            while said[-1] and "attached" not in said[-1]:
                if "attach:" in said[-1]:
                    raise CannotAttachError(said[-1])
                said.append(tracer.stderr.readline())
            if not said[-1]:
                raise CannotAttachError("".join(said))
            try:
                yield failed
            finally:
                # One whose process is being killed may wait for ever to let it go; then it ends by force.
                is_deadly = any(fault.outcome.startswith("SIG") for fault in faults)
                _end(tracer, signal.SIGKILL if is_deadly else signal.SIGINT)
        failed += re.findall(r"^.*INJECTED.*$", output.read_text(), re.MULTILINE)


def _end(tracer: "subprocess.Popen[str]", how: signal.Signals) -> None:
    """Have the tracer let go of the service."""
    tracer.send_signal(how)
    try:
        tracer.communicate(timeout=LETTING_GO_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        # A thread or process that began just then may never be let go; it goes on once the tracer is gone.
        tracer.kill()
        tracer.communicate()


def can_attach() -> bool:
    """Return whether faults can be injected here, tried on a process of our own."""
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as process:
        try:
            with failing(process.pid, (), Fault("write", "EIO", "1")):
                pass
        except CannotAttachError:
            return False
        finally:
            process.communicate()
    return True
