"""The counts of a what-if as plain JSON, and back: for reports, and for whoever adds up further."""

from collections.abc import Mapping
from typing import cast

from taxatie.replay.counts import Change, Counts, Matrix, NamedDecision, Shift

Json = dict[str, object]
_NUMBERS = ("decisions", "replayed", "whole", "milder_in_all")
_MATRICES = ("by_region", "by_channel", "by_month")
_SHIFTS = ("actions", "withheld", "findings")
_FIGURES = ("left_out", "unreplayed")
_NAMED = ("milder", "otherwise")


def counts_to_json(counts: Counts) -> Json:
    """Return the counts as JSON holds them; a matrix is a map of maps, before and after."""
    plain: Json = {name: getattr(counts, name) for name in _NUMBERS}
    plain["levels"] = _matrix_to_json(counts.levels)
    for name in _MATRICES:
        matrices: Mapping[str, Matrix] = getattr(counts, name)
        plain[name] = {key: _matrix_to_json(matrix) for key, matrix in matrices.items()}
    for name in _SHIFTS:
        shift: Shift = getattr(counts, name)
        plain[name] = {"gained": dict(shift.gained), "lost": dict(shift.lost)}
    for name in _FIGURES:
        plain[name] = dict(getattr(counts, name))
    for name in _NAMED:
        named: tuple[NamedDecision, ...] = getattr(counts, name)
        plain[name] = [{"id": each.id, "before": each.change.before, "after": each.change.after} for each in named]
    return plain


def counts_from_json(plain: Json) -> Counts:
    """Return the counts that `counts_to_json` wrote."""
    parts: dict[str, object] = {name: plain[name] for name in (*_NUMBERS, *_FIGURES)}
    parts["levels"] = _matrix_from_json(plain["levels"])
    for name in _MATRICES:
        matrices = cast("Json", plain[name])
        parts[name] = {key: _matrix_from_json(matrix) for key, matrix in matrices.items()}
    for name in _SHIFTS:
        parts[name] = Shift(**cast("dict[str, dict[str, int]]", plain[name]))
    for name in _NAMED:
        listed = cast("list[dict[str, str]]", plain[name])
        parts[name] = tuple(NamedDecision(each["id"], Change(each["before"], each["after"])) for each in listed)
    return Counts(**parts)  # type: ignore[arg-type]  # each part was made for its field


def _matrix_to_json(matrix: Matrix) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for change, number in matrix.items():
        found.setdefault(change.before, {})[change.after] = number
    return found


def _matrix_from_json(plain: object) -> Matrix:
    rows = cast("dict[str, dict[str, int]]", plain)
    return {Change(before, after): number for before, row in rows.items() for after, number in row.items()}
