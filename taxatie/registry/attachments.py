"""What stands beside the texts of a published release: its approvals and the report of its scenarios."""

from collections.abc import Mapping

from taxatie.errors.codes import Code, severity_of
from taxatie.errors.diagnostics import Diagnostic, Diagnostics
from taxatie.registry.approvals import approval_path, read_approval, report_path
from taxatie.registry.lock import sha256_of
from taxatie.rules.loading import LoadedRelease, ReadBytes, digest_of
from taxatie.source import START, SourceText


def check_attachments(lock: Mapping[str, str], read: ReadBytes, loaded: LoadedRelease) -> None:
    """Report each approval and report that the lock names and that is gone, was edited, or does not verify."""
    if loaded.texts is None or loaded.texts.release.path not in lock:
        return
    release = loaded.texts.release.path.removeprefix("releases/").removesuffix(".yaml")
    prefix = approval_path(release, "").removesuffix(".yaml")
    for path, published in sorted(lock.items()):
        if not path.startswith(prefix) and path != report_path(release):
            continue
        data = read(path)
        if data is None or sha256_of(data) != published:
            _report(loaded.diagnostics, path, Code.EDITED, f"`{path}` was published and is gone or has been edited")
        elif path.startswith(prefix):
            approval = read_approval(path, data)
            signed = (release, digest_of(loaded.texts), path.removeprefix(prefix).removesuffix(".yaml"))
            is_for_this = approval is not None and (approval.release, approval.digest, approval.role) == signed
            if approval is None or not is_for_this or not approval.is_genuine:
                message = f"`{path}` is no genuine approval of these texts"
                _report(loaded.diagnostics, path, Code.APPROVAL_BROKEN, message)


def _report(diagnostics: Diagnostics, path: str, code: Code, message: str) -> None:
    diagnostics.add(
        Diagnostic(SourceText(path, ""), START, code, severity_of(code), message, "put back what was published")
    )
