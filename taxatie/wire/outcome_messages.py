"""From the record of an outcome to its answer."""

from taxatie.wire.deed_record import OutcomeRecord
from taxatie.wire.generated.taxatie.v1 import decision_pb2 as messages


def outcome_to_message(record: OutcomeRecord) -> messages.RecordOutcomeResponse:
    """Return what is answered of an outcome, the first time and each time again."""
    return messages.RecordOutcomeResponse(
        outcome=record.id,
        decision=record.about,
        action=record.action,
        due=record.due,
        late=record.late,
        corrects=record.corrects or "",
        level=record.level,
        floor=record.floor,
        release=record.release.name,
    )
