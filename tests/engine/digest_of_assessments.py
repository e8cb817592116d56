"""Prints one digest over traces, assessments and explanations of made cases; run under several hash seeds."""

import hashlib
import json
import sys
from collections.abc import Iterator

from taxatie.engine.conclusion import conclude
from taxatie.engine.live import LiveEngine
from taxatie.engine.reference import ReferenceEngine
from taxatie.explain.explanation import explain_trace
from taxatie.explain.knowledge import ProgramInsight
from taxatie.rules.program import Program
from taxatie.terms.case import Case
from taxatie.wire.assessment_json import assessment_to_plain
from taxatie.wire.case_reader import read_case
from tests.strategies.loading import program_of
from tests.strategies.random_release import random_case, random_release
from tests.strategies.releases import FULL, SMALL

RELEASES = 12
CASES = 4


def main() -> None:
    """Print the digest."""
    digest = hashlib.sha256()
    for sizes in (FULL, SMALL):
        for seed in range(RELEASES):
            release = random_release(seed, sizes)
            program = program_of(release)
            for number in range(CASES):
                case = read_case(program, random_case(release, seed, number))
                for line in lines_of(program, case, is_explained=sizes is SMALL):
                    digest.update(line.encode())
    sys.stdout.write(digest.hexdigest() + "\n")


def lines_of(program: Program, case: Case, *, is_explained: bool) -> Iterator[str]:
    """Return everything that is said of a case, as text."""
    trace = LiveEngine(program).evaluate(case)
    yield repr(trace)
    yield repr(ReferenceEngine(program).evaluate(case))
    assessment = conclude(program, case, trace)
    explanation = explain_trace(ProgramInsight(program), case, trace, assessment) if is_explained else None
    yield json.dumps(assessment_to_plain(program, assessment, explanation))


if __name__ == "__main__":
    main()
