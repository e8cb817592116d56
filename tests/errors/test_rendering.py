"""Faults read well for people, editors and code hosts."""

import json

from taxatie.errors.codes import Code
from taxatie.errors.diagnostics import Diagnostic, Severity
from taxatie.errors.rendering import as_json, as_sarif, one_line, underlined
from taxatie.source import SourceText, Span


def a_fault(text: str = "rules:\n\t- when: strangulaton\n") -> Diagnostic:
    """Return a fault in the second line."""
    source = SourceText("acute-danger/1.0.0.yaml", text)
    hint = "did you mean `strangulation`?"
    message = "`strangulaton` is no signal"
    return Diagnostic(source, Span(2, 10, 2, 22), Code.UNKNOWN_NAME, Severity.ERROR, message, hint)


def test_one_line_says_place_code_message_and_hint() -> None:
    """Editors and terminals know this form."""
    assert one_line(a_fault()) == (
        "acute-danger/1.0.0.yaml:2:10: TX301 `strangulaton` is no signal\n  hint: did you mean `strangulation`?"
    )


def test_the_line_is_underlined_where_the_fault_stands() -> None:
    """A tab before the place stays a tab, so that the marks stand below what they mean."""
    lines = underlined(a_fault()).splitlines()

    assert lines[2] == "2 | \t- when: strangulaton"
    assert lines[3] == "  | \t        ^^^^^^^^^^^^"


def test_json_and_sarif_hold_the_same_faults() -> None:
    """Tools read them; the numbers must be the ones that people see."""
    (plain,) = json.loads(as_json([a_fault()]))
    (run,) = json.loads(as_sarif([a_fault()], "0.1.0"))["runs"]

    assert (plain["line"], plain["column"], plain["code"], plain["severity"]) == (2, 10, "TX301", "error")
    assert run["results"][0]["ruleId"] == "TX301"
    assert run["results"][0]["level"] == "error"
    assert run["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] == 2
    assert run["tool"]["driver"]["rules"][0]["shortDescription"]["text"] == "An unknown name"
