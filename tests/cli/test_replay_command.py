"""`taxatie replay`: decisions of a log or of files, reached again by somebody who says why."""

import json
from pathlib import Path
from shutil import copytree

import pytest

from taxatie.ledger.canonical import canonical_bytes
from taxatie.ledger.entry import Entry, EntryKind, read_entry
from taxatie.ledger.opening import LogPlace, read_store
from taxatie.ledger.sqlite_store import SqliteStore
from taxatie.terms.text import Language
from tests.cli.conftest import Taxatie
from tests.replay.recording import SMALL, a_request, record, records, violence
from tests.replay.two_releases import STRANGULATION, add_release

AUDIT = ("--purpose", "audit", "--role", "auditor")
UNKNOWN = "01900000-0000-7000-8000-000000000000"


@pytest.fixture
def rulesets(tmp_path: Path) -> Path:
    """Return the small rulesets folder, to change."""
    return copytree(SMALL, tmp_path / "rulesets")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Return a log of three decisions."""
    folder = tmp_path / "log"
    record(folder, [violence(), a_request(case="c-2"), a_request(case="c-3", answers={"violence_now": "no"})])
    return folder


def ids(log: Path) -> list[str]:
    """Return the ids of the decisions."""
    return [str(each["id"]) for each in records(log)]


def looks(log: Path) -> list[Entry]:
    """Return the lines of the log that say who looked."""
    store = read_store(LogPlace(log))
    try:
        entries = [read_entry(line.leaf) for line in store.lines()]
    finally:
        store.close()
    return [entry for entry in entries if entry.kind is EntryKind.ACCESS]


def test_a_whole_log_is_replayed_and_who_looked_is_on_record(taxatie: Taxatie, log: Path) -> None:
    found = taxatie("replay", *AUDIT, "--ledger-folder", log, "--rulesets", SMALL)

    assert found.exit_code == 0
    assert found.stdout == "Besluiten: 3 (gelijk 3, niet gelijk 0, gewist 0, niet te bereiken 0)\n"
    (look,) = looks(log)
    assert look.says == {
        "purpose": "audit",
        "role": "auditor",
        "caller": "local",
        "looked_at": {
            "replay": {"first": 0, "last": None, "since": None, "before": None},
            "release": None,
            "engine": "live",
        },
    }


@pytest.mark.parametrize(
    ("stretch", "places"),
    [
        (("--from", "2"), ["line 2", "line 3"]),
        (("--until", "2"), ["line 1", "line 2"]),
        (("--from", "2", "--until", "2"), ["line 2"]),
        (("--from", "2026-03-02"), ["line 1", "line 2", "line 3"]),
        (("--from", "2", "--until", "2026-03-02"), ["line 2", "line 3"]),
        (("--until", "2026-03-01"), []),
        (("--from", "900"), []),
    ],
)
def test_a_stretch_of_the_log_is_chosen_by_places_and_days(
    taxatie: Taxatie, log: Path, stretch: tuple[str, ...], places: list[str]
) -> None:
    found = taxatie("replay", *AUDIT, *stretch, "--ledger-folder", log, "--rulesets", SMALL, "--format", "json")

    assert found.exit_code == 0
    assert [json.loads(line)["place"] for line in found.stdout.splitlines()] == places
    assert len(looks(log)) == 1


def test_one_decision_is_told_in_full_with_its_explanation_compared(taxatie: Taxatie, log: Path) -> None:
    """And the look is linked to the decision."""
    name = ids(log)[0]

    found = taxatie("replay", name, *AUDIT, "--ledger-folder", log, "--rulesets", SMALL, "--language", "en")

    assert found.exit_code == 0
    assert found.stdout.splitlines()[0] == f"line 1 {name}: The same, to the letter."
    assert [look.about for look in looks(log)] == [name]


@pytest.mark.parametrize("engine", ["reference", "columns"])
def test_another_engine_reaches_the_same(taxatie: Taxatie, log: Path, engine: str) -> None:
    found = taxatie("replay", *AUDIT, "--ledger-folder", log, "--rulesets", SMALL, "--engine", engine, "--explanations")

    assert found.exit_code == 0
    assert "gelijk 3," in found.stdout


@pytest.mark.parametrize("said", [(), ("--purpose", "audit"), ("--role", "auditor"), ("--purpose", "x", "--role", "a")])
def test_who_does_not_say_why_sees_nothing(taxatie: Taxatie, log: Path, said: tuple[str, ...]) -> None:
    found = taxatie("replay", *said, "--ledger-folder", log, "--rulesets", SMALL)

    assert found.exit_code == 1
    assert found.stdout == ""
    assert "who looks into the log says" in found.stderr
    assert looks(log) == []


def test_an_erased_decision_is_counted_and_is_no_fault(taxatie: Taxatie, log: Path) -> None:
    store = SqliteStore(log)
    store.erase([1])
    store.close()

    found = taxatie("replay", *AUDIT, "--ledger-folder", log, "--rulesets", SMALL)
    one = taxatie("replay", "--from", "1", "--until", "1", *AUDIT, "--ledger-folder", log, "--rulesets", SMALL)

    assert found.exit_code == one.exit_code == 0
    assert "gelijk 2, niet gelijk 0, gewist 1," in found.stdout
    assert one.stdout.startswith("line 1 ")
    assert "Gewist." in one.stdout


def test_a_file_of_records_needs_no_log(taxatie: Taxatie, log: Path, tmp_path: Path) -> None:
    """What was handed over can be replayed anywhere; explanations on request."""
    file = tmp_path / "records.jsonl"
    file.write_bytes(b"\n".join(map(canonical_bytes, records(log))))

    found = taxatie("replay", file, "--rulesets", SMALL, "--explanations")
    piped = taxatie("replay", "-", "--rulesets", SMALL, stdin=file.read_bytes())

    assert found.exit_code == piped.exit_code == 0
    assert found.stdout == piped.stdout == "Besluiten: 3 (gelijk 3, niet gelijk 0, gewist 0, niet te bereiken 0)\n"
    assert looks(log) == []


def test_what_differs_is_shown_with_place_and_cause(taxatie: Taxatie, log: Path, tmp_path: Path) -> None:
    plain = records(log)
    plain[0]["assessment"]["level"] = "advise"  # type: ignore[index]
    plain[1]["reference"] = "c-9"
    file = tmp_path / "records.jsonl"
    file.write_bytes(b"\n".join(map(canonical_bytes, plain)) + b"\nnonsense\n")

    found = taxatie("replay", file, "--rulesets", SMALL, "--language", "en")
    short = taxatie("replay", file, "--rulesets", SMALL, "--show", "1")

    assert found.exit_code == 1
    lines = found.stdout.splitlines()
    assert lines[0].startswith(
        f"{file}:1 {plain[0]['id']}: Not the same. The same engine gives something else (name live"
    )
    assert lines[1] == '  assessment.level: "advise" -> "immediate"'
    assert lines[2] == f"{file}:2 {plain[1]['id']}: Not the same. The record is not what was written."
    assert lines[3] == '  reference: "c-9" -> "c-2"'
    assert lines[4].startswith(f"{file}:4 : It could not be reached again. The record cannot be read: no JSON")
    assert lines[5] == "Decisions: 4 (the same 1, not the same 2, erased 0, not reached again 1)"
    assert short.stdout.splitlines()[2:3] == ["en nog 2: met `--show` komen er meer in beeld"]


def test_json_tells_the_same_to_programs(taxatie: Taxatie, log: Path, tmp_path: Path) -> None:
    plain = records(log)[:2]
    plain[0]["assessment"]["level"] = "advise"  # type: ignore[index]
    del plain[1]["case"]
    file = tmp_path / "records.jsonl"
    file.write_bytes(b"\n".join(map(canonical_bytes, plain)))

    found = taxatie("replay", file, "--rulesets", SMALL, "--format", "json")

    first, second = map(json.loads, found.stdout.splitlines())
    assert found.exit_code == 1
    assert (first["outcome"], first["level"]) == ("different", {"recorded": "advise", "reached": "immediate"})
    assert first["difference"] == {
        "cause": "engine",
        "why": "same_engine",
        "path": "assessment.level",
        "recorded": '"advise"',
        "reached": '"immediate"',
    }
    assert (second["outcome"], second["difference"]["cause"], second["difference"]["path"]) == (
        "not_replayed",
        "data",
        "case",
    )
    assert "niet gelijk 1" in found.stderr


@pytest.mark.parametrize("language", list(Language))
def test_another_release_shows_milder_ones_first(
    taxatie: Taxatie, rulesets: Path, tmp_path: Path, language: Language
) -> None:
    add_release(rulesets, {"kitchen-table": (STRANGULATION, "when: strangulation\n    level: advise\n")})
    person = {"id": "adult-1", "subject": "adult", "answers": {"strangulation": "yes"}}
    strangled = a_request(case="c-2", persons=[person], answers={"violence_now": "no"}, everyone_listed=["adult"])
    record(tmp_path / "log", [violence(), strangled, a_request(case="c-3")], rulesets=rulesets)
    call = ("replay", *AUDIT, "--ledger-folder", tmp_path / "log", "--rulesets", rulesets, "--release", "two")

    found = taxatie(*call, "--language", str(language))

    assert found.exit_code == 1
    lines = found.stdout.splitlines()
    milder = {
        Language.NL: "Onder two wordt het milder: van urgent naar advise.",
        Language.EN: "Under two it becomes milder: from urgent to advise.",
    }
    assert lines[0].startswith("line 2 ")
    assert lines[0].endswith(milder[language])
    assert any(line.endswith(": safety_assessment") for line in lines[1:5])
    assert any(line.endswith(": mediation") for line in lines[1:5])
    assert lines[-2:] == ["Milder: 1", "  urgent -> advise: 1"]


def test_json_tells_what_another_release_says(taxatie: Taxatie, rulesets: Path, tmp_path: Path) -> None:
    add_release(rulesets, {"kitchen-table": ("level: immediate\n    withhold: [mediation]\n", "level: urgent\n")})
    text = (rulesets / "releases" / "two.yaml").read_text(encoding="utf-8").replace("regions: {noord: 1.0.0}\n", "")
    (rulesets / "releases" / "two.yaml").write_text(text, encoding="utf-8")
    request = violence()
    request.case.region = "noord"
    record(tmp_path / "log", [request], rulesets=rulesets)
    store = SqliteStore(tmp_path / "log")
    store.close()
    call = ("replay", *AUDIT, "--ledger-folder", tmp_path / "log", "--rulesets", rulesets, "--release", "two")

    found = taxatie(*call, "--format", "json")
    human = taxatie(*call)

    plain = json.loads(found.stdout)
    assert found.exit_code == 1
    assert (plain["outcome"], plain["level"]["recorded"]) == ("different", "immediate")
    told = plain["what_if"]
    assert (told["release"], told["level"], told["step"]) == ("two", "urgent", -1)
    assert told["gained"]["actions"] == ["safety_assessment"]
    assert told["lost"]["actions"] == ["call_police"]
    assert told["left_out"] == ["noord"]
    assert "Weggelaten, want de release kent het niet: noord\n" in human.stdout
    assert human.stdout.endswith("Weggelaten, want de release kent het niet: noord (1)\n")
    (look, _) = looks(tmp_path / "log")
    assert isinstance(look.says["looked_at"], dict)
    assert look.says["looked_at"]["release"] == "two"


def test_where_another_release_cannot_compare_it_says_why(taxatie: Taxatie, rulesets: Path, tmp_path: Path) -> None:
    add_release(rulesets, {})
    record(tmp_path / "log", [violence()], rulesets=rulesets)
    file = rulesets / "releases" / "one.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "# more\n", encoding="utf-8")
    call = ("replay", *AUDIT, "--ledger-folder", tmp_path / "log", "--rulesets", rulesets, "--release", "two")

    found = taxatie(*call, "--format", "json")
    human = taxatie(*call, "--language", "en")

    assert found.exit_code == 1
    assert json.loads(found.stdout)["what_if"]["level"] is None
    assert "The release one is not what it was: this file differs." in human.stdout
    assert "release.files[releases/one.yaml]: " in human.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("x.jsonl",), "is neither an id of a decision nor a file"),
        ((UNKNOWN, "x.jsonl"), "some of these are ids"),
        ((UNKNOWN, "--from", "1"), "`--from` and `--until` are about the log"),
        (("--from", "yesterday"), "`yesterday` is neither a day nor the place"),
        (("--until", "0001-01-01"), "`0001-01-01` is neither a day nor the place"),
        (("--release", "nine"), "there is no release `nine`"),
        ((UNKNOWN,), f"the log holds no decision `{UNKNOWN}`"),
    ],
)
def test_what_makes_no_sense_is_said_in_words(taxatie: Taxatie, log: Path, words: tuple[str, ...], said: str) -> None:
    found = taxatie("replay", *words, *AUDIT, "--ledger-folder", log, "--rulesets", SMALL)

    assert found.exit_code in {1, 2}
    assert said in found.stderr
    assert "Traceback" not in found.stderr


def test_an_id_of_another_line_is_no_decision(taxatie: Taxatie, log: Path) -> None:
    store = read_store(LogPlace(log))
    genesis = next(iter(store.lines())).id
    store.close()

    found = taxatie("replay", genesis, *AUDIT, "--ledger-folder", log, "--rulesets", SMALL)

    assert found.exit_code == 1
    assert f"the log holds no decision `{genesis}`" in found.stderr


def test_without_a_log_there_is_nothing_to_replay(taxatie: Taxatie, tmp_path: Path) -> None:
    found = taxatie("replay", *AUDIT, "--ledger-folder", tmp_path, "--rulesets", SMALL)

    assert found.exit_code == 1
    assert "there is no log" in found.stderr
