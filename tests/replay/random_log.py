"""Logs of decisions by releases made up at random: written in one process, replayed in another.

`python -m tests.replay.random_log write FOLDER [RELEASES]`, and `replay FOLDER`, each under whichever Python, locale,
time zone and hash seed: that is how it is tried whether anything in a record hangs on where it was written.
"""

import sys
from collections import Counter
from pathlib import Path

from taxatie.client import case_message
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages
from tests.replay.recording import record, replay
from tests.strategies.loading import texts_of
from tests.strategies.plans import PlainRelease
from tests.strategies.random_release import random_case, random_release
from tests.strategies.releases import SMALL

CASES = 6
DETAILS = (messages.DETAIL_FULL, messages.DETAIL_REASONS)
AUDIENCES = (messages.AUDIENCE_INTERNAL, messages.AUDIENCE_SHAREABLE)


def write(folder: Path, releases: int) -> None:
    """Write a rulesets folder and a log for each release."""
    for seed in range(releases):
        release = random_release(seed, SMALL)
        rulesets = folder / f"{seed}" / "rulesets"
        for path, text in texts_of(release.documents).items():
            (rulesets / path).parent.mkdir(parents=True, exist_ok=True)
            (rulesets / path).write_bytes(text)
        requests = [_request(release, seed, number) for number in range(CASES)]
        record(folder / f"{seed}" / "log", requests, rulesets=rulesets)


def replayed(folder: Path) -> Counter[str]:
    """Return how the replays of all logs ended, explanations included."""
    return Counter(
        each.outcome if each.difference is None else f"{each.outcome}: {each.difference}"
        for one in sorted(folder.iterdir())
        for each in replay(one / "log", rulesets=one / "rulesets")
    )


def _request(release: PlainRelease, seed: int, number: int) -> messages.AssessRequest:
    plain = {key: value for key, value in random_case(release, seed, number).items() if key != "expect"}
    return messages.AssessRequest(
        case=case_message({**plain, "mode": "report"}),
        release=release.name,
        retrospective=True,
        detail=DETAILS[number % 2],
        audience=AUDIENCES[number // 2 % 2],
    )


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["write", folder, *count]:
            write(Path(folder), int(count[0]) if count else 5)
        case ["replay", folder]:
            sys.stdout.write(f"{dict(replayed(Path(folder)))}\n")
        case _:
            sys.exit("say `write FOLDER [RELEASES]`, or `replay FOLDER`")
