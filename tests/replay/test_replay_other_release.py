"""What another release would have decided: what is gained and lost, and honestly what could not be carried over."""

from pathlib import Path
from shutil import copytree

import pytest

from taxatie.engine.evaluator import EngineName
from taxatie.engine.live import LiveEngine
from taxatie.ledger.opening import LogPlace, open_log, read_store
from taxatie.registry.folder import ReleaseFolder
from taxatie.replay.other_release import Reassessed, reassess_all
from taxatie.replay.releases_then import BuildEngine, ReleasesThen
from taxatie.replay.replay import Replayer
from taxatie.replay.replay_phrases import sentence_of
from taxatie.replay.replayed import Cause, Outcome, Why
from taxatie.replay.sources import WHOLE_LOG, decisions_of
from taxatie.service.engines import build_engine
from taxatie.terms.case import Case
from taxatie.terms.text import Language
from taxatie.terms.trace import Trace
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages
from tests.replay.recording import NOW, SMALL, a_request, record, violence
from tests.replay.two_releases import STRANGULATION, add_release


@pytest.fixture
def rulesets(tmp_path: Path) -> Path:
    """Return the small rulesets folder with room for a second release."""
    return copytree(SMALL, tmp_path / "rulesets")


def under_two(log: Path, rulesets: Path, build: BuildEngine = LiveEngine) -> list[Reassessed]:
    """Return the decisions of a log under release `two`."""
    store = read_store(LogPlace(log))
    releases = ReleasesThen(ReleaseFolder(rulesets), LiveEngine)
    other = ReleasesThen(ReleaseFolder(rulesets), build).named("two")
    try:
        replayed = Replayer(releases, {}, with_explanations=False).replay_all(decisions_of(store.lines(), WHOLE_LOG))
        return list(reassess_all(replayed, other))
    finally:
        store.close()


def strangled(**parts: object) -> messages.AssessRequest:
    """Return a request about somebody who was strangled."""
    person = {"id": "adult-1", "subject": "adult", "answers": {"strangulation": "yes"}}
    return a_request(persons=[person], everyone_listed=["adult"], **parts)


@pytest.mark.parametrize("engine", [EngineName.LIVE, EngineName.COLUMNS])
def test_what_becomes_milder_says_what_is_lost(tmp_path: Path, rulesets: Path, engine: EngineName) -> None:
    """By rule and person, by action and withholding: that is what somebody has to answer for."""
    add_release(rulesets, {"kitchen-table": (STRANGULATION, "when: strangulation\n    level: advise\n")})
    record(tmp_path / "log", [strangled(answers={"violence_now": "no"}), a_request()], rulesets=rulesets)

    milder, same = under_two(tmp_path / "log", rulesets, lambda program: build_engine(engine, program))

    assert (milder.outcome, milder.is_milder, milder.step) == (Outcome.DIFFERENT, True, -1)
    assert (milder.lost("rules"), milder.gained("rules")) == ((), ())
    assert (milder.lost("actions"), milder.gained("actions")) == (("safety_assessment",), ("give_advice",))
    assert (milder.lost("withheld"), milder.gained("withheld")) == (("mediation",), ())
    assert milder.left_out == ()
    assert (same.outcome, same.is_milder, same.step) == (Outcome.SAME, False, 0)


def test_milder_ones_come_first_and_what_loses_most_before_others(tmp_path: Path, rulesets: Path) -> None:
    add_release(rulesets, {"kitchen-table": ("when: strangulation\n", "when: {all: [strangulation, violence_now]}\n")})
    requests = [a_request(), strangled(case="c-2"), violence(), strangled(case="c-3", answers={"violence_now": "no"})]
    record(tmp_path / "log", requests, rulesets=rulesets)

    found = sorted(under_two(tmp_path / "log", rulesets), key=lambda each: each.order)

    assert [each.step for each in found] == [-1, -1, 0, 0]
    assert [each.lost("rules") for each in found[:2]] == [("KT-02 of adult-1",)] * 2
    assert [each.outcome for each in found] == [Outcome.DIFFERENT] * 2 + [Outcome.SAME] * 2


def test_a_finding_that_is_no_longer_reported_is_lost(tmp_path: Path, rulesets: Path) -> None:
    add_release(rulesets, {"vocabulary": ("within: 12 months, at_least: 2", "within: 12 months, at_least: 1")})
    record(tmp_path / "log", [violence()], rulesets=rulesets)

    (found,) = under_two(tmp_path / "log", rulesets)

    assert found.lost("findings") == ("pattern_of_threats: absent",)
    assert found.gained("findings") == ("pattern_of_threats: present",)


