"""Fields of messages as bytes, for parts of an answer that are put together from bytes that are there already."""

from google.protobuf.descriptor import Descriptor, FieldDescriptor


class LengthField:
    """A field that holds a message, a text or bytes: its key, the length, what it holds."""

    def __init__(self, message: Descriptor, field: str) -> None:
        """Note the key of a message's field."""
        found = message.fields_by_name[field]
        assert found.type in {FieldDescriptor.TYPE_MESSAGE, FieldDescriptor.TYPE_STRING}, field
        self._key = varint(found.number << 3 | 2)

    def of(self, data: bytes) -> bytes:
        """Return the field with what it holds."""
        return b"%b%b%b" % (self._key, varint(len(data)), data)


def varint(number: int) -> bytes:
    """Return a number as messages hold it: seven bits a byte, the lowest first."""
    found = bytearray()
    while number >= 1 << 7:
        found.append(number & 0x7F | 1 << 7)
        number >>= 7
    found.append(number)
    return bytes(found)
