"""Faults planted in copies of the engine over columns are found by the pairs that compare it with the reference."""

import importlib
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

import taxatie.engine
from taxatie.engine.columns import ColumnsEngine
from taxatie.engine.reference import ReferenceEngine
from taxatie.rules.program import Program
from taxatie.terms.case import Case
from taxatie.terms.trace import Trace
from taxatie.wire.case_reader import read_case
from tests.engine.planted_column_faults import COLUMN_FAULTS
from tests.engine.planted_faults import Fault
from tests.strategies.loading import program_of
from tests.strategies.random_release import random_case, random_release

SEEDS = 500
CASES = 10
HALF = 5
"""Cases that are evaluated together: one engine is asked twice, so that nothing may stay behind."""

EngineOf = Callable[[Program], ColumnsEngine]


@cache
def _judged(seed: int) -> tuple[Program, tuple[tuple[Case, Trace], ...]]:
    """Return the program of a seed, and its cases with what the reference says; kept for all faults."""
    release = random_release(seed)
    program = program_of(release)
    reference = ReferenceEngine(program)
    cases = [read_case(program, random_case(release, seed, number)) for number in range(CASES)]
    return program, tuple((case, reference.evaluate(case)) for case in cases)


def _pairs_until_found(engine_of: EngineOf) -> int | None:
    """Return how many pairs it takes until the engine differs, or None where it never does."""
    for seed in range(SEEDS):
        program, judged = _judged(seed)
        cases, engine = [case for case, _ in judged], engine_of(program)
        traces = engine.evaluate_all(cases[:HALF]) + engine.evaluate_all(cases[HALF:])
        for number, (trace, (_, expected)) in enumerate(zip(traces, judged, strict=True)):
            if trace != expected:
                return seed * CASES + number + 1
    return None


def _texts() -> dict[str, str]:
    """Return the texts of the engine over columns's modules, by name."""
    folder = Path(taxatie.engine.__file__).parent
    return {path.stem: path.read_text("utf-8") for path in sorted(folder.glob("columns*.py"))}


@pytest.fixture(name="planted")
def _planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Fault | None], EngineOf]]:
    """Give a function that builds the engine over columns from a copy of its text with a fault in it."""
    package = f"planted_columns_{abs(hash(tmp_path))}"
    folder = tmp_path / package
    folder.mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))

    def plant(fault: Fault | None) -> EngineOf:
        for name, text in _texts().items():
            changed = text if fault is None else text.replace(fault.right, fault.wrong)
            (folder / f"{name}.py").write_text(changed.replace("taxatie.engine.columns", f"{package}.columns"), "utf-8")
        importlib.invalidate_caches()
        engine: EngineOf = importlib.import_module(f"{package}.columns").ColumnsEngine
        return engine

    yield plant
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        del sys.modules[name]


def test_there_are_at_least_twenty_different_faults() -> None:
    assert len({fault.right for fault in COLUMN_FAULTS}) == len(COLUMN_FAULTS) >= 20


@pytest.mark.parametrize("fault", COLUMN_FAULTS, ids=lambda fault: fault.name)
def test_a_planted_fault_is_found(
    fault: Fault, planted: Callable[[Fault | None], EngineOf], record_property: Callable[[str, object], None]
) -> None:
    """Agreement on generated pairs is evidence only if they would show a fault."""
    places = sum(text.count(fault.right) for text in _texts().values())
    assert places == 1, f"the text to change stands {places} times in the engine over columns"

    pairs = _pairs_until_found(planted(fault))

    record_property("pairs_until_found", pairs)
    assert pairs is not None


def test_a_copy_without_a_fault_is_not_suspected(planted: Callable[[Fault | None], EngineOf]) -> None:
    """Else the copying itself would be what is found."""
    engine_of = planted(None)

    for seed in range(20):
        program, judged = _judged(seed)
        traces = engine_of(program).evaluate_all([case for case, _ in judged])
        assert traces == [expected for _, expected in judged]
