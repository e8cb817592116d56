"""Who acts on a decision: a role and an opaque id, and never a name."""

import re
from typing import Final

from taxatie.errors.problem import RequestFault
from taxatie.rules.checks.approvers import is_role
from taxatie.wire.deed_record import Actor, is_same_person
from taxatie.wire.generated.taxatie.v1 import decision_pb2 as messages

_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HEXADECIMAL: Final = re.compile(r"[0-9a-f]{8,64}")
_NUMBER: Final = re.compile(r"[0-9]{1,15}")
"""Digits alone that are short enough to be a telephone number or a citizen service number."""
_ID_HINT: Final = "a UUID, or 8 to 64 hexadecimal digits; never a name or a number of a person"


def faults_of_actor(field: str, actor: messages.Actor) -> list[RequestFault]:
    """Return what is wrong with who acts, each with its field."""
    faults = []
    if not is_role(actor.role):
        hint = "small letters, digits, `-` and `_`, as in `intake`; never a name"
        faults.append(RequestFault(f"{field}.role", "this is no role", hint))
    if not is_opaque(actor.id):
        faults.append(RequestFault(f"{field}.id", "this is no opaque id", _ID_HINT))
    return faults


def is_opaque(text: str) -> bool:
    """Return whether an id says nothing of who it is, in capitals or not."""
    lowered = text.lower()
    is_hexadecimal = _HEXADECIMAL.fullmatch(lowered) is not None and not _NUMBER.fullmatch(lowered)
    return is_hexadecimal or _UUID.fullmatch(lowered) is not None


def read_actor(actor: messages.Actor) -> Actor:
    """Return who acts; the id in small letters, so that one person has one id."""
    return Actor(role=actor.role, id=actor.id.lower())


def faults_of_second(second: messages.Actor, by: messages.Actor) -> list[RequestFault]:
    """Return why a second person is none: the same one, or one of the same role."""
    faults = []
    if second.role == by.role:
        faults.append(RequestFault("second.role", "the second person has the same role", "it takes another role"))
    if is_same_person(read_actor(second), read_actor(by)):
        faults.append(RequestFault("second.id", "this is the same person", "lowering takes two"))
    return faults
