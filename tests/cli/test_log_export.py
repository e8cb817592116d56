"""`taxatie log export`: records that replay, and lines of the Logboek that name nobody."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Taxatie
from tests.cli.log_cases import AUDIT, TWO, a_log, kept, looks
from tests.replay.recording import SMALL

ACTIVITY = ("--processing-activity", "https://register.example.nl/activities/14")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Return where a log lies."""
    return tmp_path / "log"


def logboek(taxatie: Taxatie, log: Path, *options: str) -> list[dict[str, Any]]:
    """Return the lines of the Logboek."""
    outcome = taxatie("log", "export", "--ldv", *AUDIT, *ACTIVITY, "--ledger-folder", log, *options)
    assert outcome.exit_code == 0, outcome.stderr
    return [json.loads(line) for line in outcome.stdout.splitlines()]


def test_records_replay_where_the_log_is_not(taxatie: Taxatie, log: Path, tmp_path: Path) -> None:
    a_log(log)
    file = tmp_path / "records.jsonl"

    outcome = taxatie("log", "export", "--jsonl", *AUDIT, "--ledger-folder", log, "-o", file)
    replayed = taxatie("replay", file, "--rulesets", SMALL)

    assert outcome.exit_code == 0
    assert "3 lines" in outcome.stderr
    assert "no erasure reaches" in outcome.stderr
    assert file.stat().st_mode & 0o777 == 0o600
    assert "gelijk 3" in replayed.stdout


def test_what_was_erased_is_counted_and_not_exported(taxatie: Taxatie, log: Path) -> None:
    a_log(log)
    taxatie("log", "erase", "--case", "c-1", *TWO, "--ledger-folder", log)

    outcome = taxatie("log", "export", "--jsonl", *AUDIT, "--ledger-folder", log)

    assert [json.loads(line)["reference"] for line in outcome.stdout.splitlines()] == ["c-2", None]
    assert "2 lines" in outcome.stderr
    assert "1 decisions were erased" in outcome.stderr


def test_who_exports_is_on_record_first(taxatie: Taxatie, log: Path) -> None:
    a_log(log)

    taxatie("log", "export", "--jsonl", *AUDIT, "--from", "2026-03-02", "--ledger-folder", log)

    (look,) = looks(log)
    assert look.entry.says["looked_at"] == {"export": "jsonl", "since": "2026-03-01T23:00:00Z", "before": None}


def test_only_the_stretch_that_was_asked_for_is_exported(taxatie: Taxatie, log: Path) -> None:
    a_log(log)

    outcome = taxatie("log", "export", "--jsonl", *AUDIT, "--from", "2026-03-03", "--ledger-folder", log)

    assert outcome.stdout == ""


def test_a_decision_becomes_a_line_and_one_for_each_person_under_it(taxatie: Taxatie, log: Path) -> None:
    a_log(log)

    decision, person, *_ = logboek(taxatie, log)

    assert decision.keys() == {"trace_id", "span_id", "parent_span_id", "status", "name", "start_time", "end_time",
                               "resource", "attributes"}  # fmt: skip
    assert decision["trace_id"] == person["trace_id"] == "a" * 32
    assert decision["parent_span_id"] == "b" * 16
    assert person["parent_span_id"] == decision["span_id"] != person["span_id"]
    assert decision["start_time"] == decision["end_time"] == 1_772_483_400_000
    assert decision["status"] == "Unset"
    assert decision["attributes"].keys() == {
        "dpl.core.processing_activity_id",
        "dpl.core.data_subject_id",
        "dpl.core.data_subject_id_type",
        "dpl.core.foreign_operation.processor",
    }
    assert decision["attributes"]["dpl.core.foreign_operation.processor"] == "urn:taxatie:caller:0123456789abcdef"
    assert person["attributes"]["dpl.core.data_subject_id_type"] == "taxatie:person-in-case:hmac-sha256"


def test_an_advice_and_what_was_erased_concern_nobody_who_could_be_told_apart(taxatie: Taxatie, log: Path) -> None:
    a_log(log)
    taxatie("log", "erase", "--case", "c-1", *TWO, "--ledger-folder", log)

    lines = logboek(taxatie, log)

    erased, case, advice, override, erasure = lines
    assert "dpl.core.data_subject_id" in case["attributes"]
    for line in (erased, advice, override, erasure):
        assert "dpl.core.data_subject_id" not in line["attributes"]
    assert erasure["name"] == "Gegevens van een beoordeling wissen"
    # What was erased has no trace any more: its own id is one.
    assert erased["trace_id"] == kept(log)[1].entry.id.replace("-", "")
    assert "parent_span_id" not in erased


