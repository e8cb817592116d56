"""Decisions are reached again over the wire, by somebody who says why: that is on record before it is shown."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from shutil import copytree
from typing import TypeVar

import grpc
import pytest

from taxatie.client import AsyncClient, Client, RefusedError
from taxatie.ledger.entry import Entry, EntryKind, read_entry
from taxatie.ledger.opening import LogPlace, read_store
from taxatie.ledger.sqlite_store import SqliteStore
from taxatie.wire.generated.taxatie.v1 import assessment_pb2, audit_pb2
from taxatie.wire.generated.taxatie.v1.audit_pb2 import ReplayDecisionRequest, ReplayDecisionResponse
from taxatie.wiring import LedgerChoice, Settings, build
from tests.replay.recording import SMALL, violence
from tests.replay.two_releases import STRANGULATION, add_release
from tests.server.running import ROOT, KeptLog, StandingClock, running

T = TypeVar("T")
UNKNOWN = "01900000-0000-7000-8000-000000000000"


@pytest.fixture
def rulesets(tmp_path: Path) -> Path:
    """Return the small rulesets folder with room for a second release."""
    return copytree(SMALL, tmp_path / "rulesets")


def served(ledger: Path, use: Callable[[AsyncClient, str], Awaitable[T]], rulesets: Path = SMALL) -> T:
    """Return what *use* makes of a service in which one decision was made."""

    async def serve() -> T:
        async with (
            running(rulesets=rulesets, ledger=ledger) as server,
            AsyncClient(f"127.0.0.1:{server.port}") as client,
        ):
            case = violence().case
            answer = await client.assess(case, release="one", language=assessment_pb2.LANGUAGE_EN)
            return await use(client, answer.decision)

    return asyncio.run(serve())


def asked(decision: str, **parts: object) -> ReplayDecisionRequest:
    """Return a request by an auditor."""
    whole = {"purpose": audit_pb2.ACCESS_PURPOSE_AUDIT, "role": "auditor", **parts}
    return ReplayDecisionRequest(decision=decision, **whole)  # type: ignore[arg-type]


def looks(ledger: Path) -> list[Entry]:
    """Return the lines of the log that say who looked."""
    store = read_store(LogPlace(ledger))
    try:
        entries = [read_entry(line.leaf) for line in store.lines()]
    finally:
        store.close()
    return [entry for entry in entries if entry.kind is EntryKind.ACCESS]


@pytest.mark.parametrize("engine", ["", "live", "reference", "columns"])
def test_a_decision_is_reached_again_and_who_looked_is_on_record(tmp_path: Path, engine: str) -> None:
    """Purpose, role, calling system and what was looked at; and it is linked to the decision."""

    async def use(client: AsyncClient, decision: str) -> tuple[str, ReplayDecisionResponse]:
        return decision, await client.replay_decision(asked(decision, engine=engine))

    decision, response = served(tmp_path, use)

    assert response.outcome == audit_pb2.REPLAY_OUTCOME_SAME
    assert (response.recorded_level, response.reached_level, response.release) == ("immediate", "immediate", "one")
    assert response.sentence == "Gelijk, tot op de letter."
    assert response.digest
    assert not response.HasField("what_if")
    (look,) = looks(tmp_path)
    assert look.about == decision
    assert look.says == {
        "purpose": "audit",
        "role": "auditor",
        "caller": "local",
        "looked_at": {"replay": decision, "release": None, "engine": engine or "live"},
    }


def test_another_release_says_what_changes(tmp_path: Path, rulesets: Path) -> None:
    add_release(rulesets, {"kitchen-table": ("level: immediate\n    withhold: [mediation]\n", "level: urgent\n")})

    async def use(client: AsyncClient, decision: str) -> ReplayDecisionResponse:
        return await client.replay_decision(asked(decision, release="two", language=assessment_pb2.LANGUAGE_EN))

    response = served(tmp_path / "log", use, rulesets)

    assert response.outcome == audit_pb2.REPLAY_OUTCOME_DIFFERENT
    assert (response.recorded_level, response.reached_level) == ("immediate", "urgent")
    assert response.sentence == "Under two it becomes milder: from immediate to urgent."
    assert (response.release, response.what_if.release, response.what_if.milder) == ("one", "two", True)
    assert list(response.what_if.actions.lost) == ["call_police"]
    assert list(response.what_if.actions.gained) == ["safety_assessment"]
    assert list(response.what_if.rules.gained) == []


def test_a_release_that_cannot_be_loaded_is_refused_in_words(tmp_path: Path, rulesets: Path) -> None:
    """The folder is read as it is now; the service itself goes on with the releases that it took."""

    async def use(client: AsyncClient, decision: str) -> RefusedError:
        add_release(rulesets, {"kitchen-table": (STRANGULATION, "when: no_such_thing\n")})
        with pytest.raises(RefusedError) as caught:
            await client.replay_decision(asked(decision, release="two"))
        return caught.value

    refused = served(tmp_path / "log", use, rulesets)

    assert refused.code is grpc.StatusCode.FAILED_PRECONDITION
    assert "release `two` cannot be loaded" in refused.message


def test_a_release_that_was_added_a_moment_ago_can_be_asked_for(tmp_path: Path, rulesets: Path) -> None:
    async def use(client: AsyncClient, decision: str) -> ReplayDecisionResponse:
        add_release(rulesets, {})
        return await client.replay_decision(asked(decision, release="two"))

    response = served(tmp_path / "log", use, rulesets)

    assert response.outcome == audit_pb2.REPLAY_OUTCOME_SAME
    assert response.sentence == "Onder two komt hetzelfde eruit."


def test_a_difference_is_named_with_its_cause(tmp_path: Path, rulesets: Path) -> None:
    """Here the release was edited between two runs of the service."""

    async def nothing(_client: AsyncClient, decision: str) -> str:
        return decision

    first = served(tmp_path / "log", nothing, rulesets)
    file = rulesets / "releases" / "one.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "# more\n", encoding="utf-8")

    async def use(client: AsyncClient, _decision: str) -> ReplayDecisionResponse:
        return await client.replay_decision(asked(str(first)))

    response = served(tmp_path / "log", use, rulesets)

    assert response.outcome == audit_pb2.REPLAY_OUTCOME_NOT_REPLAYED
    assert response.cause == audit_pb2.REPLAY_CAUSE_RELEASE
    assert response.path == "release.files[releases/one.yaml]"
    assert response.recorded != response.reached != ""


def test_an_erased_decision_is_told_as_that(tmp_path: Path) -> None:
    async def use(client: AsyncClient, decision: str) -> ReplayDecisionResponse:
        store = SqliteStore(tmp_path)
        store.erase([1])
        store.close()
        return await client.replay_decision(asked(decision))

    response = served(tmp_path, use)

    assert response.outcome == audit_pb2.REPLAY_OUTCOME_ERASED
    assert response.cause == audit_pb2.REPLAY_CAUSE_UNSPECIFIED
    assert response.sentence.startswith("Gewist.")


def test_without_purpose_or_role_nothing_is_shown_and_all_faults_are_told(tmp_path: Path) -> None:
    """Who looks without saying why is turned away at the door, and may mend everything at once."""

    async def use(client: AsyncClient, _decision: str) -> RefusedError:
        request = ReplayDecisionRequest(decision="c-1", release="nine", engine="fast", role="Jan Jansen")
        with pytest.raises(RefusedError) as caught:
            await client.replay_decision(request)
        return caught.value

    refused = served(tmp_path, use)

    assert refused.code is grpc.StatusCode.INVALID_ARGUMENT
    assert [field for field, _ in refused.faults] == ["decision", "release", "engine", "purpose", "role"]
    assert looks(tmp_path) == []


def test_a_role_holds_no_name_and_is_short(tmp_path: Path) -> None:
    """It stays in the log for ever."""

    async def use(client: AsyncClient, decision: str) -> list[tuple[str, str]]:
        faults: list[tuple[str, str]] = []
        for role in ("jan", "a" * 41, ""):
            with pytest.raises(RefusedError) as caught:
                await client.replay_decision(asked(decision, role=role))
            faults.extend(caught.value.faults)
        return faults

    faults = served(tmp_path, use)

    assert [field for field, _ in faults] == ["role"] * 3


def test_a_decision_that_is_not_there_is_not_found_and_the_attempt_is_on_record(tmp_path: Path) -> None:
    """Trying ids is a way of looking, too."""

    async def use(client: AsyncClient, _decision: str) -> RefusedError:
        with pytest.raises(RefusedError) as caught:
            await client.replay_decision(asked(UNKNOWN))
        return caught.value

    refused = served(tmp_path, use)

    assert refused.code is grpc.StatusCode.NOT_FOUND
    assert [look.about for look in looks(tmp_path)] == [UNKNOWN]


def test_a_line_about_something_else_is_no_decision(tmp_path: Path) -> None:
    """The hint names the decision that it is about, where there is one."""

    async def use(client: AsyncClient, decision: str) -> list[str]:
        await client.replay_decision(asked(decision))
        (look,) = looks(tmp_path)
        store = read_store(LogPlace(tmp_path))
        genesis = next(iter(store.lines())).id
        store.close()
        told = []
        for name in (look.id, genesis):
            with pytest.raises(RefusedError) as caught:
                await client.replay_decision(asked(name))
            told.append(caught.value.faults[0][1])
        return [decision, *told]

    decision, about_look, about_genesis = served(tmp_path, use)

    assert "kind `access`" in about_look
    assert decision in about_look
    assert "kind `genesis`" in about_genesis


def test_where_nothing_is_recorded_there_is_nothing_to_replay() -> None:
    async def use() -> RefusedError:
        settings = Settings(rulesets=SMALL, scenarios=ROOT / "validation", port=0, drafts=True, ledger=LedgerChoice.OFF)
        server = build(settings, StandingClock(), KeptLog())
        await server.start()
        try:
            async with AsyncClient(f"127.0.0.1:{server.port}") as client:
                with pytest.raises(RefusedError) as caught:
                    await client.replay_decision(asked(UNKNOWN))
                return caught.value
        finally:
            await server.drain(0)

    refused = asyncio.run(use())

    assert refused.code is grpc.StatusCode.FAILED_PRECONDITION
    assert "--ledger required" in refused.message


def test_the_client_without_asyncio_replays_as_well(tmp_path: Path) -> None:
    def talk(address: str) -> tuple[int, grpc.StatusCode]:
        with Client(address) as client:
            decision = client.assess(violence().case).decision
            outcome = client.replay_decision(asked(decision)).outcome
            with pytest.raises(RefusedError) as caught:
                client.replay_decision(asked(decision, role=""))
            return outcome, caught.value.code

    async def serve() -> tuple[int, grpc.StatusCode]:
        async with running(rulesets=SMALL, ledger=tmp_path) as server:
            return await asyncio.to_thread(talk, f"127.0.0.1:{server.port}")

    assert asyncio.run(serve()) == (audit_pb2.REPLAY_OUTCOME_SAME, grpc.StatusCode.INVALID_ARGUMENT)
