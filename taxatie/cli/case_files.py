"""Cases from files and from a pipe, one at a time, so that memory stays flat however many there are."""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final, NoReturn

from taxatie.errors.diagnostics import Diagnostics
from taxatie.errors.problem import CaseFault, CaseFaults
from taxatie.limits import CASE_BYTES_MAX, DEPTH_MAX, TEXT_BYTES_MAX
from taxatie.rules.nodes import plain
from taxatie.rules.parser import decode_text, parse_text

_LINES_SUFFIXES: Final = (".jsonl", ".ndjson")
_STRING_OR_BRACKET: Final = re.compile(r'"(?:[^"\\]|\\.?)*"?|[\[\]{}]', re.DOTALL)
_BOM: Final = b"\xef\xbb\xbf"


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
            yield from read_cases("-", sys.stdin.buffer)
        else:
            with Path(name).open("rb") as stream:
                yield from read_cases(name, stream)


def read_cases(name: str, stream: BinaryIO) -> Iterator[CaseText]:
    """Return the cases of a stream: one document of YAML or JSON, or a case a line."""
    chunks = iter(lambda: stream.readline(CASE_BYTES_MAX + 1), b"")
    head = _head(chunks)
    if name.endswith(_LINES_SUFFIXES) or _are_lines(head):
        yield from _cases_of_lines(name, chain(head, chunks))
        return
    room = TEXT_BYTES_MAX + 1 - sum(map(len, head))
    yield from _cases_of_document(name, b"".join(head) + stream.read(max(0, room)))


def _head(chunks: Iterator[bytes]) -> list[bytes]:
    """Return the lines that show the form: up to the first that is a case, or the second that is not empty.

    Not a line more, since whoever writes case by case may wait for each answer.
    """
    head: list[bytes] = []
    filled = size = 0
    for chunk in chunks:
        head.append(chunk)
        filled += bool(chunk.strip())
        size += len(chunk)
        if filled > 1 or _is_case(chunk) or size > TEXT_BYTES_MAX:
            break
    return head


def _are_lines(head: list[bytes]) -> bool:
    """Return whether a case stands on each line, as far as the first two lines show."""
    lines = [line.removeprefix(_BOM).strip() for line in head if line.strip()]
    if not lines or lines[0] == b"[":
        return False
    # The first line may be broken; that must not take the other cases with it.
    look_like_cases = len(lines) > 1 and lines[0].endswith(b"}") and all(line.startswith(b"{") for line in lines)
    return any(map(_is_case, lines)) or look_like_cases or len(head[0]) > CASE_BYTES_MAX


def _is_case(line: bytes) -> bool:
    try:
        text = line.decode("utf-8-sig")
        return not _is_too_deep(text) and isinstance(json.loads(text), dict)
    except ValueError:
        return False


# A case a line


def _cases_of_lines(name: str, chunks: Iterable[bytes]) -> Iterator[CaseText]:
    """Return a case for each line that is not empty; of a line that is too long nothing more is kept."""
    number, is_rest = 1, False
    for chunk in chunks:
        place = f"{name}:{number}"
        if len(chunk) > CASE_BYTES_MAX and not is_rest:
            yield _unreadable(place, f"the case has more than {CASE_BYTES_MAX} bytes")
        elif chunk.strip() and not is_rest:
            yield _json_case(place, chunk)
        is_rest = not chunk.endswith(b"\n")
        number += not is_rest


def _json_case(place: str, data: bytes) -> CaseText:
    try:
        text = data.decode("utf-8-sig")
        if _is_too_deep(text):
            return _unreadable(place, f"this is nested more than {DEPTH_MAX} deep")
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        return _unreadable(place, f"byte {error.start} is not UTF-8")
    except ValueError as error:
        return _unreadable(place, f"not JSON: {str(error)[:1].lower()}{str(error)[1:]}")
    return CaseText(place, found)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key `{twice}` stands twice in one map")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"`{name}` is no value of JSON")


def _is_too_deep(text: str) -> bool:
    """Return whether the text nests deeper than is read; asked first, because `json` recurses."""
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        character = match.group()
        depth += (character in "[{") - (character in "]}")
        if depth > DEPTH_MAX:
            return True
    return False


# One document


def _cases_of_document(name: str, data: bytes) -> Iterator[CaseText]:
    """Return the case of a document, or each where it is a list of cases."""
    found = _document(name, data)
    if isinstance(found.plain, list):
        yield from (CaseText(f"{name}[{index}]", each) for index, each in enumerate(found.plain))
    else:
        yield found


def _document(name: str, data: bytes) -> CaseText:
    """Return the document; JSON is read as JSON, because YAML reads some of its texts otherwise."""
    if data.removeprefix(_BOM).lstrip()[:1] in {b"{", b"["}:
        found = _json_case(name, data)
        if found.faults is None or name.endswith(".json"):
            return found
    diagnostics = Diagnostics()
    source = decode_text(name, data, diagnostics)
    root = None if source is None else parse_text(source, diagnostics)
    if root is None or len(diagnostics):
        return _unreadable(name, "; ".join(map(str, diagnostics)))
    return CaseText(name, plain(root))


def _unreadable(place: str, why: str) -> CaseText:
    return CaseText(place, None, CaseFaults(place, (CaseFault("case", why),)))
