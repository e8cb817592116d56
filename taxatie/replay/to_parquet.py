"""From decisions of a log to Parquet: files of one release each, for what-ifs over years."""

import os
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self
from uuid import UUID

from taxatie.limits import PARQUET_BATCH_ROWS, PARQUET_FILE_ROWS, PARQUET_SLOTS
from taxatie.replay.parquet_cases import RecordedCase, decisions_of
from taxatie.replay.parquet_schema import Description
from taxatie.replay.parquet_writer import DecisionWriter
from taxatie.replay.releases_then import ReleasesThen
from taxatie.replay.replay import Ready, prepare
from taxatie.replay.replayed import Outcome
from taxatie.replay.sources import Found
from taxatie.rules.program import Program
from taxatie.terms.names import LevelId, SubjectId

ERASED: Final = "erased"
_PRIVATE: Final = 0o600


@dataclass(slots=True)
class Exported:
    """What went into files, and what could not."""

    rows_by_file: dict[Path, int] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    """How many decisions could not be exported, by why."""

    @property
    def rows(self) -> int:
        """How many decisions are in the files."""
        return sum(self.rows_by_file.values())


def write_parquet(founds: Iterable[Found], releases: ReleasesThen, folder: Path) -> Exported:
    """Write decisions as files of one release each, and return what went into them."""
    folder.mkdir(parents=True, exist_ok=True)
    exported = Exported()
    with ExitStack() as stack:
        files: dict[str, _Files] = {}
        for found in founds:
            ready = prepare(found, releases)
            if not isinstance(ready, Ready):
                why = "unknown" if ready.difference is None else str(ready.difference.why)
                exported.left_out[ERASED if ready.outcome is Outcome.ERASED else why] += 1
                continue
            program = ready.assessor.program
            if program.digest not in files:
                files[program.digest] = stack.enter_context(_Files(program, folder, exported))
            files[program.digest].add(
                RecordedCase(UUID(ready.record.circumstances.id).bytes, ready.case, LevelId(ready.record.level))
            )
    return exported


@dataclass(slots=True)
class _Files:
    """The files of one release; some thousand decisions are held at a time."""

    program: Program
    folder: Path
    exported: Exported
    _waiting: list[RecordedCase] = field(default_factory=list)
    _writers: ExitStack = field(default_factory=ExitStack)
    _writer: DecisionWriter | None = None
    _path: Path = Path()
    _count: int = 0

    def __enter__(self) -> Self:
        """Begin without files."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Write what waits, unless something failed, and end the files."""
        if kind is None:
            self._write()
        self._writers.close()

    def add(self, recorded: RecordedCase) -> None:
        """Take one more decision."""
        self._waiting.append(recorded)
        if len(self._waiting) == PARQUET_BATCH_ROWS:
            self._write()

    def _write(self) -> None:
        if not self._waiting:
            return
        slots = self._slots()
        if self._writer is None or self.exported.rows_by_file[self._path] >= PARQUET_FILE_ROWS:
            self._begin(slots)
        assert self._writer is not None, "it was begun"
        self._writer.write(decisions_of(self.program, self._waiting, slots))
        self.exported.rows_by_file[self._path] += len(self._waiting)
        self._waiting.clear()

    def _slots(self) -> dict[SubjectId, int]:
        return {subject.id: PARQUET_SLOTS for subject in self.program.subjects}

    def _begin(self, slots: dict[SubjectId, int]) -> None:
        """End the file before, and begin the next, which only its owner can read."""
        self._writers.close()
        name = f"{self.program.release}-{self.program.digest[:8]}-{self._count:03}.parquet"
        self._path, self._count = self.folder / name, self._count + 1
        os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE))
        self._writer = self._writers.enter_context(DecisionWriter(self._path, Description.of(self.program, slots)))
        self.exported.rows_by_file[self._path] = 0
