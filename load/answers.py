"""The answers to one question, for many cases or persons at once."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from load.dice import Truths, Whole

NOT_SAID: Final = 0
UNKNOWN: Final = 1
"""Somebody said that it is not known."""
ANSWERED: Final = 2


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was said of one signal, for each case or person."""

    said: npt.NDArray[np.uint8]
    value: npt.NDArray[np.int16]
    """Meaningless where it was not answered."""
    basis: npt.NDArray[np.uint8]
    """By place in `figures.BASES`."""
    is_overheard: Truths

    def take(self, places: Whole) -> "Sheet":
        """Return what was said of the cases at these places."""
        return Sheet(self.said[places], self.value[places], self.basis[places], self.is_overheard[places])
