"""The one form of a record in bytes: RFC 8785, so that the same record has the same digest everywhere."""

import json

import orjson


def canonical_bytes(value: object) -> bytes:
    """Return the canonical JSON of a value whose keys are ASCII and whose numbers are integers.

    For such values `orjson` with sorted keys gives what RFC 8785 asks for, a hundred times as fast as `rfc8785`
    (a test compares them); records hold nothing else.

    Raises:
        ValueError: When it cannot be written: text that is no Unicode, a number beyond 64 bits, 250 levels deep.
    """
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as error:
        raise ValueError(f"not to be written as canonical JSON: {error}") from error


def read_canonical(data: bytes) -> object:
    """Return the value of canonical JSON.

    Raises:
        ValueError: When the bytes are no JSON, or not its canonical form.
    """
    try:
        value: object = json.loads(data, parse_float=_refuse)
    except RecursionError as error:
        raise ValueError("nests deeper than any record") from error
    if canonical_bytes(value) != data:
        raise ValueError("not in the canonical form")
    return value


def _refuse(number: str) -> object:
    # RFC 8785 writes such numbers in a way of its own, which is not looked into here.
    raise ValueError(f"`{number[:20]}` is no whole number")
