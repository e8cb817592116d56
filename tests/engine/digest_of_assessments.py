"""Prints one digest over traces, assessments and explanations of made cases; run under several hash seeds."""

import hashlib
import json
import sys

from taxatie.engine.conclusion import conclude
from taxatie.engine.live import LiveEngine
from taxatie.engine.reference import ReferenceEngine
from taxatie.explain.explanation import explain_trace
from taxatie.explain.knowledge import ProgramInsight
from taxatie.wire.assessment_json import assessment_to_plain
from taxatie.wire.case_reader import read_case
from tests.strategies.loading import program_of
from tests.strategies.random_release import random_case, random_release
from tests.strategies.releases import FULL, SMALL

RELEASES = 20
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
                for engine in (LiveEngine(program), ReferenceEngine(program)):
                    trace = engine.evaluate(case)
                    digest.update(repr(trace).encode())
                assessment = conclude(program, case, trace)
                explanation = explain_trace(ProgramInsight(program), case, trace, assessment)
                plain = assessment_to_plain(program, assessment, explanation)
                digest.update(json.dumps(plain).encode())
    sys.stdout.write(digest.hexdigest() + "\n")


if __name__ == "__main__":
    main()
