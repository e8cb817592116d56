"""Evidence proves what it says to who has the public key, and nothing to who has not."""

import base64
import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from taxatie.errors.problem import TaxatieError
from taxatie.ledger.canonical import canonical_bytes
from taxatie.ledger.checkpoint_file import CheckpointFile
from taxatie.ledger.dsse import BrokenEnvelopeError, read_envelope, signed_bytes, write_envelope
from taxatie.ledger.evidence import GROWTH_KIND, LINE_KIND, prove_growth, prove_line
from taxatie.ledger.evidence_check import check_evidence
from taxatie.ledger.keys import keys_of
from taxatie.ledger.opening import LogPlace, read_store
from taxatie.ledger.store import LedgerUnavailableError
from taxatie.signing import new_private_key, public_key_of
from tests.ledger.building import a_draft, a_place, a_small_log, lines_of, opened

Json = dict[str, Any]


@pytest.fixture
def place(tmp_path: Path) -> LogPlace:
    """Return where a log may lie."""
    return a_place(tmp_path)


def proved(place: LogPlace, line: int, *, has_payload: bool = True) -> bytes:
    """Return the evidence of a line."""
    with opened(place) as log:
        return prove_line(log, next(log.store.lines(line)), has_payload=has_payload)


def grown(place: LogPlace, earlier: int) -> bytes:
    """Return the evidence that the log grew."""
    with opened(place) as log:
        return prove_growth(log, earlier)


def said(data: bytes) -> Json:
    """Return what an envelope holds."""
    statement: Json = json.loads(read_envelope(data).body)
    return statement


def signed_anew(data: bytes, private: bytes, change: Callable[[Json], object]) -> bytes:
    """Return the evidence with something changed, signed by a key."""
    envelope, statement = read_envelope(data), said(data)
    change(statement)
    return write_envelope(envelope.kind, canonical_bytes(statement), private)


def test_each_line_is_proved_to_who_trusts_the_first_key_or_the_last(place: LogPlace) -> None:
    first = a_small_log(place)
    last = public_key_of(place.key_file.read_bytes())

    for line in range(len(lines_of(place))):
        for trusted in (first, last):
            checked = check_evidence(proved(place, line), trusted)
            assert checked.faults == ()
            assert checked.entry is not None
            assert checked.entry.place == line


def test_evidence_holds_the_payload_only_where_it_was_asked_for_and_is_there(place: LogPlace) -> None:
    key = a_small_log(place)

    here, left_out = check_evidence(proved(place, 1), key), check_evidence(proved(place, 1, has_payload=False), key)
    erased, none = check_evidence(proved(place, 3), key), check_evidence(proved(place, 0), key)

    assert [each.payload_is for each in (here, left_out, erased, none)] == ["here", "left-out", "erased", "none"]
    assert [each.is_sound for each in (here, left_out, erased, none)] == [True] * 4
    assert json.loads(here.payload or "")["words"] == "heard"
    assert (left_out.payload, erased.payload, none.payload) == (None, None, None)


def test_evidence_holds_nothing_of_the_case_where_the_payload_is_left_out(place: LogPlace) -> None:
    with opened(place) as log:
        log.append([a_draft(words="strangled")])

    assert b"strangled" in read_envelope(proved(place, 1)).body
    assert b"strangled" not in read_envelope(proved(place, 1, has_payload=False)).body


def test_a_line_stays_proved_after_its_payload_is_erased(place: LogPlace) -> None:
    key = a_small_log(place)
    before = proved(place, 8)

    with opened(place) as log:
        log.store.erase((8,))

    assert check_evidence(before, key).is_sound
    assert check_evidence(proved(place, 8), key).payload_is == "erased"


def test_evidence_signed_by_its_own_key_proves_nothing(place: LogPlace) -> None:
    """A forger can make a log of their own, with a key that it names itself."""
    key = a_small_log(place)
    other = new_private_key()

    def change(statement: Json) -> None:
        statement["key"] = public_key_of(other)

    forged = signed_anew(proved(place, 1), other, change)

    assert "the evidence is not signed by the key that you trust, or one that it handed over to" in (
        check_evidence(forged, key).faults
    )


def test_a_key_takes_over_only_by_the_word_of_the_one_before(place: LogPlace) -> None:
    key = a_small_log(place)
    other = new_private_key()

    def change(statement: Json) -> None:
        statement["rotations"].append(
            {**statement["rotations"][0], "from": statement["key"], "to": public_key_of(other)}
        )

    forged = signed_anew(proved(place, 1), other, change)

    assert not check_evidence(forged, key).is_sound
    assert not check_evidence(proved(place, 1), public_key_of(other)).is_sound


