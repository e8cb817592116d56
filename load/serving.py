"""Starting the service as a process of its own, as operators do, for a load to be put on it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

ROOT = Path(__file__).resolve().parents[1]
SERVE = ("-m", "taxatie", "serve", "--drafts", "--port", "0")


@dataclass(frozen=True, slots=True)
class Serving:
    """A service that runs."""

    port: int
    process: int

    def core_seconds(self) -> float:
        """Return how long it has kept a core busy so far; 0 where the system does not say so (other than Linux)."""
        try:
            said = Path(f"/proc/{self.process}/stat").read_text(encoding="ascii")
        except OSError:
            return 0.0
        user, system = said.rsplit(")", 1)[1].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(*options: str, command: Sequence[str] = SERVE) -> Iterator[int]:
    """Serve within the block; yield the port. What the service logs is read and thrown away."""
    with started(*command, *options) as service:
        yield service.port


@contextmanager
def started(*command: str) -> Iterator[Serving]:
    """Run a Python program within the block that says where it serves; yield where that is."""
    process = subprocess.Popen(  # noqa: S603  # our own program
        [sys.executable, *command],
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    reader = Thread(target=_throw_away, args=(process,), daemon=True)
    with process:
        try:
            port = _port(process)
            reader.start()
            yield Serving(port, process.pid)
        finally:
            process.terminate()
            process.wait()
            if reader.ident is not None:
                reader.join()


def _port(process: "subprocess.Popen[str]") -> int:
    assert process.stderr is not None
    for line in process.stderr:
        said = json.loads(line) if line.startswith("{") else {}
        if said.get("event") == "serving":
            return int(said["port"])
    raise SystemExit("the service did not start")


def _throw_away(process: "subprocess.Popen[str]") -> None:
    """Read what is logged: a full pipe would hold the service up."""
    assert process.stderr is not None
    for _ in process.stderr:
        pass
