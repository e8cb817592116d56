"""The releases of a folder, each with its engine, kept once they were loaded."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from taxatie.engine.evaluator import EngineName
from taxatie.errors.problem import NotAssessedError
from taxatie.explain.assessor import Assessor
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

    def in_force(self, moment: datetime) -> Assessor:
        """Return the release in force at a moment."""
        return self.named(self.folder.in_force(moment))

    def entries(self) -> tuple[ReleaseEntry, ...]:
        """Return every release of the folder."""
        return self.folder.entries()
