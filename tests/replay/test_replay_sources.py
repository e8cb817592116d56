"""Records come from a log or a file, one at a time; what cannot be read is passed on, never passed over."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest

from taxatie.engine.live import LiveEngine
from taxatie.ledger.canonical import canonical_bytes
from taxatie.ledger.entry import Draft, EntryKind
from taxatie.ledger.log import fresh_id, utc_text
from taxatie.ledger.opening import LogPlace, open_log, read_store
from taxatie.ledger.store import Store
from taxatie.limits import DEPTH_MAX, RECORD_BYTES_MAX
from taxatie.registry.folder import ReleaseFolder
from taxatie.replay.releases_then import ReleasesThen
from taxatie.replay.replay import Replayer
from taxatie.replay.replay_phrases import sentence_of
from taxatie.replay.replayed import Cause, Outcome, Why
from taxatie.replay.sources import WHOLE_LOG, Found, Span, days, decision_of, decisions_of, records_of
from taxatie.terms.text import Language
from tests.replay.recording import NOW, SMALL, a_request, record

ID = "01900000-0000-7000-8000-000000000000"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Return a log: its beginning, two decisions on one day, a look at it, and a decision on the next."""
    record(tmp_path, [a_request(), a_request(case="c-2")], moment=datetime(2026, 3, 2, 22, 59, 59, tzinfo=UTC))
    log = open_log(LogPlace(tmp_path), "taxatie/tests", NOW)
    log.append([Draft(fresh_id(NOW), EntryKind.ACCESS, utc_text(NOW), says={"role": "auditor"})])
    log.store.close()
    record(tmp_path, [a_request(case="c-3")], moment=datetime(2026, 3, 2, 23, 0, 0, tzinfo=UTC))
    store = read_store(LogPlace(tmp_path))
    yield store
    store.close()


def places(store: Store, span: Span) -> list[str]:
    """Return the places of the decisions of a stretch."""
    return [found.place for found in decisions_of(store.lines(span.first), span)]


def test_of_all_lines_the_decisions_are_taken(store: Store) -> None:
    assert places(store, WHOLE_LOG) == ["line 1", "line 2", "line 4"]


def test_a_stretch_goes_from_place_to_place_both_included(store: Store) -> None:
    assert places(store, Span(first=2, last=4)) == ["line 2", "line 4"]
    assert places(store, Span(first=2, last=3)) == ["line 2"]
    assert places(store, Span(first=5)) == []


def test_a_day_is_amsterdams(store: Store) -> None:
    """At eleven at night in London it is the next day in Amsterdam, in winter."""
    assert places(store, days(None, date(2026, 3, 2))) == ["line 1", "line 2"]
    assert places(store, days(date(2026, 3, 3), None)) == ["line 4"]
    assert places(store, days(date(2026, 3, 2), date(2026, 3, 3))) == ["line 1", "line 2", "line 4"]
    assert places(store, days(date(2026, 3, 4), None)) == []


def test_an_entry_that_was_changed_is_passed_on_as_broken(store: Store) -> None:
    (line, *_) = [line for line in store.lines() if line.place == 1]
    changed = replace(line, leaf=line.leaf.replace(b'"decision"', b'"dicision"'))

    found = decision_of(changed)

    assert found is not None
    assert found.data is None
    assert found.broken is not None
    assert "line was changed" in found.broken


def test_a_payload_that_was_changed_is_passed_on_as_broken(store: Store) -> None:
    (line, *_) = [line for line in store.lines() if line.place == 1]
    assert line.data is not None
    changed = replace(line, data=line.data[:-1] + bytes([line.data[-1] ^ 1]))

    found = decision_of(changed)

    assert found is not None
    assert found.broken is not None
    assert "payload was changed" in found.broken
    assert found.digest


def read(text: str | bytes, name: str = "file") -> list[Found]:
    """Return the records of a file."""
    return list(records_of(name, BytesIO(text.encode() if isinstance(text, str) else text)))


@pytest.mark.parametrize("indent", [None, 2])
def test_a_file_of_one_record_may_be_spread_over_lines(indent: int | None) -> None:
    """Somebody may have laid it out to read it; what it says is what counts."""
    plain = {"id": ID, "b": [1, {"a": "é"}], "a": None}

    (found,) = read("\ufeff\n" + json.dumps(plain, indent=indent))

    assert (found.id, found.data) == (ID, canonical_bytes(plain))
    assert not found.is_proved


def test_a_file_may_hold_a_record_a_line() -> None:
    lines = [json.dumps({"id": ID, "n": number}) for number in range(3)]

    found = read("\n".join([lines[0], "", lines[1], lines[2]]), "r.jsonl")

    assert [each.place for each in found] == ["r.jsonl:1", "r.jsonl:3", "r.jsonl:4"]
    assert all(each.data for each in found)


def test_a_broken_line_is_passed_on_and_does_not_end_the_others() -> None:
    good = json.dumps({"id": ID})
    deep = "[" * (DEPTH_MAX + 1) + "]" * (DEPTH_MAX + 1)
    abyss = "[" * 100_000 + "]" * 100_000
    broken = ["{}}", '{"a": 1, "a": 2}', '{"a": NaN}', '{"a": "\\ud800"}', deep, abyss, "nonsense"]

    found = read("\n".join([good, *broken, good]))

    assert [each.broken is None for each in found] == [True, *[False] * len(broken), True]


def test_bytes_that_are_no_text_are_passed_on_as_broken() -> None:
    (found,) = read(b'{"a": "\xff"}')

    assert found.broken is not None
    assert found.id == ""


@pytest.mark.parametrize("text", ['{"a": "', '{\n"a": "'])
def test_a_record_that_is_too_long_is_passed_on_as_broken(text: str) -> None:
    """Nobody's memory is filled by one file."""
    found = read(text + "x" * RECORD_BYTES_MAX + '"}\n' + json.dumps({"id": ID}) + "\n")

    assert found[0].broken is not None
    assert [each.id for each in found[1:]] == ([ID] if "\n" not in text else [])


def test_what_cannot_be_read_is_not_replayed_and_says_why() -> None:
    """It counts as a fault of the data: a file with nonsense never passes for one without differences."""
    (found,) = read("nonsense", "notes.txt")

    (replayed,) = Replayer(ReleasesThen(ReleaseFolder(SMALL), LiveEngine), {}).replay_all([found])

    assert replayed.outcome is Outcome.NOT_REPLAYED
    assert replayed.difference is not None
    assert (replayed.difference.cause, replayed.difference.why) == (Cause.DATA, Why.UNREADABLE)
    assert "no JSON" in sentence_of(replayed, Language.EN)


def test_an_empty_file_holds_no_record() -> None:
    assert read("\n \n") == []
