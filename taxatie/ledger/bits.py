"""A set of places of a log, as one bit a place."""

from collections.abc import Iterator
from typing import Final

_ALL: Final = 0xFF


class Bits:
    """Places that have something in common; a million take 125 kB."""

    def __init__(self) -> None:
        """Begin without any."""
        self._bytes = bytearray()
        self.count = 0

    def add(self, first: int, last: int) -> None:
        """Add all places from *first* to *last*."""
        missing = last // 8 + 1 - len(self._bytes)
        if missing > 0:
            self._bytes.extend(bytes(missing))
        for place in range(first, last + 1):
            bit = 1 << place % 8
            self.count += not self._bytes[place // 8] & bit
            self._bytes[place // 8] |= bit

    def __contains__(self, place: int) -> bool:
        """Return whether a place is among them."""
        return place // 8 < len(self._bytes) and bool(self._bytes[place // 8] >> place % 8 & 1)

    def without(self, others: "Bits") -> Iterator[tuple[int, int]]:
        """Return the stretches of places that are here and not among the others."""
        first = None
        for number, byte in enumerate(self._bytes):
            other = others._bytes[number] if number < len(others._bytes) else 0  # noqa: SLF001  # of the same kind
            alone = byte & ~other
            if alone == (0 if first is None else _ALL):
                continue  # the stretch begins or ends nowhere among these
            for place in range(number * 8, number * 8 + 8):
                is_alone = bool(alone >> place % 8 & 1)
                if is_alone and first is None:
                    first = place
                elif not is_alone and first is not None:
                    yield first, place - 1
                    first = None
        if first is not None:
            yield first, len(self._bytes) * 8 - 1
