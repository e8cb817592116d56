"""The page on the decision log names each field of real records, and no other."""

import asyncio
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from taxatie.engine.evaluator import EngineName
from taxatie.engine.live import LiveEngine
from taxatie.explain.assessor import Assessor
from taxatie.ledger.entry import Draft, EntryKind
from taxatie.ledger.erasure import ErasureReason, Order, erase
from taxatie.ledger.kept import Kept
from taxatie.ledger.log import fresh_id, utc_text
from taxatie.ledger.opening import LogPlace, open_log, read_store
from taxatie.ledger.serving import ServingLog
from taxatie.ledger.setting_aside import find_unsigned, last_signature, set_aside
from taxatie.registry.folder import ReleaseFolder
from taxatie.service.access import Looking, Purpose, access_draft
from taxatie.service.engines import engine_versions
from taxatie.service.guard import Guard
from taxatie.service.record import Recorder, Retention
from taxatie.service.releases import FolderReleases
from taxatie.signing import new_private_key
from taxatie.terms.assessment import Contradiction, ContradictionKind
from taxatie.terms.case import Event
from taxatie.terms.explanation import FurtherAnswer, KnownAnswer, NearMiss
from taxatie.terms.names import EventKindId, LevelId, PersonId, SignalId, SubjectId
from taxatie.wire.case_reader import read_case
from taxatie.wire.decision_record import Asked, Circumstances, TraceContext, decision_to_json
from taxatie.wire.deed_record import OutcomeRecord, OverrideRecord
from tests.cli.log_cases import kept
from tests.ledger.attacking import add
from tests.replay.recording import CALLER, NOW, SMALL, At, a_request, record, violence
from tests.service.office import Office
from tests.service.test_guard import FAINT, Alarm, Opinion, spoiled

PAGE = Path(__file__).parents[2] / "docs" / "decision-log.md"
ROW = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)
NAMED_BY_RELEASE = (
    "case.answers",
    "case.persons[].answers",
    "release.files",
    "assessment.findings",
    "assessment.findings.*",
)
UNOPENED = {EntryKind.VERDICT: ("live", "durable"), EntryKind.ACCESS: ("looked_at",)}
"""Parts that the page describes as a whole."""


def on_the_page(heading: str) -> set[str]:
    """Return the fields of the table under a heading."""
    section = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    (text,) = [each for each in section if each.startswith(f"{heading}\n")]
    return set(ROW.findall(text))


def fields(value: object, path: str = "", whole: Iterable[str] = ()) -> Iterator[str]:
    """Return the paths of all that a record holds, down to what is no part of it any more."""
    if isinstance(value, Mapping) and path not in whole:
        for name, each in value.items():
            step = "*" if path in NAMED_BY_RELEASE else name
            yield from fields(each, f"{path}.{step}" if path else step, whole)
    elif isinstance(value, list) and path not in whole:
        for each in value:
            if isinstance(each, Mapping):
                yield from fields(each, f"{path}[]", whole)
            else:
                yield f"{path}[]"
    else:
        yield path


