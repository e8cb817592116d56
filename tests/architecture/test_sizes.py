"""Files and functions stay small enough to be read at a sitting.

The bars are those of the best third of well-kept Python projects, a little tighter.
"""

from statistics import median, quantiles

import pytest

from tests.architecture.tree import length, modules, package_modules

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 40


@pytest.fixture
def file_lines() -> list[int]:
    """Return the lines of each file of the product; one-line package files would flatter the figures."""
    return [module.lines for module in package_modules() if not module.path.endswith("__init__.py")]


@pytest.fixture
def function_lines() -> list[int]:
    """Return the lines of each function of the product."""
    return [length(function) for module in package_modules() for function in module.functions()]


def test_no_file_is_longer_than_400_lines() -> None:
    """A longer one holds two ideas; this goes for tests and scripts as well."""
    assert [module.path for module in modules() if module.lines > FILE_LINES_MAX] == []


def test_no_function_is_longer_than_40_lines() -> None:
    """Docstrings do not count: saying more must never cost anything."""
    too_long = [
        f"{module.path}:{function.lineno} {function.name}"
        for module in modules()
        for function in module.functions()
        if length(function) > FUNCTION_LINES_MAX
    ]

    assert too_long == []


def test_most_files_are_short(file_lines: list[int]) -> None:
    """The maximum alone would let every file grow up to it."""
    assert median(file_lines) <= 150
    assert quantiles(file_lines, n=10)[-1] <= 300


def test_most_functions_are_short(function_lines: list[int]) -> None:
    """Eight lines is what one reads without scrolling back."""
    assert median(function_lines) <= 8
    assert quantiles(function_lines, n=10)[-1] <= 25
