"""The canonical form: one layout, the same meaning, every comment kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taxatie.errors.diagnostics import Diagnostics
from taxatie.rules.formatter import format_text
from taxatie.rules.nodes import plain
from taxatie.rules.parser import parse_text
from taxatie.source import SourceText

LONG = "a_name_that_takes_a_good_part_of_the_line"

FORMS = {
    "one space after a colon": ("a:   1\n", "a: 1\n"),
    "lists stand two deeper": ("a:\n- b\n-   c\n", "a:\n  - b\n  - c\n"),
    "maps in lists begin beside the dash": ("-\n    a: 1\n    b: 2\n", "- a: 1\n  b: 2\n"),
    "lists in lists begin beside the dash": ("-\n  - a\n  - b\n", "- - a\n  - b\n"),
    "brackets stay": ("a: { b: [ 1,2 ] , c: {} }\n", "a: {b: [1, 2], c: {}}\n"),
    "brackets that are too wide open": (
        f"a: {{{LONG}: {LONG}, {LONG}_too: {LONG}}}\n",
        f"a:\n  {LONG}: {LONG}\n  {LONG}_too: {LONG}\n",
    ),
    "brackets around a comment open": ("a: [1, # one\n  2]\n", "a:\n  - 1  # one\n  - 2\n"),
    "single quotes become double": ("a: 'it''s'\n", 'a: "it\'s"\n'),
    "single quotes around double ones stay": ("a: 'say \"b\"'\n", "a: 'say \"b\"'\n"),
    "quotes are not taken off": ('a: "yes"\nb: yes\n', 'a: "yes"\nb: yes\n'),
    "a wrapped text is put in quotes": ("a: one\n  two\n", 'a: "one two"\n'),
    "what cannot be seen is escaped": ('a: "\\x07\\t\\U000e0001"\n', 'a: "\\u0007\\t\\U000e0001"\n'),
    "lines stay lines": ("a:  |\n    one\n     two\nb: 1\n", "a: |\n  one\n   two\nb: 1\n"),
    "folded texts are folded anew": ("a: >-\n   one\n   two\n\n   three\n", "a: >-\n  one two\n\n  three\n"),
    "folded texts keep their empty lines": ("a: >-\n  one\n\n\n  two\n", "a: >-\n  one\n\n\n  two\n"),
    "folded texts keep to the width": (f"a: >-\n  {LONG} {LONG}\n  {LONG}\n", f"a: >-\n  {LONG} {LONG}\n  {LONG}\n"),
    "folded texts that cannot be folded become lines": ("a: >\n  one  two\n", "a: |\n  one  two\n"),
    "texts with loose ends are put in quotes": ("a: |+\n  one\n\n", 'a: "one\\n\\n"\n'),
    "an empty block is put in quotes": ("a: |\nb: 1\n", 'a: ""\nb: 1\n'),
    "nothing stays nothing": ("a:\nb: ~\nc: {d: }\n", "a:\nb: ~\nc: {d: null}\n"),
    "one empty line is kept": ("a: 1\n\n\n\nb: 2\n", "a: 1\n\nb: 2\n"),
    "empty lines at the edges go": ("\n\na:\n\n  b: 1\n\n\n", "a:\n  b: 1\n"),
    "a byte order mark goes": ("\ufeffa: 1\n", "a: 1\n"),
    "document marks go": ("---\na: 1\n...\n", "a: 1\n"),
    "windows line ends go": ("a: 1\r\nb: 2\r\n", "a: 1\nb: 2\n"),
    "a text of one word": ("  word   # said\n", "word  # said\n"),
    "brackets alone": ("# head\n{ a: 1 }\n# foot\n", "# head\n{a: 1}\n# foot\n"),
    "brackets alone around a comment": ("{ # why\n  a: 1 }\n", "# why\na: 1\n"),
}

COMMENTS = {
    "above": "# head\n\n# of a\na: 1\n\n# of b\nb: 2\n",
    "beside": "a: 1  # one\nb:  # two\n  c: 1  # three\nd: |  # four\n  text\n",
    "below, as deep as it stands": "a:\n  - b: 1\n    c: 2\n    # of the map\n  # of the list\n# of the text\nd: 3\n",
    "at the end": "a:\n  - b\n  # of the list\n# of the text\n",
    "above an item": "a:\n  # of the item\n  - b: 1\n\n  # of the next\n  - c: 1\n",
    "that looks like a key": "a: 1\n# b: 2\nc: 3\n",
    "within a text there is none": 'a: "b # c"\nd: b#c\ne: |\n  # text\n',
}

MOVED = {
    "between dash and item": ("a:\n  -\n    # deep\n    - b: 1\n", "a:\n  # deep\n  - - b: 1\n"),
    "beside an opening bracket": ("- {  # why\n  a: 1}\n", "# why\n- a: 1\n"),
    "beside a dash": ("- # why\n  a: 1\n", "# why\n- a: 1\n"),
    "within brackets, below an empty line": ("- a\n\n- {\n\n  # why\n  b: 1}\n", "- a\n\n# why\n- b: 1\n"),
    "deeper than anything": ("a:\n  b: 1\n      # far\nc: 2\n", "a:\n  b: 1\n  # far\nc: 2\n"),
}


def formatted(text: str) -> str | None:
    """Return the canonical form, or None where the text cannot be read."""
    return format_text(SourceText("text.yaml", text.removeprefix("\ufeff")), Diagnostics())


@pytest.mark.parametrize(("text", "canonical"), FORMS.values(), ids=FORMS)
def test_a_text_is_laid_out_in_one_way(text: str, canonical: str) -> None:
    assert formatted(text) == canonical


@pytest.mark.parametrize("text", COMMENTS.values(), ids=COMMENTS)
def test_comments_stay_where_they_are(text: str) -> None:
    assert formatted(text) == text


@pytest.mark.parametrize(("text", "canonical"), MOVED.values(), ids=MOVED)
def test_comments_in_odd_places_move_as_little_as_they_can(text: str, canonical: str) -> None:
    assert formatted(text) == canonical


def test_a_text_that_cannot_be_read_is_not_formatted() -> None:
    """Half a text in canonical form would look finished."""
    diagnostics = Diagnostics()

    assert format_text(SourceText("text.yaml", "a: 1\na: 2\nb: *c\n"), diagnostics) is None

    assert [diagnostic.code for diagnostic in diagnostics] == ["TX102", "TX103"]


BITS = (
    "# c", "\n# d\n", " # e\n", "\n", "\n\n", " ", "  ", "    ", "- ", "a: ", "x", "'", '"', "{", "}", "[", "]",
    ",", "|\n", ">-\n", "#", "?", "é", "\t", "~", "12", ": ", "---\n",
)  # fmt: skip
SEEDS = (*(text for text, _ in FORMS.values()), *COMMENTS.values(), *(text for text, _ in MOVED.values()))


@st.composite
def damaged_texts(draw: st.DrawFn) -> str:
    """Texts with a few characters put in or taken out somewhere."""
    text = draw(st.sampled_from(SEEDS)) + draw(st.sampled_from(("", *SEEDS)))
    for bit in draw(st.lists(st.sampled_from(BITS), max_size=6)):
        place = draw(st.integers(0, len(text)))
        text = text[:place] + bit + text[place + draw(st.sampled_from((0, 0, 0, 1, 2))) :]
    return text


@given(damaged_texts())
def test_formatting_twice_is_formatting_once(text: str) -> None:
    """And it changes neither the meaning nor the comments, which `format_text` asserts of itself."""
    once = formatted(text)

    if once is not None:
        assert formatted(once) == once


@given(damaged_texts())
def test_formatting_keeps_the_meaning(text: str) -> None:
    canonical = formatted(text)

    if canonical is not None:
        before = parse_text(SourceText("", text.removeprefix("\ufeff")), Diagnostics())
        after = parse_text(SourceText("", canonical), Diagnostics())
        assert before is not None
        assert after is not None
        assert repr(plain(after)) == repr(plain(before))