def test_a_person_has_one_pseudonym_in_their_case_and_another_in_another(taxatie: Taxatie, log: Path) -> None:
    a_log(log)

    lines = logboek(taxatie, log)

    by_type: dict[str, list[str]] = {}
    for line in lines:
        attributes = line["attributes"]
        if "dpl.core.data_subject_id" in attributes:
            by_type.setdefault(attributes["dpl.core.data_subject_id_type"], []).append(
                attributes["dpl.core.data_subject_id"]
            )
    # The decision and its override name the same person; the two cases are told apart.
    assert len(by_type["taxatie:person-in-case:hmac-sha256"]) == 2
    assert len(set(by_type["taxatie:person-in-case:hmac-sha256"])) == 1
    assert len(by_type["taxatie:case:hmac-sha256"]) == 3
    assert len(set(by_type["taxatie:case:hmac-sha256"])) == 2


def test_the_logboek_names_nobody_and_says_nothing_of_the_case(taxatie: Taxatie, log: Path) -> None:
    a_log(log)

    text = json.dumps(logboek(taxatie, log))

    for word in ("c-1", "c-2", "adult-1", "strangulation", "urgent", "KT-02", "noord"):
        assert word not in text


def test_the_same_log_gives_the_same_lines_again(taxatie: Taxatie, log: Path) -> None:
    """A collector that got a line before can tell."""
    a_log(log)

    first = logboek(taxatie, log)
    second = logboek(taxatie, log)

    assert second[: len(first)] == first
    # Looking is processing, too: the first export is a line of the second.
    assert [line["name"] for line in second[len(first) :]] == ["Inzien van vastgelegde beoordelingen"]


def test_a_collector_gets_the_same_lines_as_spans(taxatie: Taxatie, log: Path) -> None:
    a_log(log)
    lines = logboek(taxatie, log)

    outcome = taxatie("log", "export", "--otlp", *AUDIT, *ACTIVITY, "--callers", "https://callers.example.nl/",
                      "--until", "2026-03-02", "--ledger-folder", log)  # fmt: skip

    (request,) = map(json.loads, outcome.stdout.splitlines())
    spans = [span for each in request["resourceSpans"] for scope in each["scopeSpans"] for span in scope["spans"]]
    assert [span["spanId"] for span in spans] == [line["span_id"] for line in lines]
    assert spans[0]["startTimeUnixNano"] == "1772483400000000000"
    assert spans[0]["status"] == {"code": 0}
    assert [span["kind"] for span in spans[:2]] == [2, 1]
    assert spans[0]["parentSpanId"] == "b" * 16
    caller = {"stringValue": "https://callers.example.nl/0123456789abcdef"}
    assert {"key": "dpl.core.foreign_operation.processor", "value": caller} in spans[0]["attributes"]
    assert {"key": "service.name", "value": {"stringValue": "taxatie"}} in (
        request["resourceSpans"][0]["resource"]["attributes"]
    )


@pytest.mark.parametrize(
    "forms",
    [(), ("--jsonl", "--ldv"), ("--ldv",), ("--ldv", "--processing-activity", "14"), ("--parquet",)],
    ids=str,
)
def test_what_makes_no_sense_is_refused_before_it_is_on_record(
    taxatie: Taxatie, log: Path, forms: tuple[str, ...]
) -> None:
    a_log(log)

    outcome = taxatie("log", "export", *forms, *AUDIT, "--ledger-folder", log)

    assert outcome.exit_code == 2
    assert looks(log) == []


def test_columns_serve_a_what_if(taxatie: Taxatie, log: Path, tmp_path: Path) -> None:
    a_log(log)
    taxatie("log", "erase", "--case", "c-2", *TWO, "--ledger-folder", log)
    folder = tmp_path / "decisions"

    outcome = taxatie("log", "export", "--parquet", *AUDIT, "--rulesets", SMALL, "--ledger-folder", log, "-o", folder)
    compared = taxatie("what-if", "one", "one", "--rulesets", SMALL, "--parquet", folder, "--format", "json")

    (file,) = folder.iterdir()
    assert outcome.exit_code == 0, outcome.stderr
    assert f"wrote {file}: 2 decisions" in outcome.stderr.replace("\n", "")
    assert "left out 1: erased" in outcome.stderr
    assert file.stat().st_mode & 0o777 == 0o600
    assert compared.exit_code == 0, compared.stderr
    assert json.loads(compared.stdout)["decisions"] == 2


def test_files_of_two_exports_do_not_mix(taxatie: Taxatie, log: Path, tmp_path: Path) -> None:
    a_log(log)
    (tmp_path / "old.parquet").write_bytes(b"")

    outcome = taxatie("log", "export", "--parquet", *AUDIT, "--ledger-folder", log, "-o", tmp_path)

    assert outcome.exit_code == 2
    assert looks(log) == []


def test_a_release_that_is_gone_is_told(taxatie: Taxatie, log: Path, tmp_path: Path) -> None:
    a_log(log)
    (tmp_path / "rulesets" / "releases").mkdir(parents=True)

    outcome = taxatie("log", "export", "--parquet", *AUDIT, "--rulesets", tmp_path / "rulesets",
                      "--ledger-folder", log, "-o", tmp_path / "decisions")  # fmt: skip

    assert outcome.exit_code == 0
    assert "left out 3: release_gone" in outcome.stderr
