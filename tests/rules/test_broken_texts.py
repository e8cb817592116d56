"""No text, however broken, gives a traceback: it gives faults."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taxatie.errors.diagnostics import Diagnostics
from taxatie.rules.loading import load_release
from taxatie.rules.parser import decode_text, parse_text
from tests.rules.base_release import base_files

TOKENS = re.compile(r"\s+|[\w-]+|.", re.DOTALL)

REPLACEMENTS = ["[", "{}", "yes", "12", "null", "unknown", "all", "case", "\n", "- "]

HOSTILE = {
    "100 kB of [": b"[" * 100_000,
    "100 kB of {": b"{" * 100_000,
    "100 kB of - ": b"- " * 50_000,
    "aliases": b"a: &a [x]\n" + b"b: [" + b"*a, " * 1_000_000 + b"]",
    "a bomb of aliases": b"a: &a [1,1]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]",
    "NUL": b"\x00" * 1_000,
    "half a character": b"release: \xe2\x82",
    "an endless scalar": b"'" + b"x" * 1_000_000,
    "many keys": b"".join(b"k%d: 1\n" % number for number in range(100_000)),
    "a lone surrogate": b"\xed\xa0\x80",
    "directives": b"%YAML 9.9\n---\na",
    "tags": b"!!python/object/apply:os.system ['true']",
    "merge keys": b"<<: {a: 1}",
    "numbers": b"- 1e999999\n- 0x1F\n- 99999999999999999999999999\n- .nan\n- 1_000",
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_gives_faults_or_nodes(data: bytes) -> None:
    """Each of these has crashed or hung some reader of YAML."""
    diagnostics = Diagnostics()

    source = decode_text("hostile.yaml", data, diagnostics)
    root = None if source is None else parse_text(source, diagnostics)

    assert root is not None or diagnostics.errors


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_faults_or_nodes(data: bytes) -> None:
    diagnostics = Diagnostics()

    source = decode_text("any.yaml", data, diagnostics)
    root = None if source is None else parse_text(source, diagnostics)

    assert root is not None or diagnostics.errors


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_release_with_pieces_moved_about_gives_faults_or_a_program(data: st.DataObject) -> None:
    """Broken as people break things: a word gone, doubled, or in another place."""
    files = base_files()
    path = data.draw(st.sampled_from(sorted(files)))
    pieces = TOKENS.findall(files[path])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(pieces) - 1))
        how = data.draw(st.sampled_from(["drop", "double", "swap", "other"]))
        if how == "drop":
            pieces[place] = ""
        elif how == "double":
            pieces[place] *= 2
        elif how == "swap":
            other = data.draw(st.integers(0, len(pieces) - 1))
            pieces[place], pieces[other] = pieces[other], pieces[place]
        else:
            pieces[place] = data.draw(
                st.sampled_from(["[", "{}", "yes", "12", "null", "unknown", "all", "case", "\n", "- "])
            )
    files[path] = "".join(pieces)

    loaded = load_release("example", {name: text.encode() for name, text in files.items()}.get, is_draft=True)

    assert loaded.program is not None or loaded.diagnostics.errors
