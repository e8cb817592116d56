"""taxatie: assessment rulesets, evaluated and explained.

The front door for programs: load a release, read a case, assess it.

    >>> from pathlib import Path
    >>> from taxatie.registry.folder import ReleaseFolder
    >>> ReleaseFolder(Path("nowhere")).names()
    ()
"""

from typing import Final

VERSION: Final = "0.1.0"
"""The version of the program and its engines, named in every answer."""
