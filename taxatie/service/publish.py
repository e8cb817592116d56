"""Publishing: a working release becomes a version, once everything about it is in order."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from taxatie.errors.diagnostics import Diagnostics
from taxatie.errors.problem import TaxatieError
from taxatie.registry.approvals import (
    KEYS_NAME,
    Approval,
    approval_path,
    is_registered,
    read_approval,
    read_keys,
    report_path,
    signed_message,
    write_approval,
)
from taxatie.registry.attachments import roles_of
from taxatie.registry.folder import ReleaseFolder
from taxatie.registry.lock import LOCK_NAME, read_lock, sha256_of, write_lock
from taxatie.rules.loading import LoadedRelease, digest_of
from taxatie.scenarios.report import report_of
from taxatie.scenarios.runner import ScenarioResult
from taxatie.service.check import check_folder
from taxatie.signing import public_key_of, sign

FoundApproval = tuple[bytes, Approval | None] | None
"""The bytes of an approval's file with what they say (None where that is no approval); None without a file."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What publishing a release would do, and everything that stands against it."""

    release: str
    digest: str
    objections: tuple[str, ...]
    diagnostics: Diagnostics
    files: dict[str, bytes] = field(default_factory=dict)
    """What is to be written, by path below the rulesets folder; the lock last."""


def approve(root: Path, release: str, role: str, private: bytes) -> Approval:
    """Return the approval of a release's texts as they are now, and write it beside them.

    Raises:
        TaxatieError: When the release has errors, does not ask for this role, or the key is not registered for it.
    """
    folder = ReleaseFolder(root)
    program = folder.load(release)
    if not program.is_draft:
        raise TaxatieError(f"release `{release}` is published already", hint="its approvals stay as they are")
    texts = folder.load_with_faults(release).texts
    assert texts is not None, "what loads has texts"
    wanted = roles_of(texts)
    if role not in wanted:
        raise TaxatieError(f"release `{release}` asks for no approval by `{role}`", hint=f"roles: {', '.join(wanted)}")
    try:
        public = public_key_of(private)
    except (ValueError, TypeError):
        raise TaxatieError("this file holds no Ed25519 private key", hint="make one with `taxatie keys`") from None
    if not _is_registered(root, role, public):
        hint = f"a reviewer adds it to `{KEYS_NAME}`; `taxatie keys` writes the line"
        raise TaxatieError(f"this key is not registered for `{role}`", hint=hint)
    signature = sign(private, signed_message(release, program.digest, role))
    approval = Approval(release, program.digest, role, public, signature)
    _write(root, {approval_path(release, role): write_approval(approval).encode()})
    return approval


def prepare(root: Path, release: str, results: Sequence[ScenarioResult], today: date) -> Publication:
    """Return what publishing would write, with every objection there is to it at once."""
    loaded = ReleaseFolder(root).load_with_faults(release)
    diagnostics, _ = check_folder(root, release, today)
    objections = list(_objections_of_texts(diagnostics))
    if loaded.texts is None:
        return Publication(release, "", tuple(objections), diagnostics)
    digest = digest_of(loaded.texts)
    approvals = _approvals(root, release, roles_of(loaded.texts))
    if loaded.texts.release.path in read_lock(_text(root, LOCK_NAME))[0]:
        objections.append(f"release `{release}` is published already; a change is a new version under a new name")
    if loaded.program is None:
        objections.append("the scenarios cannot be run before the texts load")
    else:
        objections += _objections_of_scenarios(results)
    objections += _objections_of_approvals(root, (release, digest), approvals)
    if loaded.program is None:
        return Publication(release, digest, tuple(objections), diagnostics)
    files = _files(root, loaded, results, approvals)
    return Publication(release, digest, tuple(objections), diagnostics, files)


def _files(
    root: Path, loaded: LoadedRelease, results: Sequence[ScenarioResult], approvals: Mapping[str, FoundApproval]
) -> dict[str, bytes]:
    """Return the report and the lock, in the order in which they are written."""
    assert loaded.program is not None, "only a release that loads is written"
    assert loaded.texts is not None, "what loads has texts"
    release = loaded.program.release
    report = json.dumps(report_of(loaded.program, "live", results), ensure_ascii=False, indent=2) + "\n"
    files = {report_path(release): report.encode()}
    locked = dict(read_lock(_text(root, LOCK_NAME))[0])
    locked |= {text.path: text.sha256 for text in loaded.texts.all}
    locked |= {path: sha256_of(data) for path, data in files.items()}
    # INVARIANT: the bytes that were verified are the bytes that are locked; nothing is read a second time.
    locked |= {approval_path(release, role): sha256_of(found[0]) for role, found in approvals.items() if found}
    return files | {LOCK_NAME: write_lock(locked).encode()}


def publish(root: Path, publication: Publication) -> None:
    """Write what was prepared: the report first and the lock last, so that a torn attempt publishes nothing.

    Raises:
        TaxatieError: When there are objections.
    """
    if publication.objections:
        raise TaxatieError("; ".join(publication.objections))
    _write(root, publication.files)


def _approvals(root: Path, release: str, roles: Sequence[str]) -> dict[str, FoundApproval]:
    """Return by role the file of its approval and what it says; None where it has not approved."""
    found: dict[str, FoundApproval] = {}
    for role in roles:
        path = approval_path(release, role)
        data = (root / path).read_bytes() if (root / path).is_file() else None
        found[role] = None if data is None else (data, read_approval(path, data))
    return found


def _objections_of_texts(diagnostics: Diagnostics) -> Iterator[str]:
    errors, warnings = len(diagnostics.errors), len(diagnostics.warnings)
    if errors or warnings:
        yield f"the texts have {errors} errors and {warnings} warnings (`taxatie check --strict` shows them)"
    yield from map(str, diagnostics)


def _objections_of_scenarios(results: Sequence[ScenarioResult]) -> Iterator[str]:
    if not results:
        yield "no scenario holds this release"
    missed = [result.path for result in results if not result.is_met]
    if missed:
        yield f"{len(missed)} of {len(results)} scenarios are not as expected: {', '.join(missed)}"


def _objections_of_approvals(
    root: Path, approved: tuple[str, str], approvals: Mapping[str, FoundApproval]
) -> Iterator[str]:
    role_by_key: dict[str, str] = {}
    for role, found in approvals.items():
        approval = None if found is None else found[1]
        if found is None:
            yield f"`{role}` has not approved it (`taxatie approve {approved[0]} --role {role}`)"
        elif approval is None or not approval.is_genuine or approval.role != role:
            yield f"the approval of `{role}` is not signed by the key that it names"
        elif (approval.release, approval.digest) != approved:
            yield f"`{role}` approved other texts; what is here was changed since"
        elif not _is_registered(root, role, approval.public):
            yield f"the key of `{role}` is not registered for that role in `{KEYS_NAME}`"
        elif approval.public in role_by_key:
            yield f"`{role}` and `{role_by_key[approval.public]}` signed with one key; each role has its own"
        else:
            role_by_key[approval.public] = role


def _is_registered(root: Path, role: str, public: str) -> bool:
    data = (root / KEYS_NAME).read_bytes() if (root / KEYS_NAME).is_file() else b""
    return is_registered(read_keys(data) or (), role, public)


def _text(root: Path, name: str) -> str:
    return (root / name).read_text(encoding="utf-8") if (root / name).is_file() else ""


def _write(root: Path, files: dict[str, bytes]) -> None:
    """Write each file whole or not at all, in order."""
    for path, data in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        half = target.with_name(target.name + ".half")
        with half.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        half.replace(target)
