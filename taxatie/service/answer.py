"""Answer one request: choose the release, read the case, assess it, and say it in the protocol's words."""

from datetime import datetime, timedelta
from typing import Final

from taxatie import VERSION
from taxatie.errors.problem import CaseFault, CaseFaults
from taxatie.explain.wording import Speaker
from taxatie.explain.assessor import Assessor, Detail
from taxatie.service.ports import Clock, Releases
from taxatie.terms.audience import Audience
from taxatie.terms.explanation import Explanation
from taxatie.terms.text import Language
from taxatie.wire.case_reader import read_case, read_reference_time
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages
from taxatie.wire.messages import assessment_to_message, case_to_plain, wording_to_message

AWAY_FROM_NOW_MAX: Final = timedelta(hours=24)
"""How far a reference time may lie from the clock, unless the request says that it looks back."""

_DETAILS: Final = {
    messages.DETAIL_LEVEL: Detail.LEVEL,
    messages.DETAIL_REASONS: Detail.REASONS,
}
_NOTHING: Final = Explanation((), (), ())


def answer_request(releases: Releases, clock: Clock, request: messages.AssessRequest) -> messages.AssessResponse:
    """Return the answer to a request.

    Raises:
        CaseFaults: With everything that is wrong with the case.
        NotAssessedError: When there is no release to assess it under.
    """
    plain = case_to_plain(request.case)
    moment = read_reference_time(plain)
    assessor = releases.named(request.release) if request.release else releases.in_force(moment)
    case = read_case(assessor.program, plain)
    _check_moment(clock.now(), moment, request)
    assessed = assessor.assess(
        case,
        detail=_DETAILS.get(request.detail, Detail.FULL),
        audience=_audience(request),
    )
    response = assessment_to_message(assessor.program, VERSION, assessed.assessment, assessed.explanation)
    wording = _speaker(assessor, request).word(assessed.assessment, assessed.explanation or _NOTHING)
    response.wording.CopyFrom(wording_to_message(wording))
    return response


def _check_moment(now: datetime, moment: datetime, request: messages.AssessRequest) -> None:
    if not request.retrospective and abs(now - moment) > AWAY_FROM_NOW_MAX:
        hint = "set `retrospective` to look back or ahead"
        fault = CaseFault("reference_time", "the time lies more than 24 hours from now", hint)
        raise CaseFaults(request.case.case, (fault,))


def _audience(request: messages.AssessRequest) -> Audience:
    return Audience.SHAREABLE if request.audience == messages.AUDIENCE_SHAREABLE else Audience.INTERNAL


def language_of(language: int) -> Language:
    """Return the language that was asked for; Dutch unless it was English."""
    return Language.EN if language == messages.LANGUAGE_EN else Language.NL


def _speaker(assessor: Assessor, request: messages.AssessRequest) -> Speaker:
    return Speaker(assessor.program, language_of(request.language), _audience(request))
