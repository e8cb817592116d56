"""The live engine gives the reference's trace and assessment, on releases and cases of every form."""

from collections import Counter
from collections.abc import Callable

from taxatie.engine.conclusion import conclude
from taxatie.engine.live import LiveEngine
from taxatie.engine.reference import ReferenceEngine
from taxatie.wire.case_reader import read_case
from tests.strategies.constructs import labels_by_condition
from tests.strategies.loading import load_plain
from tests.strategies.random_release import random_case, random_release
from tests.strategies.sightings import Sightings, count_sightings, impossible, sightings_table, too_few

RELEASES = 520
CASES = 10
SEEN_AT_LEAST = 200


def test_live_and_reference_agree_on_over_5000_pairs(record_property: Callable[[str, object], None]) -> None:
    """The table in the summary shows that no construct escaped: each was seen to hold, fail and not to tell."""
    seen: Sightings = Counter()
    pairs = 0

    for seed in range(RELEASES):
        release = random_release(seed)
        loaded = load_plain(release)
        program = loaded.program
        assert program is not None
        labels = labels_by_condition(release, loaded)
        live, reference = LiveEngine(program), ReferenceEngine(program)
        for number in range(CASES):
            case = read_case(program, random_case(release, seed, number))
            trace, expected = live.evaluate(case), reference.evaluate(case)
            assert trace == expected, case.id
            assert conclude(program, case, trace) == conclude(program, case, expected), case.id
            count_sightings(program, case, labels, seen)
            pairs += 1

    record_property("table", f"{pairs} pairs of release and case\n{sightings_table(seen)}")
    assert pairs >= 5000
    assert not too_few(seen, SEEN_AT_LEAST)
    assert not impossible(seen)
