"""The page on calling the service names what the protocol has, and its example is right."""

import re
from pathlib import Path

from taxatie.limits import CASES_TOGETHER_MAX, STREAM_WINDOW
from taxatie.terms.vocabulary import SignalType
from taxatie.wire.case_codes import CodedSignal, code_of
from taxatie.wire.generated.taxatie.v1 import assessment_pb2, case_pb2, packed_case_pb2, ruleset_pb2
from taxatie.wire.problems import VOCABULARY

PAGE = (Path(__file__).parents[2] / "docs" / "calling-the-service.md").read_text(encoding="utf-8")
FILES = [module.DESCRIPTOR for module in (assessment_pb2, case_pb2, packed_case_pb2, ruleset_pb2)]
FIELDS = {name for file in FILES for message in file.message_types_by_name.values() for name in message.fields_by_name}


def test_each_field_on_the_page_is_one_of_the_protocol() -> None:
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", PAGE))

    assert "vocabulary_digest" in named
    assert named - FIELDS == set()


def test_the_example_of_a_code_is_right() -> None:
    signal = CodedSignal("said", "case", SignalType.YES_NO.value, 0, 1, ("no", "yes"))
    told = re.search(r"`first_code` is (\d+), the answer `yes`, by hearsay: [\d +]+ = (\d+)\.", PAGE)

    assert told is not None
    assert code_of(int(told[1]), signal, 1, (case_pb2.BASIS_HEARSAY, False)) == int(told[2])


def test_the_bounds_on_the_page_are_those_of_the_service() -> None:
    assert f"up to {CASES_TOGETHER_MAX} (`requests`)" in PAGE
    assert f"at most {STREAM_WINDOW} of a stream" in PAGE
    assert f"`{VOCABULARY}`" in PAGE
