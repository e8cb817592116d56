"""Answer one request: choose the release, read the case, assess it, and say it in the protocol's words."""

import asyncio
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from taxatie import VERSION
from taxatie.errors.problem import CaseFault, CaseFaults
from taxatie.explain.assessor import Assessed, Assessor, Detail
from taxatie.explain.wording import Speaker
from taxatie.rules.program import Program
from taxatie.service.ports import Clock, Releases
from taxatie.terms.assessment import Assessment
from taxatie.terms.audience import Audience
from taxatie.terms.case import Case, Mode
from taxatie.terms.explanation import Explanation
from taxatie.terms.text import Language
from taxatie.wire.case_messages import CaseMessage, read_case_message, read_moment, said_case
from taxatie.wire.decision_record import ADVICE_REFERENCE
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages
from taxatie.wire.generated.taxatie.v1 import case_pb2
from taxatie.wire.messages import assessment_to_message, wording_to_message

AWAY_FROM_NOW_MAX: Final = timedelta(hours=24)
"""How far a reference time may lie from the clock, unless the request says that it looks back."""

_DETAILS: Final = {
    messages.DETAIL_LEVEL: Detail.LEVEL,
    messages.DETAIL_REASONS: Detail.REASONS,
}
_LEVELS_AT_ONCE: Final = 8
"""Requests for the level alone that are answered before other calls have their turn."""
_NOTHING: Final = Explanation((), (), ())


Outcome: TypeAlias = messages.AssessResponse | BaseException
"""An answer, or why there is none."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, and what it was made of: for the record."""

    response: messages.AssessResponse
    program: Program
    case: Case
    assessed: Assessed


def answer_request(releases: Releases, clock: Clock, request: messages.AssessRequest) -> messages.AssessResponse:
    """Return the answer to a request of which nothing is recorded.

    Raises:
        CaseFaults: With everything that is wrong with the case.
        NotAssessedError: When there is no release to assess it under.
    """
    assessor, case, _ = read_request(releases, clock, request)
    return answer_case(assessor, case, request).response


async def answer_together(
    releases: Releases, clock: Clock, requests: Sequence[messages.AssessRequest], turn: asyncio.Lock
) -> list[Outcome]:
    """Return what becomes of each request, of which nothing is recorded; they are decided in their turn."""
    told: list[Outcome] = []
    async with turn:
        for number, request in enumerate(requests, start=1):
            try:
                told.append(answer_request(releases, clock, request))
            except Exception as error:  # noqa: BLE001  # a fault in one takes none of the others along
                told.append(error)
            await give_way(number, request)
    return told


async def give_way(number: int, request: messages.AssessRequest) -> None:
    """Let other calls have their turn, once a few milliseconds' work was done for a number of requests."""
    if number % _LEVELS_AT_ONCE == 0 or request.detail != messages.DETAIL_LEVEL:
        await asyncio.sleep(0)


def read_request(releases: Releases, clock: Clock, request: messages.AssessRequest) -> tuple[Assessor, Case, datetime]:
    """Return the release, the case as it may be noted, and the moment that may be.

    Raises:
        CaseFaults: With everything that is wrong with the case.
        NotAssessedError: When there is no release to assess it under.
    """
    said = said_case(request)
    moment, now = read_moment(said), clock.now()
    check_moment(now, moment, request)
    assessor = choose_release(releases, request.release, moment)
    if said.mode == case_pb2.MODE_ADVICE:
        said, now = _without_identity(said, moment), noted_moment(now, Mode.ADVICE)
    return assessor, read_case_message(assessor.program, said), now


def _without_identity(said: CaseMessage, moment: datetime) -> CaseMessage:
    """Return an advice as it may be noted: it refers to no case, and tells its time by the hour."""
    if said.case:
        fault = CaseFault("case", "an advice refers to no case", "leave `case` empty")
        raise CaseFaults("?", (fault,))
    unnamed = copy(said)
    unnamed.case, unnamed.reference_time = ADVICE_REFERENCE, noted_moment(moment, Mode.ADVICE).isoformat()
    return unnamed


def choose_release(releases: Releases, name: str, moment: datetime) -> Assessor:
    """Return the release that was named, or without a name the one in force at a moment."""
    return releases.named(name) if name else releases.in_force(moment)


def answer_case(assessor: Assessor, case: Case, request: messages.AssessRequest) -> Answered:
    """Return the answer for a case, as the request wants it told."""
    assessed = assessor.assess(case, detail=detail_of(request), audience=audience_of(request))
    response = assessment_to_message(assessor.program, VERSION, assessed.assessment, assessed.explanation)
    wording = _speaker(assessor.program, request).word(assessed.assessment, assessed.explanation or _NOTHING)
    response.wording.CopyFrom(wording_to_message(wording))
    return Answered(response, assessor.program, case, assessed)


def answer_disputed(answered: Answered, disputed: Assessment, request: messages.AssessRequest) -> None:
    """Put another assessment into an answer: the one that is given where two engines disagree."""
    told = disputed
    if audience_of(request) is Audience.SHAREABLE:
        # No rule is named: the names that may be shared were chosen for the other assessment.
        told = replace(
            answered.assessed.assessment,
            level=disputed.level,
            ceiling=disputed.ceiling,
            actions=tuple(replace(each, rules=()) for each in disputed.actions),
            withheld=tuple(replace(each, rules=()) for each in disputed.withheld),
            valid_until=disputed.valid_until,
        )
    explanation = answered.assessed.explanation
    response = assessment_to_message(answered.program, VERSION, told, explanation)
    wording = _speaker(answered.program, request).word(told, explanation or _NOTHING)
    response.wording.CopyFrom(wording_to_message(wording))
    response.decision = answered.response.decision
    answered.response.CopyFrom(response)


def check_moment(now: datetime, moment: datetime, request: messages.AssessRequest) -> None:
    """Refuse a reference time far from now, unless the request says that it looks back or ahead."""
    if not request.retrospective and abs(now - moment) > AWAY_FROM_NOW_MAX:
        hint = "set `retrospective` to look back or ahead"
        fault = CaseFault("reference_time", "the time lies more than 24 hours from now", hint)
        raise CaseFaults(said_case(request).case, (fault,))


def noted_moment(moment: datetime, mode: Mode) -> datetime:
    """Return a moment as it may be noted: of an advice, which identifies nobody, the full hour only."""
    return moment.replace(minute=0, second=0, microsecond=0) if mode is Mode.ADVICE else moment


def detail_of(request: messages.AssessRequest) -> Detail:
    """Return how much is to be explained; everything, unless less was asked for."""
    return _DETAILS.get(request.detail, Detail.FULL)


def audience_of(request: messages.AssessRequest) -> Audience:
    """Return for whom the answer is; the professional, unless it is to be shared."""
    return Audience.SHAREABLE if request.audience == messages.AUDIENCE_SHAREABLE else Audience.INTERNAL


def language_of(language: int) -> Language:
    """Return the language that was asked for; Dutch unless it was English."""
    return Language.EN if language == messages.LANGUAGE_EN else Language.NL


def _speaker(program: Program, request: messages.AssessRequest) -> Speaker:
    return Speaker(program, language_of(request.language), audience_of(request))
