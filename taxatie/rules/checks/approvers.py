"""TX410 and TX411: two different roles approve a release, and never a name of a person."""

import re
from typing import Final

from taxatie.errors.codes import Code
from taxatie.errors.diagnostics import Diagnostics
from taxatie.rules.given_names import GIVEN_NAMES
from taxatie.rules.nodes import Mapping
from taxatie.rules.texts import ReleaseTexts, texts_of

_ROLE: Final = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")
_ROLES_NEEDED: Final = 2


def is_role(name: str) -> bool:
    """Return whether this can be the name of a role: none that holds a person's given name."""
    return _ROLE.fullmatch(name) is not None and not GIVEN_NAMES.intersection(re.split(r"[-_]", name))


def check_approvers(texts: ReleaseTexts, diagnostics: Diagnostics) -> None:
    """Report approvers that are persons, and releases that fewer than two roles approve."""
    text = texts.release
    if not isinstance(text.root, Mapping):
        return
    seen: set[str] = set()
    for _, node, name in texts_of(text.root, "approved_by"):
        if not is_role(name):
            message, hint = f"`{name}` is a person; roles approve", "name the role, as in `policy-owner`"
            text.fault(diagnostics, node.span, Code.APPROVER_IS_PERSON, message, hint)
        elif name in seen:
            message, hint = f"`{name}` approves twice", "a second role has to look as well"
            text.fault(diagnostics, node.span, Code.APPROVER_TWICE, message, hint)
        seen.add(name)
    listed = text.root.get("approved_by")
    if listed is not None and len(seen) < _ROLES_NEEDED:
        message, hint = "two different roles approve a release", "name two, as in `[policy-owner, second-reader]`"
        text.fault(diagnostics, ("approved_by",), Code.APPROVER_TWICE, message, hint)
