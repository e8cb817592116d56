"""Live and reference agree on what hypothesis makes, which shrinks a difference to its smallest form."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taxatie.engine.live import LiveEngine
from taxatie.engine.reference import ReferenceEngine
from taxatie.wire.case_reader import read_case
from tests.strategies.cases import cases
from tests.strategies.loading import program_of
from tests.strategies.releases import SMALL, releases

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


@settings(max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_live_and_reference_agree_on_what_hypothesis_makes(data: st.DataObject) -> None:
    """The dice make the volume; where they find something, the same strategies say what it comes down to."""
    release = data.draw(releases(SMALL))
    program = program_of(release)

    case = read_case(program, data.draw(cases(release)))

    assert LiveEngine(program).evaluate(case) == ReferenceEngine(program).evaluate(case)
