"""`taxatie override`: a human deviates from a decision."""

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

NAME = "override"
EXAMPLES = examples(
    "taxatie override 019cb03e-5140-7621-a62c-1cd1eebcc2dd immediate --by intake:5e8f00aa",
    "taxatie override 019cb03e-5140-7621-a62c-1cd1eebcc2dd serious --by intake:5e8f00aa --second senior:77c0ffee "
    "--reason danger_ended",
)


class OverrideFormat(StrEnum):
    """How the answer is printed."""

    HUMAN = "human"
    JSON = "json"


class ReasonName(StrEnum):
    """Why a human deviates; coded, because free text may name people."""

    KNOWN_OTHERWISE = "known_otherwise"
    ANSWER_WAS_WRONG = "answer_was_wrong"
    DANGER_ENDED = "danger_ended"
    TAKEN_OVER = "taken_over"
    PROFESSIONAL_JUDGEMENT = "professional_judgement"


def run(  # noqa: PLR0913, PLR0917  # a command line has its options
    decision: DecisionArgument,
    level: Annotated[str, typer.Argument(metavar="LEVEL", help="The level that holds from now on.")],
    by: ByOption,
    second: Annotated[
        str | None, typer.Option(metavar="ROLE:ID", help="Who agrees; needed to lower, of another role.")
    ] = None,
    reason: Annotated[ReasonName | None, typer.Option(help="Why; needed to lower.")] = None,
    request_id: RequestIdOption = "",
    rulesets: RulesetsOption = None,
    ledger_folder: LedgerFolderOption = None,
    ledger_database: LedgerDatabaseOption = None,
    ledger_key: LedgerKeyOption = None,
    checkpoint_copy: CheckpointCopyOption = None,
    answer_format: Annotated[
        OverrideFormat, typer.Option("--format", help="Sentences, or JSON.")
    ] = OverrideFormat.HUMAN,
    language: Annotated[Language, typer.Option(help="The language of the sentences.")] = Language.NL,
) -> None:
    """Deviate from a decision: raise its level freely, or lower it with a reason and a second person.

    The level of the decision stays visible as the floor. The override is linked to the decision, and in the log
    before this answers. It writes where the service writes, beside it; through the service it is `RecordOverride`.
    """
    from taxatie.wire.generated.taxatie.v1 import decision_pb2
    from taxatie.wire.override_messages import REASONS
    from taxatie.wiring import SystemClock

    request = decision_pb2.RecordOverrideRequest(
        decision=decision,
        level=level,
        by=read_actor("--by", by),
        second=None if second is None else read_actor("--second", second),
        reason=decision_pb2.OVERRIDE_REASON_UNSPECIFIED if reason is None else REASONS[reason],
        request_id=request_id,
    )
    place = Place(rulesets, ledger_folder, ledger_database, ledger_key, checkpoint_copy)
    answer = record(place, request, SystemClock().now())
    if answer_format is OverrideFormat.JSON:
        print_message(answer)
        return
    for line in override_lines(answer, Titles(release_by_name(rulesets, answer.release), language)):
        say(line)


def record(
    place: Place, request: "decision_pb2.RecordOverrideRequest", moment: datetime
) -> "decision_pb2.RecordOverrideResponse":
    """Return what holds from now on; the override is on record at that moment."""
    from taxatie.service.override import OverrideRecorder
    from taxatie.service.record import Caller

    return recorded(place, moment, lambda desk: OverrideRecorder(desk).record(request, Caller(HERE)))


def override_lines(answer: "decision_pb2.RecordOverrideResponse", titles: Titles) -> list[str]:
    """Return an override as sentences: what holds now, the floor with its rules, and what to do."""
    is_dutch = titles.language is Language.NL
    rules = ", ".join(match.rule + (f" ({match.person})" if match.person else "") for match in answer.floor_rules)
    given = f" ({'regels' if is_dutch else 'rules'}: {rules})" if rules else ""
    now, before, floor = (titles.level(each) for each in (answer.level, answer.level_before, answer.floor))
    lines = [
        f"Niveau nu: {now}. Het was: {before}." if is_dutch else f"Level now: {now}. It was: {before}.",
        f"Ondergrens: {floor}{given}." if is_dutch else f"Floor: {floor}{given}.",
    ]
    if answer.actions:
        lines.append("Dit hoort bij het niveau:" if is_dutch else "This comes with the level:")
    lines += [f"  {day_and_time(each.due)}  {titles.action(each.action)} ({each.owner})" for each in answer.actions]
    until = day_and_time(answer.valid_until)
    lines.append(f"Geldt tot {until}." if is_dutch else f"Holds until {until}.")
    lines.append(f"Vastgelegd als {answer.override}." if is_dutch else f"On record as {answer.override}.")
    return lines
