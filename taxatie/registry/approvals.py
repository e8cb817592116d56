"""Who may approve a release, and who did: registered keys, and a signed approval for each role."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from taxatie.errors.diagnostics import Diagnostics
from taxatie.rules.nodes import plain
from taxatie.rules.parser import decode_text, parse_text
from taxatie.signing import is_public_key, is_signed, key_id_of

KEYS_NAME: Final = "keys.yaml"
"""Beside the releases: which key may sign for which role. Roles, never names of people."""

APPROVALS: Final = "approvals/"
"""The folder of the approvals of each release."""

_FIELDS: Final = ("release", "digest", "role", "public", "signature")


@dataclass(frozen=True, slots=True)
class RegisteredKey:
    """A public key (base64) and the role that it signs for."""

    role: str
    public: str


@dataclass(frozen=True, slots=True)
class Approval:
    """A role's signature over the digest of a release."""

    release: str
    digest: str
    role: str
    public: str
    signature: str

    @property
    def is_genuine(self) -> bool:
        """Whether the signature is that of the key named in it."""
        return is_signed(self.public, self.signature, signed_message(self.release, self.digest, self.role))


def signed_message(release: str, digest: str, role: str) -> bytes:
    """Return what an approval signs: one line each, so that no part can be taken for another."""
    return f"taxatie approval 1\n{release}\n{digest}\n{role}\n".encode()


def approval_path(release: str, role: str) -> str:
    """Return where the approval of a role stands, below the rulesets folder."""
    return f"{APPROVALS}{release}/{role}.yaml"


def report_path(release: str) -> str:
    """Return where the report of the scenarios of a release stands, below the rulesets folder."""
    return f"reports/{release}.json"


def read_keys(data: bytes) -> tuple[RegisteredKey, ...] | None:
    """Return the registered keys, or None where the file does not say them."""
    said = _plain(KEYS_NAME, data)
    listed = said.get("keys") if isinstance(said, dict) else None
    if not isinstance(listed, list):
        return None
    found = []
    for each in listed:
        if not isinstance(each, dict) or set(each) != {"role", "public"}:
            return None
        found.append(RegisteredKey(str(each["role"]), str(each["public"])))
    return tuple(found) if all(is_public_key(key.public) for key in found) else None


def is_registered(keys: Iterable[RegisteredKey], role: str, public: str) -> bool:
    """Return whether a key signs for a role and for no other; registered for two, it signs for neither."""
    return {key.role for key in keys if key.public == public} == {role}


def write_keys(keys: tuple[RegisteredKey, ...]) -> str:
    """Return the text of the file of registered keys."""
    lines = ["# Which key may sign for which role; never a name of a person. Written by `taxatie keys`.", "keys:"]
    lines += [f"  - {{role: {key.role}, public: {key.public}}}  # {key_id_of(key.public)}" for key in keys]
    return "\n".join(lines) + "\n"


def read_approval(path: str, data: bytes) -> Approval | None:
    """Return the approval that a file holds, or None where it holds none."""
    said = _plain(path, data)
    if not isinstance(said, dict) or set(said) != set(_FIELDS):
        return None
    return Approval(*(str(said[name]) for name in _FIELDS))


def write_approval(approval: Approval) -> str:
    """Return the text of an approval."""
    values: Mapping[str, str] = {name: getattr(approval, name) for name in _FIELDS}
    return "".join(f'{name}: "{value}"\n' for name, value in values.items())


def _plain(path: str, data: bytes) -> object:
    diagnostics = Diagnostics()
    source = decode_text(path, data, diagnostics)
    root = None if source is None else parse_text(source, diagnostics)
    return None if root is None or diagnostics.errors else plain(root)
