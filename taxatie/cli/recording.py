"""What `taxatie override` and `taxatie outcome` share: the log, who acts, and how faults are told."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn, TypeVar

import typer

from taxatie.cli.options import rulesets_folder, shipped, state_folder
from taxatie.cli.output import FAULTS, USAGE, say, stop
from taxatie.terms.names import ActionId
from taxatie.terms.text import Language, Text

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from taxatie.errors.problem import RequestFaults
    from taxatie.ledger.opening import LogPlace
    from taxatie.rules.program import Program
    from taxatie.service.deeds import Desk
    from taxatie.service.record import Retention
    from taxatie.wire.generated.taxatie.v1 import decision_pb2

T = TypeVar("T")
_ANEW: Final = Text("Opnieuw beoordelen", "Assess anew")
REASSESSMENT: Final = "reassessment"
HERE: Final = "local"
"""The pseudonym of who calls on this machine, as the service has it for callers without a certificate."""

DecisionArgument = Annotated[str, typer.Argument(metavar="DECISION", help="The id of the decision.")]
ByOption = Annotated[
    str, typer.Option("--by", metavar="ROLE:ID", help="Who does this: a role, and an opaque id; never a name.")
]
RequestIdOption = Annotated[
    str,
    typer.Option("--request-id", metavar="ID", help="An opaque id: given again with the same, it is recorded once."),
]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the log and the rulesets lie, as they were asked for."""

    rulesets: Path | None
    folder: Path | None
    database: str | None
    key: Path | None = None
    copy: Path | None = None

    @property
    def log(self) -> "LogPlace":
        """Where the log lies."""
        from taxatie.ledger.opening import LogPlace

        folder = state_folder() if self.folder is None else self.folder
        return LogPlace(folder, self.key, self.copy, self.database)


def recorded(place: Place, moment: datetime, use: "Callable[[Desk], Awaitable[T]]") -> T:
    """Return what *use* makes of a desk at the log; every fault of the request is told on a line of its own."""
    from taxatie.errors.problem import RequestFaults

    async def at_desk() -> T:
        desk, close = _desk(place, moment)
        try:
            return await use(desk)
        finally:
            await close()

    try:
        return asyncio.run(at_desk())
    except RequestFaults as faults:
        tell_faults(faults)


def tell_faults(error: "RequestFaults") -> NoReturn:
    """Tell each fault of a request on a line of its own, and leave."""
    for fault in error.faults:
        say(f"taxatie: {fault.field}: {fault.message}", is_aside=True)
        if fault.hint is not None:
            say(f"  hint: {fault.hint}", is_aside=True)
    raise typer.Exit(FAULTS)


def read_actor(option: str, text: str) -> "decision_pb2.Actor":
    """Return who acts, from `ROLE:ID`."""
    from taxatie.wire.generated.taxatie.v1 import decision_pb2

    role, colon, opaque = text.partition(":")
    if not colon:
        stop(
            f"`{option}` is a role and an id, with `:` between them", hint=f"as in {option} intake:5e8f00aa", code=USAGE
        )
    return decision_pb2.Actor(role=role, id=opaque)


@dataclass(frozen=True, slots=True)
class Titles:
    """What levels and actions are called; their ids, where the release is not here."""

    program: "Program | None"
    language: Language

    def level(self, level: str) -> str:
        """Return what a level is called."""
        steps = () if self.program is None else self.program.levels
        return next((step.title.in_language(self.language) for step in steps if step.id == level), level)

    def action(self, action: str) -> str:
        """Return what an action is called; of the re-assessment, which no vocabulary has, our own words."""
        found = None if self.program is None else self.program.actions.get(ActionId(action))
        if found is not None:
            return found.title.in_language(self.language)
        return _ANEW.in_language(self.language) if action == REASSESSMENT else action

    def owner(self, action: str) -> str:
        """Return who does an action; empty where it is not known."""
        found = None if self.program is None else self.program.actions.get(ActionId(action))
        return "" if found is None else found.owner


def release_by_name(rulesets: Path | None, name: str) -> "Program | None":
    """Return the release that decided, for its titles; None where it is not here."""
    from taxatie.errors.problem import TaxatieError
    from taxatie.registry.folder import ReleaseFolder

    try:
        return ReleaseFolder(rulesets_folder(rulesets)).load(name)
    except TaxatieError:
        return None


def print_message(message: "Message") -> None:
    """Print a message of the protocol as one line of JSON, every field in it."""
    from google.protobuf.json_format import MessageToDict

    plain = MessageToDict(message, always_print_fields_with_no_presence=True, preserving_proto_field_name=True)
    say(json.dumps(plain, ensure_ascii=False, separators=(",", ":")))


def day_and_time(text: str) -> str:
    """Return a moment as people read it: the day, and the time on Amsterdam's clock."""
    return text[: len("2026-03-02T21:30")].replace("T", " ")


def _desk(place: Place, moment: datetime) -> "tuple[Desk, Callable[[], Awaitable[None]]]":
    """Return a desk at the log, and what lets go of the log."""
    from taxatie.ledger.opening import read_store, reopen_log
    from taxatie.ledger.serving import ServingLog
    from taxatie.registry.folder import ReleaseFolder
    from taxatie.service.deeds import Desk
    from taxatie.service.releases import FolderReleases

    rulesets, scenarios = rulesets_folder(place.rulesets), shipped("validation")
    # A draft that decided was let in then; what counts is that it is the same to the byte.
    releases = FolderReleases(ReleaseFolder(rulesets), scenarios, allows_drafts=True)
    log = reopen_log(place.log, moment)
    serving = ServingLog(log, read_store(place.log))
    return Desk(releases, _Standing(moment), serving, _retention(rulesets, scenarios)), serving.close


def _retention(rulesets: Path, scenarios: Path) -> "Retention":
    """Return how long payloads are kept, as the service's settings in the environment say."""
    from pydantic import ValidationError

    from taxatie.service.record import Retention
    from taxatie.wiring import LedgerChoice, Settings

    try:
        settings = Settings(rulesets=rulesets, scenarios=scenarios, host="localhost", ledger=LedgerChoice.OFF)
    except ValidationError as error:
        stop("; ".join(f"{each['loc'][-1]}: {each['msg']}" for each in error.errors()), code=USAGE)
    return Retention(settings.advice_days_kept, settings.report_years_kept)


@dataclass(frozen=True, slots=True)
class _Standing:
    """A clock at the moment that is noted: one command is one moment."""

    moment: datetime

    def now(self) -> datetime:
        """Return that moment."""
        return self.moment
