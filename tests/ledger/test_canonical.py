"""A record has one form in bytes: what RFC 8785 gives."""

import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from taxatie.ledger.canonical import canonical_bytes, read_canonical

EXACT = 2**53 - 1
"""The largest whole number that every reader of JSON keeps."""
KEYS = st.text(st.characters(max_codepoint=127), max_size=5)
LEAVES = st.none() | st.booleans() | st.integers(-EXACT, EXACT) | st.text(max_size=8)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


@given(VALUES)
def test_a_record_has_the_form_of_rfc_8785(value: rfc8785._impl._Value) -> None:
    """`orjson` is a hundred times as fast; that it writes the same is what this holds."""
    assert canonical_bytes(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value", ["\ud800", 2**64, {1: 2}, object()], ids=["no Unicode", "too large", "no text", "odd"]
)
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="not to be written"):
        canonical_bytes(value)


@given(VALUES)
def test_what_was_written_is_read_back(value: object) -> None:
    assert read_canonical(canonical_bytes(value)) == value


@given(VALUES)
def test_any_other_spelling_of_the_same_value_is_refused(value: object) -> None:
    """Else a changed line could mean the same, and a digest something else."""
    other = json.dumps(value, indent=1, ensure_ascii=True).encode()

    if other == canonical_bytes(value):
        other = b" " + other
    with pytest.raises(ValueError, match="canonical"):
        read_canonical(other)


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"{", b"nul", b'{"a":1,"a":1}', b'{"a":1.0}', b'{"b":1,"a":1}', b"\xff", b"NaN", b"Infinity", b"[1 ]"),
        *(b'"\\ud800"', '"é"'.encode("utf-16"), b"\xef\xbb\xbf{}", b"1" * 5_000, b"[" * 100_000, b'{"a":' * 100_000),
    ],
    ids=lambda data: repr(data[:12]),
)
def test_what_is_no_canonical_json_is_refused(data: bytes) -> None:
    """Whatever an attacker puts there, and however deep it nests: a refusal, never a crash."""
    with pytest.raises(ValueError, match=r".+"):
        read_canonical(data)


@given(st.binary(max_size=60))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    try:
        value = read_canonical(data)
    except ValueError:
        return
    assert canonical_bytes(value) == data
