"""A case that was written is the same case when it is read."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taxatie.errors.diagnostics import Diagnostics
from taxatie.rules.nodes import plain
from taxatie.rules.parser import parse_text
from taxatie.source import SourceText
from taxatie.wire.case_reader import read_case
from taxatie.wire.case_writer import write_case
from tests.strategies.cases import cases
from tests.strategies.loading import program_of
from tests.strategies.random_release import random_release
from tests.strategies.releases import SMALL, releases

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def plain_of(text: str) -> object:
    """Return what a case file says, by our own reader of YAML."""
    diagnostics = Diagnostics()
    root = parse_text(SourceText("case.yaml", text), diagnostics)
    assert root is not None, [str(each) for each in diagnostics]
    return plain(root)


@settings(max_examples=80, deadline=None, derandomize=True, database=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_what_was_written_reads_back_as_the_same_case(data: st.DataObject) -> None:
    """A case that changes by being saved would be assessed as another one."""
    release = data.draw(releases(SMALL))
    program = program_of(release)
    case = read_case(program, data.draw(cases(release)))

    assert read_case(program, plain_of(write_case(program, case))) == case


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(
    name=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,12}", fullmatch=True) | st.sampled_from(["no", "null", "1e3"])
)
def test_any_reference_survives_being_written(name: str) -> None:
    """To YAML `no` is a truth and `1e3` a number; to us each is a reference."""
    program = program_of(random_release(1, SMALL))
    case = read_case(program, {"case": name, "reference_time": "2026-03-02T21:15:00+01:00"})

    assert read_case(program, plain_of(write_case(program, case))) == case
