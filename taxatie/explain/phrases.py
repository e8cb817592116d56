"""The fixed sentences of explanations, in plain Dutch (B1) and in English."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from taxatie.terms.text import Language


@dataclass(frozen=True, slots=True)
class Phrases:
    """What every explanation says, with places for what differs."""

    ceiling: str
    highest: str
    because: str
    answer: str
    not_applicable: str
    event: str
    searched: str
    unknown: str
    matters: str
    history: str
    everyone: str
    near: str
    due: str
    withheld: str
    valid_until: str
    contradictions: dict[str, str]
    not_everything: str
    about: str
    about_unlisted: str
    and_word: str
    moment: str
    weekdays: tuple[str, ...]
    months: tuple[str, ...]

    def at(self, moment: datetime) -> str:
        """Return a moment as people say it."""
        return self.moment.format(
            weekday=self.weekdays[moment.weekday()],
            day=moment.day,
            month=self.months[moment.month - 1],
            year=moment.year,
            hour=f"{moment.hour:02}",
            minute=f"{moment.minute:02}",
        )


_NL: Final = Phrases(
    ceiling="Met wat nog niet bekend is, kan het hoger uitvallen: {title}.",
    highest="Wat nog niet bekend is, maakt het niet hoger.",
    because="Dit volgt uit: {grounds}.",
    answer="“{ask}” {value}{about}",
    not_applicable="“{ask}” geldt hier niet{about}",
    event="{kind} op {date}",
    searched="de registers zijn nagekeken",
    unknown="“{ask}” is nog niet bekend{about}",
    matters="Vraag: “{ask}”{about} Het antwoord kan leiden tot: {title}.",
    history="Kijk de registers na: wat is er eerder gemeld of gebeurd?",
    everyone="Zijn alle personen genoemd?",
    near="{title} wordt bereikt met: {answers}.",
    due="{title}. {text} Uiterlijk {due}.",
    withheld="Adviseer dit nu niet: {title}.",
    valid_until="Dit geldt tot {due}. Beoordeel de situatie daarna opnieuw.",
    contradictions={
        "not_applicable": "Dit antwoord past niet bij de andere antwoorden: {path}.",
        "after_reference_date": "Deze gebeurtenis ligt na de datum van de beoordeling: {path}.",
        "subject_does_not_exist": "Deze persoon past niet bij de andere antwoorden: {path}.",
    },
    not_everything="Niet alle gronden kunnen worden gedeeld.",
    about=" (over {person})",
    about_unlisted=" (over iemand die nog niet genoemd is: {subject})",
    and_word="en",
    moment="{weekday} {day} {month} {year} om {hour}.{minute} uur",
    weekdays=("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    months=("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september",
            "oktober", "november", "december"),
)  # fmt: skip

_EN: Final = Phrases(
    ceiling="With what is not yet known it may turn out higher: {title}.",
    highest="What is not yet known does not make it higher.",
    because="This follows from: {grounds}.",
    answer="“{ask}” {value}{about}",
    not_applicable="“{ask}” does not apply here{about}",
    event="{kind} on {date}",
    searched="the registers were searched",
    unknown="“{ask}” is not yet known{about}",
    matters="Ask: “{ask}”{about} The answer may lead to: {title}.",
    history="Search the registers: what was reported or happened before?",
    everyone="Has everybody been listed?",
    near="{title} is reached with: {answers}.",
    due="{title}. {text} At the latest on {due}.",
    withheld="Do not advise this now: {title}.",
    valid_until="This holds until {due}. Assess the situation anew after that.",
    contradictions={
        "not_applicable": "This answer does not go with the others: {path}.",
        "after_reference_date": "This event lies after the date of the assessment: {path}.",
        "subject_does_not_exist": "This person does not go with the other answers: {path}.",
    },
    not_everything="Not all grounds can be shared.",
    about=" (about {person})",
    about_unlisted=" (about somebody not listed yet: {subject})",
    and_word="and",
    moment="{weekday} {day} {month} {year} at {hour}:{minute}",
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=("January", "February", "March", "April", "May", "June", "July", "August", "September",
            "October", "November", "December"),
)  # fmt: skip

PHRASES: Final = {Language.NL: _NL, Language.EN: _EN}
