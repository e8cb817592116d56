"""Standings that are kept in few bytes are the same when they are taken out."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from taxatie.engine.deadlines import in_amsterdam
from taxatie.ledger.identity import entry_id
from taxatie.service.standing import Done, Promise, Standing
from taxatie.service.standings import Standings

NAMES = st.sampled_from(["urgent", "immediate", "veiligheid beoordelen", "é", '"', "c-1"])
MOMENTS = st.integers(0, 4_000_000_000).map(lambda second: in_amsterdam(datetime.fromtimestamp(second, UTC)))
DAYS = st.dates(date(1970, 1, 1), date(2100, 1, 1))
PLACES = st.integers(0, 10**12)
IDS = st.binary(min_size=10, max_size=10).map(lambda chance: str(entry_id(datetime(2026, 3, 2, tzinfo=UTC), chance)))
PROMISES = st.builds(Promise, NAMES, MOMENTS, DAYS, PLACES, PLACES, st.none() | NAMES, st.booleans())
DONE = st.builds(Done, IDS, NAMES, st.none() | DAYS, PLACES, PLACES)
STANDINGS = st.builds(
    Standing,
    decision=IDS,
    place=PLACES,
    reference=st.none() | NAMES,
    region=st.none() | NAMES,
    release=NAMES,
    digest=NAMES,
    reference_time=MOMENTS,
    since=DAYS,
    floor=NAMES,
    level=NAMES,
    valid_until=MOMENTS,
    promises=st.lists(PROMISES, max_size=4).map(tuple),
    done=st.lists(DONE, max_size=3).map(lambda all_done: {each.action: each for each in all_done}),
    uncounted=st.frozensets(IDS, max_size=2),
)


@given(
    st.lists(
        st.tuples(st.sampled_from([b"one", b"two", b"three"]), STANDINGS), max_size=6, unique_by=lambda e: e[1].decision
    )
)
def test_what_is_taken_in_comes_out_by_case_in_its_order(taken: list[tuple[bytes, Standing]]) -> None:
    standings = Standings()
    for case, standing in taken:
        standings.add(case, standing)

    cases = dict.fromkeys(case for case, _ in taken)
    found = list(standings.cases())

    assert found == [[standing for its, standing in taken if its == case] for case in cases]
    shown = [p.due.isoformat() for case in found for standing in case for p in standing.promises]
    assert shown == [p.due.isoformat() for case in cases for its, each in taken if its == case for p in each.promises]


@given(STANDINGS, STANDINGS)
def test_a_decision_stands_otherwise_after_a_line_about_it(first: Standing, second: Standing) -> None:
    second = replace(second, decision=str(entry_id(first.reference_time + timedelta(days=1), bytes(10))))
    standings = Standings()
    standings.add(b"one", first)
    standings.add(b"two", second)

    standings.change(second.decision, lambda standing: replace(standing, level="other", done={}))
    standings.change("01900000-0000-7000-8000-000000000000", lambda standing: replace(standing, level="never"))

    assert list(standings.cases()) == [[first], [replace(second, level="other", done={})]]
