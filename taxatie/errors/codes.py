"""The codes of everything that can be wrong with a text, and whether it stops a release.

A number is never reused. Each code has a page of its own in `pages/`, and a table of cases in the tests.
"""

from enum import StrEnum
from typing import Final

from taxatie.errors.diagnostics import Severity


class Code(StrEnum):
    """One fault that an author can make."""

    # The text as YAML.
    NOT_YAML = "TX101"
    DUPLICATE_KEY = "TX102"
    ALIAS = "TX103"
    TAG = "TX104"
    TOO_DEEP = "TX105"
    TOO_LARGE = "TX106"
    NOT_UTF8 = "TX107"
    CONTROL_CHARACTER = "TX108"
    KEY_NOT_TEXT = "TX109"
    NOT_ONE_DOCUMENT = "TX110"
    # The text as a document.
    UNKNOWN_KEY = "TX201"
    WRONG_TYPE = "TX202"
    MISSING_KEY = "TX203"
    MISSING_TRANSLATION = "TX204"
    MALFORMED_NAME = "TX205"
    NAME_TWICE = "TX206"
    RESERVED_NAME = "TX207"
    NAME_AND_PATH = "TX208"
    MISSING_FILE = "TX209"
    MALFORMED_TERM = "TX210"
    # Names and conditions.
    UNKNOWN_NAME = "TX301"
    NO_SUCH_OPTION = "TX302"
    NOT_ORDERED = "TX303"
    MALFORMED_CONDITION = "TX304"
    CIRCULAR = "TX305"
    OUT_OF_SIGHT = "TX306"
    NO_SUCH_TEST = "TX307"
    PARAMETER_IN_CONDITION = "TX308"
    EMPTY_LIST = "TX309"
    MAY_NOT_BE_WITHHELD = "TX310"
    NOTHING_FOLLOWS = "TX311"
    # What the content means.
    ALWAYS_OR_NEVER = "TX401"
    UNUSED = "TX402"
    CHANGES_NOTHING = "TX403"
    NO_SOURCE = "TX404"
    PROTECTED = "TX405"
    ASKS_FOR_NAME = "TX406"
    LEVEL_SAYS_SAFE = "TX407"
    TEXT_SAYS_SAFE = "TX408"
    REVIEW_PASSED = "TX409"
    APPROVER_IS_PERSON = "TX410"
    APPROVER_TWICE = "TX411"
    LEVEL_NOT_GIVEN = "TX412"
    ACTION_NOT_RECOMMENDED = "TX413"
    BEYOND_CEILING = "TX414"
    LONG_SENTENCE = "TX415"
    OFFICE_WORD = "TX416"
    HARD_TO_READ = "TX417"
    TWO_IDEAS = "TX418"
    TELLS_CHANCE = "TX419"
    BLAMES = "TX420"
    # The release as a whole.
    EDITED = "TX501"
    SAME_DATE = "TX502"
    ENDS_BEFORE_START = "TX503"
    LOCK_BROKEN = "TX504"
    APPROVAL_BROKEN = "TX505"


WARNINGS: Final = frozenset(
    {
        Code.ALWAYS_OR_NEVER,
        Code.UNUSED,
        Code.CHANGES_NOTHING,
        Code.NO_SOURCE,
        Code.TEXT_SAYS_SAFE,
        Code.REVIEW_PASSED,
        Code.LEVEL_NOT_GIVEN,
        Code.ACTION_NOT_RECOMMENDED,
        Code.BEYOND_CEILING,
        Code.LONG_SENTENCE,
        Code.OFFICE_WORD,
        Code.HARD_TO_READ,
        Code.TWO_IDEAS,
        Code.TELLS_CHANCE,
        Code.BLAMES,
    }
)
"""Faults that do not stop a release, unless it is checked strictly or published."""


def severity_of(code: Code) -> Severity:
    """Return whether the fault stops a release from loading."""
    return Severity.WARNING if code in WARNINGS else Severity.ERROR
