"""`taxatie ask` as a person meets it: through a real terminal, a line at a time, each after its prompt."""

import os
import pty
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cli.conftest import Taxatie

PATIENCE_SECONDS = 60
"""How long nothing at all may come; only a terminal that hangs takes so long."""

PROMPT = "\n> "

TAKE_TERMINAL = """
import os, sys
os.close(os.open(os.ttyname(0), os.O_RDWR))
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
"""Makes the terminal the one from which Ctrl-C comes, which opening it does; then becomes the command.

A fork of the test itself would do that too, but Python warns of it where threads run.
"""
AT = "2026-03-02T21:15:00+01:00"


@dataclass(slots=True)
class Terminal:
    """The side of a pseudo-terminal on which the person sits."""

    program: subprocess.Popen[bytes]
    handle: int

    def read_until_prompt(self) -> str:
        """Return what is shown up to the next prompt, or up to the end."""
        shown = b""
        while not shown.endswith(PROMPT.encode()):
            ready, _, _ = select.select([self.handle], [], [], PATIENCE_SECONDS)
            assert ready, shown.decode(errors="replace")
            chunk = self._read()
            if not chunk:
                break
            shown += chunk
        return shown.decode()

    def _read(self) -> bytes:
        try:
            return os.read(self.handle, 65_536)
        except OSError:
            # Linux says so when the program has left.
            return b""

    def type(self, line: str) -> str:
        """Type a line; return what is shown after it."""
        os.write(self.handle, f"{line}\n".encode())
        return self.read_until_prompt()

    def press_ctrl_c(self) -> str:
        """Press Ctrl-C; return what is shown after it."""
        os.write(self.handle, b"\x03")
        return self.read_until_prompt()

    def left_with(self) -> int:
        """Return the code with which the program left."""
        return self.program.wait(PATIENCE_SECONDS)


@contextmanager
def a_terminal(*arguments: str | Path) -> Iterator[Terminal]:
    """Give the command in a terminal of its own."""
    handle, other_side = pty.openpty()
    words = [sys.executable, "-c", TAKE_TERMINAL, "-m", "taxatie", "ask", *map(str, arguments)]
    with subprocess.Popen(
        words, stdin=other_side, stdout=other_side, stderr=other_side, start_new_session=True
    ) as program:  # fmt: skip
        os.close(other_side)
        try:
            yield Terminal(program, handle)
        finally:
            program.kill()
            os.close(handle)


def test_an_interview_in_a_terminal_becomes_a_case(small: Path, tmp_path: Path, taxatie: Taxatie) -> None:
    """Answered, gone back, skipped, known by hearsay, saved; then assessed like any other case."""
    file = tmp_path / "case.yaml"

    with a_terminal("--rulesets", small, "--at", AT, file) as terminal:
        assert "Is er nu geweld?" in terminal.read_until_prompt()
        assert "Kan nog worden: Acuut → Spoed." in terminal.type("nee")
        assert "Is er nu geweld?" in terminal.type("terug")
        assert "Is het door de muur te horen?" in terminal.type("ja")
        assert "Wilt u die toevoegen?" in terminal.type("overslaan")
        assert "Over adult-1: Is deze persoon bij de keel gegrepen?" in terminal.type("ja")
        assert "Is er nog iemand die niet genoemd is (volwassene)?" in terminal.type("nee gehoord erbij")
        assert "de ander kon meeluisteren" in terminal.type("?")
        assert "Over adult-2: Is deze persoon bij de keel gegrepen?" in terminal.type("ja")
        assert "Niveau: Advies → Acuut." in terminal.type("ja verteld")
        outcome = terminal.type("klaar")
        code = terminal.left_with()

    assert code == 0
    assert f"Bewaard in {file}" in outcome
    text = file.read_text(encoding="utf-8")
    assert "  violence_now: yes\n" in text
    assert "heard_through_wall" not in text
    assert "strangulation: {value: no, basis: hearsay, partner_present: yes}\n" in text
    assessed = taxatie("assess", "--rulesets", small, file)
    assert assessed.exit_code == 0
    assert ": Acuut. Bel nu." in assessed.stdout
    assert [line for line in assessed.stdout.splitlines() if line not in outcome.replace("\r\n", "\n")] == []


def test_ctrl_c_in_a_terminal_leaves_nothing_behind(small: Path, tmp_path: Path) -> None:
    with a_terminal("--rulesets", small, "--at", AT, tmp_path / "case.yaml") as terminal:
        terminal.read_until_prompt()
        terminal.type("ja")
        said = terminal.press_ctrl_c()
        code = terminal.left_with()

    assert code == 130
    assert "Er is NIETS bewaard" in said
    assert list(tmp_path.iterdir()) == []
