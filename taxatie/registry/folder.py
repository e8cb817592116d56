"""A folder of rulesets: which releases there are, which is in force when, and how one is loaded."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Final

from taxatie.engine.deadlines import in_amsterdam
from taxatie.errors.codes import Code, severity_of
from taxatie.errors.diagnostics import Diagnostic, Diagnostics
from taxatie.errors.problem import NotAssessedError, ReleaseFaults
from taxatie.limits import TEXT_BYTES_MAX
from taxatie.registry.approvals import APPROVALS
from taxatie.registry.attachments import check_attachments, check_releases
from taxatie.registry.lock import LOCK_NAME, read_lock, sha256_of
from taxatie.rules.document import ReleaseDocument
from taxatie.rules.document_reader import read_document
from taxatie.rules.loading import LoadedRelease, load_release
from taxatie.rules.parser import decode_text, parse_text
from taxatie.rules.program import Program
from taxatie.rules.texts import FileKind, ParsedText
from taxatie.source import START, SourceText
from taxatie.terms.names import ReleaseName

_RELEASE: Final = re.compile(r"releases/([^/]+)\.yaml")
_ENDINGS: Final = frozenset({".yaml", ".json", ".lock"})


@dataclass(frozen=True, slots=True)
class ReleaseEntry:
    """A release of the folder: when it is in force, and whether it is published."""

    name: ReleaseName
    title: Mapping[str, str]
    in_force_from: date
    in_force_until: date | None
    is_draft: bool


@dataclass(frozen=True)
class ReleaseFolder:
    """A rulesets folder on disk; what was read of it once is kept."""

    root: Path
    texts: Mapping[str, bytes] | None = None
    """The bytes of its files as they were at one moment, by path; without them the disk is read."""
    _programs: dict[str, Program] = field(default_factory=dict)

    @cached_property
    def lock(self) -> Mapping[str, str] | None:
        """The SHA-256 of each published file by path; None where the folder holds drafts only."""
        text = self._read(LOCK_NAME)
        return None if text is None else read_lock(text.decode("utf-8", "replace"))[0]

    def at_this_moment(self) -> "ReleaseFolder":
        """Return the folder as it is now: what happens to the files afterwards changes nothing of it.

        Raises:
            OSError: When a file cannot be read.
        """
        files = (path for path in self.root.rglob("*") if path.suffix in _ENDINGS and path.is_file())
        return ReleaseFolder(self.root, {path.relative_to(self.root).as_posix(): _bytes_of(path) for path in files})

    def names(self) -> tuple[str, ...]:
        """Return the names of all releases of the folder, sorted."""
        if self.texts is None:
            return tuple(sorted(path.stem for path in (self.root / "releases").glob("*.yaml")))
        return tuple(sorted(match[1] for match in map(_RELEASE.fullmatch, self.texts) if match is not None))

    def is_unchanged(self, program: Program, since: "ReleaseFolder") -> bool:
        """Return whether all that a program was made of, and what says that it is published, is as it was then."""
        if self.texts is None or since.texts is None:
            return False
        beside = {path for path in (*self.texts, *since.texts) if not path.endswith(".yaml") or "/" not in path}
        attached = {path for path in (*self.texts, *since.texts) if path.startswith((APPROVALS, "reports/"))}
        return all(self.texts.get(path) == since.texts.get(path) for path in (*program.files, *beside, *attached))

    def load(self, name: str) -> Program:
        """Return the program of a release.

        Raises:
            NotAssessedError: When there is no such release, or its texts have errors (`ReleaseFaults`).
        """
        program = self._programs.get(name)
        if program is None:
            program = self._load(name)
            self._programs[name] = program
        return program

    def _load(self, name: str) -> Program:
        if name not in self.names():
            known = ", ".join(f"`{each}`" for each in self.names()) or "none"
            raise NotAssessedError(f"there is no release `{name}`", hint=f"releases here: {known}")
        loaded = self.load_with_faults(name)
        if loaded.program is None or loaded.diagnostics.errors:
            raise ReleaseFaults(name, loaded.diagnostics)
        return loaded.program

    def load_with_faults(self, name: str) -> LoadedRelease:
        """Return the release with all that is wrong with it, for those who mend it."""
        lock = self.lock
        path = f"releases/{name}.yaml"
        loaded = load_release(name, self._read, is_draft=lock is None or path not in lock)
        self._check_lock(loaded)
        return loaded

    def entries(self) -> tuple[ReleaseEntry, ...]:
        """Return every readable release of the folder, by the date from which it is in force."""
        found = (self._entry(name, Diagnostics()) for name in self.names())
        return tuple(sorted((e for e in found if e is not None), key=lambda e: (e.in_force_from, e.name)))

    def in_force(self, moment: datetime) -> ReleaseName:
        """Return the release in force at a moment, by Amsterdam's date; never an older one instead.

        Raises:
            NotAssessedError: When none is in force, two begin on one date, or one cannot be read, is gone or edited.
        """
        day = in_amsterdam(moment).date()
        diagnostics = Diagnostics()
        if self.lock is not None:
            self._check_lock_lines(diagnostics)
            check_releases(self.lock, self._read, diagnostics)
        entries = [self._entry(name, diagnostics) for name in self.names()]
        if diagnostics.errors:
            raise ReleaseFaults(", ".join(self.names()), diagnostics)
        candidates = [e for e in entries if e is not None and self._may_be_in_force(e) and e.in_force_from <= day]
        newest = max((entry.in_force_from for entry in candidates), default=None)
        latest = [entry for entry in candidates if entry.in_force_from == newest]
        if len(latest) > 1:
            names = " and ".join(f"`{entry.name}`" for entry in latest)
            raise NotAssessedError(f"the releases {names} begin on one date, {newest}", hint="change one of the dates")
        if not latest or (latest[0].in_force_until is not None and latest[0].in_force_until < day):
            raise NotAssessedError(f"no release is in force on {day}", hint="name one with `--release`")
        return latest[0].name

    def _may_be_in_force(self, entry: ReleaseEntry) -> bool:
        """A draft is in force only in a folder that holds nothing but drafts."""
        return self.lock is None or not entry.is_draft

    def _entry(self, name: str, diagnostics: Diagnostics) -> ReleaseEntry | None:
        path = f"releases/{name}.yaml"
        data = self._read(path)
        source = None if data is None else decode_text(path, data, diagnostics)
        root = None if source is None else parse_text(source, diagnostics)
        if data is None or source is None or root is None:
            return None
        text = ParsedText(FileKind.RELEASE, name, "", path, sha256_of(data), source, root)
        document = read_document(text, ReleaseDocument, diagnostics)
        if document is None:
            return None
        first, last = document.in_force_from, document.in_force_until
        assert isinstance(first, date), first
        assert last is None or isinstance(last, date), last
        is_draft = self.lock is None or path not in self.lock
        title = {"nl": document.title.nl, "en": document.title.en}
        return ReleaseEntry(ReleaseName(name), title, first, last, is_draft)

    def _read(self, path: str) -> bytes | None:
        if self.texts is not None:
            return self.texts.get(path)
        file = self.root / path
        return file.read_bytes() if file.is_file() else None

    def _check_lock(self, loaded: LoadedRelease) -> None:
        """Report files that were edited after they were published."""
        if self.lock is None or loaded.texts is None:
            return
        self._check_lock_lines(loaded.diagnostics)
        check_attachments(self.lock, self._read, loaded)
        for text in loaded.texts.all:
            published = self.lock.get(text.path)
            if published is not None and published != text.sha256:
                message = f"`{text.path}` was published and has been edited since"
                hint = "put the published text back, and make your change in a new version"
                text.fault(loaded.diagnostics, START, Code.EDITED, message, hint)
            release_is_published = loaded.texts.release.path in self.lock
            if published is None and release_is_published:
                message = f"`{text.path}` belongs to a published release, but the lock does not know it"
                text.fault(
                    loaded.diagnostics, START, Code.LOCK_BROKEN, message, "publish it, or take it out of the release"
                )

    def _check_lock_lines(self, diagnostics: Diagnostics) -> None:
        text = (self._read(LOCK_NAME) or b"").decode("utf-8", "replace")
        source = SourceText(LOCK_NAME, text)
        for number in read_lock(text)[1]:
            message = "this line of the lock is not `<sha256>  <path>`"
            span = type(START)(number, 1, number, len(source.line(number)) + 1)
            severity = severity_of(Code.LOCK_BROKEN)
            diagnostics.add(Diagnostic(source, span, Code.LOCK_BROKEN, severity, message, "restore the lock"))


def _bytes_of(path: Path) -> bytes:
    """Return the bytes of a file; of one that is larger than a text may be, enough to see that."""
    with path.open("rb") as stream:
        return stream.read(TEXT_BYTES_MAX + 1)
