"""Releases that are exchanged while calls are under way: each call keeps those with which it began.

New ones are read beside the old ones, from the files as they were at one moment, and take their place all at once.
Where anything is wrong with them, the last good ones stay.
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from taxatie.engine.evaluator import EngineName
from taxatie.errors.problem import ReleaseFaults, TaxatieError
from taxatie.explain.assessor import Assessor
from taxatie.registry.folder import ReleaseEntry, ReleaseFolder
from taxatie.service.releases import FolderReleases


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What came of reading a folder anew."""

    in_force: str
    """The release that is in force now."""
    digest: str
    releases: tuple[str, ...]
    """Every release that is served, by name."""
    faults: tuple[str, ...]
    """Why the folder was refused, and the last good releases stay; none where it was taken."""

    @property
    def is_taken(self) -> bool:
        """Whether the folder as it is now is what is served."""
        return not self.faults


@dataclass(slots=True)
class LiveReleases:
    """The releases of a folder, exchanged when told to."""

    root: Path
    scenarios: Path
    allows_drafts: bool = False
    engine: EngineName = EngineName.LIVE
    _present: FolderReleases | None = field(default=None, init=False)

    def named(self, name: str) -> Assessor:
        """Return the release of that name, or raise a `NotAssessedError`."""
        return self._now.named(name)

    def in_force(self, moment: datetime) -> Assessor:
        """Return the release in force at a moment, or raise a `NotAssessedError`."""
        return self._now.in_force(moment)

    def entries(self) -> tuple[ReleaseEntry, ...]:
        """Return every release, by the date from which it is in force."""
        return self._now.entries()

    @property
    def folder(self) -> ReleaseFolder:
        """The folder as it was when its releases were taken."""
        return self._now.folder

    @property
    def _now(self) -> FolderReleases:
        """The releases that are served; who holds them keeps them."""
        assert self._present is not None, "it was loaded"
        return self._present

    def load(self, moment: datetime) -> None:
        """Read the folder for the first time.

        Raises:
            TaxatieError: When no release is in force, or one cannot be read.
        """
        self._present = self._read_anew(moment)

    def reload(self, moment: datetime) -> Reloaded:
        """Return what comes of reading the folder anew; its releases are taken together, or none of them."""
        try:
            following = self._read_anew(moment)
        except ReleaseFaults as error:
            return self._told(moment, tuple(str(each) for each in error.diagnostics.errors))
        except TaxatieError as error:
            return self._told(moment, (error.message,))
        except OSError as error:
            return self._told(moment, (f"the folder cannot be read: {error.strerror or error}",))
        self._present = following
        return self._told(moment, ())

    def _read_anew(self, moment: datetime) -> FolderReleases:
        """Return the releases of the folder as it is now, each of them ready; what did not change is not read again."""
        folder = ReleaseFolder(self.root).at_this_moment()
        following = FolderReleases(folder, self.scenarios, self.allows_drafts, self.engine)
        if self._present is not None:
            following.take_over(self._present)
        following.in_force(moment)
        for entry in following.entries():
            if self.allows_drafts or not entry.is_draft:
                following.named(entry.name)
        return following

    def _told(self, moment: datetime, faults: tuple[str, ...]) -> Reloaded:
        program = self.in_force(moment).program
        return Reloaded(program.release, program.digest, tuple(entry.name for entry in self.entries()), faults)
