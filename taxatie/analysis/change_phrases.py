"""The sentences by which changes between releases are told, in plain Dutch (B1) and in English."""

from collections.abc import Mapping
from typing import Final

from taxatie.terms.text import Text

CHANGE_PHRASES: Final[Mapping[str, Text]] = {
    "rule_new": Text("Nieuwe regel {name} ({title}).", "New rule {name} ({title})."),
    "rule_gone": Text("Regel {name} ({title}) is weg.", "Rule {name} ({title}) is gone."),
    "raised": Text(
        "{name} geeft nu {after} in plaats van {before}: strenger.",
        "{name} now gives {after} instead of {before}: stricter.",
    ),
    "lowered": Text(
        "{name} geeft nu {after} in plaats van {before}: milder.",
        "{name} now gives {after} instead of {before}: milder.",
    ),
    "condition": Text("{name} geldt nu in andere gevallen.", "{name} now holds in other cases."),
    "gained": Text("{name} beveelt nu ook aan: {titles}.", "{name} now recommends too: {titles}."),
    "lost": Text("{name} beveelt niet meer aan: {titles}.", "{name} no longer recommends: {titles}."),
    "withholds": Text("{name} raadt nu ook af: {titles}.", "{name} now withholds too: {titles}."),
    "allows": Text("{name} raadt niet meer af: {titles}.", "{name} no longer withholds: {titles}."),
    "reworded": Text("{name} zegt het met andere woorden.", "{name} says it in other words."),
    "backing": Text(
        "{name} rust op een andere bron of een ander voorstel.", "{name} rests on another source or proposal."
    ),
    "concept": Text(
        "Het begrip “{title}” betekent iets anders; regels: {rules}.",
        "The concept “{title}” means something else; rules: {rules}.",
    ),
    "score": Text(
        "De optelling “{title}” telt anders; regels: {rules}.", "The score “{title}” adds up otherwise; rules: {rules}."
    ),
    "new": Text("Nieuw: {what} “{title}”.", "New: {what} “{title}”."),
    "gone": Text("Weg: {what} “{title}”.", "Gone: {what} “{title}”."),
    "asked": Text("De vraag “{title}” is anders geworden.", "The question “{title}” has changed."),
    "action": Text("De actie “{title}” is anders geworden.", "The action “{title}” has changed."),
    "level": Text("Het niveau “{title}” is anders geworden.", "The level “{title}” has changed."),
    "guard": Text("De waarborg “{title}” is anders geworden.", "The safeguard “{title}” has changed."),
    "term": Text("{name}: {after} in plaats van {before}.", "{name}: {after} instead of {before}."),
    "order": Text("De volgorde van de niveaus is veranderd.", "The order of the levels has changed."),
    "no_level": Text("geen niveau", "no level"),
    "question": Text("de vraag", "the question"),
    "an_action": Text("de actie", "the action"),
    "a_level": Text("het niveau", "the level"),
    "a_concept": Text("het begrip", "the concept"),
    "a_score": Text("de optelling", "the score"),
    "a_guard": Text("de waarborg", "the safeguard"),
    "nothing": Text("Niets in de teksten betekent iets anders.", "Nothing in the texts means anything else."),
    "outcome": Text(
        "{scenarios} scenario's en {generated} verzonnen zaken: {differing} komen anders uit, {milder} daarvan milder.",
        "{scenarios} scenarios, {generated} made-up cases: {differing} come out differently, {milder} of them milder.",
    ),
    "left_out": Text(
        "Weggelaten, omdat één uitgave het niet kent: {names}", "Left out, as one release does not know it: {names}"
    ),
    "unread": Text("Niet te lezen voor de nieuwe uitgave: {names}", "Unread by the new release: {names}"),
    "rules_that_no_longer_fire": Text("regels die niet meer gelden", "rules that no longer fire"),
    "rules_that_fire_now": Text("regels die nu gelden", "rules that fire now"),
    "actions_lost": Text("acties die wegvallen", "actions lost"),
    "actions_gained": Text("acties die erbij komen", "actions gained"),
    "no_longer_withheld": Text("niet meer afgeraden", "no longer withheld"),
    "withheld_now": Text("nu afgeraden", "withheld now"),
}
