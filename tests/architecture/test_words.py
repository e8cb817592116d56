"""One word for one thing: names that say nothing, and second words for what has one already."""

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from tests.architecture.tree import Module, modules, package_modules

EMPTY_WORDS = frozenset({"manager", "helper", "util", "info", "handler", "processor", "wrapper"})
"""Words that name no thing of the field and none of the machine."""

WORDS_OF_OTHERS = frozenset({"info"})
"""Whole names that a library gives: a log's severity."""

EMPTY_ENDINGS = ("_internal", "_core", "_impl", "_v2")
"""Endings that should have said what a step adds."""

SECOND_WORDS = frozenset({"fact", "alert", "attribute", "result", "status"})
"""Words for a signal or an answer, a level, an assessment, a truth; each has its own word already."""

ROOMS_OF_MEANING = ("taxatie/terms/", "taxatie/rules/", "taxatie/engine/", "taxatie/explain/")
"""Where a second word would be one for a noun of the field; elsewhere gRPC has its status, and SARIF its results."""


def test_no_name_says_nothing() -> None:
    """A manager of what? The name of a thing says what it is."""
    empty = [
        place
        for module in modules()
        for place, name in _names(module)
        if EMPTY_WORDS & _words(name) and name not in WORDS_OF_OTHERS
    ]

    assert empty == []


def test_no_name_ends_in_what_it_is_not() -> None:
    """`assess_core` and `assess` are one thing too many."""
    assert [place for module in modules() for place, name in _names(module) if name.endswith(EMPTY_ENDINGS)] == []


@pytest.mark.parametrize("room", ROOMS_OF_MEANING)
def test_nothing_of_the_field_has_a_second_word(room: str) -> None:
    """A reader who meets a second word looks for a second thing."""
    seconds = [
        place
        for module in package_modules()
        if module.path.startswith(room)
        for place, name in (*_names(module), *_parts(module))
        if SECOND_WORDS & _words(name)
    ]

    assert seconds == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("RuleHelper", {"rule", "helper"}),
        ("read_util", {"read", "util"}),
        ("_results", {"result"}),
        ("JSONHandler", {"json", "handler"}),
        ("status", {"status"}),
    ],
)
def test_words_are_found_within_names(name: str, words: set[str]) -> None:
    """A test that finds nothing because it cannot split a name would be of no use."""
    assert _words(name) == words


def _names(module: Module) -> Iterator[tuple[str, str]]:
    """Return the names of the module, its classes and its functions, each with its place."""
    yield module.path, PurePosixPath(module.path).stem
    for node in ast.walk(module.syntax):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{module.path}:{node.lineno} {node.name}", node.name


def _parts(module: Module) -> Iterator[tuple[str, str]]:
    """Return the names of parameters and fields, each with its place."""
    for node in ast.walk(module.syntax):
        if isinstance(node, ast.arg):
            yield f"{module.path}:{node.lineno} {node.arg}", node.arg
        if isinstance(node, ast.ClassDef):
            for field in node.body:
                if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                    yield f"{module.path}:{field.lineno} {field.target.id}", field.target.id


def _words(name: str) -> set[str]:
    """Return the words of a name, in the singular."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", name)
    return {_singular(word.lower()) for word in words}


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us")) else word
