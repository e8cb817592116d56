"""Dice whose every throw has a name and a number: the same throw falls the same way, on every machine and Python.

A throw is a mix of its name, the seed and its number (the finisher of SplitMix64, over 64-bit integers). So nothing
depends on the order in which things are thrown, on how many are made at once, or on the version of a library.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate
from typing import Final

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]
Bits = npt.NDArray[np.uint64]
Fraction = npt.NDArray[np.float32]
Truths = npt.NDArray[np.bool_]

_STEP: Final = np.uint64(0x9E3779B97F4A7C15)
_MIXERS: Final = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
_LANE_BITS: Final = 16
_LANES: Final = 1 << _LANE_BITS


@dataclass(frozen=True, slots=True)
class Dice:
    """All throws of one seed."""

    seed: int

    def throw(self, name: str, numbers: Whole) -> "Throw":
        """Return what falls under this name for each of the numbers."""
        key = blake2b(f"{self.seed}/{name}".encode(), digest_size=8).digest()
        bits = numbers.astype(np.uint64)
        bits *= _STEP
        bits += np.uint64(int.from_bytes(key, "big"))
        for shift, factor in _MIXERS:
            bits ^= bits >> np.uint64(shift)
            bits *= np.uint64(factor)
        bits ^= bits >> np.uint64(31)
        return Throw(bits)


@dataclass(frozen=True, slots=True)
class Throw:
    """Four independent chances for each number, in 65,536ths."""

    bits: Bits

    def chance(self, lane: int = 0) -> Fraction:
        """Return a number from 0 up to 1, for each."""
        shifted = (self.bits >> np.uint64(lane * _LANE_BITS)).astype(np.uint16)
        return shifted.astype(np.float32) / np.float32(_LANES)

    def is_below(self, share: float | Fraction, lane: int = 0) -> Truths:
        """Return whether the chance falls below *share*, for each."""
        below: Truths = self.chance(lane) < share
        return below

    def pick(self, weights: Sequence[int], lane: int = 0) -> Whole:
        """Return the place of one of the weights, each as often as it weighs, for each."""
        limits = np.array(list(accumulate(weights)), dtype=np.int64)
        drawn = (self.bits >> np.uint64(lane * _LANE_BITS)).astype(np.uint16).astype(np.int64)
        return np.searchsorted(limits, drawn * limits[-1] // _LANES, side="right")

    def below(self, bound: int, lane: int = 0) -> Whole:
        """Return a whole number from 0 up to *bound*, for each; two lanes make large bounds fall evenly."""
        drawn = (self.bits >> np.uint64(lane * _LANE_BITS)).astype(np.uint32).astype(np.int64)
        return drawn * bound >> (2 * _LANE_BITS)
