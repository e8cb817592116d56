"""Reading cases: whatever the bytes are, each comes out as a case or as a fault, and nothing is raised."""

import json
from io import BytesIO

from hypothesis import example, given
from hypothesis import strategies as st

from taxatie.cli.case_files import CaseText, read_cases
from taxatie.limits import DEPTH_MAX

LINES = st.lists(
    st.one_of(
        st.binary(max_size=40),
        st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), st.lists, max_leaves=5).map(
            lambda value: json.dumps({"case": value}).encode()
        ),
    ),
    max_size=6,
).map(b"\n".join)


def read(name: str, data: bytes) -> list[CaseText]:
    """Return everything that comes out of the bytes."""
    return list(read_cases(name, BytesIO(data)))


@given(LINES | st.binary(max_size=200), st.sampled_from(["-", "c.yaml", "c.json", "c.jsonl"]))
@example(b"[" * 100_000, "c.json")
@example(b'{"a":' * 100_000, "c.jsonl")
@example(b'"' + b'\\"' * 100_000, "c.json")
@example(b"{a: " * 100_000, "-")
@example(b"- " * 100_000, "c.yaml")
@example(b"&a *a " * 1_000_000, "-")
def test_any_bytes_give_cases_or_faults(data: bytes, name: str) -> None:
    for text in read(name, data):
        assert text.place.startswith(name)
        assert text.faults is None or text.plain is None


@given(st.lists(st.dictionaries(st.text(), st.text() | st.integers() | st.booleans(), max_size=3), min_size=1))
def test_lines_of_json_come_out_as_they_went_in(cases: list[dict[str, object]]) -> None:
    data = "\n".join(map(json.dumps, cases)).encode()

    assert [text.plain for text in read("-", data)] == cases
    assert [text.place for text in read("-", data)] == [f"-:{number + 1}" for number in range(len(cases))]


@given(st.integers(DEPTH_MAX - 3, DEPTH_MAX + 3), st.sampled_from(["[", '{"a":']))
def test_depth_is_bounded_before_anything_is_parsed(depth: int, opening: str) -> None:
    closing = {"[": "]", '{"a":': "}"}[opening]
    value = opening * (depth - 1) + '"[[[{{{\\"[[["' + closing * (depth - 1)

    (text,) = read("c.jsonl", f'{{"case": {value}}}'.encode())

    assert (text.faults is None) is (depth <= DEPTH_MAX)
