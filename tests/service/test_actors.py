"""Who acts is a role and an opaque id: what could be a name or a number of a person is none."""

import pytest

from taxatie.service.actors import faults_of_actor, is_opaque, read_actor
from taxatie.wire.generated.taxatie.v1 import decision_pb2 as messages

UUID = "0198c2a4-7d1e-7b44-9c1a-3f6f0a2b9d11"


@pytest.mark.parametrize("text", [UUID, UUID.upper(), UUID.replace("-", ""), "5e8f00aa", "1234567890123456", "a" * 64])
def test_uuids_and_hexadecimal_digits_are_opaque(text: str) -> None:
    assert is_opaque(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ada",
        "5e8f00a",
        "anna.jansen",
        "jansen@example.org",
        "123456782",
        "0612345678",
        "a" * 65,
        f"{UUID} ",
        "g" * 8,
    ],
)
def test_names_addresses_and_numbers_of_persons_are_not(text: str) -> None:
    """A citizen service number has nine digits, a telephone number ten: both are hexadecimal, too."""
    assert not is_opaque(text)


@pytest.mark.parametrize("role", ["", "Intake", "intake desk", "anna", "senior-anna", "-"])
def test_a_role_is_no_name_and_no_free_text(role: str) -> None:
    faults = faults_of_actor("by", messages.Actor(role=role, id=UUID))

    assert [fault.field for fault in faults] == ["by.role"]


def test_one_person_has_one_id() -> None:
    """Capitals make no other person."""
    assert read_actor(messages.Actor(role="intake", id=UUID.upper())).id == UUID
