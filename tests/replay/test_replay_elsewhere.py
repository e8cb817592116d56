"""A log that was written in one place replays in another: nothing in a record hangs on where it was written."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.replay.random_log import CASES, replayed

ROOT = Path(__file__).parents[2]
RELEASES = 3

PLACES = {
    "in Kathmandu, by another hash seed": {"TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "11"},
    "without a locale or an encoding": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}


@pytest.mark.parametrize("name", PLACES)
def test_a_log_written_elsewhere_replays_here(tmp_path: Path, name: str) -> None:
    """Releases made up at random use every construct of the language; explanations are compared, too."""
    here = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG", "TZ"))}
    words = [sys.executable, "-m", "tests.replay.random_log", "write", str(tmp_path), str(RELEASES)]

    subprocess.run(words, env={**here, **PLACES[name]}, cwd=ROOT, check=True)

    assert replayed(tmp_path) == {"same": RELEASES * CASES}