def test_what_the_other_release_cannot_read_is_left_out_and_said(tmp_path: Path, rulesets: Path) -> None:
    """A question that did not exist then, or no longer does: nobody may think that it was weighed."""
    vocabulary = (rulesets / "vocabulary" / "1.0.0.yaml").read_text(encoding="utf-8")
    start = vocabulary.index("  - id: strangulation\n")
    question = vocabulary[start : vocabulary.index("  - id: child_age")]
    kitchen = ("when: strangulation", "when: strangled")
    add_release(rulesets, {"vocabulary": (question, question.replace("strangulation", "strangled"))})
    text = (rulesets / "kitchen-table" / "1.0.0.yaml").read_text(encoding="utf-8")
    text = text.replace(*kitchen).replace("[strangulation,", "[strangled,").replace("version: 1.0.0", "version: 2.0.0")
    (rulesets / "kitchen-table" / "2.0.0.yaml").write_text(text, encoding="utf-8")
    release = (rulesets / "releases" / "two.yaml").read_text(encoding="utf-8")
    release = release.replace("kitchen-table: 1.0.0", "kitchen-table: 2.0.0").replace("regions: {noord: 1.0.0}\n", "")
    (rulesets / "releases" / "two.yaml").write_text(release, encoding="utf-8")
    record(tmp_path / "log", [strangled(region="noord")], rulesets=rulesets)

    (found,) = under_two(tmp_path / "log", rulesets)

    assert found.left_out == ("noord", "strangulation")
    assert found.is_milder


def test_levels_that_no_scale_has_both_are_not_ranked(tmp_path: Path, rulesets: Path) -> None:
    """Neither milder nor stricter can be said of them."""
    add_release(rulesets, {"vocabulary": ("urgent", "acute"), "kitchen-table": ("level: urgent", "level: acute")})
    record(tmp_path / "log", [strangled()], rulesets=rulesets)

    (found,) = under_two(tmp_path / "log", rulesets)

    assert (found.step, found.is_milder, found.order[0]) == (None, False, 0)
    assert sentence_of(found, Language.EN) == "Under two it becomes acute instead of urgent: no scale knows both."


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("title: {nl: Wurging", "title: {nl: Verwurging", "Onder two komt hetzelfde eruit."),
        (STRANGULATION, STRANGULATION.replace("urgent", "immediate"), "wordt het strenger: van urgent naar immediate."),
        ("    withhold: [mediation]\n", "", "Onder two blijft het niveau urgent, maar de rest is niet gelijk."),
    ],
)
def test_what_changes_is_told_in_a_sentence(tmp_path: Path, rulesets: Path, old: str, new: str, said: str) -> None:
    add_release(rulesets, {"kitchen-table": (old, new)})
    record(tmp_path / "log", [strangled(answers={"violence_now": "no"})], rulesets=rulesets)

    (found,) = under_two(tmp_path / "log", rulesets)

    assert sentence_of(found, Language.NL).endswith(said)


def test_a_scale_that_has_both_levels_ranks_them(tmp_path: Path, rulesets: Path) -> None:
    """The new one first; where it has lost a level, the old one."""
    vocabulary = (rulesets / "vocabulary" / "1.0.0.yaml").read_text(encoding="utf-8")
    start = vocabulary.index("  - id: urgent\n")
    urgent = vocabulary[start : vocabulary.index("  - id: immediate")]
    add_release(rulesets, {"vocabulary": (urgent, ""), "kitchen-table": ("level: urgent", "level: immediate")})
    record(tmp_path / "log", [strangled()], rulesets=rulesets)

    (found,) = under_two(tmp_path / "log", rulesets)

    assert found.step == 1


def test_without_the_same_replay_there_is_nothing_to_compare_with(tmp_path: Path, rulesets: Path) -> None:
    """What was erased, or is not reached again, is counted as that."""
    add_release(rulesets, {})
    record(tmp_path / "log", [violence(), strangled()], rulesets=rulesets)
    log = open_log(LogPlace(tmp_path / "log"), "taxatie/tests", NOW)
    log.store.erase([1])
    log.store.close()
    file = rulesets / "releases" / "one.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "# more\n", encoding="utf-8")

    erased, changed = under_two(tmp_path / "log", rulesets)

    assert (erased.outcome, erased.difference) == (Outcome.ERASED, None)
    assert changed.outcome is Outcome.NOT_REPLAYED
    assert changed.difference is not None
    assert changed.difference.why is Why.RELEASE_CHANGED
    assert (changed.gained("rules"), changed.lost("rules")) == ((), ())


class Failing(LiveEngine):
    """An engine that fails at once."""

    def evaluate(self, case: Case) -> Trace:
        """Fail."""
        raise ZeroDivisionError(case.id)


class Shapeless(LiveEngine):
    """An engine whose trace fits no release."""

    def evaluate(self, case: Case) -> Trace:
        """Return a trace about somebody who is not there."""
        return Trace((), (), (("no-signal", "nobody"),), ())  # type: ignore[arg-type]


@pytest.mark.parametrize("engine", [Failing, Shapeless])
def test_an_engine_that_fails_under_the_other_release_ends_nothing(
    tmp_path: Path, rulesets: Path, engine: type[LiveEngine]
) -> None:
    add_release(rulesets, {})
    record(tmp_path / "log", [violence(), strangled()], rulesets=rulesets)

    found = under_two(tmp_path / "log", rulesets, engine)

    assert [each.outcome for each in found] == [Outcome.NOT_REPLAYED] * 2
    for each in found:
        assert each.difference is not None
        assert (each.difference.cause, each.difference.why) == (Cause.ENGINE, Why.ENGINE_FAILED)
