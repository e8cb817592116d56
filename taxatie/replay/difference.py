"""The first place at which two JSON values differ: what a person looks at, rather than at two long lines."""

from dataclasses import dataclass
from typing import Final

from taxatie.ledger.canonical import canonical_bytes

_SHOWN_MAX: Final = 200
_ROWS: Final = "trace.evaluations["


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a record where it says one thing and the replay another."""

    path: str
    """As `assessment.actions[2].due`."""
    recorded: str | None
    """In JSON, shortened; None where it says nothing there."""
    reached: str | None


def first_difference(recorded: object, reached: object, path: str = "") -> Place | None:
    """Return the first place at which the values differ, or None where they are the same."""
    match recorded, reached:
        case dict(), dict():
            return _in_maps(recorded, reached, path)
        case list(), list():
            return _in_lists(recorded, reached, path)
        case str(), str() if path.startswith(_ROWS) and _is_row(recorded, reached):
            return _in_rows(recorded, reached, path)
        case _ if type(recorded) is type(reached) and recorded == reached:
            return None
        case _:
            return Place(path, shown(recorded), shown(reached))


def shown(value: object) -> str:
    """Return a value as JSON, shortened where it is long."""
    text = canonical_bytes(value).decode("utf-8", "backslashreplace")
    return f"{text[:_SHOWN_MAX]}…" if len(text) > _SHOWN_MAX else text


def _in_maps(recorded: dict[str, object], reached: dict[str, object], path: str) -> Place | None:
    for key in [*recorded, *(key for key in reached if key not in recorded)]:
        where = f"{path}.{key}" if path else key
        if key not in reached:
            return Place(where, shown(recorded[key]), None)
        if key not in recorded:
            return Place(where, None, shown(reached[key]))
        found = first_difference(recorded[key], reached[key], where)
        if found is not None:
            return found
    return None


def _in_lists(recorded: list[object], reached: list[object], path: str) -> Place | None:
    for index, (one, other) in enumerate(zip(recorded, reached, strict=False)):
        found = first_difference(one, other, f"{path}[{index}]")
        if found is not None:
            return found
    index = min(len(recorded), len(reached))
    if len(recorded) > index:
        return Place(f"{path}[{index}]", shown(recorded[index]), None)
    if len(reached) > index:
        return Place(f"{path}[{index}]", None, shown(reached[index]))
    return None


def _is_row(recorded: str, reached: str) -> bool:
    """Return whether these are rows of truths that differ, a digit for each rule or concept."""
    return recorded != reached and len(recorded) == len(reached) and set(recorded + reached) <= set("012")


def _in_rows(recorded: str, reached: str, path: str) -> Place:
    index = next(index for index, (one, other) in enumerate(zip(recorded, reached, strict=True)) if one != other)
    return Place(f"{path}[{index}]", recorded[index], reached[index])
