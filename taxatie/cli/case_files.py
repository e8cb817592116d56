"""Cases from files and from a pipe, one at a time, so that memory stays flat however many there are."""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from taxatie.errors.diagnostics import Diagnostics
from taxatie.errors.problem import CaseFault, CaseFaults
from taxatie.limits import CASE_BYTES_MAX, DEPTH_MAX
from taxatie.rules.nodes import plain
from taxatie.rules.parser import decode_text, parse_text


@dataclass(frozen=True, slots=True)
class CaseText:
    """A case in its plain form, or the reason why it has none, with the place it came from."""

    place: str
    plain: object
    faults: CaseFaults | None = None


def read_case_files(names: Iterable[str]) -> Iterator[CaseText]:
    """Return the cases of the files in order; `-` is the standard input.

    Raises:
        OSError: When a file cannot be read.
    """
    for name in names:
        if name == "-":
            yield from _cases_in("-", sys.stdin.buffer)
        else:
            with Path(name).open("rb") as stream:
                yield from _cases_in(name, stream)


def _cases_in(name: str, stream: BinaryIO) -> Iterator[CaseText]:
    first = stream.readline(CASE_BYTES_MAX + 1)
    if _is_json_object(first):
        yield from _lines(name, first, stream)
        return
    whole = first + stream.read()
    found = _whole(name, whole)
    if isinstance(found.plain, list):
        yield from (CaseText(f"{name}[{index}]", each) for index, each in enumerate(found.plain))
        return
    yield found


def _is_json_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _lines(name: str, first: bytes, stream: BinaryIO) -> Iterator[CaseText]:
    """Return a case for each line that is not empty."""
    rest = iter(lambda: stream.readline(CASE_BYTES_MAX + 1), b"")
    for number, line in enumerate(chain([first], rest), start=1):
        if line.strip():
            yield _json_case(f"{name}:{number}", line)


def _json_case(place: str, line: bytes) -> CaseText:
    if len(line) > CASE_BYTES_MAX:
        return _unreadable(place, f"the case has more than {CASE_BYTES_MAX} bytes")
    try:
        found = json.loads(line, object_pairs_hook=_without_duplicates)
    except RecursionError:
        return _unreadable(place, f"this is nested more than {DEPTH_MAX} deep")
    except ValueError as error:
        return _unreadable(place, f"not JSON: {error}")
    return CaseText(place, found)


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key `{twice}` stands twice in one map")
    return found


def _whole(name: str, data: bytes) -> CaseText:
    """Return the one document of a YAML or JSON file; JSON is YAML, so one parser reads both."""
    diagnostics = Diagnostics()
    source = decode_text(name, data, diagnostics)
    root = None if source is None else parse_text(source, diagnostics)
    if root is None or len(diagnostics):
        return _unreadable(name, "; ".join(map(str, diagnostics)))
    return CaseText(name, plain(root))


def _unreadable(place: str, why: str) -> CaseText:
    return CaseText(place, None, CaseFaults(place, (CaseFault("case", why),)))
