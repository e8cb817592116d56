"""TX405: a signal may not ask for a protected characteristic.

Nationality as a risk factor made people victims of the state (Toeslagen); honour-related violence is asked
after as behaviour. Only whole words count, so that ordinary questions never trip over this.
"""

import re
from typing import Final

from taxatie.errors.codes import Code
from taxatie.errors.diagnostics import Diagnostics
from taxatie.rules.checks.sentences import sentences_of
from taxatie.rules.texts import ReleaseTexts, text_of

_IN_NAMES: Final = frozenset(
    [
        "origin",
        "nationality",
        "ethnicity",
        "ethnic",
        "religion",
        "religious",
        "race",
        "faith",
        "skin_colour",
        "afkomst",
        "herkomst",
        "nationaliteit",
        "etniciteit",
        "religie",
        "geloof",
        "huidskleur",
        "migratieachtergrond",
    ]
)
_IN_TEXTS: Final = re.compile(
    r"\b(nationaliteit|nationality|etniciteit|etnisch\w*|ethnicity|ethnic|religie|religieu\w*|religion|religious"
    r"|geloofsovertuiging|huidskleur|skin colou?r|migratieachtergrond|migration background|afkomst|land van herkomst"
    r"|country of origin|foreign origin|moslim|muslim|christen|christian|joods|jewish)\b",
    re.IGNORECASE,
)


def check_protected(texts: ReleaseTexts, diagnostics: Diagnostics) -> None:
    """Report signals that ask for origin, nationality, ethnicity or religion."""
    hint = "ask after behaviour instead; who somebody is says nothing of danger"
    for path, node in texts.vocabulary.items("signals"):
        name = text_of(node, "id") or ""
        if _IN_NAMES & {name, *name.split("_")}:
            message = f"`{name}` is a protected characteristic"
            texts.vocabulary.fault(diagnostics, (*path, "id"), Code.PROTECTED, message, hint)
            continue
        for place, sentence in sentences_of(node, ("ask", "help")):
            found = _IN_TEXTS.search(sentence)
            if found is not None:
                message = f"`{found[0]}` asks for a protected characteristic"
                texts.vocabulary.fault(diagnostics, place, Code.PROTECTED, message, hint)
