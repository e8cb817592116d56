"""Evaluating many cases: together where an engine can, one by one where it cannot or fails."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Protocol, TypeVar, runtime_checkable

from taxatie.engine.evaluator import Engine
from taxatie.terms.case import Case
from taxatie.terms.trace import Trace

T = TypeVar("T")


@runtime_checkable
class ManyAtOnce(Protocol):
    """An engine that evaluates many cases in one pass."""

    def evaluate_all(self, cases: Sequence[Case]) -> list[Trace]:
        """Return what the program finds about each of the cases."""


def evaluate_each(asked: Sequence[tuple[Engine, Case]]) -> list[Trace | Exception]:
    """Return the trace of each case, or why its engine failed: one case must not end the others."""
    traces: dict[int, Trace] = {}
    by_engine: dict[int, list[int]] = {}
    for index, (engine, _) in enumerate(asked):
        by_engine.setdefault(id(engine), []).append(index)
    for places in by_engine.values():
        engine = asked[places[0]][0]
        if len(places) > 1 and isinstance(engine, ManyAtOnce):
            try:
                found = engine.evaluate_all([asked[index][1] for index in places])
            except Exception:  # noqa: BLE001, S112  # one by one shows on which case it fails
                continue
            traces |= dict(zip(places, found, strict=True))
    return [traces.get(index) or _trace(*each) for index, each in enumerate(asked)]


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Return the items in lists of some size, each made when it is asked for."""
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch


def _trace(engine: Engine, case: Case) -> Trace | Exception:
    try:
        return engine.evaluate(case)
    except Exception as error:  # noqa: BLE001  # it is told in the place of the trace
        return error
