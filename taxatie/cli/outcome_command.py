"""`taxatie outcome`: something that a decision promised was done."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from taxatie.cli.options import (
    CheckpointCopyOption,
    LedgerDatabaseOption,
    LedgerFolderOption,
    LedgerKeyOption,
    RulesetsOption,
)
from taxatie.cli.output import examples, say
from taxatie.cli.recording import (
    HERE,
    ByOption,
    DecisionArgument,
    Place,
    RequestIdOption,
    Titles,
    day_and_time,
    print_message,
    read_actor,
    recorded,
    release_by_name,
)
from taxatie.terms.text import Language

if TYPE_CHECKING:
    from taxatie.wire.generated.taxatie.v1 import decision_pb2

NAME = "outcome"
EXAMPLES = examples(
    "taxatie outcome 019cb03e-5140-7621-a62c-1cd1eebcc2dd feedback_to_reporter --by intake:5e8f00aa",
    "taxatie outcome 019cb03e-5140-7621-a62c-1cd1eebcc2dd safety_plan --done-on 2026-03-03 --by intake:5e8f00aa",
    "taxatie outcome 019cb03e-5140-7621-a62c-1cd1eebcc2dd reassessment --by intake:5e8f00aa",
    "taxatie outcome 019cb03e-5140-7621-a62c-1cd1eebcc2dd safety_plan --not-done --by intake:5e8f00aa",
)


class OutcomeFormat(StrEnum):
    """How the answer is printed."""

    HUMAN = "human"
    JSON = "json"


def run(  # noqa: PLR0913, PLR0917  # a command line has its options
    decision: DecisionArgument,
    action: Annotated[str, typer.Argument(metavar="ACTION", help="The action that was done, or `reassessment`.")],
    by: ByOption,
    done_on: Annotated[
        str | None, typer.Option(metavar="DATE", help="The day on which it was done; by default today.")
    ] = None,
    not_done: Annotated[bool, typer.Option("--not-done", help="It was not done after all.")] = False,  # noqa: FBT002
    request_id: RequestIdOption = "",
    rulesets: RulesetsOption = None,
    ledger_folder: LedgerFolderOption = None,
    ledger_database: LedgerDatabaseOption = None,
    ledger_key: LedgerKeyOption = None,
    checkpoint_copy: CheckpointCopyOption = None,
    answer_format: Annotated[OutcomeFormat, typer.Option("--format", help="Sentences, or JSON.")] = OutcomeFormat.HUMAN,
    language: Annotated[Language, typer.Option(help="The language of the sentences.")] = Language.NL,
) -> None:
    """Say that something was done that a decision asked for; `taxatie due` no longer lists it.

    Only what the decision asked for, or an override of it. A mistake is mended by saying it again: the later
    outcome counts, and both stay on record. With --not-done the one before is taken back.
    """
    from taxatie.engine.deadlines import in_amsterdam
    from taxatie.wire.generated.taxatie.v1 import decision_pb2
    from taxatie.wiring import SystemClock

    now = SystemClock().now()
    today = "" if not_done else in_amsterdam(now).date().isoformat()
    request = decision_pb2.RecordOutcomeRequest(
        decision=decision,
        action=action,
        done_on=today if done_on is None else done_on,
        not_done=not_done,
        by=read_actor("--by", by),
        request_id=request_id,
    )
    answer = record(Place(rulesets, ledger_folder, ledger_database, ledger_key, checkpoint_copy), request, now)
    if answer_format is OutcomeFormat.JSON:
        print_message(answer)
        return
    titles = Titles(release_by_name(rulesets, answer.release), language)
    for line in outcome_lines(answer, titles, is_done=not not_done):
        say(line)


def record(
    place: Place, request: "decision_pb2.RecordOutcomeRequest", moment: datetime
) -> "decision_pb2.RecordOutcomeResponse":
    """Return when it was due and whether it was late; the outcome is on record at that moment."""
    from taxatie.service.outcome import OutcomeRecorder
    from taxatie.service.record import Caller

    return recorded(place, moment, lambda desk: OutcomeRecorder(desk).record(request, Caller(HERE)))


def outcome_lines(answer: "decision_pb2.RecordOutcomeResponse", titles: Titles, *, is_done: bool) -> list[str]:
    """Return an outcome as sentences: what, when it was due, and what it replaces."""
    is_dutch = titles.language is Language.NL
    due, level, floor = day_and_time(answer.due), titles.level(answer.level), titles.level(answer.floor)
    if is_done:
        when = ("te laat" if is_dutch else "late") if answer.late else ("op tijd" if is_dutch else "in time")
    else:
        when = "niet gedaan" if is_dutch else "not done"
    lines = [
        f"{titles.action(answer.action)}: {when}; {'uiterlijk' if is_dutch else 'due'} {due}.",
        f"Niveau nu: {level}. Ondergrens: {floor}." if is_dutch else f"Level now: {level}. Floor: {floor}.",
    ]
    if answer.corrects:
        lines.append(f"Dit vervangt {answer.corrects}." if is_dutch else f"This replaces {answer.corrects}.")
    lines.append(f"Vastgelegd als {answer.outcome}." if is_dutch else f"On record as {answer.outcome}.")
    return lines
