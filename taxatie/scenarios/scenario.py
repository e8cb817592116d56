"""A scenario: an anonymised case, and what policy staff expect of it."""

from dataclasses import dataclass
from pathlib import Path

from taxatie.errors.diagnostics import Diagnostics
from taxatie.errors.problem import CaseFault, CaseFaults
from taxatie.rules.nodes import Node, plain
from taxatie.rules.parser import decode_text, parse_text
from taxatie.rules.program import Program
from taxatie.scenarios.expectation import Expectation, ExpectationReader
from taxatie.source import SourceText
from taxatie.terms.case import Case
from taxatie.wire.case_reader import read_case


@dataclass(frozen=True, slots=True)
class Scenario:
    """A case with its expectation, the theme that it belongs to, and the file that holds it."""

    theme: str
    path: str
    case: Case
    expectation: Expectation


@dataclass(frozen=True, slots=True)
class ScenarioText:
    """A scenario's file, as yet unread."""

    theme: str
    path: str
    data: bytes


@dataclass(frozen=True, slots=True)
class ParsedScenario:
    """A scenario's text and its nodes, of which nothing is known yet."""

    source: SourceText
    root: Node


def find_scenario_texts(root: Path) -> tuple[ScenarioText, ...]:
    """Return the scenario files below a folder, by path, or the one file; the folder of each is its theme."""
    if root.is_file():
        return (ScenarioText(theme=root.parent.name, path=root.as_posix(), data=root.read_bytes()),)
    files = sorted(path for path in root.rglob("*.yaml") if path.is_file())
    return tuple(
        ScenarioText(
            theme=path.parent.relative_to(root).as_posix() if path.parent != root else root.name,
            path=path.relative_to(root).as_posix(),
            data=path.read_bytes(),
        )
        for path in files
    )


def read_scenario(program: Program, text: ScenarioText) -> Scenario:
    """Return the scenario that the text says.

    Raises:
        CaseFaults: With all that is wrong with the case and its expectation.
    """
    said = _said(text)
    case = None
    faults: list[CaseFault] = []
    try:
        case = read_case(program, said)
    except CaseFaults as error:
        faults.extend(error.faults)
    reader = ExpectationReader(program, _persons(said))
    expectation = reader.read(said.get("expect") if isinstance(said, dict) else None)
    faults.extend(reader.faults)
    if case is None or faults:
        name = said.get("case") if isinstance(said, dict) else None
        raise CaseFaults(name if isinstance(name, str) else text.path, tuple(faults))
    return Scenario(text.theme, text.path, case, expectation)


def parse_scenario(text: ScenarioText) -> ParsedScenario | Diagnostics:
    """Return the text's nodes, or all that keeps them from being read."""
    diagnostics = Diagnostics()
    source = decode_text(text.path, text.data, diagnostics)
    root = None if source is None else parse_text(source, diagnostics)
    return diagnostics if source is None or root is None or len(diagnostics) else ParsedScenario(source, root)


def _said(text: ScenarioText) -> object:
    """Return the text's plain form."""
    parsed = parse_scenario(text)
    if isinstance(parsed, Diagnostics):
        raise CaseFaults(text.path, tuple(CaseFault(d.place, d.message, d.hint) for d in parsed))
    return plain(parsed.root)


def _persons(said: object) -> list[str]:
    """Return the ids of the persons whom the case lists, as far as they can be read."""
    persons = said.get("persons") if isinstance(said, dict) else None
    listed = persons if isinstance(persons, list) else []
    return [str(person.get("id")) for person in listed if isinstance(person, dict)]
