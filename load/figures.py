"""What the synthetic population rests on: each figure with its source, or marked as our own assumption.

`load/README.md` shows them as a table. Weights are whole numbers, so that sums are exact everywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from taxatie.terms.case import Basis, Mode

CASES_A_YEAR: Final = 131_000
"""Decisions in a year: the size that the columns were first tried on. Own assumption."""

MODES: Final[Mapping[Mode, int]] = {Mode.REPORT: 45, Mode.ADVICE: 55}
"""Requests for advice outnumber reports somewhat. Own assumption."""

CALLERS: Final = ("police", "citizen", "school", "doctor", "day_care", "other_professional")
"""Who calls. The client that passes a case on has the caller's name, never a person's."""

WORDS_FOR_CALLERS: Final[Mapping[str, frozenset[str]]] = {
    "police": frozenset({"police", "police_officer"}),
    "citizen": frozenset({"citizen", "victim", "bystander", "relative", "young_person", "perpetrator"}),
    "school": frozenset({"school", "professional"}),
    "doctor": frozenset({"doctor", "professional"}),
    "day_care": frozenset({"day_care", "professional"}),
    "other_professional": frozenset({"professional"}),
}
"""Options by which a release may ask who calls; other options are picked evenly."""

CALLERS_OF: Final[Mapping[Mode, tuple[int, ...]]] = {
    Mode.REPORT: (650, 93, 30, 30, 30, 167),
    Mode.ADVICE: (40, 440, 120, 100, 50, 250),
}
"""Of a thousand, in the order of CALLERS.

Reports: 65 % police, 9.3 % citizens; schools, doctors and day-care at most 3 % each. Advice: 44 % citizens.
Source: Pointer (KRO-NCRV) on Veilig Thuis. The rest of each row is own assumption.
"""

BASES: Final = (None, Basis.OBSERVED, Basis.TOLD, Basis.HEARSAY, Basis.RECORD)
BASES_OF: Final[Mapping[str, tuple[int, ...]]] = {
    "police": (20, 35, 30, 5, 10),
    "citizen": (25, 25, 25, 24, 1),
    "school": (25, 25, 35, 13, 2),
    "doctor": (25, 30, 33, 5, 7),
    "day_care": (25, 35, 28, 11, 1),
    "other_professional": (25, 15, 40, 10, 10),
}
"""How an answer came to be known, of a hundred, in the order of BASES. Own assumption."""

OVERHEARD: Final = 0.04
"""Share of answers of a person that the other could hear. Own assumption."""

ASKED_OF: Final[Mapping[Mode, tuple[float, float]]] = {Mode.REPORT: (0.10, 0.75), Mode.ADVICE: (0.05, 0.55)}
"""Share of a topic's questions that is answered, from the least to the most thorough talk. Own assumption."""

SAID_UNKNOWN: Final = 0.25
"""Of the questions without an answer, the share where somebody said `unknown`. Own assumption."""

ASKED_IN_VAIN: Final = 0.003
"""Share answered of the questions that do not apply, as people do. Own assumption."""

LEANS: Final = (0.003, 0.50)
"""Share of a topic's answers that point to danger, from the mildest to the gravest case. Own assumption."""

LEAN_TOGETHER: Final = 0.6
"""How much of a topic's lean is the case's; the rest is the topic's own. Own assumption."""

SMALL_SPAN: Final = 20
"""Numbers up to this span fall with the square of chance, larger ones with its sixth power; those that are the more
dangerous the higher they are, also with the lean of their topic. Own assumption."""

YES_WITHOUT_DANGER: Final = 0.35
"""Share of yes where neither answer is the more dangerous one. Own assumption."""

EXISTENCE_ASKED: Final = 0.9
"""Whether there are children, or whoever else may or may not exist, is asked of almost everybody. Own assumption."""

EXISTENCE_LEANS: Final = 0.5
"""In so many cases there are. Own assumption."""

PERSONS_CERTAIN: Final = (8, 60, 28, 4)
"""How many persons of a subject without `exists_when` are listed, of a hundred: none, one, … Own assumption."""

PERSONS_IF_ANY: Final = (12, 40, 33, 11, 4)
"""The same of a subject whose `exists_when` seems to hold. Own assumption."""

EVERYONE_LISTED: Final = 0.55
"""Share of cases that say that nobody else of a subject is concerned. Own assumption."""

SEARCHED_OF: Final[Mapping[Mode, float]] = {Mode.REPORT: 0.85, Mode.ADVICE: 0.15}
"""Share of cases in which the registers were searched. Own assumption; the register exists since 2019
(radar function, Veilig Thuis Flevoland)."""

EVENTS: Final = (50, 18, 11, 7, 5, 3, 3, 2, 1)
"""How many events a searched register holds, of a hundred: none, one, … Own assumption."""

GRAVE: Final = 0.7
"""From this gravity on, the larger of two throws is taken for the number of events. Own assumption."""

EVENTS_KNOWN_UNSEARCHED: Final = 4
"""Without a search one event in so many is known, from what the caller says. Own assumption."""

EVENTS_NAMING: Final = 0.6
"""Share of events that name one of the persons. Own assumption."""

LOOKS_BACK_DAYS: Final = 730
REPORTERS: Final = (None, "police", "school", "doctor", "neighbour")
REPORTERS_WEIGHTS: Final = (25, 50, 9, 6, 10)
"""Who made an earlier report known, of a hundred. Own assumption."""

WITHOUT_REGION: Final = 0.02
"""Share of cases without a region. Own assumption."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How cases are spread over time; own assumption, in the local winter time of Amsterdam."""

    of_the_week: tuple[int, ...] = (16, 16, 15, 15, 15, 12, 11)
    """Monday first. Offices report on working days, the police all week."""
    of_the_day: tuple[int, ...] = (2, 1, 1, 1, 1, 1, 2, 4, 7, 9, 10, 9, 7, 8, 9, 9, 8, 6, 5, 5, 5, 5, 4, 3)
    """By the hour, midnight first."""
    of_the_year: tuple[int, ...] = (105, 100, 102, 98, 100, 100, 90, 92, 103, 103, 101, 106)
    """By the month: less in the summer holidays."""


RHYTHM: Final = Rhythm()
