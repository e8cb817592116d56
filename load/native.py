"""A load from a native generator (h2load), which is not the bottleneck: one prepared request, sent over and over.

h2load comes with Debian's `nghttp2-client` (Homebrew and others: `nghttp2`).
"""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from google.protobuf.message import Message

_RATE = re.compile(r"finished in .*?, ([0-9.]+) req/s")
_DONE = re.compile(r"requests: \d+ total, \d+ started, \d+ done, (\d+) succeeded, (\d+) failed, (\d+) errored")
_CONNECTIONS = 8


@dataclass(frozen=True, slots=True)
class Load:
    """What came of a load: calls a second, and how long calls took, in milliseconds."""

    rate: float
    median: float
    p99: float


def require_h2load() -> str:
    """Return where h2load is, or say what is missing and stop."""
    found = shutil.which("h2load")
    if found is None:
        sys.exit("this benchmark needs h2load (Debian: apt-get install nghttp2-client)")
    return found


def framed(message: Message) -> bytes:
    """Return a message as gRPC frames it: not compressed, its length, its bytes."""
    data = message.SerializeToString()
    return b"\x00" + len(data).to_bytes(4, "big") + data


def run_load(port: int, method: str, body: bytes, calls: int, in_flight: int = 64) -> Load:
    """Return what comes of *calls* calls of a method (`/package.Service/Method`), *in_flight* at once."""
    connections = min(_CONNECTIONS, in_flight)
    with TemporaryDirectory() as scratch:
        request, times = Path(scratch) / "request", Path(scratch) / "times"
        request.write_bytes(body)
        command = [
            require_h2load(),
            f"--requests={calls}",
            f"--clients={connections}",
            f"--max-concurrent-streams={in_flight // connections}",
            f"--data={request}",
            f"--log-file={times}",
            "--header=content-type: application/grpc",
            "--header=te: trailers",
            f"http://127.0.0.1:{port}{method}",
        ]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603  # our own words
        # Each line: when it started, the HTTP status, how long it took, in microseconds.
        taken = sorted(int(line.split("\t")[2]) / 1000 for line in times.read_text(encoding="ascii").splitlines())
    rate, done = _RATE.search(said), _DONE.search(said)
    assert rate is not None, said
    assert done is not None, said
    assert (int(done[1]), int(done[2]), int(done[3])) == (calls, 0, 0), said
    return Load(float(rate[1]), taken[len(taken) // 2], taken[len(taken) * 99 // 100])
