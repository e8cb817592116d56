"""Faults of a text, gathered rather than raised: an author with five mistakes needs one round."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from taxatie.source import SourceText, Span


class Severity(StrEnum):
    """Whether a fault stops a release from loading."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault of a text: what it is, where it stands, and what to do about it."""

    source: SourceText
    span: Span
    code: str
    severity: Severity
    message: str
    hint: str | None = None

    @property
    def place(self) -> str:
        """The place as editors and terminals know it."""
        return f"{self.source.name}:{self.span.line}:{self.span.column}"

    def __str__(self) -> str:
        """Return the one-line form, `file:line:column: CODE message`."""
        return f"{self.place}: {self.code} {self.message}"


@dataclass(slots=True)
class Diagnostics:
    """The faults found so far, across the files of a release."""

    found: list[Diagnostic] = field(default_factory=list)
    order: dict[str, int] = field(default_factory=dict)
    _seen: set[tuple[str, Span, str, str]] = field(default_factory=set)

    def add(self, diagnostic: Diagnostic) -> None:
        """Note a fault; the same fault at the same place is noted once."""
        self.order.setdefault(diagnostic.source.name, len(self.order))
        key = (diagnostic.source.name, diagnostic.span, diagnostic.code, diagnostic.message)
        if key not in self._seen:
            self._seen.add(key)
            self.found.append(diagnostic)

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Note several faults."""
        for diagnostic in diagnostics:
            self.add(diagnostic)

    def __iter__(self) -> Iterator[Diagnostic]:
        """Return the faults in reading order: by file as first met, then by place, then by code."""
        return iter(sorted(self.found, key=lambda d: (self.order[d.source.name], d.span, d.code, d.message)))

    def __len__(self) -> int:
        """Return how many faults were found."""
        return len(self.found)

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The faults that stop a release, in reading order."""
        return tuple(d for d in self if d.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """The faults that do not, in reading order."""
        return tuple(d for d in self if d.severity is Severity.WARNING)
