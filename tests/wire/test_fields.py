"""What is put together as bytes is what protobuf writes."""

import pytest

from taxatie.wire.fields import LengthField
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages


@pytest.mark.parametrize("length", [0, 1, 127, 128, 16_383, 16_384, 3_000_000])
def test_a_text_of_any_length_is_written_as_protobuf_writes_it(length: int) -> None:
    """Lengths of one byte, of two, of more."""
    written = LengthField(messages.AssessResponse.DESCRIPTOR, "wording").of(
        LengthField(messages.Wording.DESCRIPTOR, "level").of(b"x" * length)
    )

    assert messages.AssessResponse.FromString(written) == messages.AssessResponse(
        wording=messages.Wording(level="x" * length)
    )
    if length:
        assert written == messages.AssessResponse(wording=messages.Wording(level="x" * length)).SerializeToString()
