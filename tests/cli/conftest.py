"""What tests of the command line share: a small release, and a way to call it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest
from typer.testing import CliRunner, Result

from taxatie.cli.app import app

DATA = Path(__file__).parent.parent / "data"
Taxatie = Callable[..., Result]


@pytest.fixture
def taxatie() -> Taxatie:
    """Return the command line, within this process."""

    def call(*arguments: str | Path, stdin: str | bytes = "") -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin, prog_name="taxatie")

    return call


@pytest.fixture
def small() -> Path:
    """Return a small rulesets folder that holds drafts."""
    return DATA / "small"


@pytest.fixture
def heard() -> Path:
    """Return a case, which is a scenario too."""
    return DATA / "cases" / "heard.yaml"


@pytest.fixture
def folder(tmp_path: Path, small: Path) -> Path:
    """Return a copy of the small rulesets folder, to break."""
    return copytree(small, tmp_path / "rulesets")


@pytest.fixture
def process() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return the command line in a process of its own."""

    def call(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "taxatie", *map(str, arguments)],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    return call
