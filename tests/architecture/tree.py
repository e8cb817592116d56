"""The tree as it will be committed: its files, and our modules as syntax."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "taxatie/"


@dataclass(frozen=True, slots=True)
class Module:
    """One of our Python files: where it lies, its text and its syntax."""

    path: str
    text: str
    syntax: ast.Module

    @property
    def lines(self) -> int:
        """How many lines the file has."""
        return len(self.text.splitlines())

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Return every function of the module, however deep."""
        for node in ast.walk(self.syntax):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


@cache
def files() -> tuple[str, ...]:
    """Return every file that git keeps or would keep: a forgotten `git add` hides nothing."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return tuple(sorted(path for path in set(listing.split("\0")) if path and (ROOT / path).is_file()))


@cache
def modules() -> tuple[Module, ...]:
    """Return all our Python files; generated ones are not kept and so not among them."""
    texts = {path: (ROOT / path).read_text(encoding="utf-8") for path in files() if path.endswith(".py")}
    return tuple(Module(path, text, ast.parse(text)) for path, text in texts.items())


def package_modules() -> tuple[Module, ...]:
    """Return the modules of the product itself."""
    return tuple(module for module in modules() if module.path.startswith(PACKAGE))


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return a function's lines without its docstring."""
    first = function.body[0]
    docstring = 0 if ast.get_docstring(function) is None else (first.end_lineno or first.lineno) - first.lineno + 1
    return (function.end_lineno or function.lineno) - function.lineno + 1 - docstring
