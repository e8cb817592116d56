"""The public keys that signed for a log, one after another."""

import base64
from dataclasses import dataclass
from typing import Final

from taxatie.ledger.checkpoint import key_hash
from taxatie.ledger.entry import EntryKind, read_entry
from taxatie.ledger.store import LedgerUnavailableError, Store

_MAY_NAME_A_KEY: Final = (b'"kind":"genesis"', b'"kind":"rotation"')
_ED25519: Final = b"\x01"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A public key, and the line of the log from which it signs."""

    public: str
    place: int


def keys_of(store: Store) -> tuple[str, tuple[SigningKey, ...]]:
    """Return the origin of a log, and its keys, the first one first.

    Raises:
        LedgerUnavailableError: When a line that names one cannot be read.
    """
    origin, keys = "", []
    for stored in store.lines():
        if not any(part in stored.leaf for part in _MAY_NAME_A_KEY):
            continue
        try:
            entry = read_entry(stored.leaf)
        except ValueError as error:
            raise LedgerUnavailableError(f"line {stored.place} was changed", hint="run `taxatie log verify`") from error
        if entry.kind is EntryKind.GENESIS:
            origin = str(entry.says.get("origin"))
            keys.append(SigningKey(str(entry.says.get("key")), entry.place))
        elif entry.kind is EntryKind.ROTATION:
            keys.append(SigningKey(str(entry.says.get("to")), entry.place))
    return origin, tuple(keys)


def verifier_key(origin: str, public: str) -> str:
    """Return a public key as C2SP `signed-note` writes it, for tools that verify checkpoints."""
    data = base64.b64encode(_ED25519 + base64.b64decode(public)).decode("ascii")
    return f"{origin}+{key_hash(origin, public).hex()}+{data}"
