"""A scenario: an anonymised case, and what policy staff expect of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from taxatie.errors.diagnostics import Diagnostics
from taxatie.errors.problem import CaseFault, CaseFaults
from taxatie.rules.nodes import plain
from taxatie.rules.parser import decode_text, parse_text
from taxatie.rules.program import Program
from taxatie.terms.assessment import Finding
from taxatie.terms.case import Case
from taxatie.terms.explanation import EVERYONE_LISTED, HISTORY
from taxatie.wire.case_reader import read_case

_KEYS = ("level", "ceiling", "fires", "silent", "actions", "withheld", "findings", "asks")


@dataclass(frozen=True, slots=True)
class Expectation:
    """What should come out; what is None is not checked."""

    level: str | None = None
    ceiling: str | None = None
    fires: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    findings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    asks: tuple[str, ...] = ()


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
        CaseFaults: With all that is wrong with the case or its expectation.
    """
    diagnostics = Diagnostics()
    source = decode_text(text.path, text.data, diagnostics)
    root = None if source is None else parse_text(source, diagnostics)
    if root is None or len(diagnostics):
        raise CaseFaults(text.path, tuple(CaseFault(d.place, d.message, d.hint) for d in diagnostics))
    said = plain(root)
    case = read_case(program, said)
    assert isinstance(said, dict), text.path
    return Scenario(text.theme, text.path, case, _Reader(program, case).expectation(said.get("expect")))


@dataclass(slots=True)
class _Reader:
    """Reads an expectation; a name that nothing bears would never be met, or always."""

    program: Program
    case: Case
    faults: list[CaseFault] = field(default_factory=list)

    def expectation(self, said: object) -> Expectation:
        """Return what is expected, or raise all that is wrong with it."""
        if not isinstance(said, Mapping) or not said:
            raise CaseFaults(
                self.case.id, (CaseFault("expect", "a scenario says what is expected", "add `expect: …`"),)
            )
        for key in said:
            if key not in _KEYS:
                self._fault(f"expect.{key}", f"`{key}` cannot be expected")
        rules = [rule.id for scope in self.program.scopes for rule in scope.rules]
        levels = [level.id for level in self.program.levels]
        expectation = Expectation(
            level=self._name(said, "level", levels),
            ceiling=self._name(said, "ceiling", levels),
            fires=self._names(said, "fires", rules),
            silent=self._names(said, "silent", rules),
            actions=self._names(said, "actions", self.program.actions),
            withheld=self._names(said, "withheld", self.program.actions),
            findings=self._findings(said.get("findings")),
            asks=self._names(said, "asks", (*self.program.signals, HISTORY, EVERYONE_LISTED)),
        )
        if self.faults:
            raise CaseFaults(self.case.id, tuple(self.faults))
        return expectation

    def _fault(self, path: str, message: str) -> None:
        self.faults.append(CaseFault(path, message))

    def _name(self, said: Mapping[str, object], key: str, known: Iterable[str]) -> str | None:
        value = said.get(key)
        if value is not None and value not in set(known):
            self._fault(f"expect.{key}", f"`{value}` is no {key} of this release")
        return None if value is None else str(value)

    def _names(self, said: Mapping[str, object], key: str, known: Iterable[str]) -> tuple[str, ...]:
        value = said.get(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            self._fault(f"expect.{key}", f"`{key}` takes a list")
            return ()
        names = set(known)
        for index, name in enumerate(value):
            if name not in names:
                self._fault(f"expect.{key}[{index}]", f"`{name}` is not known to this release")
        return tuple(map(str, value))

    def _findings(self, said: object) -> dict[str, dict[str, str]]:
        if said is None:
            return {}
        if not isinstance(said, Mapping):
            self._fault("expect.findings", "`findings` takes a map of persons")
            return {}
        return {str(whose): self._findings_of(str(whose), found) for whose, found in said.items()}

    def _findings_of(self, whose: str, found: object) -> dict[str, str]:
        if not isinstance(found, Mapping):
            self._fault(f"expect.findings.{whose}", "a person's findings are a map of concepts")
            return {}
        reported = {concept.id for concept in self.program.concepts.values() if concept.is_finding}
        for concept, status in found.items():
            if concept not in reported:
                self._fault(f"expect.findings.{whose}.{concept}", f"`{concept}` is no finding of this release")
            if status not in set(Finding):
                self._fault(f"expect.findings.{whose}.{concept}", f"`{status}` is not present, absent or possible")
        return {str(concept): str(status) for concept, status in found.items()}
