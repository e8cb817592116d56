"""From the parsed texts of a release to a checked one: every fault that its author can mend."""

from dataclasses import dataclass

from taxatie.errors.codes import Code
from taxatie.errors.diagnostics import Diagnostics
from taxatie.rules.checks.approvers import check_approvers
from taxatie.rules.checks.asks_for_name import check_asks_for_name
from taxatie.rules.checks.protected import check_protected
from taxatie.rules.checks.says_safe import check_levels_say_safe
from taxatie.rules.declarations import Declarations, collect_declarations
from taxatie.rules.definitions import Definitions, read_definitions
from taxatie.rules.document import (
    CalendarDocument,
    RegionDocument,
    ReleaseDocument,
    RulesetDocument,
    VocabularyDocument,
)
from taxatie.rules.document_reader import read_document
from taxatie.rules.nodes import Mapping, Scalar
from taxatie.rules.references import Reference, read_references
from taxatie.rules.shape import check_shape
from taxatie.rules.texts import FileKind, ParsedText, ReleaseTexts
from taxatie.source import START


@dataclass(frozen=True, slots=True)
class Documents:
    """The documents of a release, each as written."""

    release: ReleaseDocument
    vocabulary: VocabularyDocument
    rulesets: tuple[RulesetDocument, ...]
    regions: tuple[tuple[str, RegionDocument], ...]
    calendar: CalendarDocument | None


@dataclass(frozen=True, slots=True)
class CheckedRelease:
    """A release whose texts say something: its documents, and what its conditions mean."""

    texts: ReleaseTexts
    documents: Documents
    declarations: Declarations
    definitions: Definitions
    references: tuple[Reference, ...]


def check_release(texts: ReleaseTexts, diagnostics: Diagnostics) -> CheckedRelease | None:
    """Return the checked release, or None where an error stops it; report everything that was found."""
    for text in texts.all:
        _check_name_and_path(text, diagnostics)
    documents = _read_documents(texts, diagnostics)
    declarations = collect_declarations(texts, diagnostics)
    definitions = read_definitions(texts, declarations, diagnostics)
    references = read_references(texts, declarations, diagnostics)
    _check_content(texts, diagnostics)
    if documents is None:
        return None
    check_shape(texts, diagnostics)
    if diagnostics.errors:
        return None
    return CheckedRelease(texts, documents, declarations, definitions, references)


def _check_content(texts: ReleaseTexts, diagnostics: Diagnostics) -> None:
    """Report what no ruleset may ask or say, and who may not approve it."""
    check_protected(texts, diagnostics)
    check_asks_for_name(texts, diagnostics)
    check_levels_say_safe(texts, diagnostics)
    check_approvers(texts, diagnostics)


def _read_documents(texts: ReleaseTexts, diagnostics: Diagnostics) -> Documents | None:
    release = read_document(texts.release, ReleaseDocument, diagnostics)
    vocabulary = read_document(texts.vocabulary, VocabularyDocument, diagnostics)
    rulesets = [read_document(text, RulesetDocument, diagnostics) for text in texts.rulesets]
    regions = [(text.name, read_document(text, RegionDocument, diagnostics)) for text in texts.regions]
    calendar = None if texts.calendar is None else read_document(texts.calendar, CalendarDocument, diagnostics)
    if release is None or vocabulary is None or (texts.calendar is not None and calendar is None):
        return None
    read_rulesets = tuple(each for each in rulesets if each is not None)
    read_regions = tuple((name, each) for name, each in regions if each is not None)
    if len(read_rulesets) < len(rulesets) or len(read_regions) < len(regions):
        return None
    return Documents(release, vocabulary, read_rulesets, read_regions, calendar)


def _check_name_and_path(text: ParsedText, diagnostics: Diagnostics) -> None:
    """A file says itself what it is; that must be what its path says."""
    said: dict[FileKind, tuple[tuple[str, str], ...]] = {
        FileKind.VOCABULARY: (("vocabulary", text.version),),
        FileKind.RULESET: (("ruleset", text.name), ("version", text.version)),
        FileKind.RELEASE: (("release", text.name),),
        FileKind.REGION: (("region", text.name), ("version", text.version)),
        FileKind.CALENDAR: (("calendar", text.version),),
    }
    if not isinstance(text.root, Mapping):
        text.fault(diagnostics, START, Code.WRONG_TYPE, f"a {text.kind} is a map of keys", "begin with its name")
        return
    for key, expected in said[text.kind]:
        node = text.root.get(key)
        if isinstance(node, Scalar) and isinstance(node.value, str) and node.value != expected:
            message = f"`{key}` says `{node.value}`, but the file stands at `{text.path}`"
            text.fault(diagnostics, node.span, Code.NAME_AND_PATH, message, f"write `{expected}`, or move the file")