def declared(schema: Mapping[str, Any], parts: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Return the paths of all that a form of records can hold."""
    for each in schema.get("anyOf", []):
        if each.get("type") != "null":
            yield from declared(each, parts, path)
    if "$ref" in schema:
        yield from declared(parts[schema["$ref"].rsplit("/", 1)[1]], parts, path)
    elif "items" in schema:
        yield from declared(schema["items"], parts, f"{path}[]")
    elif "properties" in schema:
        for name, each in schema["properties"].items():
            yield from declared(each, parts, f"{path}.{name}" if path else name)
    elif "anyOf" not in schema:
        yield path


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> list[Kept]:
    """Return the lines of logs in which everything happened that can happen to a decision."""
    folder = tmp_path_factory.mktemp("logs")
    lines = [*decided(folder / "decided"), *followed(folder / "followed"), *doubted(folder / "doubted")]
    assert {each.entry.kind for each in lines} == set(EntryKind)
    return lines


def decided(folder: Path) -> list[Kept]:
    """Return a log of decisions under two keys: looked into, something erased, something that was added set aside."""
    told = {"violence_now": {"value": "yes", "basis": "told", "partner_present": True}}
    record(folder, [violence(), a_request(case="c-2", region="noord", everyone_listed=["child"], answers=told)])
    log = open_log(LogPlace(folder), "taxatie/tests", NOW)
    log.append([access_draft(Looking(Purpose.AUDIT, "auditor", "local"), {"show": "x"}, NOW)])
    log.append([Draft(name := fresh_id(NOW), EntryKind.DECISION, utc_text(NOW), payload=b"{}", case_reference="c-9")])
    found = iter([(log.store.find(name) or pytest.fail("it is there")).place])
    assert list(erase(log, lambda: found, Order(ErasureReason.COURT_ORDER, "operator", "privacy-officer"), NOW)) == [1]
    add(LogPlace(folder), Draft(fresh_id(NOW), EntryKind.ACCESS, utc_text(NOW)))
    set_aside(log, find_unsigned(log.store, last_signature(log, ())), folder / "aside", ("operator", "auditor"), NOW)
    log.rotate(new_private_key(), NOW)
    log.store.close()
    return kept(folder)


def followed(folder: Path) -> list[Kept]:
    """Return a log in which people deviated from a decision and did what it asked for."""
    office = Office(folder)
    decision = office.assess()
    office.override(decision, "immediate")
    office.lower(decision, "urgent")
    office.outcome(decision, "safety_assessment", "2026-03-02")
    return kept(folder)


def doubted(folder: Path) -> list[Kept]:
    """Return a log in which the second engine found something else."""

    async def serve() -> None:
        place = LogPlace(folder)
        log = ServingLog(open_log(place, "taxatie/tests", NOW), read_store(place))
        guard = Guard(Opinion(spoiled(FAINT, "when: strangulation")), log, At(), Alarm(), is_required=True, seconds=30)
        releases = FolderReleases(ReleaseFolder(SMALL), SMALL, allows_drafts=True)
        recorder = Recorder(releases, At(), log, engine_versions(EngineName.LIVE), Retention(14, 20), guard)
        await recorder.assess(violence(), CALLER)
        await guard.close()
        await log.close()

    asyncio.run(serve())
    return kept(folder)


def a_rare_decision() -> object:
    """Return the record of a decision with parts that no small case has."""
    program = ReleaseFolder(SMALL).load("one")
    strangled = {"id": "adult-1", "subject": "adult", "answers": {"strangulation": "yes"}}
    case = read_case(program, {"case": "c-1", "reference_time": "2026-03-02T21:15:00+01:00", "persons": [strangled]})
    found = Assessor(program, LiveEngine(program)).assess(case)
    assert found.explanation is not None
    signal, person = SignalId("strangulation"), PersonId("adult-1")
    event = Event(EventKindId("threat"), date(2026, 1, 10), person)
    (reason,) = found.explanation.reasons
    answers = (KnownAnswer(signal, person, 0, 1), KnownAnswer(signal, person, 0, 0, is_applicable=False))
    explanation = replace(
        found.explanation,
        reasons=(replace(reason, answers=answers, events=(event,), rests_on_unknown=answers[:1]),),
        near_misses=(NearMiss(LevelId("urgent"), (FurtherAnswer(signal, person, ((0, 1),)),)),),
    )
    contradiction = Contradiction("persons[0]", ContradictionKind.NOT_APPLICABLE)
    actions = tuple(replace(each, rules=found.internal.fired) for each in found.internal.actions)
    assessment = replace(found.internal, contradictions=(contradiction,), actions=actions)
    trace = replace(found.trace, inapplicable=((signal, person),), impossible=(SubjectId("child"),))
    trace = replace(trace, evaluations=(trace.evaluations[0]._replace(scores=((0, 3),)),))
    case = replace(case, history=replace(case.history, events=(event,)))
    asked = Asked("f" * 64, None, retrospective=False, detail="full", audience="internal", language="nl")
    circumstances = Circumstances("x", "x", "x", asked, TraceContext("x", None), {"name": "live"})
    return json.loads(json.dumps(decision_to_json(program, case, (assessment, trace, explanation), circumstances)))


def test_each_field_of_a_line_is_on_the_page(log: list[Kept]) -> None:
    found = {name for each in log for name in json.loads(each.entry.leaf)}

    assert found == on_the_page("A line")


def test_each_field_that_a_line_says_is_on_the_page(log: list[Kept]) -> None:
    found = {
        f"{each.entry.kind}.{path}"
        for each in log
        for path in fields(each.entry.says, whole=("places", *UNOPENED.get(each.entry.kind, ())))
        if path
    }

    assert found == on_the_page("What a line says")


@pytest.mark.parametrize(("kind", "form"), [("override", OverrideRecord), ("outcome", OutcomeRecord)])
def test_each_field_of_what_people_did_is_on_the_page(log: list[Kept], kind: str, form: type[BaseModel]) -> None:
    payloads = [each.payload for each in log if each.entry.kind == kind and each.payload is not None]
    schema = form.model_json_schema()

    documented = on_the_page(f"The payload of an {kind}")

    assert set(declared(schema, schema["$defs"])) == documented
    # What is null in these records has parts in others.
    assert {path for payload in payloads for path in fields(payload)} - documented == {"trace_context", "second"} & {
        path for payload in payloads for path in fields(payload)
    }


def test_each_field_of_a_verdict_is_on_the_page(log: list[Kept]) -> None:
    (payload,) = [each.payload for each in log if each.entry.kind is EntryKind.VERDICT and each.payload is not None]

    assert set(fields(payload, whole=UNOPENED[EntryKind.VERDICT])) == on_the_page("The payload of a verdict")


def test_each_field_of_a_decision_is_on_the_page(log: list[Kept]) -> None:
    records = [each.payload for each in log if each.entry.kind is EntryKind.DECISION and each.payload is not None]

    found = {path for record in (*records, a_rare_decision()) for path in fields(record)}

    # What is null in one record has parts in another.
    assert found - {"trace_context", "explanation"} == on_the_page("The payload of a decision")
