"""Faults of texts as people, editors and code hosts read them."""

import json
from collections.abc import Iterable

from taxatie.errors.catalogue import CATALOGUE
from taxatie.errors.diagnostics import Diagnostic, Severity

_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def one_line(diagnostic: Diagnostic) -> str:
    """Return `file:line:column: CODE message`, and the hint on a line of its own."""
    hint = f"\n  hint: {diagnostic.hint}" if diagnostic.hint else ""
    return f"{diagnostic}{hint}"


def underlined(diagnostic: Diagnostic) -> str:
    """Return the fault with its line of text, underlined where it stands."""
    span = diagnostic.span
    line = diagnostic.source.line(span.line)
    number = str(span.line)
    end = span.end_column if span.end_line == span.line else len(line) + 1
    # A tab before the place stays a tab, so that the underline stands below what it means.
    before = "".join("\t" if char == "\t" else " " for char in line[: span.column - 1])
    marks = "^" * max(1, min(end, len(line) + 1) - span.column)
    gutter = " " * len(number)
    parts = [
        f"{diagnostic.severity}[{diagnostic.code}]: {diagnostic.message}",
        f"{gutter}--> {diagnostic.place}",
        f"{number} | {line}",
        f"{gutter} | {before}{marks}",
    ]
    if diagnostic.hint:
        parts.append(f"{gutter} = hint: {diagnostic.hint}")
    return "\n".join(parts)


def as_json(diagnostics: Iterable[Diagnostic]) -> str:
    """Return the faults as a JSON list."""
    found = [
        {
            "file": each.source.name,
            "line": each.span.line,
            "column": each.span.column,
            "end_line": each.span.end_line,
            "end_column": each.span.end_column,
            "code": each.code,
            "severity": each.severity,
            "message": each.message,
            "hint": each.hint,
        }
        for each in diagnostics
    ]
    return json.dumps(found, ensure_ascii=False, indent=2)


def as_sarif(diagnostics: Iterable[Diagnostic], version: str) -> str:
    """Return the faults as a SARIF 2.1.0 log, as code hosts show them."""
    listed = list(diagnostics)
    codes = sorted({each.code for each in listed})
    driver = {
        "name": "taxatie",
        "semanticVersion": version,
        "rules": [{"id": code, "shortDescription": {"text": CATALOGUE[code].title}} for code in codes],
    }
    log = {
        "$schema": _SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": [_sarif_result(each) for each in listed]}],
    }
    return json.dumps(log, ensure_ascii=False, indent=2)


def _sarif_result(diagnostic: Diagnostic) -> dict[str, object]:
    span = diagnostic.span
    hint = f" ({diagnostic.hint})" if diagnostic.hint else ""
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    return {
        "ruleId": diagnostic.code,
        "level": "error" if diagnostic.severity is Severity.ERROR else "warning",
        "message": {"text": f"{diagnostic.message}{hint}"},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": diagnostic.source.name}, "region": region}}],
    }
