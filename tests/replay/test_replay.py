"""Replay: a recorded decision is reached again to the byte, or the first difference is named with its cause."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest

from taxatie.engine.evaluator import EngineName
from taxatie.engine.live import LiveEngine
from taxatie.errors.problem import NotAssessedError
from taxatie.ledger.canonical import canonical_bytes
from taxatie.ledger.opening import LogPlace, open_log
from taxatie.registry.folder import ReleaseFolder
from taxatie.replay.record_reader import Json
from taxatie.replay.releases_then import ReleasesThen
from taxatie.replay.replay import Replayer
from taxatie.replay.replayed import Cause, Outcome, Replayed, Why
from taxatie.replay.sources import Found
from taxatie.rules.program import Program
from taxatie.service.engines import engine_versions
from taxatie.terms.case import Case
from taxatie.terms.trace import Evaluation, Trace
from taxatie.terms.truth import Truth
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages
from tests.replay.recording import NOW, SMALL, a_request, record, records, replay, violence
from tests.strategies.published import publish_all

WISHES = {
    "everything": violence(),
    "english": violence(language=messages.LANGUAGE_EN),
    "level": violence(detail=messages.DETAIL_LEVEL),
    "reasons": violence(detail=messages.DETAIL_REASONS),
    "to share": violence(audience=messages.AUDIENCE_SHAREABLE),
    "the level, to share": violence(audience=messages.AUDIENCE_SHAREABLE, detail=messages.DETAIL_LEVEL),
    "a named release": violence(release="one"),
    "nothing known": a_request(),
    "advice": a_request(case="", mode="advice"),
    "a fraction of a second": a_request(reference_time="2026-03-02T21:15:00.123456789+01:00"),
    "the missing hour of spring": a_request(reference_time="2026-03-28T02:30:00+01:00"),
    "a region": a_request(region="noord", answers={"violence_now": {"value": "no", "basis": "hearsay"}}),
}


@pytest.fixture
def rulesets(tmp_path: Path) -> Path:
    """Return a copy of the small rulesets folder, to change."""
    return copytree(SMALL, tmp_path / "rulesets")


def replayed_plain(
    plain: Json, rulesets: Path = SMALL, build: Callable[[Program], LiveEngine] = LiveEngine, *, is_proved: bool = False
) -> Replayed:
    """Return what becomes of a record that stands in a file, or is proved by a log."""
    found = Found("records.jsonl:1", str(plain["id"]), canonical_bytes(plain), is_proved=is_proved)
    releases = ReleasesThen(ReleaseFolder(rulesets), build)
    return Replayer(releases, engine_versions(EngineName.LIVE)).replay(found)


@pytest.mark.parametrize("engine", [EngineName.LIVE, EngineName.REFERENCE, EngineName.COLUMNS])
def test_every_kind_of_decision_is_reached_again_to_the_byte(tmp_path: Path, engine: EngineName) -> None:
    """Whatever was asked for, and by whichever engine it is reached."""
    ids = record(tmp_path / "log", WISHES.values())

    found = replay(tmp_path / "log", engine=engine)

    assert [(each.id, each.outcome) for each in found] == [(name, Outcome.SAME) for name in ids]
    assert all(each.recorded_level == each.reached_level != "" for each in found)


def test_without_explanations_assessment_and_trace_are_still_compared(tmp_path: Path) -> None:
    """A whole log is replayed many times as fast that way."""
    record(tmp_path / "log", WISHES.values())

    found = replay(tmp_path / "log", with_explanations=False)

    assert {each.outcome for each in found} == {Outcome.SAME}
    assert len(found) == len(WISHES)


def test_what_an_explanation_says_is_compared_where_it_is_asked_for(tmp_path: Path) -> None:
    record(tmp_path / "log", [violence()])
    (plain,) = records(tmp_path / "log")
    explanation = plain["explanation"]
    assert isinstance(explanation, dict)
    explanation["reasons"][0]["answers"] = []

    found = replayed_plain(plain)

    assert found.outcome is Outcome.DIFFERENT
    assert found.difference is not None
    assert found.difference.place.path == "explanation.reasons[0].answers[0]"
    assert found.difference.place.recorded is None
    assert found.difference.cause is Cause.ENGINE


def test_an_erased_decision_is_told_apart_from_a_fault(tmp_path: Path) -> None:
    """Nobody may be alarmed by what was done on purpose, nor believe that it was compared."""
    ids = record(tmp_path / "log", [violence(), a_request(case="c-2")])
    log = open_log(LogPlace(tmp_path / "log"), "taxatie/tests", NOW)
    log.store.erase([1])
    log.store.close()

    found = replay(tmp_path / "log")

    assert [(each.id, each.outcome) for each in found] == [(ids[0], Outcome.ERASED), (ids[1], Outcome.SAME)]
    assert found[0].digest == found[1].digest
    assert found[0].difference is None


class Deaf(LiveEngine):
    """An engine to which every rule that holds may hold."""

    def evaluate(self, case: Case) -> Trace:
        """Return the trace with its rules less sure."""
        trace = super().evaluate(case)
        return replace(trace, evaluations=tuple(map(_less_sure, trace.evaluations)))


def _less_sure(evaluation: Evaluation) -> Evaluation:
    rules = tuple(Truth.CANNOT_TELL if truth is Truth.HOLDS else truth for truth in evaluation.rules)
    return evaluation._replace(rules=rules)


@pytest.mark.parametrize(("is_proved", "why"), [(True, Why.ENGINE_CHANGED), (False, Why.SAME_ENGINE)])
def test_an_engine_that_says_otherwise_is_named_with_its_rule_and_versions(
    tmp_path: Path, why: Why, *, is_proved: bool
) -> None:
    """A digit in a row helps nobody; and a file may have been changed, which a log rules out."""
    record(tmp_path / "log", [violence()])
    (plain,) = records(tmp_path / "log")

    found = replayed_plain(plain, build=Deaf, is_proved=is_proved)

    assert found.outcome is Outcome.DIFFERENT
    assert found.difference is not None
    place = found.difference.place
    assert (found.difference.cause, found.difference.why) == (Cause.ENGINE, why)
    assert place.path == "trace.evaluations[1].rules[KT-01 of adult-1]"
    assert (place.recorded, place.reached) == ("holds", "cannot tell")
    assert found.difference.words["then"] == found.difference.words["now"]
    assert "name live, python 3." in found.difference.words["now"]
    assert (found.recorded_level, found.reached_level) == ("immediate", "advise")


class Broken(LiveEngine):
    """An engine that fails on one case only."""

    def evaluate(self, case: Case) -> Trace:
        """Return the trace, unless it is that case."""
        if case.id == "c-2":
            raise ZeroDivisionError
        return super().evaluate(case)

    def evaluate_all(self, cases: Sequence[Case]) -> list[Trace]:
        """Return the traces, unless that case is among them."""
        return [self.evaluate(case) for case in cases]


def test_a_case_on_which_the_engine_fails_does_not_end_the_others(tmp_path: Path) -> None:
    """Of a million decisions the one that fails is the one that somebody looks for."""
    record(tmp_path / "log", [a_request(case=f"c-{number}") for number in range(1, 4)])
    founds = [Found("log", str(p["id"]), canonical_bytes(p)) for p in records(tmp_path / "log")]
    releases = ReleasesThen(ReleaseFolder(SMALL), Broken)

    found = list(Replayer(releases, {}).replay_all(founds))

    assert [each.outcome for each in found] == [Outcome.SAME, Outcome.NOT_REPLAYED, Outcome.SAME]
    assert found[1].difference is not None
    assert found[1].difference.why is Why.ENGINE_FAILED
    assert found[1].difference.words == {"error": "ZeroDivisionError"}


def test_a_failure_while_explaining_does_not_end_the_others_either(tmp_path: Path) -> None:
    class Shapeless(LiveEngine):
        def evaluate(self, case: Case) -> Trace:
            trace = super().evaluate(case)
            return type(trace)(trace.persons, (), (("no-signal", "nobody"),), ())  # type: ignore[arg-type]

    record(tmp_path / "log", [violence()])

    found = replayed_plain(records(tmp_path / "log")[0], build=Shapeless)

    assert found.outcome is Outcome.NOT_REPLAYED
    assert found.difference is not None
    assert found.difference.cause is Cause.ENGINE


def test_a_release_that_was_edited_is_named_by_its_file(tmp_path: Path, rulesets: Path) -> None:
    """An auditor must not compare with what never decided."""
    record(tmp_path / "log", [violence()], rulesets=rulesets)
    file = rulesets / "kitchen-table" / "1.0.0.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("level: urgent", "level: advise"), encoding="utf-8")

    (found,) = replay(tmp_path / "log", rulesets=rulesets)

    assert found.outcome is Outcome.NOT_REPLAYED
    assert found.difference is not None
    assert (found.difference.cause, found.difference.why) == (Cause.RELEASE, Why.RELEASE_CHANGED)
    assert found.difference.place.path == "release.files[kitchen-table/1.0.0.yaml]"
    assert found.difference.place.recorded != found.difference.place.reached
    assert found.recorded_level == "immediate"


def test_a_release_that_gained_a_file_is_another_one(tmp_path: Path, rulesets: Path) -> None:
    record(tmp_path / "log", [violence()], rulesets=rulesets)
    (rulesets / "regions" / "aap").mkdir()
    more = (rulesets / "regions" / "noord" / "1.0.0.yaml").read_text(encoding="utf-8").replace("noord", "aap")
    (rulesets / "regions" / "aap" / "1.0.0.yaml").write_text(more, encoding="utf-8")
    release = rulesets / "releases" / "one.yaml"
    text = release.read_text(encoding="utf-8").replace("{noord: 1.0.0}", "{noord: 1.0.0, aap: 1.0.0}")
    release.write_text(text, encoding="utf-8")

    (found,) = replay(tmp_path / "log", rulesets=rulesets)

    assert found.difference is not None
    assert found.difference.place.path == "release.files[regions/aap/1.0.0.yaml]"
    assert found.difference.place.recorded is None


def test_a_release_that_cannot_be_loaded_is_named_by_its_file(tmp_path: Path, rulesets: Path) -> None:
    """Tried once, however many decisions rest on it."""
    record(tmp_path / "log", [violence(), a_request(case="c-2")], rulesets=rulesets)
    (rulesets / "calendar" / "1.0.0.yaml").unlink()

    found = replay(tmp_path / "log", rulesets=rulesets)

    assert {each.outcome for each in found} == {Outcome.NOT_REPLAYED}
    for each in found:
        assert each.difference is not None
        assert each.difference.why is Why.RELEASE_BROKEN
        assert each.difference.place.path == "release.files[calendar/1.0.0.yaml]"
        assert each.difference.place.reached is None


def test_a_release_that_is_gone_is_named(tmp_path: Path, rulesets: Path) -> None:
    record(tmp_path / "log", [violence()], rulesets=rulesets)
    (rulesets / "releases" / "one.yaml").unlink()

    (found,) = replay(tmp_path / "log", rulesets=rulesets)

    assert found.difference is not None
    assert (found.difference.why, found.difference.place.recorded) == (Why.RELEASE_GONE, '"one"')


def test_what_a_draft_decided_is_the_same_once_it_was_published(tmp_path: Path, rulesets: Path) -> None:
    """Publishing changes no text; the record goes on saying that it was a draft then."""
    record(tmp_path / "log", [violence()], rulesets=rulesets)
    publish_all(rulesets)

    (found,) = replay(tmp_path / "log", rulesets=rulesets)

    assert found.outcome is Outcome.SAME


def test_what_was_published_and_is_not_now_is_a_fault_of_the_release(tmp_path: Path, rulesets: Path) -> None:
    """The lock was lost: nobody vouches for these texts any more."""
    publish_all(rulesets)
    record(tmp_path / "log", [violence()], rulesets=rulesets)
    (rulesets / "rulesets.lock").unlink()

    (found,) = replay(tmp_path / "log", rulesets=rulesets)

    assert found.outcome is Outcome.DIFFERENT
    assert found.difference is not None
    assert (found.difference.cause, found.difference.place.path) == (Cause.RELEASE, "assessment.draft")


def test_engines_that_run_elsewhere_are_let_go(tmp_path: Path) -> None:
    """A worker that nobody ends would outlive the command."""
    closed = []

    class Elsewhere(LiveEngine):
        def close(self) -> None:
            closed.append("worker")

    record(tmp_path / "log", [violence()])
    (plain,) = records(tmp_path / "log")
    with ReleasesThen(ReleaseFolder(SMALL), Elsewhere) as releases:
        found = Replayer(releases, {}).replay(Found("file", str(plain["id"]), canonical_bytes(plain)))

    assert found.outcome is Outcome.SAME
    assert closed == ["worker"]


def test_a_name_that_no_release_has_is_not_kept_in_memory() -> None:
    """A file may name a million of them."""
    releases = ReleasesThen(ReleaseFolder(SMALL), LiveEngine)

    for _ in range(2):
        with pytest.raises(NotAssessedError, match="there is no release `nine`"):
            releases.named("nine")

    assert releases.named("one").program.release == "one"
    assert list(releases._assessors) == ["one"]
