"""The report of a run: JSON with its digest, and JUnit XML for other tools."""

import hashlib
from collections.abc import Sequence
from xml.etree import ElementTree as Xml  # noqa: S405  # writes only; nothing is parsed

import rfc8785

from taxatie.rules.program import Program
from taxatie.scenarios.runner import ScenarioResult


def report_of(program: Program, engine: str, results: Sequence[ScenarioResult]) -> dict[str, object]:
    """Return the report in its plain form, with the digest of all the rest."""
    body: dict[str, object] = {
        "release": program.release,
        "release_digest": program.digest,
        "engine": engine,
        "met": sum(result.is_met for result in results),
        "total": len(results),
        "scenarios": [_plain(result) for result in results],
    }
    return {**body, "digest": hashlib.sha256(rfc8785.dumps(body)).hexdigest()}  # type: ignore[arg-type]  # JSON by construction


def _plain(result: ScenarioResult) -> dict[str, object]:
    return {
        "path": result.path,
        "case": result.case,
        "met": result.is_met,
        "level": result.level,
        "ceiling": result.ceiling,
        "fired": list(result.fired),
        "deviations": [{"about": d.about, "expected": d.expected, "got": d.got} for d in result.deviations],
        "faults": [{"path": f.path, "message": f.message} for f in result.faults],
    }


def junit_of(program: Program, results: Sequence[ScenarioResult]) -> str:
    """Return the report as JUnit XML."""
    suite = Xml.Element(
        "testsuite",
        name=f"taxatie {program.release}",
        tests=str(len(results)),
        failures=str(sum(bool(result.deviations) for result in results)),
        errors=str(sum(bool(result.faults) for result in results)),
    )
    for result in results:
        case = Xml.SubElement(suite, "testcase", classname=result.theme or "scenarios", name=result.case)
        if result.faults:
            Xml.SubElement(case, "error", message="the scenario cannot be read").text = "\n".join(
                map(str, result.faults)
            )
        elif result.deviations:
            Xml.SubElement(case, "failure", message="not as expected").text = "\n".join(explain_deviations(result))
    return Xml.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def explain_deviations(result: ScenarioResult) -> list[str]:
    """Return what was expected against what came out, and why it did."""
    lines = [f"{d.about}: expected {d.expected}, got {d.got}" for d in result.deviations]
    return [*lines, *(f"because: {reason}" for reason in result.reasons)]
