"""What the interview says, and the words it understands, in plain Dutch (B1) and in English."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from taxatie.terms.case import Basis
from taxatie.terms.text import Language


class Command(StrEnum):
    """Something one can do instead of answering."""

    BACK = "back"
    SKIP = "skip"
    HELP = "help"
    ADD = "add"
    EVERYONE = "everyone"
    AGAIN = "again"
    SAVE = "save"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class InterviewPhrases:
    """The sentences and words of one language, with places for what differs."""

    welcome: str
    resumed: str
    level: str
    moved: str
    about: str
    yes_no: str
    number: str
    choice: str
    missing: str
    certain: str
    certain_answer: str
    must_be: str
    missing_why: str
    missing_answer: str
    registers_answer: str
    nothing_else: str
    not_understood: str
    not_possible: str
    no_help: str
    help: str
    at_beginning: str
    end: str
    end_skipped: str
    added: str
    listed: str
    saved: str
    not_saved: str
    stopped: str
    stopped_after_saving: str
    unchanged: str
    yes: frozenset[str]
    no: frozenset[str]
    unknown: frozenset[str]
    partner_present: frozenset[str]
    bases: dict[str, Basis]
    commands: dict[str, Command]


_NL: Final = InterviewPhrases(
    welcome="Beantwoord wat u weet. Typ ? voor uitleg, `terug`, `overslaan` of `klaar`. Typ nooit een naam.",
    resumed="Dit gaat verder met {file}, zoals het was op {moment}.",
    level="Niveau: {level}. Kan nog worden: {ceiling}.",
    moved="{before} → {now}",
    about="Over {person}: ",
    yes_no="ja / nee / onbekend",
    number="een getal van {low} tot en met {high}{unit} / onbekend",
    choice="het nummer / onbekend",
    missing="Is er nog iemand die niet genoemd is ({subject})?",
    certain="Er hoort minstens één persoon bij die nog niet genoemd is ({subject}). Wilt u die toevoegen?",
    certain_answer="ja (voegt {person} toe) / overslaan",
    must_be="Er hoort minstens één persoon bij ({subject}). Voeg die toe met `ja`, of typ `overslaan`.",
    missing_why="Het gaat om deze vraag: “{ask}”",
    missing_answer="ja (voegt {person} toe) / nee (iedereen is genoemd)",
    registers_answer="het nummer; bij een gebeurtenis ook de datum (2026-01-10), en zo nodig wie (adult-1) "
    "en welke melder (m1, m2, …)",
    nothing_else="nagekeken, (verder) niets gevonden",
    not_understood="Dat past hier niet. Kies uit: {choices}. Of typ ? voor uitleg.",
    not_possible="Dat kan hier niet.",
    no_help="Bij deze vraag is geen verdere uitleg.",
    help="""\
  Hoe weet u het? Zet het achter het antwoord:
    gezien (g)   zelf gezien of gehoord        verteld (v)   de persoon zei het zelf
    gehoord (h)  van horen zeggen              dossier (d)   het staat in een dossier
    erbij (p)    de ander kon meeluisteren, dus: `nee h p`
  Verder:
    onbekend (o)      men weet het niet        overslaan (s)     nu niet vragen
    terug (t)         een stap terug           opnieuw           vraag nog eens wat is overgeslagen
    erbij {subject}   voeg iemand toe          iedereen {subject}   niemand anders hoort erbij
    bewaar            bewaar wat er nu is      klaar             toon de uitkomst, bewaar en stop
  Ctrl-C stopt zonder te bewaren.""",
    at_beginning="Dit is het begin: er is geen stap terug.",
    end="Er is niets meer te vragen dat ertoe doet. Typ `klaar` of `terug`.",
    end_skipped="Dit waren de vragen. Nog open, overgeslagen of onzeker: {count}. "
    "Typ `opnieuw` om die te vragen, `terug` of `klaar`.",
    added="{person} is erbij gezet.",
    listed="Niemand anders hoort erbij: {subject}.",
    saved="Bewaard in {file}. Verder gaan kan met: taxatie ask --resume {file} --force",
    not_saved="NIET bewaard: {why}.",
    stopped="Gestopt. Er is NIETS bewaard van dit gesprek.",
    stopped_after_saving="Gestopt. Bewaard is wat er stond bij `bewaar`, in {file}. Wat daarna kwam is NIET bewaard.",
    unchanged="{file} is niet veranderd.",
    yes=frozenset({"ja", "j", "yes", "y"}),
    no=frozenset({"nee", "n", "no"}),
    unknown=frozenset({"onbekend", "o", "unknown", "u"}),
    partner_present=frozenset({"erbij", "p", "partner"}),
    bases={
        "gezien": Basis.OBSERVED, "g": Basis.OBSERVED, "verteld": Basis.TOLD, "v": Basis.TOLD,
        "gehoord": Basis.HEARSAY, "h": Basis.HEARSAY, "dossier": Basis.RECORD, "d": Basis.RECORD,
    },
    commands={
        "terug": Command.BACK, "t": Command.BACK, "overslaan": Command.SKIP, "s": Command.SKIP,
        "?": Command.HELP, "uitleg": Command.HELP, "help": Command.HELP, "erbij": Command.ADD,
        "iedereen": Command.EVERYONE, "opnieuw": Command.AGAIN, "bewaar": Command.SAVE,
        "klaar": Command.DONE, "stop": Command.DONE,
    },
)  # fmt: skip

_EN: Final = InterviewPhrases(
    welcome="Answer what you know. Type ? for help, `back`, `skip` or `done`. Never type a name.",
    resumed="This goes on with {file}, as it was on {moment}.",
    level="Level: {level}. May still become: {ceiling}.",
    moved="{before} → {now}",
    about="About {person}: ",
    yes_no="yes / no / unknown",
    number="a number from {low} to {high}{unit} / unknown",
    choice="the number / unknown",
    missing="Is there anybody else who is not listed ({subject})?",
    certain="At least one person is concerned who is not listed yet ({subject}). Add that person?",
    certain_answer="yes (adds {person}) / skip",
    must_be="At least one person is concerned ({subject}). Add that person with `yes`, or type `skip`.",
    missing_why="It is about this question: “{ask}”",
    missing_answer="yes (adds {person}) / no (everybody is listed)",
    registers_answer="the number; for an event also the date (2026-01-10), and if needed who (adult-1) "
    "and which reporter (m1, m2, …)",
    nothing_else="searched, nothing (else) found",
    not_understood="That does not fit here. Choose from: {choices}. Or type ? for help.",
    not_possible="That cannot be done here.",
    no_help="There is no further help with this question.",
    help="""\
  How is it known? Put it after the answer:
    observed (ob)  seen or heard yourself      told (t)      the person said so
    hearsay (h)    what others say             record (r)    it stands in a record
    present (p)    the other could hear it, so: `no h p`
  And further:
    unknown (u)       nobody knows             skip (s)          do not ask now
    back (b)          a step back              again             ask what was skipped
    add {subject}     add somebody             everyone {subject}   nobody else is concerned
    save              save what is there       done              show the outcome, save and stop
  Ctrl-C stops without saving.""",
    at_beginning="This is the beginning: there is no step back.",
    end="There is nothing left to ask that matters. Type `done` or `back`.",
    end_skipped="These were the questions. Still open, skipped or uncertain: {count}. "
    "Type `again` to ask those, `back` or `done`.",
    added="{person} was added.",
    listed="Nobody else is concerned: {subject}.",
    saved="Saved in {file}. To go on: taxatie ask --resume {file} --force",
    not_saved="NOT saved: {why}.",
    stopped="Stopped. NOTHING of this interview was saved.",
    stopped_after_saving="Stopped. What there was at `save` is in {file}. What came after it was NOT saved.",
    unchanged="{file} was not changed.",
    yes=frozenset({"yes", "y"}),
    no=frozenset({"no", "n"}),
    unknown=frozenset({"unknown", "u"}),
    partner_present=frozenset({"present", "p", "partner"}),
    bases={
        "observed": Basis.OBSERVED, "ob": Basis.OBSERVED, "told": Basis.TOLD, "t": Basis.TOLD,
        "hearsay": Basis.HEARSAY, "h": Basis.HEARSAY, "record": Basis.RECORD, "r": Basis.RECORD,
    },
    commands={
        "back": Command.BACK, "b": Command.BACK, "skip": Command.SKIP, "s": Command.SKIP,
        "?": Command.HELP, "help": Command.HELP, "add": Command.ADD, "everyone": Command.EVERYONE,
        "again": Command.AGAIN, "save": Command.SAVE, "done": Command.DONE, "quit": Command.DONE,
    },
)  # fmt: skip

INTERVIEW_PHRASES: Final = {Language.NL: _NL, Language.EN: _EN}
