"""Who looks into the log, and why: a line of its own, written before anything is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from taxatie.errors.problem import RequestFault, RequestFaults
from taxatie.ledger.entry import Draft, EntryKind
from taxatie.ledger.identity import EntryId
from taxatie.ledger.log import fresh_id, utc_text
from taxatie.rules.checks.approvers import is_role

_ROLE_LENGTH_MAX: Final = 40


class Purpose(StrEnum):
    """Why somebody looks; coded, because free text may name people."""

    AUDIT = "audit"
    COMPLAINT = "complaint"
    DATA_SUBJECT_REQUEST = "data_subject_request"
    """The person concerned asks what is on record."""
    INCIDENT = "incident"
    QUALITY = "quality"


@dataclass(frozen=True, slots=True)
class Looking:
    """Somebody who looks into the log: why, in which role, through which system."""

    purpose: Purpose
    role: str
    """As `intake` or `auditor`; never a name."""
    caller: str
    """The pseudonym of the calling system."""


def faults_of_looking(purpose: Purpose | None, role: str) -> tuple[RequestFault, ...]:
    """Return what is wrong with a purpose and a role, each with its field."""
    faults = []
    if purpose is None:
        hint = "one of " + ", ".join(f"`{each}`" for each in Purpose)
        faults.append(RequestFault("purpose", "who looks into the log says why", hint))
    if not is_role(role) or len(role) > _ROLE_LENGTH_MAX:
        hint = "small letters, digits, `-` and `_`, as in `auditor`; never a name"
        faults.append(RequestFault("role", "who looks into the log says in which role", hint))
    return tuple(faults)


def read_looking(purpose: Purpose | None, role: str, caller: str) -> Looking:
    """Return who looks, and why.

    Raises:
        RequestFaults: When it is not said, each fault with its field.
    """
    faults = faults_of_looking(purpose, role)
    if faults or purpose is None:
        raise RequestFaults(faults)
    return Looking(purpose, role, caller)


def access_draft(
    looking: Looking, looked_at: Mapping[str, object], moment: datetime, about: EntryId | None = None
) -> Draft:
    """Return the line that says who looks at what, and why.

    Args:
        looking: Who looks.
        looked_at: What they look at, as `{"replay": "whole log"}`; nothing of a case.
        moment: When.
        about: The one decision that they look at.
    """
    says = {
        "purpose": str(looking.purpose),
        "role": looking.role,
        "caller": looking.caller,
        "looked_at": dict(looked_at),
    }
    return Draft(fresh_id(moment), EntryKind.ACCESS, utc_text(moment), about=about, says=says)
