"""Releases as they were when they decided: found by name and digest, or what is different about them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Self

from taxatie.engine.evaluator import Engine
from taxatie.errors.problem import NotAssessedError
from taxatie.explain.assessor import Assessor
from taxatie.registry.folder import ReleaseFolder
from taxatie.registry.lock import sha256_of
from taxatie.replay.difference import Place, shown
from taxatie.replay.record_reader import Record
from taxatie.replay.replayed import Cause, Difference, Why
from taxatie.rules.program import Program

BuildEngine = Callable[[Program], Engine]


@dataclass(slots=True)
class ReleasesThen:
    """The releases of a folder, each with its engine, kept once they were loaded; close it to let engines go."""

    folder: ReleaseFolder
    build: BuildEngine
    _assessors: dict[str, Assessor | NotAssessedError] = field(default_factory=dict)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let engines that run elsewhere go."""
        self.close()

    def close(self) -> None:
        """Let engines that run elsewhere go."""
        for assessor in self._assessors.values():
            close = None if isinstance(assessor, NotAssessedError) else getattr(assessor.engine, "close", None)
            if close is not None:
                close()

    def named(self, name: str) -> Assessor:
        """Return the release of that name as it is now.

        Raises:
            NotAssessedError: When there is none, or its texts have errors.
        """
        found = self._assessors.get(name)
        if found is None:
            found = self._load(name)
            if name in self.folder.names():
                self._assessors[name] = found
        if isinstance(found, NotAssessedError):
            # Raised anew for each decision, so it must not gather the places of all of them.
            raise found.with_traceback(None)
        return found

    def that_decided(self, record: Record) -> Assessor | Difference:
        """Return the release that decided, or what is different about it."""
        words = {"release": record.release}
        if record.release not in self._assessors and record.release not in self.folder.names():
            place = Place("release.name", shown(record.release), None)
            return Difference(Cause.RELEASE, Why.RELEASE_GONE, place, words)
        try:
            found = self.named(record.release)
        except NotAssessedError:
            here = {path: digest for path in record.files if (digest := self._digest_of(path)) is not None}
            place = _differing_file(record.files, here) or Place("release.digest", record.digest, None)
            return Difference(Cause.RELEASE, Why.RELEASE_BROKEN, place, words)
        program = found.program
        if program.digest == record.digest:
            return found
        changed = _differing_file(record.files, program.files)
        if changed is not None:
            return Difference(Cause.RELEASE, Why.RELEASE_CHANGED, changed, words)
        # The files are those that decided, so it is the record that names another digest than theirs.
        return Difference(Cause.DATA, Why.NOT_AS_WRITTEN, Place("release.digest", record.digest, program.digest))

    def _digest_of(self, path: str) -> str | None:
        """Return the SHA-256 of a file of the folder; what a record names may be any path."""
        is_plain = all(part not in {"", ".", ".."} for part in path.split("/")) and "\\" not in path
        try:
            return sha256_of((self.folder.root / path).read_bytes()) if is_plain else None
        except (OSError, ValueError):
            return None

    def _load(self, name: str) -> Assessor | NotAssessedError:
        try:
            program = self.folder.load(name)
        except NotAssessedError as error:
            return error
        return Assessor(program, self.build(program))


def _differing_file(then: Mapping[str, str], now: Mapping[str, str]) -> Place | None:
    """Return the first file of the release that is not as it was, or None where all are."""
    for path in sorted(then.keys() | now.keys()):
        if then.get(path) != now.get(path):
            return Place(f"release.files[{path}]", then.get(path), now.get(path))
    return None
