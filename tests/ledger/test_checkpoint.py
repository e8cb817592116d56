"""Checkpoints in the form of C2SP `tlog-checkpoint` and `signed-note`, and nothing else taken for one."""

import base64
import hashlib
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from taxatie.ledger.checkpoint import (
    BrokenCheckpointError,
    Checkpoint,
    SignedCheckpoint,
    is_origin,
    key_hash,
    read_checkpoint,
    sign_checkpoint,
)
from taxatie.signing import new_private_key, public_key_of

KEY, OTHER_KEY = new_private_key(), new_private_key()
PUBLIC, OTHER_PUBLIC = public_key_of(KEY), public_key_of(OTHER_KEY)
CHECKPOINT = Checkpoint("example/decisions", 7, bytes(range(32)))
SIGNED = sign_checkpoint(CHECKPOINT, [KEY])
NOTE = SIGNED.note
CHECKPOINTS = st.builds(
    Checkpoint,
    st.from_regex(r"[a-z0-9][a-z0-9./-]{0,20}", fullmatch=True),
    st.integers(0, 10**18 - 1),
    st.binary(min_size=32, max_size=32),
)


def test_a_checkpoint_is_laid_out_line_by_line_as_the_standard_says() -> None:
    """Origin, size, root; a blank line; an em dash, the name of the key, and its hash with the signature."""
    origin, size, root, blank, signature, end = NOTE.split("\n")

    assert (origin, size, blank, end) == ("example/decisions", "7", "", "")
    assert base64.b64decode(root) == bytes(range(32))
    assert signature.startswith("\u2014 example/decisions ")
    data = base64.b64decode(signature.removeprefix("\u2014 example/decisions "))
    assert len(data) == 4 + 64
    # What is signed is the text up to the blank line, its last line break included; verified by the library alone.
    text = NOTE[: NOTE.index("\n\n") + 1].encode()
    Ed25519PublicKey.from_public_bytes(base64.b64decode(PUBLIC)).verify(data[4:], text)


def test_a_key_is_named_by_the_hash_that_the_standard_gives() -> None:
    """The verifier key `PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW` of the Go library."""
    key = base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")

    assert key[:1] == b"\x01"
    assert key_hash("PeterNeumann", base64.b64encode(key[1:]).decode()).hex() == "c74f20a3"


def test_the_key_hash_is_made_of_name_line_break_algorithm_and_key() -> None:
    public = base64.b64decode(PUBLIC)

    assert key_hash("x", PUBLIC) == hashlib.sha256(b"x\n\x01" + public).digest()[:4]


@given(CHECKPOINTS, st.sampled_from([[KEY], [KEY, OTHER_KEY]]))
def test_what_was_signed_is_read_back(checkpoint: Checkpoint, keys: list[bytes]) -> None:
    signed = sign_checkpoint(checkpoint, keys)
    found = read_checkpoint(signed.note)

    assert found == signed
    assert found.is_signed_by(PUBLIC)
    assert found.is_signed_by(OTHER_PUBLIC) is (len(keys) == 2)


@pytest.mark.parametrize(
    ("by", "keys", "is_within"),
    [
        ([KEY], [PUBLIC], True),
        ([KEY], [OTHER_PUBLIC], False),
        ([KEY], [OTHER_PUBLIC, PUBLIC], True),
        ([KEY], [PUBLIC, OTHER_PUBLIC], False),
        ([KEY, OTHER_KEY], [PUBLIC, OTHER_PUBLIC], True),
        ([KEY, OTHER_KEY], [OTHER_PUBLIC], False),
        ([KEY, OTHER_KEY], [PUBLIC], False),
    ],
)
def test_the_key_that_signs_now_signed_and_nobody_but_the_one_before(
    by: list[bytes],
    keys: list[str],
    is_within: bool,  # noqa: FBT001  # a table
) -> None:
    """A second signature that nobody verifies could be anything."""
    assert sign_checkpoint(CHECKPOINT, by).is_signed_within(keys) is is_within


