"""Two releases that take turns: the shipped one, and the same without its last ruleset.

Their answers differ, so an answer that is half of one and half of the other would be seen. Which ones may answer a call
is known: the one in force when it was sent, and those that began to be taken before it was answered.
"""

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from load.make_population import shipped
from taxatie.rules.program import Program

_RULESETS: Final = "rulesets:\n"


class NotTakenError(Exception):
    """A good release was not taken."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two releases of one name: the texts of their file, and what each is when loaded."""

    served: Path
    """The folder that is served."""
    folders: tuple[Path, Path]
    """A folder of each, which stays as it is."""
    programs: tuple[Program, Program]

    @property
    def file(self) -> Path:
        """The file in which they differ."""
        return self.served / "releases" / f"{self.programs[0].release}.yaml"

    def text(self, turn: int) -> str:
        """Return the text of one of the two."""
        return (self.folders[turn] / "releases" / self.file.name).read_text(encoding="utf-8")


def pair_in(scratch: Path, rulesets: Path) -> Pair:
    """Return the newest release of a folder, and the same without its last ruleset, in folders of their own."""
    served, whole, less = (Path(shutil.copytree(rulesets, scratch / name)) for name in ("served", "whole", "less"))
    release = shipped(whole).release
    file = less / "releases" / f"{release}.yaml"
    file.write_text(without_last_ruleset(file.read_text(encoding="utf-8")), encoding="utf-8")
    return Pair(served, (whole, less), (shipped(whole, release), shipped(less, release)))


def without_last_ruleset(text: str) -> str:
    """Return the text of a release without the last of its rulesets."""
    before, after = text.split(_RULESETS)
    lines = after.splitlines(keepends=True)
    count = next(number for number, line in enumerate(lines) if not line.startswith(" "))
    return "".join((before, _RULESETS, *lines[: count - 1], *lines[count:]))


@dataclass(slots=True)
class Turns:
    """Which of a pair is served, and how it came to that."""

    pair: Pair
    _digests: list[str] = field(init=False)
    _settled: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Begin with the first."""
        self._digests = [self.pair.programs[0].digest]

    @property
    def now(self) -> int:
        """The turn that a call that is sent now may meet first."""
        return self._settled

    @property
    def taken(self) -> int:
        """How many times the releases were exchanged."""
        return self._settled

    def since(self, turn: int) -> frozenset[str]:
        """Return the digests of the releases that were served since a turn, up to now."""
        return frozenset(self._digests[turn:])

    def begin(self) -> str:
        """Put the other release into the folder, and return its digest: from now on it may be served."""
        other = (self._settled + 1) % 2
        self.pair.file.write_text(self.pair.text(other), encoding="utf-8")
        self._digests.append(self.pair.programs[other].digest)
        return self._digests[-1]

    def settle(self) -> None:
        """Note that it was taken: for calls from now on it is the only one."""
        self._settled += 1
