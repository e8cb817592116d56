"""`taxatie keys`: make a key that signs for a role, and register it."""

import os
from pathlib import Path
from typing import Annotated

import typer

from taxatie.cli.options import RulesetsOption, rulesets_folder
from taxatie.cli.output import examples, say, stop

NAME = "keys"
EXAMPLES = examples("taxatie keys --role policy-owner --private policy-owner.pem --rulesets my-rulesets")

_MODE = 0o600


def run(
    role: Annotated[
        str, typer.Option(metavar="ROLE", help="The role that the key signs for; never a name of a person.")
    ],
    private: Annotated[Path, typer.Option(metavar="FILE", help="Where the private key goes; keep it to yourself.")],
    rulesets: RulesetsOption = None,
) -> None:
    """Make an Ed25519 key for a role, and register its public part in `keys.yaml`.

    The private key is written to a file that only you can read; it never goes into the rulesets folder. A change of
    `keys.yaml` must be reviewed like any other: who can register a key can approve.
    """
    from taxatie.registry.approvals import KEYS_NAME, RegisteredKey, read_keys, write_keys
    from taxatie.rules.checks.approvers import is_role
    from taxatie.signing import key_id_of, new_private_key, public_key_of

    if not is_role(role):
        stop(f"`{role}` is no role", hint="name the role, as in `policy-owner`, and never a person")
    root = rulesets_folder(rulesets)
    file = root / KEYS_NAME
    keys = read_keys(file.read_bytes()) if file.is_file() else ()
    if keys is None:
        stop(f"`{file}` does not say which keys there are", hint="restore it")
    if private.resolve().is_relative_to(root.resolve()):
        stop(f"`{private}` lies among the rulesets", hint="keep a private key elsewhere")
    secret = new_private_key()
    with os.fdopen(os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE), "wb") as target:
        target.write(secret)
    public = public_key_of(secret)
    file.write_text(write_keys((*keys, RegisteredKey(role, public))), encoding="utf-8")
    say(f"key {key_id_of(public)} signs for `{role}`: registered in `{file}`, private part in `{private}`")
