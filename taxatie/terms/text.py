"""Texts for people, in both languages of the service."""

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """A language in which the service speaks to people."""

    NL = "nl"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """One text in Dutch and in English."""

    nl: str
    en: str

    def in_language(self, language: Language) -> str:
        """Return the text in *language*."""
        return self.nl if language is Language.NL else self.en
