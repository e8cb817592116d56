"""What the tree may hold: nothing of one machine, no addresses of registries, content that editors understand."""

import ast
import importlib.util
import re
import sys

import pytest

from tests.architecture.tree import ROOT, Module, files, modules

# Written with a class of one letter here and there, so that this file does not hold what it looks for.
MACHINE_PATH = re.compile(r"(?<![\w.}>~-])/(?:root|home|work|Users|tmp|opt)[/]")
REGISTRY = re.compile(
    r"pypi[.]org|pythonhosted[.]org|npmjs[.](?:org|com)|deb[.]debian[.]org|--(?:extra-)?index[-]url|--find[-]links"
)
ADDRESS = re.compile("https?://")
MODELINE = re.compile(r"^# yaml-language-server: \$schema=\S+$", re.MULTILINE)
WRITTEN_BY_TAXATIE = ("rulesets/keys.yaml", "rulesets/approvals/")
"""Nobody types these, so no editor need help."""
WAITS_AND_CLOCKS = frozenset(
    {"time.sleep", "asyncio.sleep", "anyio.sleep", "time.time", "datetime.now", "datetime.utcnow", "date.today"}
)


def test_no_file_knows_one_machine() -> None:
    """What works on one machine only would fail in the fresh clone of someone else."""
    assert [path for path, text in _texts() if MACHINE_PATH.search(text)] == []


def test_no_file_names_a_registry() -> None:
    """Which package index is used is for each machine to say: many have none but their own."""
    assert [path for path, text in _texts() if REGISTRY.search(text)] == []


def test_locked_requirements_hold_no_address() -> None:
    """A hash says what is installed; where from is for the machine."""
    locked = [(path, text) for path, text in _texts() if path.startswith("requirements/")]

    assert locked
    assert [path for path, text in locked if ADDRESS.search(text)] == []
    assert [path for path, text in locked if path.endswith(".txt") and "--hash=sha256:" not in text] == []


@pytest.mark.parametrize("folder", ["rulesets", "validation"])
def test_every_content_file_tells_editors_its_schema(folder: str) -> None:
    """Who writes rules is helped while typing, without setting anything up."""
    content = [
        (path, text)
        for path, text in _texts()
        if path.startswith(f"{folder}/")
        and path.endswith((".yaml", ".yml"))
        and not path.startswith(WRITTEN_BY_TAXATIE)
    ]

    assert content
    assert [path for path, text in content if not MODELINE.search(text)] == []


def test_no_test_sleeps_or_asks_the_time() -> None:
    """A test that waits is slow on a good day and fails on a bad one."""
    tests = [module for module in modules() if module.path.startswith("tests/")]

    assert [place for module in tests for place in _calls_on_the_clock(module)] == []


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="durable_rules does not run on this Python")
def test_the_second_engine_is_installed() -> None:
    """Without it its tests would have nothing to compare, and nobody would see that."""
    assert importlib.util.find_spec("durable_rules_engine") is not None


@pytest.mark.parametrize("text", ["see /" + "root/x", "open('/" + "home/x')", "cd /" + "tmp/"])
def test_paths_of_a_machine_are_seen(text: str) -> None:
    """A search that finds nothing anywhere would look like a clean tree."""
    assert MACHINE_PATH.search(text)


@pytest.mark.parametrize("text", ["GET /v1/" + "work/3", "rulesets/" + "home/x", "${HOME}/" + "work/", "~/" + "tmp/"])
def test_paths_of_ours_are_none_of_a_machine(text: str) -> None:
    """Where a path starts is what tells them apart."""
    assert not MACHINE_PATH.search(text)


def _texts() -> list[tuple[str, str]]:
    """Return every kept text; a file that is no UTF-8 is none (an image, a deliberately broken example)."""
    texts = []
    for path in files():
        content = (ROOT / path).read_bytes()
        try:
            texts.append((path, content.decode("utf-8")))
        except UnicodeDecodeError:
            continue
    return texts


def _calls_on_the_clock(module: Module) -> list[str]:
    return [
        f"{module.path}:{node.lineno}"
        for node in ast.walk(module.syntax)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in WAITS_AND_CLOCKS and not _yields_only(node)
    ]


def _yields_only(call: ast.Call) -> bool:
    """Return whether a call waits for nothing: `sleep(0)` lets other tasks go first."""
    return [ast.unparse(argument) for argument in call.args] == ["0"]
