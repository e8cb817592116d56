"""The shape of each file as people write it: keys, types and patterns, before any name is looked up.

Conditions are read apart (`condition_reader`), because their faults need places and words of their own.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from taxatie.limits import ABSOLUTE_NUMBER_MAX, DURATION_MAX, FIRST_YEAR, LAST_YEAR
from taxatie.rules.terms_of_time import read_term
from taxatie.terms.period import Term

IDENTIFIER = r"^[a-z][a-z0-9_]*$"
FILE_NAME = r"^[a-z][a-z0-9-]*$"
RELEASE_NAME = r"^[a-z0-9][a-z0-9.-]*$"
RULE_ID = r"^[A-Z]{2,4}-[0-9]{2,3}$"
VERSION = r"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$"

Identifier = Annotated[str, StringConstraints(pattern=IDENTIFIER, max_length=80)]
FileName = Annotated[str, StringConstraints(pattern=FILE_NAME, max_length=80)]
ReleaseName = Annotated[str, StringConstraints(pattern=RELEASE_NAME, max_length=80)]
RuleId = Annotated[str, StringConstraints(pattern=RULE_ID)]
Version = Annotated[str, StringConstraints(pattern=VERSION, max_length=40)]
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=400)]
Number = Annotated[int, Field(ge=-ABSOLUTE_NUMBER_MAX, le=ABSOLUTE_NUMBER_MAX)]

TERM_PATTERN = r"^(immediately|[1-9][0-9]* (hours|days|weeks|working days))$"
CONDITION_MARK = {"$comment": "condition"}
"""Stands in a schema where a condition stands; pydantic could not resolve a reference to what it does not know."""
ConditionText = Annotated[object, WithJsonSchema(CONDITION_MARK)]


class Document(BaseModel):
    """Anything written in a file: no key but those shown, no value bent into another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _term(value: object) -> str:
    if not isinstance(value, str) or read_term(value) is None:
        raise PydanticCustomError("term", "a term is `immediately`, `N hours`, `N days`, `N weeks` or `N working days`")
    return value


TermText = Annotated[object, AfterValidator(_term), WithJsonSchema({"type": "string", "pattern": TERM_PATTERN})]


def _within(value: object) -> object:
    if isinstance(value, dict):
        if list(value) == ["parameter"] and isinstance(value["parameter"], str):
            return value
        raise PydanticCustomError("term", "a term that a region may set is `{parameter: name}`")
    return _term(value)


WithinText = Annotated[
    object,
    AfterValidator(_within),
    WithJsonSchema(
        {
            "oneOf": [
                {"type": "string", "pattern": TERM_PATTERN},
                {
                    "type": "object",
                    "properties": {"parameter": {"type": "string", "pattern": IDENTIFIER}},
                    "required": ["parameter"],
                    "additionalProperties": False,
                },
            ]
        }
    ),
]


def _date(value: object) -> date:
    if isinstance(value, str) and len(value) == len("2026-01-01"):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("date", "a date is written as `2026-01-31`")


Date = Annotated[object, AfterValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]


def _yes_or_no(value: object) -> object:
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


class TextDocument(Document):
    """A text for people, in both languages."""

    nl: Sentence
    en: Sentence


def _word_or_text(value: object) -> str:
    if isinstance(value, str) and value:
        return value
    text = TextDocument.model_validate(value)
    return text.en


class SourceDocument(Document):
    """An entry of the list of sources; its title stands in the source's own language, or in both."""

    id: Identifier
    title: Annotated[
        object,
        AfterValidator(_word_or_text),
        WithJsonSchema({"type": ["string", "object"]}),
    ]
    cites: Word


class BackedDocument(Document):
    """Content that says where it comes from."""

    sources: list[Identifier] | None = None
    own_proposal: Sentence | None = None


class LevelDocument(Document):
    """A step on the scale of responses."""

    id: Identifier
    title: TextDocument
    text: TextDocument
    actions: list[Identifier] = []
    valid_for: TermText


class SubjectDocument(Document):
    """A kind of person who is assessed."""

    id: Identifier
    title: TextDocument
    exists_when: ConditionText | None = None


class TitledDocument(Document):
    """Something with a name and a title: a topic, an option, a kind of event."""

    id: Identifier
    title: TextDocument


class SignalDocument(BackedDocument):
    """What all signals have."""

    id: Identifier
    subject: Identifier = "case"
    topic: Identifier
    ask: TextDocument
    help: TextDocument | None = None
    applies_when: ConditionText | None = None
    reveals_reporter: bool = False


