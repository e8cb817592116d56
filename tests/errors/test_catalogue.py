"""One fault, one code, one page."""

import pytest

from taxatie.errors.catalogue import CATALOGUE, Entry
from taxatie.errors.codes import WARNINGS, Code
from taxatie.errors.diagnostics import Severity


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=CATALOGUE.keys())
def test_each_code_has_a_page_that_says_what_it_means_and_why_it_matters(entry: Entry) -> None:
    """`taxatie why` has an answer for whatever `taxatie check` says."""
    lines = entry.page.splitlines()

    assert lines[0] == f"# {entry.code} {entry.title}"
    assert entry.title
    assert lines[2]
    assert "## Why it matters" in lines


def test_no_page_is_without_a_code() -> None:
    """A page that nothing leads to would grow old unseen."""
    from importlib.resources import files  # noqa: PLC0415

    pages = {path.name.removesuffix(".md") for path in files("taxatie.errors").joinpath("pages").iterdir()}

    assert pages == {code.value for code in Code} == set(CATALOGUE)


def test_warnings_do_not_stop_a_release_and_all_else_does() -> None:
    """Strictness and publishing make errors of them."""
    assert CATALOGUE["TX402"].severity is Severity.WARNING
    assert CATALOGUE["TX405"].severity is Severity.ERROR
    assert all(CATALOGUE[code].severity is Severity.WARNING for code in WARNINGS)
