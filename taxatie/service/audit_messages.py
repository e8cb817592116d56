"""The end of a replay as the protocol says it."""

from typing import Final

from taxatie.replay.other_release import Reassessed
from taxatie.replay.replay_phrases import sentence_of
from taxatie.replay.replayed import Cause, Difference, Outcome, Replayed
from taxatie.service.access import Purpose
from taxatie.terms.text import Language
from taxatie.wire.generated.taxatie.v1 import audit_pb2 as messages

PURPOSES: Final = {
    messages.ACCESS_PURPOSE_AUDIT: Purpose.AUDIT,
    messages.ACCESS_PURPOSE_COMPLAINT: Purpose.COMPLAINT,
    messages.ACCESS_PURPOSE_DATA_SUBJECT_REQUEST: Purpose.DATA_SUBJECT_REQUEST,
    messages.ACCESS_PURPOSE_INCIDENT: Purpose.INCIDENT,
    messages.ACCESS_PURPOSE_QUALITY: Purpose.QUALITY,
}
"""Why somebody looks, by its code in the protocol; what is not there was not said."""

_OUTCOMES: Final = {
    Outcome.SAME: messages.REPLAY_OUTCOME_SAME,
    Outcome.DIFFERENT: messages.REPLAY_OUTCOME_DIFFERENT,
    Outcome.ERASED: messages.REPLAY_OUTCOME_ERASED,
    Outcome.NOT_REPLAYED: messages.REPLAY_OUTCOME_NOT_REPLAYED,
}
_CAUSES: Final = {
    Cause.DATA: messages.REPLAY_CAUSE_DATA,
    Cause.RELEASE: messages.REPLAY_CAUSE_RELEASE,
    Cause.ENGINE: messages.REPLAY_CAUSE_ENGINE,
}


def replay_to_message(ended: Replayed | Reassessed, language: Language) -> messages.ReplayDecisionResponse:
    """Return how a replay ended, under its own release or under another one."""
    replayed = ended.replayed if isinstance(ended, Reassessed) else ended
    response = messages.ReplayDecisionResponse(
        decision=replayed.id,
        outcome=_OUTCOMES[ended.outcome],
        recorded_level=replayed.recorded_level,
        reached_level=replayed.reached_level,
        release=replayed.release,
        digest=replayed.digest,
        sentence=sentence_of(ended, language),
    )
    if ended.difference is not None:
        _tell(response, ended.difference)
    if isinstance(ended, Reassessed) and ended.after is not None:
        response.reached_level = ended.after.level
        response.what_if.CopyFrom(_what_if(ended))
    return response


def _tell(response: messages.ReplayDecisionResponse, difference: Difference) -> None:
    response.path = difference.place.path
    response.recorded = difference.place.recorded or ""
    response.reached = difference.place.reached or ""
    response.cause = _CAUSES[difference.cause]


def _what_if(ended: Reassessed) -> messages.WhatIf:
    return messages.WhatIf(
        release=ended.release,
        digest=ended.digest,
        milder=ended.is_milder,
        rules=_shift(ended, "rules"),
        actions=_shift(ended, "actions"),
        withheld=_shift(ended, "withheld"),
        findings=_shift(ended, "findings"),
        left_out=ended.left_out,
    )


def _shift(ended: Reassessed, part: str) -> messages.Shift:
    return messages.Shift(gained=ended.gained(part), lost=ended.lost(part))
