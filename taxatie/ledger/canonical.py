"""The one form of a record in bytes: RFC 8785, so that the same record has the same digest everywhere."""

import json
from typing import Final

_WRITER: Final = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, check_circular=False
)


def canonical_bytes(value: object) -> bytes:
    """Return the canonical JSON of a value whose keys are ASCII and whose numbers are integers.

    For such values the standard library's writer gives what RFC 8785 asks for, thirty times as fast as `rfc8785`
    (a test compares them); records hold nothing else.
    """
    return _WRITER.encode(value).encode("utf-8")


def read_canonical(data: bytes) -> object:
    """Return the value of canonical JSON.

    Raises:
        ValueError: When the bytes are no JSON, or not its canonical form.
    """
    try:
        value: object = json.loads(data, parse_float=_refuse)
        is_canonical = canonical_bytes(value) == data
    except RecursionError as error:
        raise ValueError("nests deeper than any record") from error
    if not is_canonical:
        raise ValueError("not in the canonical form")
    return value


def _refuse(number: str) -> object:
    # RFC 8785 writes such numbers in a way of its own, which the standard library does not know.
    raise ValueError(f"`{number[:20]}` is no whole number")
