"""What stands beside the texts of a published release: its approvals and the report of its scenarios."""

from collections.abc import Mapping

from taxatie.errors.codes import Code, severity_of
from taxatie.errors.diagnostics import Diagnostic, Diagnostics
from taxatie.registry.approvals import KEYS_NAME, approval_path, is_registered, read_approval, read_keys, report_path
from taxatie.registry.lock import sha256_of
from taxatie.rules.loading import LoadedRelease, ReadBytes, digest_of
from taxatie.rules.nodes import Mapping as MappingNode
from taxatie.rules.texts import ReleaseTexts, texts_of
from taxatie.source import START, SourceText

_PUT_BACK = "put back what was published"


def roles_of(texts: ReleaseTexts) -> tuple[str, ...]:
    """Return the roles that approve a release, as its text names them."""
    root = texts.release.root
    return tuple(role for _, _, role in texts_of(root, "approved_by")) if isinstance(root, MappingNode) else ()


def check_attachments(lock: Mapping[str, str], read: ReadBytes, loaded: LoadedRelease) -> None:
    """Report each approval and report of a published release that is gone, was edited, or does not verify."""
    if loaded.texts is None or loaded.texts.release.path not in lock:
        return
    release = loaded.texts.release.path.removeprefix("releases/").removesuffix(".yaml")
    _check_bytes(report_path(release), lock, read, loaded.diagnostics)
    for role in roles_of(loaded.texts):
        path = approval_path(release, role)
        if _check_bytes(path, lock, read, loaded.diagnostics):
            why = _why_no_approval(loaded.texts, release, role, read)
            if why is not None:
                _report(loaded.diagnostics, path, Code.APPROVAL_BROKEN, f"`{path}` {why}")


def check_releases(lock: Mapping[str, str], read: ReadBytes, diagnostics: Diagnostics) -> None:
    """Report each published release whose own text is gone or was edited: an older one must not take its place."""
    for path in sorted(lock):
        if path.startswith("releases/"):
            _check_bytes(path, lock, read, diagnostics)


def _check_bytes(path: str, lock: Mapping[str, str], read: ReadBytes, diagnostics: Diagnostics) -> bool:
    """Return whether a file is there as it was published; report where it is not."""
    data, published = read(path), lock.get(path)
    if published is None:
        message = f"`{path}` belongs to a published release, but the lock does not know it"
        _report(diagnostics, path, Code.LOCK_BROKEN, message)
    elif data is None or sha256_of(data) != published:
        why = "is gone" if data is None else "has been edited since"
        _report(diagnostics, path, Code.EDITED, f"`{path}` was published and {why}")
    return data is not None and published == sha256_of(data)


def _why_no_approval(texts: ReleaseTexts, release: str, role: str, read: ReadBytes) -> str | None:
    """Return why a file is no approval of these texts by this role, or None where it is one."""
    path = approval_path(release, role)
    approval = read_approval(path, read(path) or b"")
    if approval is None or not approval.is_genuine:
        return "is not signed by the key that it names"
    if (approval.release, approval.digest, approval.role) != (release, digest_of(texts), role):
        return "approves other texts"
    # The key's own word is not enough: who can write here can make a key, and sign with it.
    if not is_registered(read_keys(read(KEYS_NAME) or b"") or (), role, approval.public):
        return f"is signed by a key that `{KEYS_NAME}` does not name for `{role}` alone"
    return None


def _report(diagnostics: Diagnostics, path: str, code: Code, message: str) -> None:
    diagnostics.add(Diagnostic(SourceText(path, ""), START, code, severity_of(code), message, _PUT_BACK))
