"""A record that is not what was written is told apart from an engine that says otherwise."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from taxatie.engine.evaluator import EngineName
from taxatie.engine.live import LiveEngine
from taxatie.ledger.canonical import canonical_bytes
from taxatie.registry.folder import ReleaseFolder
from taxatie.replay.releases_then import ReleasesThen
from taxatie.replay.replay import Replayer
from taxatie.replay.replay_phrases import WHYS, sentence_of
from taxatie.replay.replayed import Cause, Outcome, Replayed, Why
from taxatie.replay.sources import Found
from taxatie.service.engines import engine_versions
from taxatie.terms.text import Language
from tests.replay.recording import SMALL, record, records, violence

Plain = dict[str, Any]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Plain:
    """Return a record as it was written."""
    folder = tmp_path_factory.mktemp("log")
    record(folder, [violence()])
    return records(folder)[0]


def replayed(plain: Plain, digest: str | None = None, *, line: str | None = None) -> Replayed:
    """Return what becomes of a record, found on a line of a log or in a file."""
    found = Found("line 1", str(plain.get("id")) if line is None else line, canonical_bytes(plain), digest=digest)
    releases = ReleasesThen(ReleaseFolder(SMALL), LiveEngine)
    return Replayer(releases, engine_versions(EngineName.LIVE)).replay(found)


def without(*path: str) -> Callable[[Plain], None]:
    """Return what takes a part away."""

    def change(plain: Plain) -> None:
        for key in path[:-1]:
            plain = plain[key]
        del plain[path[-1]]

    return change


def with_value(value: object, *path: str | int) -> Callable[[Plain], None]:
    """Return what puts something else into a place."""

    def change(plain: Any) -> None:  # noqa: ANN401  # a map, or a list within it
        for key in path[:-1]:
            plain = plain[key]
        plain[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (with_value("taxatie-decision/9", "format"), "format"),
        (without("id"), "id"),
        (without("at"), "at"),
        (with_value(7, "caller"), "caller"),
        (without("asked"), "asked"),
        (with_value(1, "asked", "release"), "asked.release"),
        (with_value("all", "asked", "detail"), "asked.detail"),
        (with_value("everybody", "asked", "audience"), "asked.audience"),
        (with_value("00", "trace_context"), "trace_context"),
        (without("trace_context", "traceparent"), "trace_context.traceparent"),
        (without("case"), "case"),
        (with_value([], "release"), "release"),
        (with_value(1, "release", "files", "vocabulary/1.0.0.yaml"), "release.files.vocabulary/1.0.0.yaml"),
        (without("engine"), "engine"),
        (without("assessment", "level"), "assessment.level"),
    ],
)
def test_what_is_no_record_says_where_it_is_none(written: Plain, change: Callable[[Plain], None], path: str) -> None:
    plain = copy.deepcopy(written)
    change(plain)

    found = replayed(plain)

    assert found.outcome is Outcome.NOT_REPLAYED
    assert found.difference is not None
    assert (found.difference.cause, found.difference.place.path) == (Cause.DATA, path)


@pytest.mark.parametrize("plain", [[], "text", None, {}, {"format": "taxatie-decision/1"}])
def test_any_other_json_is_no_record(plain: object) -> None:
    releases = ReleasesThen(ReleaseFolder(SMALL), LiveEngine)

    found = Replayer(releases, {}).replay(Found("file", data=canonical_bytes(plain)))

    assert found.difference is not None
    assert found.difference.why is Why.NO_RECORD


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (with_value("c-9", "reference"), "reference"),
        (with_value("yes", "asked", "retrospective"), "asked.retrospective"),
        (with_value("more", "further"), "further"),
        (with_value("2026-03-02T20:15:00Z", "case", "reference_time"), "case.reference_time"),
        (with_value({"value": "yes"}, "case", "answers", "violence_now"), "case.answers.violence_now"),
        (with_value("c-9", "assessment", "case"), "assessment.case"),
        (with_value("two", "assessment", "release"), "assessment.release"),
        (with_value("0" * 64, "assessment", "digest"), "assessment.digest"),
    ],
)
def test_a_part_that_was_given_and_reads_otherwise_is_a_fault_of_the_record(
    written: Plain, change: Callable[[Plain], None], path: str
) -> None:
    """It did not come out of an engine, so no engine can be blamed."""
    plain = copy.deepcopy(written)
    change(plain)

    found = replayed(plain)

    assert found.outcome is Outcome.DIFFERENT
    assert found.difference is not None
    assert (found.difference.cause, found.difference.place.path) == (Cause.DATA, path)


@pytest.mark.parametrize(
    ("change", "path", "recorded", "reached"),
    [
        (with_value("advise", "assessment", "level"), "assessment.level", '"advise"', '"immediate"'),
        (with_value([], "assessment", "actions"), "assessment.actions[0]", None, None),
        (
            with_value("2026-03-02T21:15:01+01:00", "assessment", "actions", 0, "due"),
            "assessment.actions[0].due",
            "",
            "",
        ),
        (without("assessment", "possible"), "assessment.possible", None, "[]"),
        (with_value([], "assessment", "further"), "assessment.further", "[]", None),
        (with_value([0, 0], "trace", "evaluations", 0, "scores"), "trace.evaluations[0].scores[0]", "0", None),
        (with_value("01", "trace", "evaluations", 0, "rules"), "trace.evaluations[0].rules", '"01"', '""'),
        (with_value(1, "trace", "persons", 0, "id"), "trace.persons[0].id", "1", '"adult-1"'),
        (with_value(True, "trace", "evaluations", 0, "scope"), "trace.evaluations[0].scope", "true", "0"),
    ],
)
def test_a_part_that_was_derived_and_reads_otherwise_is_named_with_both_sides(
    written: Plain, change: Callable[[Plain], None], path: str, recorded: str | None, reached: str | None
) -> None:
    plain = copy.deepcopy(written)
    change(plain)

    found = replayed(plain)

    assert found.outcome is Outcome.DIFFERENT
    assert found.difference is not None
    place = found.difference.place
    assert (found.difference.cause, place.path) == (Cause.ENGINE, path)
    if recorded:
        assert (place.recorded, place.reached) == (recorded, reached)


def test_a_concept_is_named_where_its_truth_differs(written: Plain) -> None:
    plain = copy.deepcopy(written)
    (row,) = [e for e in plain["trace"]["evaluations"] if e["concepts"]]
    row["concepts"] = "2"

    found = replayed(plain)

    assert found.difference is not None
    assert found.difference.place.path.endswith("concepts[pattern_of_threats]")
    assert (found.difference.place.recorded, found.difference.place.reached) == ("holds", "fails")


def test_a_case_that_the_release_cannot_read_is_a_fault_of_the_record(written: Plain) -> None:
    plain = copy.deepcopy(written)
    plain["case"]["answers"]["no_such_signal"] = "yes"

    found = replayed(plain)

    assert found.outcome is Outcome.NOT_REPLAYED
    assert found.difference is not None
    assert (found.difference.cause, found.difference.why) == (Cause.DATA, Why.CASE_UNREADABLE)
    assert found.difference.place.path == "case.answers.no_such_signal"


def test_a_digest_that_its_own_files_do_not_have_is_a_fault_of_the_record(written: Plain) -> None:
    plain = copy.deepcopy(written)
    plain["release"]["digest"] = "0" * 64

    found = replayed(plain)

    assert found.difference is not None
    assert (found.difference.cause, found.difference.place.path) == (Cause.DATA, "release.digest")


def test_files_that_its_own_digest_does_not_have_are_a_fault_of_the_record(written: Plain) -> None:
    plain = copy.deepcopy(written)
    plain["release"]["files"]["releases/one.yaml"] = "0" * 64

    found = replayed(plain)

    assert found.difference is not None
    assert (found.difference.cause, found.difference.place.path) == (Cause.DATA, "release.files.releases/one.yaml")


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "a\\b", "a/./b", "a\0b", "x" * 5000])
def test_a_record_cannot_have_files_read_outside_the_folder(written: Plain, tmp_path: Path, path: str) -> None:
    """A record from a file may name any path at all."""
    plain = copy.deepcopy(written)
    plain["release"] = {"name": "one", "digest": "0" * 64, "files": {path: "0" * 64}}
    (tmp_path / "releases").mkdir()
    (tmp_path / "releases" / "one.yaml").write_text("broken", encoding="utf-8")
    releases = ReleasesThen(ReleaseFolder(tmp_path), LiveEngine)

    found = Replayer(releases, {}).replay(Found("file", str(plain["id"]), canonical_bytes(plain)))

    assert found.difference is not None
    assert found.difference.why is Why.RELEASE_BROKEN
    assert found.difference.place.reached is None


def test_a_line_that_holds_the_record_of_another_is_told(written: Plain) -> None:
    """Sealed payloads that changed places would each replay well."""
    found = replayed(written, line="01900000-0000-7000-8000-000000000000")

    assert found.difference is not None
    assert (found.difference.cause, found.difference.why) == (Cause.DATA, Why.OTHER_LINE)


def test_a_line_that_names_another_release_is_told(written: Plain) -> None:
    found = replayed(written, digest="0" * 64)

    assert found.difference is not None
    assert (found.difference.cause, found.difference.why) == (Cause.DATA, Why.OTHER_RELEASE_ON_LINE)


def test_every_end_is_told_in_both_languages(written: Plain) -> None:
    """People read it, not only programs."""
    plain = copy.deepcopy(written)
    plain["assessment"]["level"] = "advise"
    different, erased = replayed(plain), Replayed("line 1", "", Outcome.ERASED)

    said = [sentence_of(each, language) for each in (different, erased) for language in Language]

    assert set(WHYS) == set(Why)
    assert said[0].startswith("Niet gelijk. Dezelfde engine geeft iets anders (name live")
    assert said[1].startswith("Not the same. The same engine gives something else (name live")
    assert said[2] == "Gewist. Dat het besluit er was, is nog te bewijzen."
    assert said[3].startswith("Erased.")


def test_long_values_are_shortened(written: Plain) -> None:
    plain = copy.deepcopy(written)
    plain["assessment"]["level"] = "x" * 10_000

    found = replayed(plain)

    assert found.difference is not None
    assert len(str(found.difference.place.recorded)) < 300


def test_a_call_without_a_trace_context_is_replayed_as_well(written: Plain) -> None:
    """Not every system says which trace its call belongs to."""
    found = replayed({**copy.deepcopy(written), "trace_context": None})

    assert found.outcome is Outcome.SAME
