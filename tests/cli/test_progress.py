"""The bar that people see who wait, and nobody else."""

import os
import pty
import subprocess
import sys

import pytest

from taxatie.cli.progress import with_progress

COUNT = """
from itertools import count
from taxatie.cli.progress import with_progress
for _ in with_progress(range(3), "Cases", 3, clock=count(step=2).__next__):
    pass
"""


@pytest.mark.parametrize("step", [0, 2])
def test_every_item_comes_through_with_or_without_a_bar(step: int, capsys: pytest.CaptureFixture[str]) -> None:
    ticks = iter(range(0, 100 * step, step) if step else [0] * 100)

    assert list(with_progress("abc", "Letters", clock=lambda: next(ticks))) == ["a", "b", "c"]
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("environment", "is_coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_who_waits_at_a_terminal_sees_a_bar(environment: dict[str, str], is_coloured: bool) -> None:  # noqa: FBT001
    ours, theirs = pty.openpty()

    subprocess.run(
        [sys.executable, "-c", COUNT],
        stderr=theirs, stdout=subprocess.DEVNULL, check=True,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", **environment},
    )  # fmt: skip

    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert "Cases" in shown
    assert ("\x1b[38;5;" in shown) is is_coloured
