"""Check texts that no release names: drafts of the next version, which their authors want to see checked too."""

import hashlib
from collections.abc import Collection
from pathlib import Path

from taxatie.errors.codes import Code, severity_of
from taxatie.errors.diagnostics import Diagnostic, Diagnostics
from taxatie.registry.approvals import APPROVALS, KEYS_NAME
from taxatie.rules.document_reader import DOCUMENTS, read_document
from taxatie.rules.nodes import Mapping, Node
from taxatie.rules.parser import decode_text, parse_text
from taxatie.rules.texts import FileKind, ParsedText
from taxatie.source import START, SourceText


def check_loose_files(root: Path, checked: Collection[str], diagnostics: Diagnostics) -> None:
    """Report what is wrong with the shape of each text below the folder that is not among those checked."""
    for file in sorted(root.rglob("*.yaml")):
        path = file.relative_to(root).as_posix()
        if path not in checked and path != KEYS_NAME and not path.startswith(APPROVALS):
            check_loose_text(path, file.read_bytes(), diagnostics)


def check_loose_text(path: str, data: bytes, diagnostics: Diagnostics) -> None:
    """Report what is wrong with the shape of a text; its names mean something within a release only."""
    source = decode_text(path, data, diagnostics)
    node = None if source is None else parse_text(source, diagnostics)
    if source is None or node is None:
        return
    kind = _kind_of(node)
    if kind is None:
        _report_no_kind(source, diagnostics)
        return
    text = ParsedText(kind, "", "", path, hashlib.sha256(data).hexdigest(), source, node)
    read_document(text, DOCUMENTS[kind], diagnostics)


def _kind_of(node: Node) -> FileKind | None:
    """Return what a text says that it is; a release names its vocabulary too, and says so last."""
    keys = {key for key, _ in node} if isinstance(node, Mapping) else set()
    order = (FileKind.RELEASE, FileKind.RULESET, FileKind.REGION, FileKind.VOCABULARY, FileKind.CALENDAR)
    return next((kind for kind in order if kind.value in keys), None)


def _report_no_kind(source: SourceText, diagnostics: Diagnostics) -> None:
    kinds = ", ".join(f"`{kind}: …`" for kind in FileKind)
    message = "this does not say what it is"
    code = Code.MISSING_KEY
    diagnostics.add(Diagnostic(source, START, code, severity_of(code), message, f"begin with one of {kinds}"))
