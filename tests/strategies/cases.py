"""Cases at random: persons listed and not, answers of every basis, events near the edges of windows."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.strategies.choices import Choices, Drawn
from tests.strategies.plans import CASE, Plain, PlainRelease, SignalPlan

_TIMES = (
    "2026-03-02T21:15:00+01:00",
    "2026-03-31T12:00:00+02:00",
    "2026-05-04T09:30:15Z",
    "2026-03-28T02:30:00+01:00",
    "2026-10-24T02:30:00+02:00",
    "2028-02-29T08:00:00+01:00",
    "2026-12-31T23:30:00Z",
    "2026-07-01T00:00:00+02:00",
    "2026-04-30T23:59:59-05:00",
)
_DAYS_BACK = (
    0, 1, 2, 3, 4, 6, 7, 8, 13, 14, 15, 27, 28, 29, 30, 31, 32, 58, 59, 60, 61, 62, 63, 92, 119, 121,
    180, 181, 184, 200, 364, 365, 366, 367, 400, 730, 731, 732, 1400, 1461,
)  # fmt: skip
_REPORTERS = ("police", "school", "gp")
_AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def make_case(choices: Choices, release: PlainRelease, name: str = "made-at-random") -> Plain:
    """Return a case of the release."""
    return _CaseMaker(choices, release).case(name)


@st.composite
def cases(draw: st.DrawFn, release: PlainRelease) -> Plain:
    """Return cases of a release for hypothesis."""
    return make_case(Drawn(draw), release)


@dataclass(frozen=True, slots=True)
class _CaseMaker:
    """Makes cases of one release."""

    choices: Choices
    release: PlainRelease

    def case(self, name: str) -> Plain:
        """Return a case."""
        moment = self.choices.pick(_TIMES)
        case: Plain = {"case": name, "reference_time": moment}
        if self.choices.chance(60):
            case["mode"] = self.choices.pick(("report", "advice"))
        if self.release.regions and self.choices.chance(50):
            case["region"] = self.choices.pick(self.release.regions)
        listed = [s for s in self.release.subjects if not self.choices.chance(self.release.sizes.unlisted_percent)]
        if listed:
            case["everyone_listed"] = listed
        answered = self.choices.pick((20, 50, 70, 90, 100))
        case["answers"] = self._answers(CASE, answered)
        persons = self._persons(answered)
        case["persons"] = persons
        if self.choices.chance(85):
            case["history"] = self._history(moment, [str(person["id"]) for person in persons])
        return case

    def _answers(self, subject: str, answered: int) -> Plain:
        return {
            signal.name: self._answer(signal)
            for signal in self.release.signals
            if signal.subject == subject and self.choices.chance(answered)
        }

    def _answer(self, signal: SignalPlan) -> object:
        value: object = self.choices.pick(signal.values)
        if signal.type == "yes_no" and self.choices.chance(30):
            value = value == "yes"
        if self.choices.chance(8):
            value = "unknown"
        if self.choices.chance(55):
            return value
        answer: Plain = {"value": value}
        if self.choices.chance(60):
            answer["basis"] = self.choices.pick(("hearsay", "told", "hearsay", "observed", "record", "hearsay"))
        if self.choices.chance(30):
            answer["partner_present"] = self.choices.pick(("yes", True, "no", False))
        return answer

    def _persons(self, answered: int) -> list[Plain]:
        if not self.release.subjects:
            return []
        return [self._person(number, answered) for number in range(self.choices.integer(*self.release.sizes.persons))]

    def _person(self, number: int, answered: int) -> Plain:
        subject = self.choices.pick(self.release.subjects)
        return {"id": f"{subject}-{number}", "subject": subject, "answers": self._answers(subject, answered)}

    def _history(self, moment: str, persons: list[str]) -> Plain:
        history: Plain = {"searched": self.choices.pick(("no", "yes", True, False))}
        today = datetime.fromisoformat(moment).astimezone(_AMSTERDAM).date()
        if self.release.kinds:
            how_many = self.choices.integer(*self.release.sizes.events)
            history["events"] = [self._event(today, persons) for _ in range(how_many)]
        return history

    def _event(self, today: date, persons: list[str]) -> Plain:
        back = self.choices.pick(_DAYS_BACK)
        if self.choices.chance(8):
            back = -self.choices.integer(1, 40)
        if self.choices.chance(40):
            back = self.choices.integer(0, 40)
        event: Plain = {
            "kind": self.choices.pick(self.release.kinds),
            "date": (today - timedelta(days=back)).isoformat(),
        }
        if persons and self.choices.chance(50):
            event["person"] = self.choices.pick(persons)
        if not self.release.sizes.has_unnamed_reporters or self.choices.chance(70):
            event["reporter"] = self.choices.pick(_REPORTERS)
        return event
