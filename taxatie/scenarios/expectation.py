"""What a scenario expects: read so that nothing can be expected which could never come out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from taxatie.errors.problem import CaseFault
from taxatie.rules.declarations import did_you_mean
from taxatie.rules.program import Program
from taxatie.terms.assessment import Finding
from taxatie.terms.explanation import EVERYONE_LISTED, HISTORY
from taxatie.terms.names import CASE, unlisted_person

_KEYS: Final = ("level", "ceiling", "fires", "silent", "actions", "withheld", "findings", "asks")


@dataclass(frozen=True, slots=True)
class Expectation:
    """What should come out; what is None or not named is not checked."""

    level: str | None = None
    ceiling: str | None = None
    fires: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    findings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    asks: tuple[str, ...] = ()


@dataclass(slots=True)
class ExpectationReader:
    """Reads an expectation under a release, noting everything that is wrong with it.

    A misspelt rule under `silent` would be silent for ever, and the scenario met for ever.
    """

    program: Program
    persons: Iterable[str]
    """Those whom the case lists."""
    faults: list[CaseFault] = field(default_factory=list)

    def read(self, said: object) -> Expectation:
        """Return what is expected, as far as it can be read."""
        if not isinstance(said, Mapping) or not said:
            self._fault("expect", "a scenario says what is expected", "add `expect: {level: …}`")
            return Expectation()
        for key in said:
            if key not in _KEYS:
                self._fault(f"expect.{key}", f"`{key}` cannot be expected", did_you_mean(str(key), list(_KEYS)))
        rules = [rule.id for scope in self.program.scopes for rule in scope.rules]
        signals = [*self.program.signals, HISTORY, EVERYONE_LISTED]
        return Expectation(
            level=self._level(said, "level"),
            ceiling=self._level(said, "ceiling"),
            fires=self._names(said, "fires", ("rule", rules)),
            silent=self._names(said, "silent", ("rule", rules)),
            actions=self._names(said, "actions", ("action", self.program.actions)),
            withheld=self._names(said, "withheld", ("action", self.program.actions)),
            findings=self._findings(said.get("findings")),
            asks=self._names(said, "asks", ("signal", signals)),
        )

    def _fault(self, path: str, message: str, hint: str | None = None) -> None:
        self.faults.append(CaseFault(path, message, hint))

    def _name(self, path: str, value: object, known: tuple[str, Iterable[str]]) -> str:
        """Return the name; note a fault where nothing of that kind bears it."""
        kind, names = known[0], list(known[1])
        if not isinstance(value, str) or value not in names:
            self._fault(path, f"`{value}` is no {kind} of this release", did_you_mean(str(value), names))
        return str(value)

    def _level(self, said: Mapping[str, object], key: str) -> str | None:
        value = said.get(key)
        levels = ("level", [level.id for level in self.program.levels])
        return None if value is None else self._name(f"expect.{key}", value, levels)

    def _names(
        self, said: Mapping[str, object], key: str, known: tuple[str, Iterable[str]]
    ) -> tuple[str, ...]:  # fmt: skip
        value = said.get(key)
        if value is not None and not isinstance(value, list):
            self._fault(f"expect.{key}", f"`{key}` takes a list", f"write `{key}: […]`")
            return ()
        return tuple(self._name(f"expect.{key}[{index}]", name, known) for index, name in enumerate(value or ()))

    def _findings(self, said: object) -> dict[str, dict[str, str]]:
        path = "expect.findings"
        if said is not None and not isinstance(said, Mapping):
            self._fault(path, "`findings` takes a map of persons", "write `{case: {…: present}}`")
            return {}
        unlisted = [unlisted_person(subject.id) for subject in self.program.subjects]
        whole = [CASE, *self.persons, *unlisted]
        found = {}
        for whose, concepts in (said or {}).items():
            if whose not in whole:
                self._fault(f"{path}.{whose}", f"`{whose}` is nobody in this case", did_you_mean(str(whose), whole))
            found[str(whose)] = self._findings_of(f"{path}.{whose}", concepts)
        return found

    def _findings_of(self, path: str, said: object) -> dict[str, str]:
        if not isinstance(said, Mapping):
            self._fault(path, "a person's findings are a map of concepts", "write `{concept: present}`")
            return {}
        reported = [concept.id for concept in self.program.concepts.values() if concept.is_finding]
        for concept, finding in said.items():
            where = f"{path}.{self._name(f'{path}.{concept}', concept, ('finding', reported))}"
            if not isinstance(finding, str) or finding not in set(Finding):
                self._fault(where, f"`{finding}` is not present, absent or possible")
        return {str(concept): str(finding) for concept, finding in said.items()}
