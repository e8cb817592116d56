"""The page on decisions as columns says of a real file what is in it."""

import json
import re
from pathlib import Path

import pyarrow.parquet as pq

from taxatie.registry.folder import ReleaseFolder
from taxatie.replay.parquet_schema import DESCRIPTION, SCHEMA_VERSION, Description, schema_of

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "decisions-as-columns.md").read_text(encoding="utf-8")
PROGRAM = ReleaseFolder(ROOT / "tests" / "data" / "small").load("one")
SCHEMA = schema_of(Description.of(PROGRAM, {subject.id: 2 for subject in PROGRAM.subjects}))


def rows(heading: str) -> list[str]:
    """Return the first cells of the tables below a heading, without their marks."""
    part = PAGE.split(heading, 1)[1].split("\n## ", 1)[0]
    cells = re.findall(r"^\| (`[^|]+) \|", part, re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell) or [cell]]


def test_each_column_that_is_no_answer_is_on_the_page() -> None:
    own = [field.name for field in SCHEMA if "." not in field.name]

    assert rows("# Decisions as columns") == own


def test_each_kind_of_answer_on_the_page_is_a_column() -> None:
    """The names of signals may be others; their form is the same."""
    forms = {re.sub(r"[a-z_]+(?=[:=])|(?<==)[a-z_]+|\d+", "x", name) for name in SCHEMA.names if "." in name}
    told = {re.sub(r"[a-z_]+(?=[:=])|(?<==)[a-z_]+|\d+", "x", name) for name in rows("## The Boolean columns")}

    assert told <= forms
    assert {form.rpartition(".")[2] for form in forms} <= {form.rpartition(".")[2] for form in told}


def test_the_description_on_the_page_is_that_of_a_file(tmp_path: Path) -> None:
    pq.write_table(SCHEMA.empty_table(), tmp_path / "file.parquet")
    metadata = pq.read_metadata(tmp_path / "file.parquet").metadata
    described = json.loads(metadata[DESCRIPTION.encode()])

    part = PAGE.split("## The description", 1)[1].split("\n\n")[1]
    assert set(re.findall(r"`([a-z]+)`", part)) == {DESCRIPTION, *described}
    assert f"now {SCHEMA_VERSION})" in part