@pytest.mark.parametrize(
    "changed",
    [
        replace(CHECKPOINT, size=8),
        replace(CHECKPOINT, root=bytes(32)),
        replace(CHECKPOINT, origin="example/others"),
    ],
    ids=["size", "root", "origin"],
)
def test_a_signature_holds_for_one_checkpoint_only(changed: Checkpoint) -> None:
    assert not SignedCheckpoint(changed, SIGNED.signatures).is_signed_by(PUBLIC)


@pytest.mark.parametrize(
    "public",
    ["", "no base64", "é", "AAAA", PUBLIC + "=", PUBLIC[:-2]],
    ids=["nothing", "no base64", "no ascii", "too short", "too long", "cut off"],
)
def test_what_is_no_key_signed_nothing(public: str) -> None:
    """A damaged line may name anything as its key."""
    assert not SIGNED.is_signed_by(public)


LINE = NOTE.splitlines()[-1]
HASHED = LINE.split(" ")[2]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        NOTE + "\n",
        NOTE[:-1],
        "\n" + NOTE,
        NOTE.replace("\n\n", "\n"),
        NOTE.replace("\n", "\r\n"),
        NOTE.replace("\u2014", "-"),
        NOTE.replace("\n7\n", "\n07\n"),
        NOTE.replace("\n7\n", "\n-7\n"),
        NOTE.replace("\n7\n", "\n7 \n"),
        NOTE.replace("\n7\n", "\n\u0667\n"),
        NOTE.replace("\n7\n", f"\n{10**18}\n"),
        NOTE.replace("\n7\n", "\n7\nextension\n"),
        NOTE.replace("\n7\n", "\n"),
        NOTE.replace("example/decisions\n7", "example decisions\n7"),
        NOTE.replace("example/decisions\n7", "Example\n7"),
        NOTE.replace("example/decisions\n7", "example/\x1cdecisions\n7"),
        NOTE.replace("\u2014 example/decisions", "\u2014 example/others"),
        NOTE.replace(HASHED, HASHED + "===="),
        NOTE.replace(HASHED, "AAAA"),
        NOTE.replace(HASHED, HASHED.replace(HASHED[5], "*")),
        NOTE.replace(HASHED, HASHED + " " + HASHED),
        NOTE + LINE,
        NOTE.replace(LINE, LINE + "\nsomething else"),
        NOTE.replace("Hh8=", "Hh9="),
        NOTE.replace("Hh8=", "Hg=="),
        NOTE.replace("Hh8=", "Hh8"),
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    """One spelling only: else a changed byte could go unseen."""
    assert text != NOTE
    with pytest.raises(BrokenCheckpointError, match=r".+"):
        read_checkpoint(text)


def test_a_signature_that_was_cut_short_is_none() -> None:
    assert not read_checkpoint(NOTE.replace(HASHED, HASHED[:-4])).is_signed_by(PUBLIC)


@given(st.integers(0, len(NOTE.encode()) - 1), st.integers(1, 255))
def test_each_changed_byte_is_seen(place: int, change: int) -> None:
    """Either it is no checkpoint any more, or not the one that was signed."""
    data = bytearray(NOTE.encode())
    data[place] ^= change
    try:
        found = read_checkpoint(data.decode())
    except (BrokenCheckpointError, UnicodeDecodeError):
        return
    assert not found.is_signed_by(PUBLIC)


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        read_checkpoint(text)
    except BrokenCheckpointError:
        return
    raise AssertionError(text)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("a", True), ("a/b.c-1", True), ("a b", False), ("A", False), ("", False), ("a+b", False), ("a" * 101, False)],
)
def test_an_origin_is_like_a_host_and_a_path(text: str, is_one: bool) -> None:  # noqa: FBT001  # a table
    assert is_origin(text) is is_one