CHANGES: dict[str, tuple[Callable[[Json], object], str]] = {
    "another place": (lambda s: s.update(place=2), "the line is not in the log"),
    "a digest of the proof": (lambda s: s.update(inclusion=["00" * 32, *s["inclusion"][1:]]), "not in the log"),
    "a digest more": (lambda s: s["inclusion"].append("00" * 32), "not in the log"),
    "a short digest": (lambda s: s.update(inclusion=["00"]), "its proof cannot be read"),
    "no digest": (lambda s: s.update(inclusion=["x"]), "its proof cannot be read"),
    "another line": (lambda s: s.update(leaf=s["leaf"].replace("decision", "override")), "not in the log"),
    "no line": (lambda s: s.update(leaf="{}"), "the line cannot be read"),
    "another payload": (lambda s: s.update(payload=s["payload"].replace("heard", "felt")), "not the one that the line"),
    "another salt": (lambda s: s.update(salt="00" * 32), "not the one that the line"),
    "no payload": (lambda s: s.update(payload=None), "says that the payload is here, and it is not"),
    "erased, yet here": (lambda s: s.update(payload_is="erased"), "there is no payload, and holds one"),
    "never had any": (lambda s: s.update(payload_is="none", payload=None, salt=None), "says another thing"),
    "another checkpoint": (lambda s: s.update(checkpoint="x"), "its checkpoint cannot be read"),
    "a cut checkpoint": (lambda s: s.update(checkpoint=s["checkpoint"].replace("\n9\n", "\n8\n")), "checkpoint is not"),
    "another form": (lambda s: s.update(format="taxatie-evidence-line/2"), "cannot be read"),
    "a field more": (lambda s: s.update(more=1), "cannot be read"),
    "a salt that is none": (lambda s: s.update(salt="x"), "cannot be read"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_each_change_is_named_even_where_the_key_signed_it(place: LogPlace, change: str) -> None:
    """Whoever holds the key could sign anything; yet no signature puts a line into a tree."""
    key = a_small_log(place)
    do, message = CHANGES[change]

    forged = signed_anew(proved(place, 1), place.key_file.read_bytes(), do)

    assert message in "; ".join(check_evidence(forged, key).faults)


def test_a_line_of_another_place_is_named(place: LogPlace) -> None:
    """A line that says it stands elsewhere was moved."""
    with opened(place) as log:
        log.append([a_draft()])
    evidence = proved(place, 1)

    def change(statement: Json) -> None:
        statement["leaf"] = statement["leaf"].replace('"place":1', '"place":7')

    checked = check_evidence(
        signed_anew(evidence, place.key_file.read_bytes(), change), public_key_of(place.key_file.read_bytes())
    )

    assert "the line stands at another place than the evidence says" in checked.faults


def test_the_log_is_proved_to_have_grown_from_each_size(place: LogPlace) -> None:
    key = a_small_log(place)
    notes = {each.checkpoint.size: each for each in CheckpointFile(place.folder / "checkpoints").read()}

    for size in range(1, 10):
        checked = check_evidence(grown(place, size), key, notes.get(size))
        assert checked.faults == ()
        assert checked.earlier is not None
        assert checked.earlier[0] == size


def test_growth_from_another_log_than_the_kept_one_is_named(place: LogPlace, tmp_path: Path) -> None:
    key = a_small_log(place)
    (tmp_path / "other").mkdir()
    other = a_place(tmp_path / "other")
    a_small_log(other)
    (foreign,) = [each for each in other.checkpoint_files[0].read() if each.checkpoint.size == 2]

    checked = check_evidence(grown(place, 2), key, foreign)

    assert checked.faults == ("the earlier log is not the one of the checkpoint that you kept",)


GROWTH_CHANGES: dict[str, tuple[Callable[[Json], object], str]] = {
    "another root": (lambda s: s.update(earlier_root="00" * 32), "did not grow"),
    "another size": (lambda s: s.update(earlier_size=4), "did not grow"),
    "nothing": (lambda s: s.update(earlier_size=0, consistency=[]), "did not grow"),
    "no digest": (lambda s: s.update(consistency=["x"]), "its proof cannot be read"),
    "another form": (lambda s: s.update(format="x"), "cannot be read"),
}


@pytest.mark.parametrize("change", GROWTH_CHANGES)
def test_each_change_of_the_proof_of_growth_is_named(place: LogPlace, change: str) -> None:
    key = a_small_log(place)
    do, message = GROWTH_CHANGES[change]

    forged = signed_anew(grown(place, 3), place.key_file.read_bytes(), do)

    assert message in "; ".join(check_evidence(forged, key).faults)


@pytest.mark.parametrize("size", [0, 10, -1])
def test_a_size_that_never_was_is_refused(place: LogPlace, size: int) -> None:
    a_small_log(place)

    with pytest.raises(TaxatieError, match="never had"):
        grown(place, size)


def test_a_changed_log_proves_nothing(place: LogPlace) -> None:
    a_small_log(place)
    with opened(place) as log:
        stored = next(log.store.lines(1))
        place.checkpoint_files[0].path.write_text("")

        with pytest.raises(LedgerUnavailableError, match="not signed by the log's key"):
            prove_line(log, stored, has_payload=True)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"payload": "", "payloadType": "x", "signatures": []}', "[" * 5_000,
     '{"payload": 1, "payloadType": "x", "signatures": [{"sig": ""}]}',
     '{"payload": "é", "payloadType": "x", "signatures": [{"sig": ""}]}'],
)  # fmt: skip
def test_what_is_no_envelope_is_said_to_be_none(text: str) -> None:
    with pytest.raises(BrokenEnvelopeError):
        read_envelope(text.encode())

    assert "the file is no evidence" in check_evidence(text.encode(), "x").faults[0]


