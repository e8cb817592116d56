"""The sentences by which the end of a replay is told, in plain Dutch (B1) and in English."""

from collections.abc import Mapping
from typing import Final

from taxatie.replay.other_release import Reassessed
from taxatie.replay.replayed import Outcome, Replayed, Why
from taxatie.terms.text import Language, Text

OUTCOMES: Final[Mapping[Outcome, Text]] = {
    Outcome.SAME: Text("Gelijk, tot op de letter.", "The same, to the letter."),
    Outcome.DIFFERENT: Text("Niet gelijk.", "Not the same."),
    Outcome.ERASED: Text(
        "Gewist. Dat het besluit er was, is nog te bewijzen.",
        "Erased. That the decision was there can still be proved.",
    ),
    Outcome.NOT_REPLAYED: Text("Niet opnieuw te bereiken.", "It could not be reached again."),
}

WHYS: Final[Mapping[Why, Text]] = {
    Why.UNREADABLE: Text("De vastlegging is niet te lezen: {error}.", "The record cannot be read: {error}."),
    Why.NO_RECORD: Text(
        "Op deze plek is het geen vastlegging van een besluit.", "At this place it is no record of a decision."
    ),
    Why.OTHER_LINE: Text(
        "De vastlegging hoort bij een andere regel van het logboek.", "The record belongs to another line of the log."
    ),
    Why.OTHER_RELEASE_ON_LINE: Text(
        "De regel van het logboek noemt een andere release dan de vastlegging.",
        "The line of the log names another release than the record.",
    ),
    Why.CASE_UNREADABLE: Text("De casus is niet te lezen: {error}.", "The case cannot be read: {error}."),
    Why.NOT_AS_WRITTEN: Text("De vastlegging is niet zoals zij is geschreven.", "The record is not what was written."),
    Why.RELEASE_GONE: Text("De release {release} is er niet.", "The release {release} is not there."),
    Why.RELEASE_BROKEN: Text(
        "De release {release} is niet te laden: `taxatie check` zegt waarom.",
        "The release {release} cannot be loaded: `taxatie check` says why.",
    ),
    Why.RELEASE_CHANGED: Text(
        "De release {release} is niet meer wat zij was: dit bestand is anders.",
        "The release {release} is not what it was: this file differs.",
    ),
    Why.NO_LONGER_PUBLISHED: Text(
        "De release {release} was toen gepubliceerd en is dat nu niet.",
        "The release {release} was published then, and is not now.",
    ),
    Why.ENGINE_FAILED: Text("De engine gaf geen antwoord ({error}).", "The engine gave no answer ({error})."),
    Why.ENGINE_CHANGED: Text(
        "De engine geeft nu iets anders. Toen: {then}. Nu: {now}.",
        "The engine gives something else now. Then: {then}. Now: {now}.",
    ),
    Why.SAME_ENGINE: Text(
        "Dezelfde engine geeft iets anders ({now}). Een bestand bewijst niet dat de vastlegging nog gelijk is.",
        "The same engine gives something else ({now}). A file does not prove that the record was not changed.",
    ),
}


UNDER_ANOTHER: Final[Mapping[str, Text]] = {
    "same": Text("Onder {release} komt hetzelfde eruit.", "Under {release} the same comes out."),
    "milder": Text(
        "Onder {release} wordt het milder: van {before} naar {after}.",
        "Under {release} it becomes milder: from {before} to {after}.",
    ),
    "stricter": Text(
        "Onder {release} wordt het strenger: van {before} naar {after}.",
        "Under {release} it becomes stricter: from {before} to {after}.",
    ),
    "other": Text(
        "Onder {release} blijft het niveau {after}, maar de rest is niet gelijk.",
        "Under {release} the level stays {after}, but the rest is not the same.",
    ),
    "unranked": Text(
        "Onder {release} wordt het {after} in plaats van {before}: geen schaal kent beide.",
        "Under {release} it becomes {after} instead of {before}: no scale knows both.",
    ),
}


COUNTS: Final = Text(
    "Besluiten: {total} (gelijk {same}, niet gelijk {different}, gewist {erased}, niet te bereiken {not_replayed})",
    "Decisions: {total} (the same {same}, not the same {different}, erased {erased}, not reached again {not_replayed})",
)
MILDER: Final = Text("Milder: {number}", "Milder: {number}")
MORE: Final = Text("en nog {number}: met `--show` komen er meer in beeld", "and {number} more: `--show` shows more")
LEFT_OUT: Final = Text(
    "Weggelaten, want de release kent het niet: {names}", "Left out, not known to the release: {names}"
)

SHIFTS: Final[Mapping[tuple[str, bool], Text]] = {
    ("rules", False): Text("Regels die niet meer gelden", "Rules that no longer fire"),
    ("rules", True): Text("Regels die nu gelden", "Rules that fire now"),
    ("actions", False): Text("Acties die vervallen", "Actions lost"),
    ("actions", True): Text("Acties die erbij komen", "Actions gained"),
    ("withheld", False): Text("Mag nu wel worden geadviseerd", "May be advised now"),
    ("withheld", True): Text("Mag nu niet worden geadviseerd", "May not be advised now"),
    ("findings", False): Text("Bevindingen van toen", "Findings lost"),
    ("findings", True): Text("Bevindingen van nu", "Findings gained"),
}
"""What is lost (False) and gained (True), part by part."""


def sentence_of(replayed: Replayed | Reassessed, language: Language) -> str:
    """Return how a replay ended, and why; or what another release says of the case."""
    if isinstance(replayed, Reassessed) and replayed.before is not None and replayed.after is not None:
        words = {
            "release": replayed.release,
            "before": replayed.before.level,
            "after": replayed.after.level,
        }
        return UNDER_ANOTHER[_change(replayed)].in_language(language).format(**words)
    said = OUTCOMES[replayed.outcome].in_language(language)
    found = replayed.difference
    return said if found is None else f"{said} {WHYS[found.why].in_language(language).format(**found.words)}"


def _change(reassessed: Reassessed) -> str:
    if reassessed.outcome is Outcome.SAME:
        return "same"
    if reassessed.step is None:
        return "unranked"
    if reassessed.step == 0:
        return "other"
    return "milder" if reassessed.is_milder else "stricter"
