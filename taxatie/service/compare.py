"""Compare two releases: what changed in the texts, and which cases come out differently."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from taxatie.analysis.changes import Change, find_changes
from taxatie.analysis.generated_cases import generated_cases
from taxatie.analysis.outcomes import Bench, Difference
from taxatie.engine.live import LiveEngine
from taxatie.errors.problem import CaseFaults
from taxatie.explain.knowledge import everything_in
from taxatie.rules.condition import Among, Between, Condition, SignalUnknown
from taxatie.rules.program import Program, Rule
from taxatie.scenarios.scenario import ScenarioText, read_scenario
from taxatie.terms.case import Case
from taxatie.terms.names import SignalId
from taxatie.terms.text import Language

Watch = Callable[[Iterable[Difference | None], int], Iterable[Difference | None]]
"""Passes the outcomes on as they come, for whoever shows how far it is."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two releases differ in: their texts, and the outcomes of cases."""

    changes: tuple[Change, ...]
    differences: tuple[Difference, ...]
    """Milder ones first."""
    scenarios: int
    generated: int
    left_out: tuple[str, ...]
    """What cases say and one of the two releases cannot read."""
    unread: tuple[str, ...]
    """Scenarios that the newer release cannot read."""
    bench: Bench

    @property
    def levels(self) -> Counter[tuple[str, str]]:
        """How many of the cases that differ went from which level to which."""
        return Counter((each.before.level, each.after.level) for each in self.differences)


@dataclass(frozen=True, slots=True)
class Sample:
    """The cases to compare by: scenarios, and made-up ones from a seed."""

    scenarios: Sequence[ScenarioText]
    generated: int
    seed: int


def compare(old: Program, new: Program, sample: Sample, language: Language, watch: Watch) -> Comparison:
    """Return how the releases differ, in their texts and on the cases of the sample."""
    bench = Bench(old, LiveEngine(old), new, LiveEngine(new))
    unread: list[str] = []
    cases = _cases(old, new, sample, unread)
    found = watch(bench.differences(cases), len(sample.scenarios) + sample.generated)
    differences = sorted((each for each in found if each is not None), key=lambda each: each.order)
    return Comparison(
        changes=find_changes(old, new, language),
        differences=tuple(differences),
        scenarios=len(sample.scenarios) - len(unread),
        generated=sample.generated,
        left_out=tuple(sorted(bench.left_out)),
        unread=tuple(unread),
        bench=bench,
    )


def changed_signals(old: Program, new: Program) -> frozenset[SignalId]:
    """Return the signals on which a rule rests that is new or holds in other cases."""
    before, after = _rules(old), _rules(new)
    changed = [rule for name, rule in after.items() if name not in before or before[name] != rule]
    return frozenset(
        part.signal
        for rule in changed
        for part in everything_in(new, rule.condition)
        if isinstance(part, Among | Between | SignalUnknown) and _is_asked(part)
    )


def _is_asked(part: Condition) -> bool:
    return isinstance(part, Among | Between | SignalUnknown) and part.signal != "mode"


def _cases(old: Program, new: Program, sample: Sample, unread: list[str]) -> Iterator[tuple[str, Case]]:
    for text in sample.scenarios:
        try:
            yield text.path, read_scenario(new, text).case
        except CaseFaults:
            unread.append(text.path)
    focus = changed_signals(old, new)
    for case in generated_cases(new, sample.generated, sample.seed, focus):
        yield case.id, case


def _rules(program: Program) -> dict[str, Rule]:
    return {rule.id: rule for scope in program.scopes for rule in scope.rules}
