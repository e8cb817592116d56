"""Starting the service as a process of its own, as operators do, for a load to be put on it."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def serving(*options: str, command: Sequence[str] = ("-m", "taxatie", "serve", "--drafts")) -> Iterator[int]:
    """Serve within the block; yield the port. What the service logs is read and thrown away."""
    process = subprocess.Popen(  # noqa: S603  # our own program
        [sys.executable, *command, "--port", "0", *options],
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        port = _port(process)
        Thread(target=_throw_away, args=(process,), daemon=True).start()
        yield port
    finally:
        process.terminate()
        process.wait()


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
