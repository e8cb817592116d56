"""TX407 and TX408: no level says "safe", and no text tells anybody that they are.

Spain abolished its lowest level, "risk not perceived", in 2025: it still held 43,821 of 100,723 active cases.
"""

import re
from collections.abc import Iterator
from typing import Final

from taxatie.errors.codes import Code
from taxatie.errors.diagnostics import Diagnostics
from taxatie.rules.checks.sentences import sentences_of
from taxatie.rules.texts import ParsedText, ReleaseTexts, text_of
from taxatie.source import Span

_NAMES: Final = frozenset(["safe", "veilig", "no_risk", "geen_risico", "no_danger", "geen_gevaar", "ok"])
_NO_JUDGEMENT: Final = re.compile(r"veilig thuis|(niet|not|never|nooit|un|on)[ -]?(veilig|safe)\b", re.IGNORECASE)
_IN_TITLES: Final = re.compile(
    r"\b(veilig|safe|geen risico|no risk|geen gevaar|no danger|zonder risico)\b", re.IGNORECASE
)
_IN_TEXTS: Final = re.compile(
    r"\b((is|zijn|bent|ben|are|am|situatie is|lijkt|seems) (nu |now |weer |again )?(veilig|safe)"
    r"|geen risico|no risk|geen gevaar|no danger|buiten gevaar|out of danger|loos alarm"
    r"|false alarm|niets aan de hand|nothing to worry|geen zorgen te maken|geen reden tot zorg|no reason to worry)\b",
    re.IGNORECASE,
)
_TEXTS: Final = (
    ("levels", ("text",)),
    ("signals", ("help",)),
    ("actions", ("title", "text")),
    ("concepts", ("title",)),
    ("rules", ("title", "because")),
    ("safeguards", ("title",)),
)


def check_levels_say_safe(texts: ReleaseTexts, diagnostics: Diagnostics) -> None:
    """Report levels that say that somebody is safe."""
    hint = "say what is known and what to do: there is no level without danger"
    for path, node in texts.vocabulary.items("levels"):
        name = text_of(node, "id") or ""
        if name in _NAMES:
            message = f"the level `{name}` says that somebody is safe"
            texts.vocabulary.fault(diagnostics, (*path, "id"), Code.LEVEL_SAYS_SAFE, message, hint)
            continue
        for place, sentence in sentences_of(node, ("title",)):
            found = _IN_TITLES.search(_NO_JUDGEMENT.sub("", sentence))
            if found is not None:
                message = f"a level cannot be called `{found[0]}`"
                texts.vocabulary.fault(diagnostics, place, Code.LEVEL_SAYS_SAFE, message, hint)


def check_texts_say_safe(texts: ReleaseTexts, diagnostics: Diagnostics) -> None:
    """Report other texts that do; a question may ask whether somebody feels safe."""
    for text in (texts.vocabulary, *texts.rulesets):
        for place, sentence in _told(text):
            found = _IN_TEXTS.search(_NO_JUDGEMENT.sub("", sentence))
            if found is not None:
                message = f"`{found[0]}` tells somebody that there is no danger"
                hint = "say what is known, and until when it holds"
                text.fault(diagnostics, place, Code.TEXT_SAYS_SAFE, message, hint)


def _told(text: ParsedText) -> Iterator[tuple[Span, str]]:
    for kind, keys in _TEXTS:
        for _, node in text.items(kind):
            yield from sentences_of(node, keys)
