"""Verifying one log, with nothing else in memory: for `load/verify_million.py`, which measures it from outside."""

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

from taxatie.ledger.opening import LogPlace, read_store
from taxatie.ledger.verify import verify_log


@dataclass(frozen=True, slots=True)
class Figures:
    """What verifying a log took."""

    lines: int
    faults: int
    seconds: float
    lines_a_second: int
    log_mb: float
    peak_mb: float
    """The most memory that was resident."""


def verified(place: LogPlace) -> Figures:
    """Return what verifying a log takes."""
    store = read_store(place)
    begun = perf_counter()
    found = verify_log(store, place.checkpoint_files)
    seconds = perf_counter() - begun
    store.close()
    megabytes = sum(path.stat().st_size for path in place.folder.iterdir()) / 1e6
    rate = int(found.size / seconds)
    return Figures(found.size, len(found.faults), round(seconds, 2), rate, round(megabytes, 1), peak_megabytes())


def peak_megabytes() -> float:
    """Return the most memory that this process had; what `getrusage` tells begins with that of its parent."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (peak,) = (line.split()[1] for line in lines if line.startswith("VmHWM"))
    return round(int(peak) / 1024, 1)


if __name__ == "__main__":
    print(json.dumps(asdict(verified(LogPlace(Path(sys.argv[1]))))))
