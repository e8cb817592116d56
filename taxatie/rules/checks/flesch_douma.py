"""How easily a Dutch text reads, by the formula of Flesch in Douma's version: a proxy, never a measurement.

Reading ease = 206.84 - 0.93 x words per sentence - 77 x syllables per word. W.H. Douma fitted Rudolf Flesch's
formula of 1948 to Dutch in *De leesbaarheid van landbouwbladen* (Landbouwhogeschool Wageningen, bulletin 17 of
the department of sociology, 1960), written there as 206.84 - 0.77 wl - 0.93 sl with wl the syllables per hundred
words. His scale: below 30 very hard, 30-45 hard, 45-60 rather hard, 60-70 normal, above 70 easy.

It counts lengths and knows no meaning: `huiselijk geweld` costs as much as a word that nobody knows.
"""

import re
from typing import Final

from taxatie.rules.checks.sentences import split_sentences, words_of

_BASE: Final = 206.84
_FOR_WORDS_IN_A_SENTENCE: Final = 0.93
_FOR_SYLLABLES_IN_A_WORD: Final = 77
_VOWELS: Final = re.compile(
    r"aai|ooi|oei|eeu|ieu|ëi|ëe|ëu|aa|ee|oo|uu|ie|oe|eu|ui|ij|ei|au|ou|[aeiouyáàâäéèêëíìîïóòôöúùûü]", re.IGNORECASE
)
"""One syllable each, by Dutch spelling; a vowel with a trema begins another."""


def syllables_of(word: str) -> int:
    """Return the number of syllables, at least one.

    >>> [syllables_of(word) for word in ("kind", "leeuw", "geweld", "situatie", "beëindigen", "112")]
    [1, 1, 2, 4, 4, 1]
    """
    return max(1, len(_VOWELS.findall(word)))


def reading_ease(text: str) -> float:
    """Return the reading ease of a text that holds words.

    >>> round(reading_ease("Bel nu 112. Blijf aan de lijn."))
    127
    """
    words = words_of(text)
    assert words, text
    for_words = _FOR_WORDS_IN_A_SENTENCE * len(words) / len(split_sentences(text))
    return _BASE - for_words - _FOR_SYLLABLES_IN_A_WORD * sum(map(syllables_of, words)) / len(words)
