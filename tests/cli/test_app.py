"""The command line as a whole: help, speed, completion, and what happens at its edge."""

import os
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from runpy import run_module

import pytest
import typer
from typer.testing import CliRunner

from taxatie.cli.app import app, main
from taxatie.cli.output import at_the_edge
from tests.cli.conftest import Taxatie

COMMANDS = (
    "ask", "assess", "check", "test", "format", "schema", "why", "calendar", "releases", "serve", "demo",
    "diff", "keys", "approve", "publish", "reference",
)  # fmt: skip
HEAVY = ("grpc", "pydantic", "pysat", "rich", "holidays", "yaml", "structlog", "google.protobuf", "taxatie.rules")
Process = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_shows_how_it_is_used(taxatie: Taxatie, command: str) -> None:
    outcome = taxatie(command, "--help")

    assert outcome.exit_code == 0
    assert f"\n  Examples:\n    taxatie {command}" in outcome.stdout


def test_help_lists_every_command(taxatie: Taxatie) -> None:
    outcome = taxatie("--help")

    assert all(f"\n  {command} " in outcome.stdout for command in COMMANDS)
    assert "Examples:\n    taxatie assess case.yaml\n" in outcome.stdout


def test_no_command_at_all_shows_help(taxatie: Taxatie) -> None:
    outcome = taxatie()

    assert outcome.exit_code == 2
    assert "Usage: taxatie" in outcome.stdout + outcome.stderr


def test_help_comes_in_under_half_a_second(process: Process) -> None:
    """Who looks something up does not wait. What the processor did is counted, because others may be at work."""

    def seconds() -> float:
        begun = getrusage(RUSAGE_CHILDREN)
        process("--help").check_returncode()
        ended = getrusage(RUSAGE_CHILDREN)
        return ended.ru_utime + ended.ru_stime - begun.ru_utime - begun.ru_stime

    assert min(seconds() for _ in range(3)) < 0.5


def test_help_imports_nothing_heavy(process: Process) -> None:
    """Time depends on the machine; what is imported does not."""
    told = process("--help", PYTHONPROFILEIMPORTTIME="1").stderr

    imported = {line.rpartition("|")[2].strip() for line in told.splitlines()}
    assert "taxatie.cli.app" in imported
    assert [name for name in HEAVY if name in imported] == []


@pytest.mark.parametrize(
    ("words", "offered"),
    [("taxatie as", "assess"), ("taxatie assess --rel", "--release"), ("taxatie assess --format ", "json")],
)
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_can_complete(process: Process, shell: str, words: str, offered: str) -> None:
    parts = words.split(" ")
    environment = {
        "bash": {"COMP_WORDS": words, "COMP_CWORD": str(len(parts) - 1)},
        "zsh": {"_TYPER_COMPLETE_ARGS": words},
        "fish": {"_TYPER_COMPLETE_ARGS": words, "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
    }[shell]

    told = process(_TAXATIE_COMPLETE=f"complete_{shell}", **environment)

    assert offered in told.stdout


def test_shells_are_told_how_to_complete(process: Process) -> None:
    told = process(_TAXATIE_COMPLETE="source_bash")

    assert "complete -o default -F" in told.stdout
    assert "taxatie" in told.stdout


@pytest.mark.parametrize("variable", ["NO_COLOR", "TERM"])
def test_nothing_is_coloured_for_who_wants_no_colour(process: Process, small: Path, heard: Path, variable: str) -> None:
    told = process("test", "--rulesets", small, heard, **{variable: "dumb"})

    assert told.returncode == 0
    assert "\x1b" not in told.stdout + told.stderr


def test_a_mistake_of_ours_is_told_without_a_traceback() -> None:
    """A traceback tells a case worker nothing, and may show what a case holds."""
    broken = _broken_app()

    outcome = CliRunner().invoke(broken, [])

    assert outcome.exit_code == 70
    assert outcome.stderr == (
        "taxatie: our own mistake (KeyError); no case was assessed by this\n"
        "  hint: please report it; TAXATIE_DEBUG=1 shows where it happened\n"
    )


def test_who_mends_a_mistake_of_ours_can_see_where_it_is() -> None:
    outcome = CliRunner(env={"TAXATIE_DEBUG": "1"}).invoke(_broken_app(), [])

    assert outcome.exit_code == 70
    assert "KeyError: 'secret'" in outcome.stderr


def _broken_app() -> typer.Typer:
    broken = typer.Typer()

    def run() -> None:
        """Do what cannot be done."""
        raise KeyError("secret")

    broken.command()(at_the_edge(run))
    return broken


def test_every_command_ends_at_the_edge() -> None:
    """A command without it would show tracebacks."""
    assert [command.name for command in app.registered_commands if not hasattr(command.callback, "__wrapped__")] == []


def test_the_command_line_runs_as_a_program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["taxatie", "why", "TX999"])

    with pytest.raises(SystemExit) as left:
        run_module("taxatie", run_name="__main__")

    assert left.value.code == 2
    assert "`TX999` is no code of a fault" in capsys.readouterr().err


def test_the_command_line_does_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some who embed it have put streams of their own in place."""
    monkeypatch.setattr(sys, "argv", ["taxatie", "why", "TX301"])
    monkeypatch.setattr(sys, "stdout", stream := StringIO())

    with pytest.raises(SystemExit) as left:
        main()

    assert left.value.code == 0
    assert stream.getvalue().startswith("# TX301 ")


def test_importing_the_program_runs_nothing() -> None:
    assert run_module("taxatie.__main__", run_name="imported")["main"] is main


def test_a_reader_that_leaves_ends_the_command_quietly(capfd: pytest.CaptureFixture[str]) -> None:
    kept = os.dup(1)

    @at_the_edge
    def run() -> None:
        raise BrokenPipeError

    with pytest.raises(typer.Exit) as left:
        run()
    os.write(1, b"for nobody")
    os.dup2(kept, 1)
    os.close(kept)

    assert left.value.exit_code == 0
    assert capfd.readouterr() == ("", "")


def test_the_demonstration_shows_explained_answers(taxatie: Taxatie) -> None:
    outcome = taxatie("demo")

    assert outcome.exit_code == 0
    assert "Waarom:" in outcome.stdout
