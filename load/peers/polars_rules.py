"""A release as polars expressions: over the same Boolean columns as ours, or over small numbers with nulls.

The latter is how people store answers for polars; the former is faster, and is what our own files hold.
"""

from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_
from typing import Final

import polars as pl

from load.peers.two_valued import Rules
from taxatie.engine.columns_layout import PRESENT, SignalPlanes, plane_name
from taxatie.rules.condition import (
    All,
    Among,
    Any,
    AtLeast,
    Between,
    ConceptHolds,
    ConceptUnknown,
    Condition,
    Events,
    Every,
    Not,
    ScoreBetween,
    ScoreUnknown,
    SignalUnknown,
    Some,
)
from taxatie.rules.program import Program
from taxatie.terms.names import CASE, SignalId, SubjectId

_NOT_SO: Final = pl.lit(False)
_SO: Final = pl.lit(True)


def level_expression(program: Program, slots: dict[SubjectId, int], *, is_boolean: bool = True) -> pl.Expr:
    """Return the rank of each case's level, with place for so many persons of each subject."""
    fired: dict[int, list[pl.Expr]] = {}
    writer = _Writer(program, slots) if is_boolean else _NumberWriter(program, slots)
    for scope, rule, rank in Rules(program).by_scope():
        fires = writer.somebody(scope.subject, rule.condition) if scope.subject != CASE else writer.of(rule.condition)
        fired.setdefault(rank, []).append(fires)
    level: pl.Expr = pl.lit(0, pl.Int8)
    for rank in sorted(fired):
        level = pl.when(pl.any_horizontal(fired[rank])).then(pl.lit(rank, pl.Int8)).otherwise(level)
    return level


@dataclass(frozen=True, slots=True)
class _Writer:
    program: Program
    slots: dict[SubjectId, int]
    person: tuple[SubjectId, int] = (CASE, 0)

    def column(self, subject: SubjectId, part: str) -> pl.Expr:
        return pl.col(plane_name(subject, 0 if subject == CASE else self.person[1], part))

    def somebody(self, subject: SubjectId, condition: Condition) -> pl.Expr:
        found = [who.column(subject, PRESENT) & who.of(condition) for who in self.everybody(subject)]
        return pl.any_horizontal(found) if found else _NOT_SO

    def everybody(self, subject: SubjectId) -> list["_Writer"]:
        return [replace(self, person=(subject, slot)) for slot in range(self.slots[subject])]

    def of(self, condition: Condition) -> pl.Expr:
        match condition:
            case Among() | Between() | SignalUnknown():
                return self.of_signal(condition)
            case ConceptHolds(concept=concept):
                return self.of(self.program.concepts[concept].condition)
            case Not(condition=inner):
                return ~self.of(inner)
            case All() | Any() | AtLeast():
                return self.of_several(condition)
            case Some() | Every():
                return self.of_persons(condition)
            case ScoreBetween(score=score, low=low, high=high):
                items = self.program.scores[score].items
                return _within(_total([(self.of(item.condition), item.points) for item in items]), low, high)
            case Events() | ConceptUnknown() | ScoreUnknown():
                return _NOT_SO

    def of_several(self, condition: All | Any | AtLeast) -> pl.Expr:
        parts = [self.of(part) for part in condition.conditions]
        match condition:
            case All():
                return reduce(and_, parts)
            case Any():
                return reduce(or_, parts)
            case AtLeast(count=count):
                return _total([(part, 1) for part in parts]) >= count

    def of_persons(self, condition: Some | Every) -> pl.Expr:
        subject, inner = condition.subject, condition.condition
        if isinstance(condition, Some):
            return self.somebody(subject, inner)
        return reduce(and_, [~who.column(subject, PRESENT) | who.of(inner) for who in self.everybody(subject)], _SO)

    def of_signal(self, condition: Among | Between | SignalUnknown) -> pl.Expr:
        planes = self.planes(condition.signal)
        match condition:
            case Among(values=values):
                labels = [planes.labels[value] for value in sorted(values)]
                return reduce(or_, [self.column(planes.subject, planes.label(label)) for label in labels], _NOT_SO)
            case Between(low=low, high=high):
                reaches = self.reaches(planes, low) if low is not None else _SO
                passes = self.reaches(planes, high + 1) if high is not None else _NOT_SO
                return self.column(planes.subject, planes.answered) & reaches & ~passes
            case SignalUnknown():
                said = [planes.answered] if not planes.labels else [planes.label(label) for label in planes.labels]
                return ~reduce(or_, [self.column(planes.subject, part) for part in said])

    def planes(self, signal: SignalId) -> SignalPlanes:
        return SignalPlanes.of(self.program.signals[signal])

    def reaches(self, planes: SignalPlanes, bound: int) -> pl.Expr:
        """Return whether a number, stored by its digits, is the bound or more."""
        steps = bound - planes.lowest
        if steps <= 0:
            return _SO
        if steps >> len(planes.digits):
            return _NOT_SO
        reached = _SO
        for place, part in enumerate(planes.digits):
            digit = self.column(planes.subject, part)
            reached = (digit & reached) if steps >> place & 1 else (digit | reached)
        return reached


@dataclass(frozen=True, slots=True)
class _NumberWriter(_Writer):
    """Over a column of small numbers for each signal, null where it was not answered."""

    def of_signal(self, condition: Among | Between | SignalUnknown) -> pl.Expr:
        column = self.column(self.program.signals[condition.signal].subject, condition.signal)
        match condition:
            case Among(values=values):
                return reduce(or_, [column == value for value in sorted(values)], _NOT_SO).fill_null(value=False)
            case Between(low=low, high=high):
                return _within(column, low, high).fill_null(value=False)
            case SignalUnknown():
                return column.is_null()


def _total(weighted: list[tuple[pl.Expr, int]]) -> pl.Expr:
    return pl.sum_horizontal([part.cast(pl.Int16) * points for part, points in weighted])


def _within(value: pl.Expr, low: int | None, high: int | None) -> pl.Expr:
    reaches = _SO if low is None else value >= low
    return reaches if high is None else reaches & (value <= high)
