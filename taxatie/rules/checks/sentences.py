"""The sentences for people in a node or a whole text, with their places."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from taxatie.rules.nodes import Mapping, Node, Scalar, Sequence
from taxatie.rules.texts import ParsedText, ReleaseTexts
from taxatie.source import Span
from taxatie.terms.text import Language

_TOLD: Final = frozenset(["title", "text", "ask", "help", "because"])
"""Keys under which texts stand that are shown; what `changes` says is for colleagues."""

_LANGUAGES: Final = {language.value: language for language in Language}
_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_END: Final = re.compile(r"(?<=[.!?…])[\"”')]*\s+")


@dataclass(frozen=True, slots=True)
class Told:
    """What is told or asked in one language, under a key of a text."""

    text: ParsedText
    key: str
    language: Language
    span: Span
    words: str


def sentences_of(node: Mapping, keys: Iterable[str]) -> Iterator[tuple[Span, str]]:
    """Return the texts under the keys, in each language."""
    for key in keys:
        text = node.get(key)
        if isinstance(text, Mapping):
            for _, sentence in text.entries:
                if isinstance(sentence, Scalar) and isinstance(sentence.value, str):
                    yield sentence.span, sentence.value


def told_in(texts: ReleaseTexts) -> Iterator[Told]:
    """Return everything that the vocabulary and the rulesets tell or ask, in reading order."""
    for text in (texts.vocabulary, *texts.rulesets):
        yield from _told_below(text, text.root)


def _told_below(text: ParsedText, node: Node) -> Iterator[Told]:
    """Return what is told below a node; the reader bounds how deep a text goes."""
    if isinstance(node, Sequence):
        for item in node.items:
            yield from _told_below(text, item)
    elif isinstance(node, Mapping):
        for key, part in node:
            if key in _TOLD and isinstance(part, Mapping):
                yield from _told_under(text, key, part)
            else:
                yield from _told_below(text, part)


def _told_under(text: ParsedText, key: str, part: Mapping) -> Iterator[Told]:
    for language, sentence in part:
        if isinstance(sentence, Scalar) and isinstance(sentence.value, str) and language in _LANGUAGES:
            yield Told(text, key, _LANGUAGES[language], sentence.span, sentence.value)


def words_of(sentence: str) -> list[str]:
    """Return the words; what a hyphen or an apostrophe joins is one.

    >>> words_of("Wie is er nu bij de baby's? (Ook 's nachts.)")
    ['Wie', 'is', 'er', 'nu', 'bij', 'de', "baby's", 'Ook', 's', 'nachts']
    """
    return _WORD.findall(sentence)


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a text.

    >>> split_sentences("Bel 112. Blijf aan de lijn!")
    ['Bel 112.', 'Blijf aan de lijn!']
    """
    return [part for part in _END.split(text) if words_of(part)]
