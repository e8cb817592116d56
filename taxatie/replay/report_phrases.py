"""What the report of a what-if says, in plain Dutch (B1) and in English."""

from dataclasses import dataclass
from typing import Final

from taxatie.terms.text import Language


@dataclass(frozen=True, slots=True)
class Phrases:
    """The fixed texts, with places for what differs."""

    title: str
    lead: str
    to_content: str
    read: str
    replayed: str
    milder: str
    graver: str
    same: str
    look_first: str
    look_first_why: str
    nobody_milder: str
    nobody_graver: str
    named: str
    before: str
    after: str
    decisions: str
    decision: str
    share: str
    levels: str
    levels_why: str
    each_level: str
    each_level_why: str
    gained: str
    lost: str
    things: dict[str, str]
    things_why: dict[str, str]
    nothing_changes: str
    thing: str
    groups: dict[str, str]
    group: dict[str, str]
    no_group: str
    groups_why: str
    small: str
    not_counted: str
    all_counted: str
    why: str
    reasons: dict[str, str]
    left_out: str
    left_out_why: str
    otherwise: str
    otherwise_why: str
    made: str
    made_how: str
    release: str
    digest: str
    draft: str
    total: str
    thousands: str
    decimal: str

    def whole(self, number: int) -> str:
        """Return a whole number as people write it."""
        return f"{number:,}".replace(",", self.thousands)

    def percent(self, part: int, of: int) -> str:
        """Return a share, to a tenth of a per cent; a smaller one is not nothing."""
        if of == 0:
            return "-"
        share = f"{100 * part / of:.1f} %"
        return ("<0.1 %" if part and share == "0.0 %" else share).replace(".", self.decimal)


_NL: Final = Phrases(
    title="Wat als {new} had gegolden in plaats van {old}?",
    lead=(
        "Deze besluiten zijn genomen met {old}. Het rapport laat zien welk niveau {new} had gegeven. "
        "Aan de besluiten zelf is niets veranderd."
    ),
    to_content="Naar de inhoud",
    read="besluiten gelezen",
    replayed="opnieuw beoordeeld",
    milder="worden milder",
    graver="worden zwaarder",
    same="blijven gelijk",
    look_first="Kijk eerst: wie wordt milder",
    look_first_why=(
        "Een milder niveau kan betekenen dat hulp te laat komt. Bekijk daarom deze besluiten, "
        "voordat iemand het voorstel goedkeurt."
    ),
    nobody_milder="Geen enkel besluit wordt milder.",
    nobody_graver="Geen enkel besluit wordt zwaarder.",
    named="Nummers van besluiten die milder worden ({shown} van {all})",
    before="Eerst",
    after="Daarna",
    decisions="Besluiten",
    decision="Besluit",
    share="Deel",
    levels="Niveaus, eerst en daarna",
    levels_why=(
        "Elke rij is het niveau van toen, elke kolom het niveau met {new}. "
        "Op de schuine lijn blijft het gelijk. Links daarvan wordt het milder, rechts zwaarder."
    ),
    each_level="Hoe vaak elk niveau voorkomt",
    each_level_why="De kleur van de balk zegt of het om toen gaat of om {new}.",
    gained="Erbij",
    lost="Eraf",
    things={"actions": "Acties", "withheld": "Acties die niet mogen", "findings": "Bevindingen"},
    things_why={
        "actions": "In hoeveel besluiten een actie erbij komt of wegvalt.",
        "withheld": "In hoeveel besluiten een actie niet meer mag, of juist weer wel.",
        "findings": "In hoeveel besluiten een bevinding erbij komt of wegvalt.",
    },
    nothing_changes="Hier verandert niets.",
    thing="Wat",
    groups={"region": "Per regio", "channel": "Per kanaal", "month": "Per maand"},
    group={"region": "Regio", "channel": "Kanaal", "month": "Maand"},
    no_group="niet bekend",
    groups_why="Welk deel van de besluiten milder of zwaarder wordt.",
    small=(
        "Kleine aantallen staan er als <10, zodat niemand te herkennen is. Waar 10+ staat, is het aantal groter, "
        "maar zou het echte getal verraden wat er bij <10 hoort."
    ),
    not_counted="Wat niet meetelt",
    all_counted="Alle gelezen besluiten tellen mee.",
    why="Waarom",
    reasons={
        "decided under another release": "met een andere release besloten",
        "the release that decided gives another level than is recorded": "de release geeft een ander niveau dan toen",
        "erased": "gewist",
    },
    left_out="Wat {new} niet kent",
    left_out_why=(
        "In deze besluiten is iets gezegd waar {new} niet naar kan vragen. Ze tellen mee, maar zonder dat antwoord."
    ),
    otherwise="Besluiten die anders uitkomen dan ze zijn vastgelegd",
    otherwise_why="Dit hoort niet voor te komen. Zoek uit waarom, met taxatie replay.",
    made="Hoe dit is gemaakt",
    made_how=(
        "Elk besluit is opnieuw beoordeeld met de release van toen, en moest daarbij hetzelfde niveau geven. "
        "Daarna is het beoordeeld met {new}. Alle getallen zijn tellingen; er is niets geschat."
    ),
    release="Release",
    digest="Vingerafdruk",
    draft="concept",
    total="Samen",
    thousands=".",
    decimal=",",
)

