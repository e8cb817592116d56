"""TX420: a text that blames somebody, or doubts the one who asks for help."""

import re
from typing import Final

from taxatie.errors.codes import Code
from taxatie.errors.diagnostics import Diagnostics
from taxatie.rules.checks.sentences import told_in
from taxatie.rules.texts import ReleaseTexts

_BLAME: Final = re.compile(
    r"\b(eigen schuld|zelf schuld|schuldig|schuld aan|uitgelokt|uitlok\w*|lokt\w* \w+ uit|zelf gekozen"
    r"|aan zichzelf te danken"
    r"|had(den)? (beter|eerder) moeten|waarom (gaat|ging|bleef|blijft|verlaat|vertrekt) (zij|ze|hij|u|je|deze persoon)"
    r"|hysterisch\w*|aanstel\w*|stelt zich aan|overdrijft|overdreven reactie|liegt|leugenachtig\w*|zogenaamd\w*"
    r"|slachtofferrol|slachtoffergedrag|manipulatief|manipulatieve|onwillig\w*|slechte (moeder|vader|ouders?)"
    r"|weigert mee te werken|werkt niet mee"
    r"|(her|his|their|your) own fault|to blame|guilty|provoked|brought it on|chose to stay"
    r"|should have (left|known|told)"
    r"|why (does|did|do) (she|he|they|you) (not )?(stay|leave)|hysterical|overreact\w*|exaggerat\w*|lies about|lying"
    r"|so-called|manipulative|unwilling|bad (mother|father|parents?)|plays? the victim|refuses to cooperate)\b",
    re.IGNORECASE,
)


def check_blames(texts: ReleaseTexts, diagnostics: Diagnostics) -> None:
    """Report words that blame or doubt, in both languages."""
    for told in told_in(texts):
        found = _BLAME.search(told.words)
        if found is not None:
            message = f"`{found[0]}` blames somebody"
            hint = "say what was done or seen, by whom, and judge nobody"
            told.text.fault(diagnostics, told.span, Code.BLAMES, message, hint)
