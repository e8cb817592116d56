"""The reference says what the language's page says, sentence by sentence; the rows stand in a table beside this."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from taxatie.engine.reference import ReferenceEngine
from taxatie.rules.program import Program
from taxatie.terms.truth import Truth
from taxatie.wire.case_reader import read_case
from tests.strategies.loading import program_of
from tests.strategies.plain_yaml import read_table
from tests.strategies.plans import Plain, PlainRelease
from tests.strategies.releases import SMALL

Row = dict[str, Any]

_TEXT = {"nl": "Tekst", "en": "Text"}
_TRUTHS = {"holds": Truth.HOLDS, "fails": Truth.FAILS, "cannot tell": Truth.CANNOT_TELL}
_SUBJECTS = ("case", "adult", "child")


def _table() -> dict[str, Any]:
    return read_table(Path(__file__).with_name("reference_table.yaml"))


ROWS: list[Row] = _table()["rows"]


@cache
def _program() -> Program:
    """Return one program with a rule for each row."""
    vocabulary = _table()["vocabulary"]
    vocabulary["signals"] = [_signal(signal) for signal in vocabulary["signals"]]
    documents: dict[str, Plain] = {"vocabulary/1.0.0.yaml": vocabulary}
    documents |= {f"table-{subject}/1.0.0.yaml": _ruleset(subject) for subject in _SUBJECTS}
    documents["releases/table.yaml"] = {
        "release": "table",
        "title": _TEXT,
        "in_force_from": "2026-01-01",
        "vocabulary": "1.0.0",
        "rulesets": {f"table-{subject}": "1.0.0" for subject in _SUBJECTS},
        "approved_by": ["policy-owner", "second-reader"],
    }
    return program_of(PlainRelease("table", documents, (), (), (), (), SMALL))


def _signal(signal: Row) -> Row:
    options = [{"id": option, "title": _TEXT} for option in signal.pop("options", [])]
    unit = {"unit": "times"} if signal["type"] == "number" else {}
    listed = {"options": options} if options else {}
    return {**signal, **unit, **listed, "topic": "topic", "ask": _TEXT, "own_proposal": "an example"}


def _ruleset(subject: str) -> Plain:
    return {
        "ruleset": f"table-{subject}",
        "version": "1.0.0",
        "title": _TEXT,
        "subject": subject,
        "owner": "policy-owner",
        "review_by": "2030-12-31",
        "changes": _TEXT,
        "rules": [_rule(index, row) for index, row in enumerate(ROWS) if row.get("subject", "case") == subject],
    }


def _rule(index: int, row: Row) -> Plain:
    return {
        "id": f"RW-{index:03}",
        "title": _TEXT,
        "when": row["when"],
        "level": "urgent",
        "because": _TEXT,
        "own_proposal": "an example",
    }


def _truths(index: int, row: Row) -> dict[str, Truth]:
    """Return the truth of the row's rule for everybody it was asked of."""
    program = _program()
    keys = ("mode", "everyone_listed", "answers", "persons", "history")
    said = {key: row[key] for key in keys if key in row}
    moment = row.get("reference_time", "2026-03-31T12:00:00+02:00")
    trace = ReferenceEngine(program).evaluate(read_case(program, {"case": "row", "reference_time": moment, **said}))
    found = {}
    for evaluation in trace.evaluations:
        rules: list[str] = [rule.id for rule in program.scopes[evaluation.scope].rules]
        if f"RW-{index:03}" in rules:
            found[evaluation.person or "case"] = evaluation.rules[rules.index(f"RW-{index:03}")]
    return found


@pytest.mark.parametrize(("index", "row"), list(enumerate(ROWS)), ids=[row["says"] for row in ROWS])
def test_a_sentence_of_the_language(index: int, row: Row) -> None:
    """Hand-derived from the page, never from the code that it judges."""
    gives = row["gives"] if isinstance(row["gives"], dict) else {"case": row["gives"]}

    assert _truths(index, row) == {whose: _TRUTHS[truth] for whose, truth in gives.items()}


def test_no_sentence_stands_twice() -> None:
    says = [row["says"] for row in ROWS]

    assert len(set(says)) == len(says)
