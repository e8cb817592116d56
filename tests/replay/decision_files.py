"""Files of decisions for tests: generated cases as a release decided them, with made ids."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from taxatie.engine.conclusion import conclude
from taxatie.engine.live import LiveEngine
from taxatie.replay.parquet_cases import RecordedCase, decisions_of
from taxatie.replay.parquet_schema import Description
from taxatie.replay.parquet_writer import DecisionWriter
from taxatie.rules.program import Program
from taxatie.terms.case import Case
from taxatie.terms.names import Digest, SubjectId

Slots = Mapping[SubjectId, int]


def decided(program: Program, cases: Sequence[Case]) -> list[RecordedCase]:
    """Return the cases with the levels that the program gives, under ids that tell nothing of their order."""
    engine = LiveEngine(program)
    return [
        RecordedCase(id_of(number), case, conclude(program, case, engine.evaluate(case)).level)
        for number, case in enumerate(cases)
    ]


def id_of(number: int) -> bytes:
    """Return a made id."""
    return hashlib.sha256(str(number).encode()).digest()[:16]


def write_file(path: Path, program: Program, recorded: Sequence[RecordedCase], slots: Slots) -> Path:
    """Write the decisions to a file, in one row group."""
    return write_groups(path, program, [recorded], slots)


def write_groups(path: Path, program: Program, groups: Sequence[Sequence[RecordedCase]], slots: Slots) -> Path:
    """Write the decisions to a file, each group as a row group of its own."""
    with DecisionWriter(path, Description.of(program, slots)) as writer:
        for group in groups:
            writer.write(decisions_of(program, group, slots))
    return path


def without_some_rules(program: Program, digest: str = "milder") -> Program:
    """Return a release that lost the first two rules of every ruleset."""
    scopes = tuple(replace(scope, rules=scope.rules[2:]) for scope in program.scopes)
    return replace(program, digest=Digest(digest), scopes=scopes)
