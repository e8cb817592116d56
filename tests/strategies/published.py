"""A published folder, made without the command line: keys, approvals, a report, and the lock over all of them."""

from collections.abc import Collection
from pathlib import Path

from taxatie.registry.approvals import (
    KEYS_NAME,
    Approval,
    RegisteredKey,
    approval_path,
    report_path,
    signed_message,
    write_approval,
    write_keys,
)
from taxatie.registry.folder import ReleaseFolder
from taxatie.registry.lock import LOCK_NAME, sha256_of, write_lock
from taxatie.signing import new_private_key, public_key_of, sign

ROLES = ("policy-owner", "second-reader")


def publish_all(root: Path, *, drafts: Collection[str] = ()) -> None:
    """Publish every release of a folder but the drafts."""
    private = {role: new_private_key() for role in ROLES}
    for release in set(ReleaseFolder(root).names()) - set(drafts):
        digest = ReleaseFolder(root).load(release).digest
        for role, key in private.items():
            signature = sign(key, signed_message(release, digest, role))
            approval = Approval(release, digest, role, public_key_of(key), signature)
            _write(root / approval_path(release, role), write_approval(approval))
        _write(root / report_path(release), "{}\n")
    paths = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    locked = paths - {f"releases/{draft}.yaml" for draft in drafts}
    _write(root / LOCK_NAME, write_lock({path: sha256_of((root / path).read_bytes()) for path in locked}))
    _write(
        root / KEYS_NAME, write_keys(tuple(RegisteredKey(role, public_key_of(key)) for role, key in private.items()))
    )


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
