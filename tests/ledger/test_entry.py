"""A line of the log: read back as it was written, and nothing else is taken for one."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taxatie.ledger.canonical import canonical_bytes
from taxatie.ledger.entry import Draft, Entry, EntryKind, entry_of, read_entry
from tests.ledger.building import a_draft, an_id

TEXTS = st.text(max_size=8)
DRAFTS = st.builds(
    Draft,
    id=st.integers(0, 9).map(an_id),
    kind=st.sampled_from(EntryKind),
    at=TEXTS,
    about=st.none() | st.integers(0, 9).map(an_id),
    release=st.none() | TEXTS,
    request=st.none() | TEXTS,
    says=st.dictionaries(st.sampled_from(["by", "reason"]), TEXTS, max_size=2),
    payload=st.none() | st.binary(max_size=4),
    case_reference=st.none() | TEXTS,
    keep_until=st.none() | TEXTS,
)


@given(DRAFTS, st.integers(0, 2**40), st.none() | TEXTS)
def test_a_line_is_read_back_as_it_was_written(draft: Draft, place: int, commitment: str | None) -> None:
    entry = entry_of(draft, place, commitment)

    assert read_entry(entry.leaf) == entry


def test_a_line_holds_nothing_of_a_case() -> None:
    """It stays for ever; what concerns a case can be erased."""
    draft = a_draft(reference="c-77", words="strangled")

    leaf = entry_of(draft, 3, "ab" * 32).leaf.decode()

    assert "c-77" not in leaf
    assert "strangled" not in leaf
    assert "words" not in leaf


SOUND = json.loads(Entry(3, an_id(1), EntryKind.DECISION, "t", None, None, None, {}, None, None).leaf)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("format", "taxatie-log/0"),
        ("place", "3"),
        ("place", True),
        ("place", None),
        ("id", 7),
        ("id", "jan"),
        ("id", None),
        ("about", "jan"),
        ("about", 7),
        ("kind", "rumour"),
        ("kind", None),
        ("kind", []),
        ("at", None),
        ("at", 7),
        ("release", 7),
        ("request", []),
        ("says", None),
        ("says", []),
        ("commitment", {}),
        ("keep_until", 20260302),
        ("further", 1),
    ],
)
def test_what_is_no_line_is_refused(key: str, value: object) -> None:
    """Also what would only become one by being read generously: its leaf would be another."""
    with pytest.raises(ValueError, match=r".+"):
        read_entry(canonical_bytes({**SOUND, key: value}))


@pytest.mark.parametrize("data", [b"[]", b"null", b"3", b"{}", b'"x"'])
def test_json_of_another_form_is_no_line(data: bytes) -> None:
    with pytest.raises(ValueError, match="form"):
        read_entry(data)


@pytest.mark.parametrize("key", sorted(SOUND))
def test_a_line_lacks_nothing(key: str) -> None:
    with pytest.raises(ValueError, match="form"):
        read_entry(canonical_bytes({name: value for name, value in SOUND.items() if name != key}))


@given(st.sampled_from(sorted(SOUND)), st.none() | st.booleans() | st.integers() | TEXTS | st.just([]) | st.just({}))
def test_whatever_is_read_as_a_line_has_the_same_leaf(key: str, value: object) -> None:
    data = canonical_bytes({**SOUND, key: value})
    try:
        entry = read_entry(data)
    except ValueError:
        return
    assert entry.leaf == data


def test_a_payload_has_a_date_in_the_tree_until_which_it_is_kept() -> None:
    """Beside the tree it could be moved, and a record be erased years too early."""
    draft = a_draft(keep_until="2046-03-02")

    assert entry_of(draft, 0, None).leaf != entry_of(replace(draft, keep_until="2026-03-03"), 0, None).leaf
