"""The golden log: written once, it verifies and replays under every later version, on every Python, anywhere.

Whoever makes this fail has broken the promise that a decision can be reached again; the log is never written anew.
`make PYTHON=python3.13 test` asks the same of another Python than the one that wrote it.
"""

import json
import os
import platform
import subprocess
import sys
from collections import Counter
from pathlib import Path
from shutil import copytree

import pytest

from taxatie.engine.durable import durable_is_available
from taxatie.engine.evaluator import EngineName
from taxatie.ledger.canonical import canonical_bytes
from taxatie.ledger.entry import EntryKind
from taxatie.ledger.opening import LogPlace, read_store
from taxatie.ledger.verify import verify_log
from taxatie.registry.folder import ReleaseFolder
from taxatie.replay.replayed import Outcome
from tests.replay.golden_requests import golden_requests
from tests.replay.make_golden_log import ERASED, make_golden_log
from tests.replay.recording import SMALL, records, replay

GOLDEN = Path(__file__).parent.parent / "data" / "golden"
DECISIONS = 42
WRITTEN_BY = {"name": "live", "python": "3.11.7", "taxatie": "0.1.0", "tzdata": "2026.6"}
ENGINES = [EngineName.LIVE, EngineName.REFERENCE, EngineName.COLUMNS]

ELSEWHERE = {
    "another hash seed": {"PYTHONHASHSEED": "20260302"},
    "no hash seed at all": {"PYTHONHASHSEED": "0"},
    "beyond the date line": {"TZ": "Pacific/Kiritimati"},
    "half an hour off": {"TZ": "America/St_Johns", "PYTHONTZPATH": ""},
    "no locale": {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "a Turkish locale": {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
    "another encoding": {"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "1"},
    "without asserts": {"PYTHONOPTIMIZE": "2"},
}


@pytest.fixture
def golden(tmp_path: Path) -> Path:
    """Return a copy of the golden log: SQLite writes beside a log even when it only reads it."""
    return copytree(GOLDEN, tmp_path / "golden")


def test_the_golden_log_verifies(golden: Path) -> None:
    """Nothing was changed in it; two keys signed for it, and the first is the one that was kept elsewhere."""
    place = LogPlace(golden / "log")
    store = read_store(place)
    trusted = (golden / "trusted-key").read_text(encoding="ascii").strip()

    found = verify_log(store, place.checkpoint_files, trusted_key=trusted)
    store.close()

    assert found.faults == ()
    assert found.kinds == {
        EntryKind.GENESIS: 1,
        EntryKind.DECISION: DECISIONS,
        EntryKind.ACCESS: 1,
        EntryKind.ERASURE: len(ERASED),
        EntryKind.ROTATION: 1,
    }
    assert found.erased == len(ERASED)


@pytest.mark.parametrize("engine", ENGINES)
def test_every_decision_of_the_golden_log_is_reached_again(golden: Path, engine: EngineName) -> None:
    """To the byte, its explanation included; the erased ones are told as that."""
    found = replay(golden / "log", rulesets=golden / "rulesets", engine=engine)

    assert [each for each in found if each.difference is not None] == []
    assert Counter(each.outcome for each in found) == {
        Outcome.SAME: DECISIONS - len(ERASED),
        Outcome.ERASED: len(ERASED),
    }


@pytest.mark.skipif(not durable_is_available(), reason="durable-rules does not run on this Python")
def test_the_second_engine_reaches_every_decision_as_well(golden: Path) -> None:
    found = replay(golden / "log", rulesets=golden / "rulesets", engine=EngineName.DURABLE, with_explanations=False)

    assert {each.outcome for each in found} == {Outcome.SAME, Outcome.ERASED}


def test_the_golden_log_says_what_wrote_it(golden: Path) -> None:
    """A replay elsewhere shows that none of this matters."""
    assert {json.dumps(each["engine"], sort_keys=True) for each in records(golden / "log")} == {json.dumps(WRITTEN_BY)}


def test_its_rulesets_are_published_copies_of_the_small_ones(golden: Path) -> None:
    """Published, so that an edit is seen; the same texts, so that nobody wonders what they are."""
    program = ReleaseFolder(golden / "rulesets").load("one")

    assert not program.is_draft
    assert program.digest == ReleaseFolder(SMALL).load("one").digest


@pytest.mark.parametrize("name", ELSEWHERE)
def test_it_replays_the_same_under_another_locale_clock_and_hash_seed(golden: Path, tmp_path: Path, name: str) -> None:
    """A decision of today is asked for in twenty years, on a machine that nobody knows."""
    file = tmp_path / "records.jsonl"
    file.write_bytes(b"\n".join(map(canonical_bytes, records(golden / "log"))))
    words = ["replay", str(file), "--rulesets", str(golden / "rulesets"), "--explanations", "--format", "json"]
    here = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG", "TZ"))}

    found = subprocess.run(
        [sys.executable, "-m", "taxatie", *words],
        env={**here, **ELSEWHERE[name]},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=False,
    )

    outcomes = Counter(json.loads(line)["outcome"] for line in found.stdout.splitlines())
    assert found.returncode == 0, found.stderr.decode("utf-8", "replace")
    assert outcomes == {"same": DECISIONS - len(ERASED)}


def test_the_script_that_wrote_it_still_writes_such_a_log(tmp_path: Path, golden: Path) -> None:
    """The same cases decided today say the same: only ids, keys and versions are others."""
    make_golden_log(tmp_path / "new")

    found = replay(tmp_path / "new" / "log", rulesets=tmp_path / "new" / "rulesets")

    assert Counter(each.outcome for each in found) == {
        Outcome.SAME: DECISIONS - len(ERASED),
        Outcome.ERASED: len(ERASED),
    }
    old, new = (list(map(said, records(folder / "log"))) for folder in (golden, tmp_path / "new"))
    assert new == old
    assert len(list(golden_requests())) == DECISIONS
    assert {str(each["engine"]["python"]) for each in records(tmp_path / "new" / "log")} == {platform.python_version()}  # type: ignore[index]


def said(plain: dict[str, object]) -> dict[str, object]:
    """Return what a record says, without what is of its making.

    An advice of today keeps no trace context; when the golden log was written, it did.
    """
    left_out = {"id", "engine", *(("trace_context",) if is_advice(plain) else ())}
    return {key: value for key, value in plain.items() if key not in left_out}


def is_advice(plain: dict[str, object]) -> bool:
    """Tell whether a record is of an advice without names."""
    case = plain["case"]
    return isinstance(case, dict) and case.get("mode") == "advice"
