"""What the golden log was asked: made-up cases that together use everything a case of the small release can say."""

from collections.abc import Iterator
from datetime import UTC, datetime

from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages
from tests.replay.recording import a_request

MOMENT = datetime(2026, 3, 2, 20, 30, tzinfo=UTC)
TIMES = (
    "2026-03-02T21:15:00+01:00",
    "2026-03-02T20:15:00Z",
    "2026-03-28T23:59:59.999999+05:45",
    "2026-03-29T02:30:00+01:00",
    "2026-04-03T23:30:00-03:30",
    "2026-10-25T02:30:00+02:00",
    "2026-10-25T02:30:00+01:00",
    "2026-12-24T16:00:00+01:00",
)
"""Around both changes of the clock, Easter and Christmas, and seen from elsewhere."""
DETAILS = (messages.DETAIL_FULL, messages.DETAIL_REASONS, messages.DETAIL_LEVEL)
AUDIENCES = (messages.AUDIENCE_INTERNAL, messages.AUDIENCE_SHAREABLE)
ADULTS = (
    (),
    ({"strangulation": "yes"},),
    ({"strangulation": {"value": "no", "basis": "hearsay"}}, {"strangulation": "unknown"}),
    ({"strangulation": {"value": "no", "partner_present": True}},),
    ({"strangulation": {"value": "yes", "basis": "observed"}}, {"strangulation": "no"}),
)
CHILDREN: tuple[tuple[dict[str, object], ...], ...] = (
    (),
    ({"child_age": 3},),
    ({"child_age": 17}, {"child_age": "unknown"}),
    ({},),
)
VIOLENCE = ("yes", "no", "unknown", {"value": "no", "basis": "told"}, {"value": "yes", "basis": "record"})
EVENTS = (
    (),
    ({"kind": "threat", "date": "2026-01-10", "reporter": "police"},),
    ({"kind": "threat", "date": "2026-01-10"}, {"kind": "threat", "date": "2025-03-02", "person": "adult-1"}),
    ({"kind": "threat", "date": "2027-01-01"},),
)


def golden_requests() -> Iterator[messages.AssessRequest]:
    """Return the requests, in order."""
    for number in range(40):
        yield _request(number)
    yield a_request(case="", mode="advice", answers={"violence_now": "yes"})
    yield messages.AssessRequest(case=a_request(case="last", region="noord").case, retrospective=True, release="one")


def _request(number: int) -> messages.AssessRequest:
    adults, children, events = ADULTS[number % 5], CHILDREN[number % 4], EVENTS[(number // 3) % 4]
    answers: dict[str, object] = {"violence_now": VIOLENCE[(number // 5) % 5]}
    if number % 3:
        answers["heard_through_wall"] = "yes" if number % 2 else "no"
    if number % 4:
        answers["children_involved"] = "no" if number % 7 == 0 else "yes"
    parts: dict[str, object] = {
        "case": f"golden-{number:02}",
        "reference_time": TIMES[number % len(TIMES)],
        "answers": answers,
        "persons": [
            *({"id": f"adult-{index}", "subject": "adult", "answers": said} for index, said in enumerate(adults, 1)),
            *({"id": f"child-{index}", "subject": "child", "answers": said} for index, said in enumerate(children, 1)),
        ],
        "history": {
            "searched": number % 2 == 0,
            "events": [event for event in events if adults or "person" not in event],
        },
    }
    if number % 3 == 0:
        parts["region"] = "noord"
    if number % 4 == 1:
        parts["everyone_listed"] = ["adult", "child"] if number % 8 == 1 else ["child"]
    request = a_request(**parts)
    request.detail, request.audience = DETAILS[number % 3], AUDIENCES[(number // 2) % 2]
    request.language = messages.LANGUAGE_EN if number % 2 else messages.LANGUAGE_NL
    return request