def test_an_envelope_of_something_else_or_a_key_that_is_none_is_named(place: LogPlace) -> None:
    key = a_small_log(place)
    foreign = write_envelope("application/vnd.in-toto+json", b"{}", place.key_file.read_bytes())

    assert check_evidence(foreign, key).faults == ("the envelope holds something else than evidence of a log",)
    assert check_evidence(proved(place, 1), "no key").faults == ("the key that you trust is no Ed25519 key in base64",)


def test_the_signature_is_over_the_encoding_that_dsse_gives() -> None:
    """The example of the DSSE protocol."""
    assert signed_bytes("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )
    assert {LINE_KIND, GROWTH_KIND} == {
        "application/vnd.taxatie.evidence.line+json",
        "application/vnd.taxatie.evidence.growth+json",
    }


def test_every_changed_byte_of_the_statement_breaks_the_evidence(place: LogPlace) -> None:
    key = a_small_log(place)
    envelope = json.loads(proved(place, 1))
    body = base64.b64decode(envelope["payload"])

    for at in range(0, len(body), 7):
        changed = body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
        envelope["payload"] = base64.b64encode(changed).decode()
        assert not check_evidence(json.dumps(envelope).encode(), key).is_sound, at


def test_lines_that_are_not_those_of_the_checkpoint_prove_nothing(place: LogPlace) -> None:
    """The evidence would be wrong, so there is none."""
    a_small_log(place)
    with opened(place) as log, sqlite3.connect(place.folder / "log.sqlite") as connection:
        stored = next(log.store.lines(1))
        connection.execute(
            "UPDATE lines SET leaf = CAST(replace(leaf, 'decision', 'override') AS BLOB) WHERE place = 2"
        )
        connection.commit()

        with pytest.raises(LedgerUnavailableError, match="not what its checkpoint binds"):
            prove_line(log, stored, has_payload=True)
    connection.close()


def test_a_payload_that_was_changed_is_not_handed_out(place: LogPlace) -> None:
    a_small_log(place)
    with opened(place) as log:
        stored = next(log.store.lines(1))
        assert stored.data is not None

        with pytest.raises(LedgerUnavailableError, match="line 1 is not what was written"):
            prove_line(log, replace(stored, data=stored.data[:-1] + b"x"), has_payload=True)


def test_checkpoints_that_cannot_be_read_are_said(place: LogPlace) -> None:
    a_small_log(place)
    with opened(place) as log:
        stored = next(log.store.lines(1))
        place.checkpoint_files[0].path.write_text("x\n" * 2_000)

        with pytest.raises(LedgerUnavailableError, match="last checkpoint cannot be read"):
            prove_line(log, stored, has_payload=True)


def test_a_line_that_names_no_key_any_more_is_said(place: LogPlace) -> None:
    a_small_log(place)
    with sqlite3.connect(place.folder / "log.sqlite") as connection:
        connection.execute("UPDATE lines SET leaf = CAST(replace(leaf, '{', '{ ') AS BLOB) WHERE place = 0")
        connection.commit()
    connection.close()
    store = read_store(place)

    with pytest.raises(LedgerUnavailableError, match="line 0 was changed"):
        keys_of(store)
    store.close()