class YesNoSignalDocument(SignalDocument):
    """A signal that is answered with yes or no."""

    type: Literal["yes_no"]
    danger: Annotated[Literal["yes", "no"] | None, BeforeValidator(_yes_or_no)] = None


class NumberSignalDocument(SignalDocument):
    """A signal that is answered with a whole number."""

    type: Literal["number"]
    min: Number
    max: Number
    unit: Word | None = None
    danger: Literal["higher", "lower"] | None = None


class ChoiceSignalDocument(SignalDocument):
    """A signal that is answered with one of its options."""

    type: Literal["choice"]
    options: Annotated[list[TitledDocument], Field(min_length=1, max_length=100)]
    danger: Literal["higher", "lower"] | None = None
    ordered: bool = False


AnySignalDocument = Annotated[
    YesNoSignalDocument | NumberSignalDocument | ChoiceSignalDocument, Field(discriminator="type")
]


class ActionDocument(Document):
    """Something to do."""

    id: Identifier
    title: TextDocument
    text: TextDocument
    owner: Word
    within: WithinText
    can_be_withheld: bool = False


class ConceptDocument(Document):
    """A named condition."""

    id: Identifier
    title: TextDocument
    when: ConditionText
    finding: bool = False


class ScoreItemDocument(Document):
    """What adds to a score."""

    when: ConditionText
    points: Number


class ScoreDocument(Document):
    """A sum of points."""

    id: Identifier
    title: TextDocument
    add: Annotated[list[ScoreItemDocument], Field(min_length=1)]


class VocabularyDocument(Document):
    """What can be asked and answered, and what can be done."""

    vocabulary: Version
    levels: Annotated[list[LevelDocument], Field(min_length=1)]
    subjects: list[SubjectDocument] = []
    topics: list[TitledDocument]
    signals: list[AnySignalDocument]
    event_kinds: list[TitledDocument] = []
    actions: list[ActionDocument]
    parameters: dict[Identifier, TermText] = {}
    sources: list[SourceDocument]
    concepts: list[ConceptDocument] = []
    scores: list[ScoreDocument] = []


class RuleDocument(BackedDocument):
    """A condition and what follows."""

    id: RuleId
    title: TextDocument
    when: ConditionText
    level: Identifier | None = None
    actions: list[Identifier] = []
    withhold: list[Identifier] = []
    because: TextDocument


class LevelBoundDocument(Document):
    """The level that a safeguard asks for at the least."""

    at_least: Identifier


class SafeguardDocument(Document):
    """What must hold for every possible case."""

    id: Identifier
    title: TextDocument
    whenever: ConditionText
    level: LevelBoundDocument | None = None
    action: Identifier | None = None
    never: Identifier | None = None


class RulesetDocument(Document):
    """One version of a ruleset."""

    ruleset: FileName
    version: Version
    title: TextDocument
    subject: Identifier
    owner: Word
    review_by: Date
    changes: TextDocument
    concepts: list[ConceptDocument] = []
    scores: list[ScoreDocument] = []
    rules: list[RuleDocument]
    safeguards: list[SafeguardDocument] = []


class ReleaseDocument(Document):
    """Which versions are in force together, and from when."""

    release: ReleaseName
    title: TextDocument
    in_force_from: Date
    in_force_until: Date | None = None
    vocabulary: Version
    rulesets: Annotated[dict[FileName, Version], Field(min_length=1)]
    regions: dict[FileName, Version] = {}
    calendar: Version | None = None
    approved_by: list[Word]


class RegionDocument(Document):
    """What a region sets for itself: terms to act within, nothing else."""

    region: FileName
    version: Version | None = None
    title: TextDocument | None = None
    parameters: dict[Identifier, TermText]


def _holiday(value: object) -> date:
    return _date(value.get("date") if isinstance(value, dict) else value)


Holiday = Annotated[
    object,
    AfterValidator(_holiday),
    WithJsonSchema(
        {
            "oneOf": [
                {"type": "string", "format": "date"},
                {
                    "type": "object",
                    "properties": {
                        "date": {"type": "string", "format": "date"},
                        "title": {"type": "object"},
                    },
                    "required": ["date"],
                    "additionalProperties": False,
                },
            ]
        }
    ),
]
"""A date on which nobody works, alone or with its title."""

Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]


class CalendarDocument(Document):
    """The general holidays of some years; without years, those of its dates."""

    calendar: Version
    title: TextDocument | None = None
    first_year: Year | None = None
    last_year: Year | None = None
    holidays: list[Holiday]


def term_of(text: object) -> Term:
    """Return the term that a document's checked text says."""
    term = read_term(str(text))
    assert term is not None, text
    assert term.amount <= DURATION_MAX, text
    return term
