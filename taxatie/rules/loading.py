"""The whole way from texts to a program, as one step: read a release's files, check them, compile them."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import rfc8785

from taxatie.errors.codes import Code
from taxatie.errors.diagnostics import Diagnostics
from taxatie.rules.checker import CheckedRelease, check_release
from taxatie.rules.compiler import compile_release
from taxatie.rules.nodes import Mapping as MappingNode
from taxatie.rules.nodes import Node, Path
from taxatie.rules.parser import decode_text, parse_text
from taxatie.rules.program import Program
from taxatie.rules.texts import FileKind, ParsedText, ReleaseTexts, text_of
from taxatie.terms.names import Digest

ReadBytes = Callable[[str], bytes | None]
"""Gives the bytes of a file by its path below the rulesets folder; None where there is no such file."""


@dataclass(frozen=True, slots=True)
class LoadedRelease:
    """A release that was read: checked and compiled where no error stopped it."""

    texts: ReleaseTexts | None
    checked: CheckedRelease | None
    program: Program | None
    diagnostics: Diagnostics


def load_release(name: str, read: ReadBytes, *, is_draft: bool) -> LoadedRelease:
    """Return the release of that name with everything that is wrong with its texts."""
    diagnostics = Diagnostics()
    texts = read_texts(name, read, diagnostics)
    checked = None if texts is None else check_release(texts, diagnostics)
    if texts is None or checked is None or diagnostics.errors:
        return LoadedRelease(texts, None, None, diagnostics)
    program = compile_release(checked, digest=digest_of(texts), is_draft=is_draft)
    return LoadedRelease(texts, checked, program, diagnostics)


def digest_of(texts: ReleaseTexts) -> Digest:
    """Return the digest of every file that the release names, over canonical JSON (RFC 8785)."""
    files = {text.path: text.sha256 for text in texts.all}
    return Digest(hashlib.sha256(rfc8785.dumps(files)).hexdigest())


def read_texts(name: str, read: ReadBytes, diagnostics: Diagnostics) -> ReleaseTexts | None:
    """Return the parsed files of a release, or None where one of them cannot be read at all."""
    release = _parse(FileKind.RELEASE, name, "", f"releases/{name}.yaml", read, diagnostics)
    if release is None:
        return None
    reader = _Files(release, read, diagnostics)
    vocabulary = reader.single(FileKind.VOCABULARY)
    rulesets = reader.several("rulesets", FileKind.RULESET)
    regions = reader.several("regions", FileKind.REGION)
    calendar = reader.single(FileKind.CALENDAR)
    if vocabulary is None or reader.is_incomplete:
        return None
    return ReleaseTexts(release, vocabulary, rulesets, regions, calendar)


@dataclass(slots=True)
class _Files:
    """Finds the files that a release names."""

    release: ParsedText
    read: ReadBytes
    diagnostics: Diagnostics
    is_incomplete: bool = False

    def single(self, kind: FileKind) -> ParsedText | None:
        """Return the vocabulary or the calendar."""
        root = self.release.root
        version = text_of(root, kind.value) if isinstance(root, MappingNode) else None
        if version is None:
            if kind is FileKind.VOCABULARY:
                self._report_no_vocabulary()
            return None
        return self._file(kind, kind.value, version, (kind.value,), f"{kind.value}/{version}.yaml")

    def several(self, key: str, kind: FileKind) -> tuple[ParsedText, ...]:
        """Return the rulesets or the regions, in the order of the release."""
        root = self.release.root
        listed = root.get(key) if isinstance(root, MappingNode) else None
        folder = "regions/" if kind is FileKind.REGION else ""
        found = []
        if isinstance(listed, MappingNode):
            for name, _ in listed:
                version = text_of(listed, name)
                if version is not None:
                    path = f"{folder}{name}/{version}.yaml"
                    found.append(self._file(kind, name, version, (key, name), path))
        return tuple(text for text in found if text is not None)

    def _file(self, kind: FileKind, name: str, version: str, place: Path, path: str) -> ParsedText | None:
        is_plain = all(part not in {"", ".", ".."} for part in path.split("/")) and "\\" not in path
        data = self.read(path) if is_plain else None
        if data is None:
            message = f"there is no file `{path}`"
            self.release.fault(
                self.diagnostics, place, Code.MISSING_FILE, message, "add the file, or name a version that exists"
            )
            self.is_incomplete = True
            return None
        text = _parse_bytes(kind, (name, version, path), data, self.diagnostics)
        self.is_incomplete = self.is_incomplete or text is None
        return text

    def _report_no_vocabulary(self) -> None:
        self.is_incomplete = True
        self.release.fault(
            self.diagnostics,
            (),
            Code.MISSING_KEY,
            "`vocabulary` is missing here, or is no version",
            "add `vocabulary: 1.0.0`",
        )


def _parse(  # noqa: PLR0913, PLR0917  # a file has these parts
    kind: FileKind, name: str, version: str, path: str, read: ReadBytes, diagnostics: Diagnostics
) -> ParsedText | None:
    data = read(path)
    assert data is not None, path
    return _parse_bytes(kind, (name, version, path), data, diagnostics)


def _parse_bytes(
    kind: FileKind, known: tuple[str, str, str], data: bytes, diagnostics: Diagnostics
) -> ParsedText | None:
    name, version, path = known
    source = decode_text(path, data, diagnostics)
    root: Node | None = None if source is None else parse_text(source, diagnostics)
    if source is None or root is None:
        return None
    return ParsedText(kind, name, version, path, hashlib.sha256(data).hexdigest(), source, root)
