"""`taxatie approve`: sign a release for a role."""

from pathlib import Path
from typing import Annotated

import typer

from taxatie.cli.options import RulesetsOption, rulesets_folder
from taxatie.cli.output import examples, say

NAME = "approve"
EXAMPLES = examples("taxatie approve 2026.2 --role policy-owner --key policy-owner.pem")


def run(
    release: Annotated[str, typer.Argument(metavar="RELEASE", help="The release to approve.")],
    role: Annotated[str, typer.Option(metavar="ROLE", help="The role that you approve for.")],
    key: Annotated[Path, typer.Option(metavar="FILE", help="The private key registered for that role.")],
    rulesets: RulesetsOption = None,
) -> None:
    """Approve a release: sign the digest of all its texts for a role.

    Any later change of a text makes the approval void. Look first: `taxatie check --strict`, `taxatie test`, and what
    the release changes.
    """
    from taxatie.service.publish import approve

    approval = approve(rulesets_folder(rulesets), release, role, key.read_bytes())
    say(f"release {release} is approved by {role}; digest {approval.digest}")
