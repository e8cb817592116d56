"""The page on evidence is run as it stands: with openssl, sha256sum and plain Python, without this program."""

import base64
import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from taxatie.ledger.canonical import canonical_bytes
from taxatie.ledger.dsse import read_envelope, write_envelope
from taxatie.ledger.evidence import prove_growth, prove_line
from taxatie.ledger.opening import LogPlace
from taxatie.signing import new_private_key, public_key_of
from tests.ledger.building import a_draft, a_place, a_small_log, opened

PAGE = Path(__file__).parents[2] / "docs" / "verify-evidence.md"
BLOCK = re.compile(r"```(python|sh)(?: (\S+))?\n(.*?)```", re.DOTALL)

pytestmark = pytest.mark.skipif(which("openssl") is None, reason="the page needs openssl")


@dataclass(frozen=True)
class ThirdParty:
    """Somebody with the evidence, the key, and what the page tells to save; nothing else."""

    folder: Path

    def verify(self, evidence: bytes, key: str, kind: str) -> subprocess.CompletedProcess[str]:
        """Do what the page tells, step by step; stop where a step fails."""
        (self.folder / "evidence.json").write_bytes(evidence)
        (self.folder / "key.txt").write_text(f"{key}\n")
        commands = []
        for language, name, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
            if language == "python":
                (self.folder / name).write_text(text)
            elif name in {"", kind}:
                commands.append(text)
        path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
        return subprocess.run(
            ["sh", "-eu", "-c", "\n".join(commands)],
            cwd=self.folder,
            # Isolated: what this checkout holds cannot be imported.
            env={"PATH": path, "PYTHONNOUSERSITE": "1", "PYTHONSAFEPATH": "1"},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def third_party(tmp_path: Path) -> ThirdParty:
    """Return a third party."""
    folder = tmp_path / "third-party"
    folder.mkdir()
    return ThirdParty(folder)


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


def test_the_page_needs_nothing_of_ours() -> None:
    assert "import taxatie" not in PAGE.read_text(encoding="utf-8")
    assert "from taxatie" not in PAGE.read_text(encoding="utf-8")


def test_a_line_is_verified_by_hand(place: LogPlace, third_party: ThirdParty) -> None:
    with opened(place) as log:
        log.append([a_draft() for _ in range(6)])
        key = public_key_of(log.signer)

    outcome = third_party.verify(proved(place, 4), key, "line")

    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout.splitlines() == [
        "Signature Verified Successfully",
        "Signature Verified Successfully",
        "the line is in the log of example/decisions at place 4",
        "payload: here",
        "salted.bin: OK",
    ]
    assert (third_party.folder / "salted.bin").read_bytes()[32:].startswith(b'{"id":')


@pytest.mark.parametrize(("line", "payload"), [(1, "here"), (3, "erased"), (0, "none")])
def test_the_first_key_serves_after_the_key_has_changed(
    place: LogPlace, third_party: ThirdParty, line: int, payload: str
) -> None:
    key = a_small_log(place)

    outcome = third_party.verify(proved(place, line), key, "line")

    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout.count("Signature Verified Successfully") == 3
    assert f"payload: {payload}" in outcome.stdout


def test_a_line_is_verified_without_its_payload(place: LogPlace, third_party: ThirdParty) -> None:
    key = a_small_log(place)

    outcome = third_party.verify(proved(place, 1, has_payload=False), key, "line")

    assert outcome.returncode == 0
    assert "payload: left-out" in outcome.stdout
    assert not (third_party.folder / "salted.bin").exists()


@pytest.mark.parametrize("earlier", [1, 3, 4, 7, 8, 9])
def test_growth_is_verified_by_hand(place: LogPlace, third_party: ThirdParty, earlier: int) -> None:
    key = a_small_log(place)
    notes = {each.checkpoint.size: each.note for each in place.checkpoint_files[0].read()}
    if earlier in notes:
        (third_party.folder / "kept.txt").write_text(notes[earlier])

    outcome = third_party.verify(grown(place, earlier), key, "growth")

    assert outcome.returncode == 0, outcome.stderr
    assert f"grew from {earlier} to 9 lines" in outcome.stdout
    assert ("that you kept" in outcome.stdout) == (earlier in notes)


def forged(evidence: bytes, private: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    """Return the evidence with something changed, signed by a key."""
    envelope = read_envelope(evidence)
    statement = json.loads(envelope.body)
    change(statement)
    return write_envelope(envelope.kind, canonical_bytes(statement), private)


LINE_CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "another line": lambda s: s.update(leaf=s["leaf"].replace("decision", "override")),
    "another place": lambda s: s.update(place=2),
    "a place that is none": lambda s: s.update(place=-1),
    "another proof": lambda s: s.update(inclusion=s["inclusion"][::-1]),
    "a longer proof": lambda s: s["inclusion"].append("00" * 32),
    "another payload": lambda s: s.update(payload=s["payload"].replace("heard", "felt")),
    "another checkpoint": lambda s: s.update(checkpoint=s["checkpoint"].replace("\n9\n", "\n8\n")),
}


@pytest.mark.parametrize("change", LINE_CHANGES)
def test_each_change_of_a_line_is_found_by_hand_even_where_the_key_signed_it(
    place: LogPlace, third_party: ThirdParty, change: str
) -> None:
    key = a_small_log(place)

    outcome = third_party.verify(
        forged(proved(place, 1), place.key_file.read_bytes(), LINE_CHANGES[change]), key, "line"
    )

    assert outcome.returncode != 0


GROWTH_CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "another root": lambda s: s.update(earlier_root="00" * 32),
    "another size": lambda s: s.update(earlier_size=5),
    "a size that never was": lambda s: s.update(earlier_size=0),
    "a longer proof": lambda s: s["consistency"].append("00" * 32),
}


