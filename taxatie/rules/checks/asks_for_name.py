"""TX406: a signal may not ask for a name, an address, a date of birth, or for free text."""

import re
from typing import Final

from taxatie.errors.codes import Code
from taxatie.errors.diagnostics import Diagnostics
from taxatie.rules.checks.sentences import sentences_of
from taxatie.rules.texts import ReleaseTexts, text_of

_IN_NAMES: Final = frozenset(
    [
        "name",
        "surname",
        "naam",
        "voornaam",
        "achternaam",
        "address",
        "adres",
        "bsn",
        "birthdate",
        "geboortedatum",
        "email",
        "telefoonnummer",
    ]
)
_IN_TEXTS: Final = re.compile(
    r"\b(hoe heet|wat is (de|uw|je|jouw|zijn|haar|hun) (volledige )?naam|voornaam|achternaam|geboortedatum|bsn"
    r"|burgerservicenummer|wat is (het|uw|je|zijn|haar) adres|in (uw|je|jouw) eigen woorden|beschrijf|licht toe"
    r"|what is (the|your|his|her|their) (full )?name|surname|first name|date of birth"
    r"|what is (the|your|his|her|their) address|in your own words|describe|please explain)\b",
    re.IGNORECASE,
)


def check_asks_for_name(texts: ReleaseTexts, diagnostics: Diagnostics) -> None:
    """Report signals whose answer would identify somebody, or would be a story."""
    hint = "leave it to the case system; a ruleset needs no names and no stories"
    for path, node in texts.vocabulary.items("signals"):
        name = text_of(node, "id") or ""
        if _IN_NAMES & {name, *name.split("_")}:
            message = f"`{name}` asks who somebody is"
            texts.vocabulary.fault(diagnostics, (*path, "id"), Code.ASKS_FOR_NAME, message, hint)
            continue
        for place, sentence in sentences_of(node, ("ask",)):
            found = _IN_TEXTS.search(sentence)
            if found is not None:
                message = f"`{found[0]}` asks who somebody is, or for a story"
                texts.vocabulary.fault(diagnostics, place, Code.ASKS_FOR_NAME, message, hint)
