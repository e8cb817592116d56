"""Between the record of an override and the protocol: its reasons by code, and its answer."""

from collections.abc import Mapping
from typing import Final

from taxatie.wire.deed_record import OverrideRecord
from taxatie.wire.generated.taxatie.v1 import assessment_pb2
from taxatie.wire.generated.taxatie.v1 import decision_pb2 as messages

REASONS: Final[Mapping[str, messages.OverrideReason.ValueType]] = {
    "known_otherwise": messages.OVERRIDE_REASON_KNOWN_OTHERWISE,
    "answer_was_wrong": messages.OVERRIDE_REASON_ANSWER_WAS_WRONG,
    "danger_ended": messages.OVERRIDE_REASON_DANGER_ENDED,
    "taken_over": messages.OVERRIDE_REASON_TAKEN_OVER,
    "professional_judgement": messages.OVERRIDE_REASON_PROFESSIONAL_JUDGEMENT,
}
"""Why a human deviates, by the code that the log keeps."""

_CODES: Final = {number: code for code, number in REASONS.items()}


def reason_code(reason: int) -> str | None:
    """Return the code of a reason; None of one that this protocol does not know."""
    return _CODES.get(reason)  # type: ignore[call-overload,no-any-return]  # what came in may be any number


def override_to_message(record: OverrideRecord) -> messages.RecordOverrideResponse:
    """Return what is answered of an override, the first time and each time again."""
    return messages.RecordOverrideResponse(
        override=record.id,
        decision=record.about,
        level=record.level.after,
        level_before=record.level.before,
        floor=record.floor,
        release=record.release.name,
        floor_rules=[
            assessment_pb2.RuleMatch(rule=match.rule, person=match.person or "") for match in record.floor_rules
        ],
        lowered=record.is_lowering,
        actions=[
            assessment_pb2.ActionDue(action=each.action, owner=each.owner, due=each.due) for each in record.actions
        ],
        valid_until=record.valid_until,
    )
