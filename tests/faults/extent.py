"""How much is tried: a sample with every test run, everything with `make faults`."""

import os
from typing import Final

IS_FULL: Final = os.environ.get("TAXATIE_FAULTS") == "all"
"""Whether all is to be tried."""

SEED: Final = os.environ.get("TAXATIE_FAULTS_SEED", "4")
"""From which chance is drawn; printed with what it found."""
