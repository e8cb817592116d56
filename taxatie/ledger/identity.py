"""Ids of entries: UUIDs of version 7 (RFC 9562), which sort by time."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Final, NewType

EntryId = NewType("EntryId", str)
"""The id of a line of the log, as a UUID is written."""

RANDOM_BYTES: Final = 10
"""What an id takes of chance: 74 bits are used."""

_BEGIN: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_SPELLING: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_VERSION: Final = 7
_VARIANT: Final = 0b10


def entry_id(moment: datetime, chance: bytes) -> EntryId:
    """Return the id for a moment and ten bytes of chance; the moment can be read from it to the millisecond."""
    assert len(chance) == RANDOM_BYTES, chance
    milliseconds = (moment - _BEGIN) // _MILLISECOND  # whole numbers: a float loses a millisecond now and then
    bits = int.from_bytes(chance, "big")
    high, low = bits >> 68, bits & ((1 << 62) - 1)
    number = (milliseconds & ((1 << 48) - 1)) << 80 | _VERSION << 76 | (high & 0xFFF) << 64 | _VARIANT << 62 | low
    return EntryId(str(uuid.UUID(int=number)))


def is_entry_id(text: str) -> bool:
    """Return whether a text is an id of a log, in its one spelling."""
    return _SPELLING.fullmatch(text) is not None