_EN: Final = Phrases(
    title="What if {new} had been in force instead of {old}?",
    lead=(
        "These decisions were made under {old}. The report shows which level {new} would have given. "
        "Nothing about the decisions themselves has changed."
    ),
    to_content="To the content",
    read="decisions read",
    replayed="assessed anew",
    milder="become milder",
    graver="become graver",
    same="stay the same",
    look_first="Look first: who becomes milder",
    look_first_why=(
        "A milder level may mean that help comes too late. So look at these decisions before anybody approves the "
        "proposal."
    ),
    nobody_milder="No decision becomes milder.",
    nobody_graver="No decision becomes graver.",
    named="Ids of decisions that become milder ({shown} of {all})",
    before="Before",
    after="After",
    decisions="Decisions",
    decision="Decision",
    share="Share",
    levels="Levels, before and after",
    levels_why=(
        "Each row is the level of that time, each column the level under {new}. On the diagonal it stays the same. "
        "Left of it, it becomes milder; right of it, graver."
    ),
    each_level="How often each level occurs",
    each_level_why="The colour of a bar says whether it is about that time or about {new}.",
    gained="Gained",
    lost="Lost",
    things={"actions": "Actions", "withheld": "Withheld actions", "findings": "Findings"},
    things_why={
        "actions": "In how many decisions an action is gained or lost.",
        "withheld": "In how many decisions an action may no longer be advised, or may be advised again.",
        "findings": "In how many decisions a finding is gained or lost.",
    },
    nothing_changes="Nothing changes here.",
    thing="What",
    groups={"region": "By region", "channel": "By channel", "month": "By month"},
    group={"region": "Region", "channel": "Channel", "month": "Month"},
    no_group="not known",
    groups_why="Which share of the decisions becomes milder or graver.",
    small=(
        "Small numbers are shown as <10, so that nobody can be recognised. Where 10+ stands the number is larger, but "
        "the real one would give away what belongs at <10."
    ),
    not_counted="What is not counted",
    all_counted="All decisions that were read are counted.",
    why="Why",
    reasons={},
    left_out="What {new} does not know",
    left_out_why=(
        "In these decisions something was said that {new} cannot ask for. They are counted, but without that answer."
    ),
    otherwise="Decisions that come out otherwise than recorded",
    otherwise_why="This should not happen. Find out why, with taxatie replay.",
    made="How this was made",
    made_how=(
        "Each decision was assessed again with the release of that time, and had to give the same level. Then it was "
        "assessed with {new}. All numbers are counts; nothing is estimated."
    ),
    release="Release",
    digest="Digest",
    draft="draft",
    total="Together",
    thousands=",",
    decimal=".",
)


def phrases_in(language: Language) -> Phrases:
    """Return the fixed texts in a language."""
    return _NL if language is Language.NL else _EN
