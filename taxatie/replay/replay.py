"""Reaching recorded decisions again: everything is derived anew from the case, and compared to the byte."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from taxatie.errors.problem import CaseFaults
from taxatie.explain.assessor import Assessed, Assessor, Detail
from taxatie.ledger.canonical import canonical_bytes
from taxatie.limits import REPLAY_BATCH
from taxatie.replay.difference import Place, first_difference, shown
from taxatie.replay.evaluating import batches, evaluate_each
from taxatie.replay.record_reader import KEYS, BrokenRecordError, Json, Record, read_record
from taxatie.replay.releases_then import ReleasesThen
from taxatie.replay.replayed import Cause, Difference, Outcome, Reached, Replayed, Why
from taxatie.replay.sources import Found
from taxatie.replay.truth_words import truth_place
from taxatie.terms.case import Case
from taxatie.terms.trace import Trace
from taxatie.wire.case_reader import read_case
from taxatie.wire.decision_record import decision_to_json


@dataclass(frozen=True, slots=True)
class Ready:
    """A decision that can be reached again: its record, its case, and the release that decided."""

    found: Found
    record: Record
    assessor: Assessor
    case: Case


@dataclass(frozen=True, slots=True)
class Replayer:
    """Replays decisions under the releases that decided them."""

    releases: ReleasesThen
    versions: Mapping[str, str]
    """The engine that replays, and its versions, as records name them."""
    with_explanations: bool = True
    """Whether reasons, open questions and near misses are derived again, too: many times the work."""

    def replay(self, found: Found) -> Replayed:
        """Return what becomes of one decision."""
        return next(self.replay_all([found]))

    def replay_all(self, founds: Iterable[Found]) -> Iterator[Replayed]:
        """Return what becomes of each decision, in order; some hundreds are held at a time."""
        for batch in batches(founds, REPLAY_BATCH):
            prepared = [prepare(found, self.releases) for found in batch]
            asked = [(each.assessor.engine, each.case) for each in prepared if isinstance(each, Ready)]
            traces = iter(evaluate_each(asked))
            for each in prepared:
                yield self._compared(each, next(traces)) if isinstance(each, Ready) else each

    def _compared(self, ready: Ready, trace: Trace | Exception) -> Replayed:
        if isinstance(trace, Exception):
            return _failed(ready, trace)
        try:
            assessed = self._assessed(ready, trace)
            reached = self._rebuilt(ready, assessed)
        except Exception as error:  # noqa: BLE001  # one case on which the engine fails must not end the others
            return _failed(ready, error)
        is_same = canonical_bytes(reached) == ready.found.data
        return Replayed(
            place=ready.found.place,
            id=ready.found.id,
            outcome=Outcome.SAME if is_same else Outcome.DIFFERENT,
            release=ready.record.release,
            digest=ready.record.digest,
            recorded_level=ready.record.level,
            difference=None if is_same else self._difference(ready, reached),
            reached=Reached(ready.assessor.program, ready.case, assessed.internal),
        )

    def _assessed(self, ready: Ready, trace: Trace) -> Assessed:
        if self.with_explanations:
            detail, audience = ready.record.detail, ready.record.audience
            return ready.assessor.assess_trace(ready.case, trace, detail=detail, audience=audience)
        return ready.assessor.assess_trace(ready.case, trace, detail=Detail.LEVEL)

    def _rebuilt(self, ready: Ready, assessed: Assessed) -> Json:
        """Return the record as it would be written today, under the circumstances of then."""
        record, program = ready.record, ready.assessor.program
        explanation = assessed.explanation if self.with_explanations else None
        decided = (assessed.internal, assessed.trace, explanation)
        rebuilt = decision_to_json(program, ready.case, decided, record.circumstances)
        if not self.with_explanations:
            rebuilt["explanation"] = record.plain.get("explanation")
        said = rebuilt["assessment"]
        assert isinstance(said, dict), "an assessment is a map"
        if record.assessment.get("draft") is True and not program.is_draft:
            # It was published since, with the very texts that decided.
            said["draft"] = True
        return rebuilt

    def _difference(self, ready: Ready, reached: Json) -> Difference:
        record = ready.record.plain
        keys = [*KEYS, *(key for key in record if key not in KEYS)]
        here: Json = json.loads(canonical_bytes(reached))
        recorded, derived = ({key: said[key] for key in keys if key in said} for said in (record, here))
        place = first_difference(recorded, derived)
        assert place is not None, "what differs in bytes differs in some place"
        cause = _cause_of(place.path)
        if cause is Cause.DATA:
            return Difference(cause, Why.NOT_AS_WRITTEN, place)
        if cause is Cause.RELEASE:
            return Difference(cause, Why.NO_LONGER_PUBLISHED, place, {"release": ready.record.release})
        then, now = ready.record.circumstances.engine, self.versions
        words = {"then": _versions(then), "now": _versions(now)}
        why = Why.SAME_ENGINE if then == now and not ready.found.is_proved else Why.ENGINE_CHANGED
        return Difference(cause, why, truth_place(ready.assessor.program, here, place), words)


def prepare(found: Found, releases: ReleasesThen) -> Ready | Replayed:
    """Return a decision ready to be reached again, or why it cannot be."""
    if found.broken is not None:
        return _stopped(found, Why.UNREADABLE, Place("", None, None), {"error": found.broken})
    if found.data is None:
        return Replayed(found.place, found.id, Outcome.ERASED, digest=found.digest or "")
    try:
        record = read_record(json.loads(found.data))
    except BrokenRecordError as error:
        return _stopped(found, Why.NO_RECORD, Place(error.path, None, None))
    if record.circumstances.id != found.id:
        place = Place("id", shown(record.circumstances.id), shown(found.id))
        return _stopped(found, Why.OTHER_LINE, place)
    if found.digest not in {None, record.digest}:
        place = Place("release.digest", record.digest, found.digest)
        return _stopped(found, Why.OTHER_RELEASE_ON_LINE, place)
    assessor = releases.that_decided(record)
    if isinstance(assessor, Difference):
        return _without_replay(found, record, assessor)
    try:
        return Ready(found, record, assessor, read_case(assessor.program, record.case))
    except CaseFaults as error:
        place = Place(f"case.{error.faults[0].path}", None, None)
        words = {"error": error.faults[0].message}
        return _without_replay(found, record, Difference(Cause.DATA, Why.CASE_UNREADABLE, place, words))


def _stopped(found: Found, why: Why, place: Place, words: Mapping[str, str] | None = None) -> Replayed:
    difference = Difference(Cause.DATA, why, place, words or {})
    digest = found.digest or ""
    return Replayed(found.place, found.id, Outcome.NOT_REPLAYED, digest=digest, difference=difference)


def _without_replay(found: Found, record: Record, difference: Difference) -> Replayed:
    return Replayed(
        place=found.place,
        id=found.id,
        outcome=Outcome.NOT_REPLAYED,
        release=record.release,
        digest=record.digest,
        recorded_level=record.level,
        difference=difference,
    )


def _failed(ready: Ready, error: Exception) -> Replayed:
    words = {"error": type(error).__name__}
    difference = Difference(Cause.ENGINE, Why.ENGINE_FAILED, Place("trace", None, None), words)
    return _without_replay(ready.found, ready.record, difference)


def _cause_of(path: str) -> Cause:
    part, _, rest = path.partition(".")
    if part == "assessment" and rest == "draft":
        return Cause.RELEASE
    if part == "assessment" and rest in {"case", "release", "digest"}:
        return Cause.DATA
    is_derived = part.partition("[")[0] in {"trace", "assessment", "explanation"}
    return Cause.ENGINE if is_derived else Cause.DATA


def _versions(engine: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in sorted(engine.items()))
