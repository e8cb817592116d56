"""The texts of one release, parsed, with the ways to find a place in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from taxatie.errors.codes import Code, severity_of
from taxatie.errors.diagnostics import Diagnostic, Diagnostics
from taxatie.rules.nodes import Mapping, Node, Path, Scalar, Sequence, span_at
from taxatie.source import SourceText, Span


class FileKind(StrEnum):
    """What a file of a rulesets folder holds."""

    VOCABULARY = "vocabulary"
    RULESET = "ruleset"
    RELEASE = "release"
    REGION = "region"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True)
class ParsedText:
    """One file of a release: its bytes' digest, its nodes, and what its path says it is."""

    kind: FileKind
    name: str
    """The ruleset, region or release by path; the kind itself for the vocabulary and the calendar."""
    version: str
    path: str
    """The path below the rulesets folder, with forward slashes."""
    sha256: str
    source: SourceText
    root: Node

    def fault(
        self, diagnostics: Diagnostics, place: Span | Path, code: Code, message: str, hint: str | None = None
    ) -> None:  # fmt: skip
        """Note a fault at a place of this text."""
        span = place if isinstance(place, Span) else span_at(self.root, place)
        diagnostics.add(Diagnostic(self.source, span, code, severity_of(code), message, hint))

    def items(self, key: str) -> Iterator[tuple[Path, Mapping]]:
        """Return the mappings in the top-level list *key*, with their paths."""
        yield from mappings_in(self.root, key)

    @property
    def modeline(self) -> str:
        """The first line, where an editor's schema is named."""
        return self.source.line(1)


@dataclass(frozen=True, slots=True)
class ReleaseTexts:
    """All files of one release, in release order."""

    release: ParsedText
    vocabulary: ParsedText
    rulesets: tuple[ParsedText, ...]
    regions: tuple[ParsedText, ...]
    calendar: ParsedText | None

    @property
    def all(self) -> tuple[ParsedText, ...]:
        """Every file, the release first."""
        calendar = () if self.calendar is None else (self.calendar,)
        return (self.release, self.vocabulary, *self.rulesets, *self.regions, *calendar)


def mappings_in(root: Node, key: str) -> Iterator[tuple[Path, Mapping]]:
    """Return the mappings in the list that *root* holds under *key*, with their paths."""
    found = root.get(key) if isinstance(root, Mapping) else None
    if isinstance(found, Sequence):
        for index, item in enumerate(found.items):
            if isinstance(item, Mapping):
                yield (key, index), item


def text_of(node: Mapping, key: str) -> str | None:
    """Return the text under *key*, where there is one."""
    found = node.get(key)
    return found.value if isinstance(found, Scalar) and isinstance(found.value, str) else None


def texts_of(node: Mapping, key: str) -> Iterator[tuple[int, Scalar, str]]:
    """Return the texts in the list under *key*, with their positions and nodes."""
    found = node.get(key)
    if isinstance(found, Sequence):
        for index, item in enumerate(found.items):
            if isinstance(item, Scalar) and isinstance(item.value, str):
                yield index, item, item.value