@pytest.mark.parametrize("change", GROWTH_CHANGES)
def test_each_change_of_growth_is_found_by_hand(place: LogPlace, third_party: ThirdParty, change: str) -> None:
    key = a_small_log(place)

    outcome = third_party.verify(
        forged(grown(place, 3), place.key_file.read_bytes(), GROWTH_CHANGES[change]), key, "growth"
    )

    assert outcome.returncode != 0


def test_another_log_than_the_kept_one_is_found_by_hand(
    place: LogPlace, third_party: ThirdParty, tmp_path: Path
) -> None:
    key = a_small_log(place)
    (tmp_path / "other").mkdir()
    other = a_place(tmp_path / "other")
    a_small_log(other)
    notes = {each.checkpoint.size: each.note for each in other.checkpoint_files[0].read()}
    (third_party.folder / "kept.txt").write_text(notes[4])

    outcome = third_party.verify(grown(place, 4), key, "growth")

    assert outcome.returncode != 0
    assert "NOT the log of the checkpoint that you kept" in outcome.stderr


def test_evidence_signed_by_its_own_key_fails_by_hand(place: LogPlace, third_party: ThirdParty) -> None:
    key = a_small_log(place)
    other = new_private_key()

    outcome = third_party.verify(
        forged(proved(place, 1), other, lambda s: s.update(key=public_key_of(other))), key, "line"
    )

    assert outcome.returncode != 0
    assert "is in the log" not in outcome.stdout


def test_a_changed_byte_of_the_envelope_fails_by_hand(place: LogPlace, third_party: ThirdParty) -> None:
    key = a_small_log(place)
    envelope = json.loads(proved(place, 1))
    body = base64.b64decode(envelope["payload"])
    envelope["payload"] = base64.b64encode(body.replace(b"heard", b"heaRd")).decode()

    outcome = third_party.verify(json.dumps(envelope).encode(), key, "line")

    assert outcome.returncode != 0
