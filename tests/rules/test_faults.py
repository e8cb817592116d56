"""Each fault that an author can make gives its code, at its place, with a hint."""

from datetime import date
from pathlib import Path
from typing import cast

import pytest

from taxatie.errors.codes import Code
from taxatie.errors.diagnostics import Diagnostics
from taxatie.rules.nodes import plain
from taxatie.rules.parser import parse_text
from taxatie.service.check import check_folder
from taxatie.source import SourceText
from tests.rules.base_release import base_files
from tests.strategies.published import publish_all

TODAY = date(2026, 11, 23)
TABLE = Path(__file__).with_name("faults.yaml")
ELSEWHERE = {Code.TOO_LARGE, Code.NOT_UTF8, Code.EDITED, Code.SAME_DATE, Code.LOCK_BROKEN, Code.APPROVAL_BROKEN}
"""Faults of bytes and of whole folders, each with a test of its own: below, or in `tests/cli/test_publishing.py`."""


def the_table() -> list[dict[str, str]]:
    """Return the rows of the table, read by the language's own reader."""
    root = parse_text(SourceText(TABLE.name, TABLE.read_text(encoding="utf-8")), Diagnostics())
    assert root is not None
    return cast("list[dict[str, str]]", plain(root))


def written(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Return the folder with these files in it."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def faults_of(folder: Path) -> Diagnostics:
    """Return what `taxatie check` finds in the folder."""
    return check_folder(folder, None, TODAY)[0]


def with_files(**changed: str | bytes) -> dict[str, str | bytes]:
    """Return the release without a fault, with some files changed."""
    return {**base_files(), **changed}


def test_the_release_that_is_spoiled_has_no_fault(tmp_path: Path) -> None:
    """Else a fault in the tables could be one that was there before."""
    found = [str(each) for each in faults_of(written(tmp_path, with_files()))]

    assert [each for each in found if "TX402" not in each] == []


@pytest.mark.parametrize("row", the_table(), ids=lambda row: f"{row['code']} {row['new'][:40].strip()}")
def test_a_fault_gives_its_code_its_place_and_a_hint(row: dict[str, str], tmp_path: Path) -> None:
    """The author sees what is wrong, where, and what to do about it."""
    text = base_files()[row["file"]]
    assert text.count(row["old"]) == 1, "the row changes one place"
    first = text[: text.index(row["old"])].count("\n") + 1
    lines = range(first, first + row["new"].count("\n") + 1)

    found = faults_of(written(tmp_path, with_files(**{row["file"]: text.replace(row["old"], row["new"])})))

    here = [each for each in found if each.code == row["code"] and each.source.name == row["file"]]
    assert here, [str(each) for each in found]
    assert row.get("anywhere") or any(each.span.line in lines for each in here), [str(each) for each in here]
    assert all(each.hint for each in here)
    if "hint" in row:
        assert row["hint"] in {each.hint for each in here}


def test_every_code_has_a_case() -> None:
    """A code without a case may never be given."""
    assert {row["code"] for row in the_table()} | ELSEWHERE == set(Code)


def test_all_faults_of_a_text_are_reported_at_once_in_reading_order(tmp_path: Path) -> None:
    """An author with four mistakes needs one round."""
    path = "danger/1.0.0.yaml"
    text = base_files()[path]
    for old, new in (
        ("when: strangled\n", "when: x1\n"),
        ("[slight, grave]", "[x2]"),
        ("level: {at_least: urgent}", "level: {at_least: x3}"),
    ):
        text = text.replace(old, new)

    found = [each for each in faults_of(written(tmp_path, with_files(**{path: text}))) if each.source.name == path]

    assert [each.code for each in found] == ["TX302", "TX301", "TX301"]
    assert [each.span for each in found] == sorted(each.span for each in found)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"release: \xff\xfe", Code.NOT_UTF8),
        (b"#" * 2_000_001, Code.TOO_LARGE),
        (b"\x00\x01binary", Code.CONTROL_CHARACTER),
    ],
    ids=["not UTF-8", "too large", "binary"],
)
def test_bytes_that_are_no_text_are_named_as_such(data: bytes, code: Code, tmp_path: Path) -> None:
    """Whatever lies in the folder, the author gets a fault and never a traceback."""
    found = faults_of(written(tmp_path, with_files(**{"danger/1.0.0.yaml": data})))

    assert code in {each.code for each in found}


def test_an_edited_published_file_is_an_error(tmp_path: Path) -> None:
    """Every decision names the version that made it."""
    folder = written(tmp_path, with_files())
    publish_all(folder)
    before = [each.code for each in faults_of(folder).errors]
    ruleset = folder / "danger" / "1.0.0.yaml"
    ruleset.write_text(ruleset.read_text(encoding="utf-8") + "# a word\n", encoding="utf-8")

    after = faults_of(folder).errors

    assert before == []
    assert [(each.code, each.source.name) for each in after if each.code == "TX501"] == [("TX501", "danger/1.0.0.yaml")]
    assert {each.code for each in after} == {"TX501", "TX505"}, "what was approved is no longer there either"


def test_a_line_of_the_lock_that_says_nothing_is_an_error(tmp_path: Path) -> None:
    """The lock is what shows that nothing was edited."""
    found = faults_of(written(tmp_path, with_files(**{"rulesets.lock": "no digest\n"})))

    assert [(each.code, each.span.line) for each in found.errors] == [("TX504", 1)]


def test_two_releases_of_one_date_are_an_error(tmp_path: Path) -> None:
    """Which rules judge a case must never be a matter of chance."""
    other = base_files()["releases/example.yaml"].replace("release: example", "release: other")

    found = faults_of(written(tmp_path, with_files(**{"releases/other.yaml": other})))

    assert [each.code for each in found.errors] == ["TX502"]
