"""The report of a run: JSON with its digest, and JUnit XML for other tools."""

import hashlib
import re
from collections.abc import Sequence
from typing import Final
from xml.etree import ElementTree as ET

import rfc8785

from taxatie.rules.program import Program
from taxatie.scenarios.runner import ScenarioResult

_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def report_of(program: Program, engine: str, results: Sequence[ScenarioResult]) -> dict[str, object]:
    """Return the report in its plain form, with the digest of all the rest over canonical JSON (RFC 8785).

    It holds no time of the clock and no duration, so that the same suite under the same release gives
    the same digest everywhere.
    """
    never_fires, never_silent = coverage_of(program, results)
    body: dict[str, object] = {
        "release": program.release,
        "release_digest": program.digest,
        "engine": engine,
        "met": sum(result.is_met for result in results),
        "total": len(results),
        "scenarios": [_plain(result) for result in results],
        "never_fires": list(never_fires),
        "never_silent": list(never_silent),
    }
    digest = hashlib.sha256(rfc8785.dumps(body)).hexdigest()  # type: ignore[arg-type]  # JSON by construction
    return {**body, "digest": digest}


def coverage_of(program: Program, results: Sequence[ScenarioResult]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the rules that no scenario fires, and those that are silent in none, in release order."""
    rules = [rule.id for scope in program.scopes for rule in scope.rules]
    fired = {rule for result in results for rule in result.fired}
    silent = {rule for result in results for rule in result.silent}
    return tuple(rule for rule in rules if rule not in fired), tuple(rule for rule in rules if rule not in silent)


def _plain(result: ScenarioResult) -> dict[str, object]:
    return {
        "path": result.path,
        "case": result.case,
        "met": result.is_met,
        "level": result.level,
        "ceiling": result.ceiling,
        "fired": list(result.fired),
        "deviations": [{"about": d.about, "expected": d.expected, "got": d.got} for d in result.deviations],
        "faults": [{"path": f.path, "message": f.message, "hint": f.hint} for f in result.faults],
        "reasons": list(result.reasons),
    }


def junit_of(program: Program, results: Sequence[ScenarioResult]) -> bytes:
    """Return the report as JUnit XML."""
    suite = ET.Element(
        "testsuite",
        name=f"taxatie {program.release}",
        tests=str(len(results)),
        failures=str(sum(bool(result.deviations) for result in results)),
        errors=str(sum(bool(result.faults) for result in results)),
    )
    for result in results:
        case = ET.SubElement(suite, "testcase", classname=_xml(result.theme), name=_xml(result.case))
        if result.faults:
            fault = ET.SubElement(case, "error", message="the scenario cannot be read")
            fault.text = _xml("\n".join(map(str, result.faults)))
        elif result.deviations:
            failure = ET.SubElement(case, "failure", message="not as expected")
            failure.text = _xml("\n".join(explain_deviations(result)))
    document: bytes = ET.tostring(suite, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _xml(text: str) -> str:
    """Return the text without the characters that XML cannot hold."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def explain_deviations(result: ScenarioResult) -> list[str]:
    """Return what was expected against what came out, and why it did."""
    lines = [f"{d.about}: expected {d.expected}, got {d.got}" for d in result.deviations]
    return [*lines, *(f"because: {reason}" for reason in result.reasons)]
