"""The releases of a folder, each with its engine, kept once they were loaded."""

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from taxatie.engine.deadlines import in_amsterdam
from taxatie.engine.evaluator import EngineName
from taxatie.errors.problem import NotAssessedError
from taxatie.explain.assessor import Assessor
from taxatie.limits import DAYS_KEPT_MAX
from taxatie.registry.folder import ReleaseEntry, ReleaseFolder
from taxatie.service.engines import build_engine
from taxatie.wire.problems import UnknownReleaseError


@dataclass(slots=True)
class FolderReleases:
    """Releases from a folder; drafts only where they are allowed."""

    folder: ReleaseFolder
    scenarios: Path
    allows_drafts: bool = False
    engine: EngineName = EngineName.LIVE
    _assessors: dict[str, Assessor] = field(default_factory=dict)
    _names_by_day: dict[date, str] = field(default_factory=dict)
    """What is in force when, as the folder said when it was asked first: the folder is not read for each case."""

    def named(self, name: str) -> Assessor:
        """Return the release of that name.

        Raises:
            UnknownReleaseError: When there is none.
            NotAssessedError: When it is a draft and drafts are not allowed, or its texts have errors.
        """
        assessor = self._assessors.get(name)
        if assessor is None:
            if name not in self.folder.names():
                raise UnknownReleaseError(f"there is no release `{name}`", hint="ListReleases names them")
            program = self.folder.load(name)
            if program.is_draft and not self.allows_drafts:
                raise NotAssessedError(f"release `{name}` is a draft", hint="publish it, or serve with --drafts")
            assessor = Assessor(program, build_engine(self.engine, program))
            self._assessors[name] = assessor
        return assessor

    def take_over(self, earlier: "FolderReleases") -> None:
        """Keep what was made of earlier releases, where nothing of them has changed since."""
        for name, assessor in earlier._assessors.items():  # noqa: SLF001  # one class
            if name in self.folder.names() and self.folder.is_unchanged(assessor.program, earlier.folder):
                self._assessors[name] = assessor

    def in_force(self, moment: datetime) -> Assessor:
        """Return the release in force at a moment."""
        day = in_amsterdam(moment).date()
        if day not in self._names_by_day:
            if len(self._names_by_day) >= DAYS_KEPT_MAX:
                self._names_by_day.clear()
            self._names_by_day[day] = self.folder.in_force(moment)
        return self.named(self._names_by_day[day])

    def entries(self) -> tuple[ReleaseEntry, ...]:
        """Return every release of the folder."""
        return self.folder.entries()
