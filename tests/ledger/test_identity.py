"""Ids are UUIDs of version 7 (RFC 9562), which sort by time."""

import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taxatie.ledger.identity import RANDOM_BYTES, entry_id, is_entry_id

BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2999, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001
CHANCE = st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES)


def test_an_id_is_laid_out_as_the_standard_shows() -> None:
    """The example of RFC 9562, appendix A.6: unix time 0x017F22E279B0, random parts CC3 and 18C4DC0C0C07398F."""
    moment = BEGIN + timedelta(milliseconds=0x017F22E279B0)
    chance = (0xCC3 << 68 | 0x18C4DC0C0C07398F).to_bytes(RANDOM_BYTES, "big")

    assert entry_id(moment, chance) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


@given(MOMENTS, CHANCE)
def test_the_moment_can_be_read_from_an_id_to_the_millisecond(moment: datetime, chance: bytes) -> None:
    """No millisecond is lost on the way through a float."""
    found = uuid.UUID(entry_id(moment, chance))

    assert (found.version, found.variant) == (7, uuid.RFC_4122)
    assert found.int >> 80 == (moment - BEGIN) // timedelta(milliseconds=1)


@given(MOMENTS, MOMENTS, CHANCE, CHANCE)
def test_ids_sort_by_time(one: datetime, other: datetime, chance: bytes, further: bytes) -> None:
    earlier, later = sorted((one, other))
    if later - earlier >= timedelta(milliseconds=1):
        assert entry_id(earlier, chance) < entry_id(later, further)


@given(MOMENTS, CHANCE, CHANCE)
def test_other_chance_is_another_id_unless_only_spare_bits_differ(
    moment: datetime, chance: bytes, other: bytes
) -> None:
    used = (1 << 80) - 1 & ~(0b111111 << 62)

    assert (entry_id(moment, chance) == entry_id(moment, other)) == (
        int.from_bytes(chance, "big") & used == int.from_bytes(other, "big") & used
    )


def test_a_moment_is_the_same_in_every_zone() -> None:
    chance = bytes(RANDOM_BYTES)
    here = datetime(2026, 3, 2, 20, 30, tzinfo=UTC)

    assert entry_id(here, chance) == entry_id(here.astimezone(timezone(timedelta(hours=-5, minutes=-30))), chance)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("017f22e2-79b0-7cc3-98c4-dc0c0c07398f", True),
        ("017F22E2-79B0-7CC3-98C4-DC0C0C07398F", False),
        ("{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}", False),
        ("017f22e279b07cc398c4dc0c0c07398f", False),
        ("017f22e2-79b0-4cc3-98c4-dc0c0c07398f", False),
        ("017f22e2-79b0-7cc3-18c4-dc0c0c07398f", False),
        ("", False),
        ("jan jansen", False),
    ],
)
def test_an_id_has_one_spelling(text: str, is_one: bool) -> None:  # noqa: FBT001  # a table
    assert is_entry_id(text) is is_one
